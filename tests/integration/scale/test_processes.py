"""`--processes N` finds what one process finds, whoever of them is killed."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]


def _report(directory: Path) -> dict[str, Any]:
    report: dict[str, Any] = msgspec.json.decode((directory / "report.json").read_bytes())
    return report


def test_three_processes_give_byte_for_byte_what_one_gives(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    run_data_aside: Callable[[Path], bytes],
) -> None:
    """Findings, coverage, totals and evidence; each account is entered once."""
    assert organization.run("scan", "--output", "one") == (1, "")
    one = organization.newest("one")
    before = organization.simulator.record.calls.copy()
    status, errors = organization.run("scan", "--processes", "3")

    assert (status, errors) == (1, "")
    assert run_data_aside(organization.newest()) == run_data_aside(one)
    asked = organization.simulator.record.calls - before
    assert {key: n for key, n in asked.items() if key[2] == "ecs:ListClusters"} == {
        key: n for key, n in before.items() if key[2] == "ecs:ListClusters"
    }
    calls = [_report(run)["totals"]["api_calls"] for run in (one, organization.newest())]
    # Each process asks once who it is.
    assert calls[1].pop("sts:GetCallerIdentity") == 3
    assert calls[0].pop("sts:GetCallerIdentity") == 1
    assert calls[0] == calls[1]


@pytest.mark.parametrize("seed", range(3))
def test_a_child_that_is_killed_costs_nothing(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    run_data_aside: Callable[[Path], bytes],
    children_of: Callable[[int], list[int]],
    seed: int,
) -> None:
    """SIGKILL at a random moment, twice: nothing lost, nothing doubled, and said in the log."""
    assert organization.run("scan", "--output", "one") == (1, "")
    chance = random.Random(seed)  # noqa: S311 - picks moments, guards nothing
    killed: list[int] = []

    def kill() -> None:
        for child in children_of(running.pid)[:1]:
            os.kill(child, signal.SIGKILL)
            killed.append(child)
        if len(killed) < 2:
            organization.act_at(chance.randrange(20, 60), kill)

    # The child is mostly there by then; on a busy machine it is waited for.
    organization.act_at(chance.randrange(200, 300), kill)
    running = organization.start("scan", "--processes", "2", "--concurrency", "8")
    _, errors = running.communicate(timeout=300)

    assert killed
    assert running.returncode == 1, errors
    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))
    assert "was ended by SIGKILL; batch " in errors
    assert "is swept again" in errors


@pytest.mark.parametrize("strike", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes_and_the_report_is_written(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    children_of: Callable[[int], list[int]],
    wait_for_end: Callable[[int], None],
    strike: signal.Signals,
) -> None:
    """Every account is in the ledger, with what was not reached; no child is left."""
    children: list[int] = []

    def act() -> None:
        children.extend(children_of(running.pid))
        running.send_signal(strike)

    organization.act_at(150, act)
    running = organization.start("scan", "--processes", "2", "--concurrency", "4")
    _, errors = running.communicate(timeout=300)
    report = _report(organization.newest())

    assert errors == ""
    assert running.returncode in {4, 5}
    assert len(children) == 1
    for child in children:
        wait_for_end(child)
    assert report["run"]["notes"][1:] == [
        f"The run was stopped before its end: {strike.name} was received"
    ]
    stopped = [entry for entry in report["coverage"] if entry["status"] == "TIMED_OUT"]
    assert {entry["reason"] for entry in stopped} == {
        f"the run was stopped before this was seen: {strike.name} was received"
    }
    assert len({entry["account_id"] for entry in report["coverage"]}) == 60


def test_children_end_with_a_parent_that_is_killed_and_the_run_goes_on(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    run_data_aside: Callable[[Path], bytes],
    children_of: Callable[[int], list[int]],
    wait_for_end: Callable[[int], None],
) -> None:
    """Also by as many processes as before; what was journaled is not asked again."""
    assert organization.run("scan", "--output", "one") == (1, "")
    children: list[int] = []

    def kill() -> None:
        children.extend(children_of(running.pid))
        running.kill()

    organization.act_at(350, kill)
    running = organization.start("scan", "--processes", "2", "--concurrency", "8")
    running.communicate(timeout=300)
    for child in children:
        wait_for_end(child)
    (journal,) = organization.folder.glob("reports/.*.partial/journal.ndjson")
    whole = journal.read_bytes().rpartition(b"\n")[0].splitlines()
    entries = [msgspec.json.decode(line)["entry"] for line in whole if b'"type":"target"' in line]
    organization.act_at(0, lambda: None)
    status, errors = organization.run("scan", "--resume", "--processes", "2")

    assert children
    assert entries
    assert (status, errors) == (1, "")
    asked_again = {
        (account, region)
        for account, region, api in organization.simulator.record.calls
        if api.startswith("ecs:")
    } & {(entry["account_id"], entry["region"]) for entry in entries}
    assert asked_again == set()
    # The evidence of the region lists is from before; what was found is the same.
    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))


def test_a_childs_arguments_and_the_log_hold_no_secret(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    children_of: Callable[[int], list[int]],
) -> None:
    """Children find credentials as any AWS program does, and are told none."""
    seen: list[bytes] = []

    def look() -> None:
        seen.extend(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children_of(running.pid))

    organization.act_at(150, look)
    running = organization.start(
        "scan", "--processes", "2", "--verbose", "--log-format", "json", "--external-id", "ex-7f3a"
    )
    _, errors = running.communicate(timeout=300)

    assert [line.split(b"\0")[1:] for line in seen] == [
        [b"-P", b"-m", b"orgscan.scan.executors.child", b""]
    ]
    assert all(secret not in errors for secret in organization.simulator.record.secrets())
