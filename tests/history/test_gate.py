"""What `orgscan diff` exits with 1 for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orgscan.history.compare import compare
from orgscan.history.gate import FailOn, trips
from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Grade
from orgscan.model.finding import ExceptionNote, Status
from orgscan.model.seen import SeenExposure, SeenFinding, SeenRun, SeenTarget

FindingOf = Callable[..., SeenFinding]
RunOf = Callable[..., SeenRun]
TargetOf = Callable[..., SeenTarget]
NEW, WORSE, UNKNOWN = FailOn.NEW, FailOn.WORSE, FailOn.UNKNOWN

EXCEPTION = ExceptionNote(
    id="bastion", owner="net@example.org", reason="needed", ticket="SEC-1", expires="2027-01-31"
)
ACCEPTED = {"exception": EXCEPTION}
UNDECIDED = {"status": Status.WARNING}
REACHABLE = {"exposure": SeenExposure(Grade.REACHABLE)}


@pytest.mark.parametrize(
    ("before", "after", "tripped"),
    [
        ({}, {}, set()),
        (None, {}, {NEW, WORSE, UNKNOWN}),
        (None, UNDECIDED, {NEW, WORSE, UNKNOWN}),
        (None, ACCEPTED, set()),
        ({}, None, set()),
        (UNDECIDED, {}, {NEW, WORSE, UNKNOWN}),
        ({}, UNDECIDED, set()),
        (ACCEPTED, {}, {NEW, WORSE, UNKNOWN}),
        ({}, ACCEPTED, set()),
        ({}, REACHABLE, set()),
    ],
)
def test_what_is_new_or_has_begun_to_fail_trips_the_gate(
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    tripped: set[FailOn],
    finding_of: FindingOf,
    run_of: RunOf,
) -> None:
    """What somebody accepted does not, nor what fails as it did."""
    old = run_of() if before is None else run_of(finding_of(**before))
    new = run_of() if after is None else run_of(finding_of(**after))

    diff = compare(old, new)

    assert {fail_on for fail_on in FailOn if trips(diff, fail_on)} == tripped


def test_what_may_be_new_trips_it_and_what_may_be_resolved_only_if_asked(
    finding_of: FindingOf, run_of: RunOf, target_of: TargetOf
) -> None:
    """Nobody has looked at what an earlier run could not see."""
    blind = run_of(ledger=(target_of(CoverageStatus.DENIED),))
    seeing = run_of(finding_of())

    assert trips(compare(blind, seeing), NEW)
    assert not trips(compare(seeing, blind), NEW)
    assert trips(compare(seeing, blind), UNKNOWN)
    assert not trips(compare(blind, seeing), FailOn.NONE)


def task_set(number: int) -> dict[str, object]:
    """One of the task sets of a service."""
    return {"arn": f"arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/{number}"}


def test_what_follows_something_of_its_service_that_failed_alike_is_not_worse(
    finding_of: FindingOf, run_of: RunOf
) -> None:
    """Each deployment makes new task sets; as new findings they are told, with what they follow."""
    old, new = finding_of(**task_set(1)), finding_of(**task_set(2))

    diff = compare(run_of(old), run_of(new))

    assert [change.follows for change in diff.changes] == ["", old.key]
    assert trips(diff, NEW)
    assert not trips(diff, WORSE)


@pytest.mark.parametrize("unlike", [UNDECIDED, ACCEPTED, REACHABLE])
def test_what_is_worse_than_what_it_follows_is_new(
    unlike: dict[str, object], finding_of: FindingOf, run_of: RunOf
) -> None:
    """Another status, another exposure, or an exception that held only for what is gone."""
    diff = compare(run_of(finding_of(**task_set(1), **unlike)), run_of(finding_of(**task_set(2))))

    assert [change.follows for change in diff.changes] == ["", ""]
    assert trips(diff, WORSE)


def test_what_stands_beside_its_predecessor_is_new(finding_of: FindingOf, run_of: RunOf) -> None:
    """A second public task set, while the first is still there."""
    first, second = finding_of(**task_set(1)), finding_of(**task_set(2))

    assert trips(compare(run_of(first), run_of(first, second)), WORSE)
