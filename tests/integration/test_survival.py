"""A sweep lives through bad weather, signals and its own death, and says what it did not reach."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from yarl import URL

from orgscan.aws.endpoints import Endpoint, _Teller
from orgscan.journal.journal import Journal
from orgscan.journal.records import Record
from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, account_id
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]
_REGIONS = ("eu-west-1", "us-east-1", "us-west-2")


def _what_was_found(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what differs between two runs over the same organization.

    EC2 writes the id of each request into its answer, so that its digests are never the same; and
    the second run has a past, which is the first one.
    """
    findings = [{**finding, "evidence": [], "past": None} for finding in report["findings"]]
    coverage = [
        {name: value for name, value in entry.items() if name not in {"api_calls", "duration_ms"}}
        for entry in report["coverage"]
    ]
    totals = {
        name: value
        for name, value in report["totals"].items()
        if name not in {"api_calls", "throttled"}
    }
    return {"findings": findings, "coverage": coverage, "totals": totals}


def test_two_percent_of_every_fault_over_300_accounts_change_nothing(sweep: Sweep) -> None:
    """The findings equal the calm run's, coverage is complete, the exit status is the same."""
    told: dict[str, Any] = {"accounts": 300, "seed": 5, "regions": _REGIONS, "density": 0.1}
    passing = (
        FaultKind.SERVER_ERROR,
        FaultKind.RESET,
        FaultKind.TRUNCATE,
        FaultKind.EXPIRE_TOKEN,
        FaultKind.THROTTLE,
        FaultKind.SLOW,
    )
    faults = tuple(Fault(kind, probability=0.02, seconds=0.01) for kind in passing)
    calm = sweep(Scenario(**told), concurrency=200)
    stormy = sweep(Scenario(**told, faults=faults), concurrency=200)

    assert all(stormy.simulator.record.faults[kind] > 10 for kind in passing)
    assert _what_was_found(stormy.report) == _what_was_found(calm.report)
    assert stormy.exit_status == calm.exit_status == 1
    assert stormy.report["totals"]["throttled"] > 0
    assert stormy.report["metrics"]["retried"] > 0


def test_500_accounts_at_once_through_one_client_never_mix(sweep: Sweep) -> None:
    """The simulator verifies every signature and token: no call carries another account's."""
    scenario = Scenario(accounts=500, regions=("us-east-1",), disabled_regions=(), density=0.05)
    swept = sweep(scenario, concurrency=500)
    record = swept.simulator.record

    assert list(record.rejected_signatures) == []
    listed = Counter({key[0]: n for key, n in record.calls.items() if key[2] == "ecs:ListClusters"})
    assert listed == Counter({account_id(0, index): 1 for index in range(500)})


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.THROTTLE])
def test_an_account_that_hangs_or_is_throttled_for_good_holds_up_no_other(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch, kind: FaultKind
) -> None:
    """All other account-regions have their entry before the bad account's first."""
    order: list[str] = []
    append = Journal.append

    def noted(journal: Journal, line: Any) -> None:  # noqa: ANN401 - any line of a journal
        if isinstance(line, Record):
            order.append(line.entry.account_id)
        append(journal, line)

    monkeypatch.setattr(Journal, "append", noted)
    bad = account_id(9, 2)
    faults = (Fault(kind, account=bad, api="ecs:*"),)
    swept = sweep(
        Scenario(
            accounts=30,
            seed=9,
            regions=("us-east-1",),
            disabled_regions=(),
            density=0.0,
            faults=faults,
        ),
        concurrency=4,
        call_timeout=2.0 if kind is FaultKind.HANG else 30.0,
    )

    assert order[-1] == bad
    statuses = {entry["account_id"]: entry["status"] for entry in swept.report["coverage"]}
    assert statuses.pop(bad) in {"TIMED_OUT", "THROTTLED"}
    assert set(statuses.values()) == {"COVERED"}


