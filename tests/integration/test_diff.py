"""Two days of a simulated organization, swept and compared, held to what became of it in truth."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orgscan.history.compare import compare
from orgscan.model.diff import Basis, Diff, Kind
from orgscan.model.finding import Status
from orgscan.model.seen import SeenRun
from orgscan.report.seen import read_seen
from orgscan.simulator import (
    Fault,
    FaultKind,
    Scenario,
    Simulator,
    Truth,
    account_id,
    demo_scenario,
)

pytestmark = pytest.mark.integration

ACCOUNTS, SEED = 12, 1
REFUSED, LOCKED = account_id(SEED, 4), account_id(SEED, 9)
CONTROL = "ecs-taskset-no-public-ip"
OPEN = {Status.FAILED, Status.WARNING}


@pytest.fixture(scope="module")
def days(sweep: Callable[..., Any]) -> tuple[Any, Any]:
    """The first day and the next."""
    first, second = (
        sweep(demo_scenario(ACCOUNTS, SEED, day), collect=("launchers",)) for day in (0, 1)
    )
    return first, second


def seen_of(swept: Any) -> SeenRun:  # noqa: ANN401 - what the fixture gives
    """The run as a comparison reads it."""
    report: bytes = swept.written["report.json"]
    return read_seen(partial(io.BytesIO, report), "report.json")


@pytest.fixture(scope="module")
def diff(days: tuple[Any, Any]) -> Diff:
    """What changed."""
    old, new = map(seen_of, days)
    return compare(old, new)


@pytest.fixture(scope="module")
def truths(days: tuple[Any, Any]) -> tuple[Truth, Truth]:
    """What there was on each day, hidden or not."""
    first, second = (swept.simulator.truth() for swept in days)
    return first, second


def arns(diff: Diff, *kinds: Kind) -> set[str]:
    """Task sets with a change of these kinds."""
    return {
        change.finding.resource.arn
        for change in diff.changes
        if change.kind in kinds and change.finding.resource.type == "AWS::ECS::TaskSet"
    }


def truly_open(truth: Truth) -> set[str]:
    """Task sets that fail or cannot be decided, whether anybody saw them or not."""
    return {task_set.arn for task_set in truth.task_sets if task_set.expected in OPEN}


def places_unseen(*truths: Truth) -> set[tuple[str, str | None]]:
    """Account-regions and accounts that were not seen in full on one of the days."""
    return {(gap.account, gap.region) for truth in truths for gap in truth.launcher_gaps} | {
        (gap.account, gap.region) for truth in truths for gap in truth.gaps
    }


def test_nothing_is_called_resolved_that_is_still_open(
    diff: Diff, truths: tuple[Truth, Truth]
) -> None:
    """Not even where nobody could look."""
    resolved = arns(diff, Kind.RESOLVED)

    assert resolved
    assert resolved & truly_open(truths[1]) == set()


def test_nothing_is_called_new_that_was_open_before(
    diff: Diff, truths: tuple[Truth, Truth]
) -> None:
    """Not even where nobody could look."""
    new = arns(diff, Kind.NEW)

    assert new
    assert new & truly_open(truths[0]) == set()


def test_where_both_days_were_seen_the_diff_is_the_truth(
    diff: Diff, truths: tuple[Truth, Truth]
) -> None:
    """Every task set that came to be open, or is open no more."""
    unseen = places_unseen(*truths)
    accounts = {account for account, region in unseen if region is None}

    def seen(truth: Truth) -> set[str]:
        return {
            one.arn
            for one in truth.task_sets
            if one.expected in OPEN
            and one.account not in accounts
            and (one.account, one.region) not in unseen
        }

    before, after = map(seen, truths)
    assert after - before <= arns(diff, Kind.NEW)
    assert before - after <= arns(diff, Kind.RESOLVED)
    assert before & after <= arns(diff, Kind.PERSISTING, Kind.CHANGED)


def test_what_is_unknown_lies_where_one_day_was_not_seen_in_full(
    diff: Diff, truths: tuple[Truth, Truth]
) -> None:
    """The account whose role came, the one whose role is gone, and what could not be read."""
    unseen = places_unseen(*truths)
    unknown = [change.finding for change in diff.changes if change.kind is Kind.UNKNOWN]

    assert {REFUSED, LOCKED} <= {finding.account.id for finding in unknown}
    for finding in unknown:
        assert {(finding.account.id, None), (finding.account.id, finding.region)} & unseen


def test_a_role_that_came_and_one_that_is_gone_are_told(diff: Diff) -> None:
    """By their accounts, which are seen more and less of."""
    assert [(place.account_id, place.region) for place in diff.less_seen] == [(LOCKED, None)]
    assert {place.account_id for place in diff.more_seen} == {REFUSED}
    assert [account.id for account in diff.joined] == [account_id(SEED, ACCOUNTS)]
    assert diff.left == ()
    of_refused = [c for c in diff.changes if c.finding.account.id == REFUSED]
    assert {(c.kind, c.basis, c.may_be_new) for c in of_refused} == {
        (Kind.UNKNOWN, Basis.NOT_COVERED, True)
    }


def test_the_way_back_resolves_nothing_that_is_new_but_by_its_own_sight(
    days: tuple[Any, Any], diff: Diff
) -> None:
    """Compared the other way round, what was new is resolved, gone accounts apart."""
    old, new = map(seen_of, days)
    back = compare(new, old)

    joined = {account.id for account in diff.joined}
    new_there = {c.finding.key for c in diff.changes if c.kind is Kind.NEW}
    resolved_back = {c.finding.key for c in back.changes if c.kind is Kind.RESOLVED}
    assert {key for key in new_there if key.split("|")[1] not in joined} == resolved_back


_APIS = (
    "*", "ecs:*", "ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices", "ecs:ListTasks",
    "ecs:DescribeTasks", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "events:*",
    "events:ListTargetsByRule", "scheduler:*", "pipes:*", "states:*", "batch:*",
)  # fmt: skip
_REFUSALS = (FaultKind.DENY_IAM, FaultKind.DENY_SCP, FaultKind.GARBAGE)


def in_weather(day: int, chance: random.Random) -> Scenario:
    """A day on which calls are refused here and there, some of them only after a while."""
    scenario = demo_scenario(9, SEED, day)
    accounts = [*(scenario.account_id(at) for at in range(9)), "*"]
    faults = (
        Fault(
            chance.choice(_REFUSALS),
            chance.choice(accounts),
            chance.choice([*scenario.regions, "*"]),
            chance.choice(_APIS),
            after=chance.choice([0, 0, 1]),
        )
        for _ in range(25)
    )
    return msgspec.structs.replace(scenario, faults=(*scenario.faults, *faults))


def all_that_is_open(scenario: Scenario) -> set[tuple[str, str]]:
    """Control and ARN of everything that fails or cannot be decided, seen by anybody or not."""
    truth = Simulator(msgspec.structs.replace(scenario, faults=(), refused=())).truth()
    kinds: dict[str, tuple[Any, ...]] = {
        "ecs-taskset-no-public-ip": truth.task_sets,
        "ecs-service-no-public-ip": truth.services,
        "ecs-launcher-no-public-ip": truth.launchers,
        "ecs-task-no-public-ip": truth.tasks,
    }
    return {
        (control, one.arn) for control, found in kinds.items() for one in found
        if one.expected in OPEN
    }  # fmt: skip


@pytest.mark.parametrize("seed", [12, 14])
def test_in_any_weather_doubt_decides_nothing(sweep: Callable[..., Any], seed: int) -> None:
    """What is called resolved is open no more in truth, and what is called new was not open."""
    chance = random.Random(seed)  # noqa: S311 - weather, not a secret
    scenarios = [in_weather(day, chance) for day in (0, 1)]
    truths = [all_that_is_open(scenario) for scenario in scenarios]
    runs = [seen_of(sweep(scenario, collect=("launchers",))) for scenario in scenarios]

    for before, after in ((0, 1), (1, 0)):
        told: dict[Kind, set[tuple[str, str]]] = {kind: set() for kind in Kind}
        for change in compare(runs[before], runs[after]).changes:
            told[change.kind].add((change.finding.control_id, change.finding.resource.arn))
        assert all(told[kind] for kind in (Kind.RESOLVED, Kind.NEW, Kind.UNKNOWN))
        assert told[Kind.RESOLVED] & truths[after] == set()
        assert told[Kind.NEW] & truths[before] == set()


def test_the_demo_shows_it_from_the_command_line(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """Two days, then what changed between them; evidence bundles give the same in every shape."""
    for day in ("0", "1"):
        assert orgscan("demo", "--accounts", "5", "--day", day, environ={}).status == 0
    newest = (tmp_path / "reports" / "latest").resolve()

    done = orgscan("diff", "previous", "latest", environ={})
    with zipfile.ZipFile(newest / "evidence.zip") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    (newest / "report.json").unlink()
    shapes = ("latest", newest.name, "reports/latest/evidence.zip", "unpacked")
    from_evidence = [orgscan("diff", "previous", shape, environ={}) for shape in shapes]

    assert (done.status, done.err) == (1, "")
    assert done.out.splitlines()[0].endswith(" persisting.")
    assert {(each.status, each.out, each.err) for each in from_evidence} == {(1, done.out, "")}