def test_a_region_whose_endpoint_does_not_resolve_costs_that_region_only(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every account has an unreachable entry there, and is covered elsewhere."""
    tell = _Teller.tell

    async def told(teller: _Teller, operation: str, region: str) -> Endpoint:
        found = await tell(teller, operation, region)
        if region != "eu-west-1":
            return found
        return msgspec.structs.replace(found, url=URL("http://no-such-host.invalid/"))

    monkeypatch.setattr(_Teller, "tell", told)
    swept = sweep(Scenario(accounts=5, regions=_REGIONS, disabled_regions=()))

    by_region: dict[str, set[str]] = {}
    for entry in swept.report["coverage"]:
        by_region.setdefault(entry["region"], set()).add(entry["status"])
    assert by_region == {
        "eu-west-1": {"ENDPOINT_UNREACHABLE"},
        "us-east-1": {"COVERED"},
        "us-west-2": {"COVERED"},
    }


class _StrikeAt(Counter[tuple[str, str, str]]):
    """Counts calls, and acts when there have been so many; `order` is which came when.

    `of` is the API whose calls count; empty for all.
    """

    def __init__(self, calls: int, act: Callable[[], None], of: str = "") -> None:
        super().__init__()
        self.order: list[str] = []
        self._of = of
        self._left = calls
        self._act = act

    def __setitem__(self, key: tuple[str, str, str], value: int) -> None:
        super().__setitem__(key, value)
        self.order.append(key[2])
        self._left -= key[2] == self._of or not self._of
        if self._left == 0:
            self._act()


class _Scans:
    """`orgscan scan` as a process, against one simulated organization."""

    def __init__(self, simulator: Simulator, environ: dict[str, str], folder: Path) -> None:
        self.simulator = simulator
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ}
        self._folder = folder

    def run(
        self,
        *arguments: str,
        strike_at: int = 0,
        strike: signal.Signals = signal.SIGKILL,
        of: str = "",
        largest_file: int | None = None,
    ) -> tuple[int, str]:
        """Scan; after so many calls send a signal. Gives the exit status and the errors."""

        def limited() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        child = subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the tests
            [sys.executable, "-m", "orgscan", "scan", "--output", "runs", *arguments],
            cwd=self._folder,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limited,  # noqa: PLW1509 - limits the child alone, which calls nothing else before exec
        )
        self.simulator.record.calls = _StrikeAt(strike_at, lambda: child.send_signal(strike), of)
        _, errors = child.communicate(timeout=60)
        return child.returncode, errors

    def report(self) -> dict[str, Any]:
        """The newest finished run's report."""
        written = (self._folder / "runs" / "latest" / "report.json").read_bytes()
        report: dict[str, Any] = msgspec.json.decode(written)
        return report

    def journaled(self) -> set[tuple[str, str]]:
        """The account-regions in the journal of the run that broke off."""
        (path,) = self._folder.glob("runs/.*.partial/journal.ndjson")
        # The last line may be torn, and then is no record.
        whole = path.read_bytes().rpartition(b"\n")[0].splitlines()
        entries = [
            msgspec.json.decode(line)["entry"] for line in whole if b'"type":"target"' in line
        ]
        return {(entry["account_id"], entry["region"]) for entry in entries}


@pytest.fixture
def scans(tmp_path: Path, environ_of: Callable[..., dict[str, str]]) -> Iterator[_Scans]:
    """An organization of 60 accounts in three regions."""
    scenario = Scenario(accounts=60, seed=4, regions=_REGIONS, density=0.2, latency_ms=5)
    simulator = Simulator(scenario)
    with simulator.serve_in_thread() as endpoint:
        yield _Scans(simulator, environ_of(endpoint), tmp_path)


def test_a_run_killed_ten_times_ends_with_the_report_of_an_undisturbed_one(scans: _Scans) -> None:
    """SIGKILL at any moment; no journaled account-region is asked again."""
    status, _ = scans.run()
    undisturbed = _what_was_found(scans.report())
    chance = random.Random(7)  # noqa: S311 - picks moments, guards nothing

    assert scans.run("--concurrency", "8", strike_at=120)[0] == -signal.SIGKILL
    for _ in range(9):
        journaled = scans.journaled()
        killed, _ = scans.run("--resume", "--concurrency", "8", strike_at=chance.randrange(20, 60))
        assert killed == -signal.SIGKILL
        asked_again = {
            (account, region)
            for account, region, api in scans.simulator.record.calls
            if api.startswith("ecs:") and (account, region) in journaled
        }
        assert asked_again == set()
        assert journaled <= scans.journaled()
    last, errors = scans.run("--resume")

    assert errors == ""
    assert last == status
    assert _what_was_found(scans.report()) == undisturbed
    assert "The run broke off and was resumed" in scans.report()["run"]["notes"][1]


def test_the_first_accounts_are_swept_while_others_are_still_being_listed(
    tmp_path: Path, environ_of: Callable[..., dict[str, str]]
) -> None:
    """AWS lists twenty accounts a call, and after twenty calls ten a second at first."""
    simulator = Simulator(Scenario(accounts=600, seed=4, regions=("us-east-1",), density=0.0))
    with simulator.serve_in_thread() as endpoint:
        scans = _Scans(simulator, environ_of(endpoint), tmp_path)
        assert scans.run() == (0, "")
        calls = simulator.record.calls
        report = scans.report()

    assert isinstance(calls, _StrikeAt)
    last = len(calls.order) - calls.order[::-1].index("organizations:ListAccounts")
    assert "ecs:ListClusters" in calls.order[:last]
    assert report["totals"]["accounts"]["listed"] == 600
    assert len({entry["account_id"] for entry in report["coverage"]}) == 600


def test_a_signal_before_all_accounts_are_listed_leaves_a_run_to_resume(
    tmp_path: Path, environ_of: Callable[..., dict[str, str]]
) -> None:
    """What could not be seen is not known yet: there is no report, and nothing swept is lost."""
    simulator = Simulator(Scenario(accounts=1_200, seed=4, regions=("us-east-1",), density=0.0))
    with simulator.serve_in_thread() as endpoint:
        scans = _Scans(simulator, environ_of(endpoint), tmp_path)
        status, errors = scans.run(strike_at=20, strike=signal.SIGINT, of="ecs:ListClusters")
        journaled = scans.journaled()
        resumed = scans.run("--resume")
        report = scans.report()

    assert status == 130
    assert "stopped before all accounts were listed: SIGINT was received" in errors
    assert "What was swept is kept: orgscan scan --resume" in errors
    assert 0 < len(journaled) < 1_200
    assert resumed == (0, "")
    assert len({entry["account_id"] for entry in report["coverage"]}) == 1_200


def test_a_disk_that_fills_during_the_sweep_loses_nothing_that_was_swept(
    scans: _Scans,
) -> None:
    """One clear error, no half-written report; with room again, the run goes on to its report."""
    status, _ = scans.run()
    undisturbed = _what_was_found(scans.report())
    full, errors = scans.run(largest_file=30_000)

    assert full == 2
    assert "the run cannot be written: File too large" in errors
    assert "What was swept is kept: orgscan scan --resume" in errors
    assert "Traceback" not in errors
    journaled = scans.journaled()
    assert journaled
    assert scans.run("--resume") == (status, "")
    assert _what_was_found(scans.report()) == undisturbed


def test_a_run_is_not_resumed_on_another_basis(scans: _Scans) -> None:
    """Other filters would mix two scans into one report: refused, and nothing is lost."""
    scans.run("--concurrency", "8", strike_at=120)
    journaled = scans.journaled()
    status, errors = scans.run("--resume", "--region", "eu-*")

    assert status == 2
    assert "was begun with other settings: region" in errors
    assert scans.journaled() == journaled


@pytest.mark.parametrize("strike", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_sweep_and_the_report_says_what_was_not_reached(
    scans: _Scans, strike: signal.Signals
) -> None:
    """Exit 4 or 5; every account-region in scope is accounted for."""
    status, _ = scans.run("--concurrency", "4", strike_at=100, strike=strike)
    report = scans.report()

    assert status in {4, 5}
    assert report["run"]["notes"][1:] == [
        f"The run was stopped before its end: {strike.name} was received"
    ]
    stopped = [entry for entry in report["coverage"] if entry["status"] == "TIMED_OUT"]
    assert stopped
    assert {entry["reason"] for entry in stopped} == {
        f"the run was stopped before this was seen: {strike.name} was received"
    }
    assert len({entry["account_id"] for entry in report["coverage"]}) == 60


def test_a_run_that_is_out_of_time_reports_what_it_has(
    tmp_path: Path, environ_of: Callable[..., dict[str, str]]
) -> None:
    """--timeout ends a sweep in which an account hangs: the rest is covered."""
    bad = account_id(4, 2)
    hang = Fault(FaultKind.HANG, account=bad, api="ecs:*")
    simulator = Simulator(Scenario(accounts=3, seed=4, regions=("us-east-1",), faults=(hang,)))
    with simulator.serve_in_thread() as endpoint:
        scans = _Scans(simulator, environ_of(endpoint), tmp_path)
        status, _ = scans.run("--timeout", "2")

    entries = {
        entry["account_id"]: entry["reason"]
        for entry in scans.report()["coverage"]
        if entry["status"] == "TIMED_OUT"
    }
    assert status in {4, 5}
    assert entries == {
        bad: "the run was stopped before this was seen: --timeout of 2 s was reached"
    }


def test_neither_output_nor_log_holds_a_secret(scans: _Scans, tmp_path: Path) -> None:
    """Every key and token that was issued is looked for in all that was written and said."""
    _, errors = scans.run("--verbose", "--log-format", "json")
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    assert '"run_id"' in errors
    for secret in scans.simulator.record.secrets():
        assert secret not in errors
        assert all(secret.encode() not in content for content in written)


def test_stopping_twice_keeps_the_first_reason() -> None:
    """The ledger says what ended the run, not what came after."""
    stop = Stop()
    stop.reason = "SIGTERM was received"
    stop.now("SIGINT was received")

    assert stop.reason == "SIGTERM was received"
