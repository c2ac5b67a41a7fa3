"""A sweep that asks for launchers finds exactly what there is, and says what it could not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.simulator import Fault, FaultKind, Scenario, account_id

pytestmark = pytest.mark.integration

CONTROL = "ecs-launcher-no-public-ip"
REGIONS = ("eu-west-1", "us-east-1")
SERVICES = ("events", "scheduler", "pipes", "states", "batch")
APIS = (
    "events:ListEventBuses",
    "events:ListRules",
    "events:ListTargetsByRule",
    "scheduler:ListSchedules",
    "scheduler:GetSchedule",
    "pipes:ListPipes",
    "pipes:DescribePipe",
    "states:ListStateMachines",
    "states:DescribeStateMachine",
    "batch:DescribeJobDefinitions",
    "ecs:ListServices",
    "ecs:ListClusters",
)


def verdicts(report: dict[str, Any]) -> dict[tuple[str, str, str], str]:
    """The statuses of the control's findings, by account, region and ARN."""
    return {
        (finding["account"]["id"], finding["region"], finding["resource"]["arn"]): finding["status"]
        for finding in report["findings"]
        if finding["control_id"] == CONTROL
    }


def grades(report: dict[str, Any]) -> dict[str, str | None]:
    """The grades of the control's findings, by ARN."""
    return {
        finding["resource"]["arn"]: finding["exposure"] and finding["exposure"]["grade"]
        for finding in report["findings"]
        if finding["control_id"] == CONTROL
    }


def gaps(report: dict[str, Any]) -> dict[tuple[str, str | None], str]:
    """What the ledger does not call COVERED."""
    return {
        (entry["account_id"], entry["region"]): entry["status"]
        for entry in report["coverage"]
        if entry["status"] != "COVERED"
    }


def agree(swept: Any) -> None:  # noqa: ANN401 - the fixture's own type
    """The report says the simulator's truth of launchers, no more and no less."""
    truth = swept.simulator.truth()
    assert verdicts(swept.report) == {
        (one.account, one.region, one.arn): one.expected
        for one in truth.launchers
        if not one.hidden
    }
    assert grades(swept.report) == {one.arn: one.grade for one in truth.launchers if not one.hidden}
    assert gaps(swept.report) == {
        (gap.account, gap.region): gap.status for gap in (*truth.gaps, *truth.launcher_gaps)
    }


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small organizations in which up to three calls are always denied."""
    seed = draw(st.integers(0, 2**32))
    denial = st.builds(
        Fault,
        kind=st.sampled_from([FaultKind.DENY_IAM, FaultKind.DENY_SCP, FaultKind.SERVER_ERROR]),
        account=st.just(account_id(seed, 2)),
        region=st.sampled_from([*REGIONS, "*"]),
        api=st.sampled_from(APIS),
    )
    return Scenario(
        accounts=3,
        seed=seed,
        regions=REGIONS,
        disabled_regions=(),
        density=draw(st.sampled_from([0.3, 1.0])),
        gallery=((account_id(seed, draw(st.integers(0, 2))), "eu-west-1"),),
        clusters=1,
        services=1,
        hostile=draw(st.booleans()),
        empty_pages=draw(st.booleans()),
        faults=tuple(draw(st.lists(denial, max_size=3))),
    )


@settings(
    max_examples=20,
    deadline=None,
    # The sweep fixture holds no state between examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios())
def test_every_launcher_has_the_verdict_that_is_true_of_it(
    sweep: Callable[..., Any], scenario: Scenario
) -> None:
    """Over many seeds, with calls denied or without."""
    agree(sweep(scenario, collect=("launchers",)))


def gallery(*faults: Fault, **changes: Any) -> Scenario:  # noqa: ANN401 - any member of a scenario
    """One account-region that holds one of every kind, in an organization without other work."""
    seed = 11
    return msgspec.structs.replace(
        Scenario(
            accounts=3,
            seed=seed,
            regions=REGIONS,
            disabled_regions=(),
            density=0.0,
            gallery=((account_id(seed, 2), "eu-west-1"),),
            faults=faults,
        ),
        **changes,
    )


PLACE = (account_id(11, 2), "eu-west-1")


def test_one_of_every_kind_is_judged_as_it_is(sweep: Callable[..., Any]) -> None:
    """With names of states made to break what shows them."""
    swept = sweep(gallery(hostile=True), collect=("launchers",))

    agree(swept)
    assert set(verdicts(swept.report).values()) == {
        "FAILED",
        "WARNING",
        "PASSED",
        "NOT_APPLICABLE",
    }
    places = [place for f in swept.report["findings"] for place in f["observed"]["places"]]
    assert any("<img" in place for place in places)
    assert all(f["reason"].isprintable() for f in swept.report["findings"])


def test_no_secret_of_a_job_or_definition_is_written(sweep: Callable[..., Any]) -> None:
    """Environments of containers and definitions are read past, never kept."""
    swept = sweep(gallery(), collect=("launchers",))

    for content in swept.written.values():
        assert b"a secret that no report may show" not in content
        assert b"$states.input" not in content


def test_nobody_is_asked_about_launchers_unless_the_setting_says_so(
    sweep: Callable[..., Any],
) -> None:
    """No call, no finding, and no control that would seem to have found nothing."""
    swept = sweep(gallery())

    called = {api.partition(":")[0] for _, _, api in swept.simulator.record.calls}
    assert called.isdisjoint(SERVICES)
    assert CONTROL not in swept.report["totals"]["findings"]
    assert CONTROL not in [control["id"] for control in swept.report["controls"]]


def test_regions_without_clusters_still_cost_one_call(sweep: Callable[..., Any]) -> None:
    """Launchers are asked for only where there is a cluster to launch into."""
    swept = sweep(gallery(), collect=("launchers",))

    calls = {(e["account_id"], e["region"]): e["api_calls"] for e in swept.report["coverage"]}
    assert {number for place, number in calls.items() if place != PLACE} == {1}
    assert calls[PLACE] > 10


def test_a_part_is_asked_for_by_name_and_the_report_says_so(sweep: Callable[..., Any]) -> None:
    """Only that part is called and judged."""
    swept = sweep(gallery(), collect=("launchers.pipes", "launchers.batch"))

    called = {api.partition(":")[0] for _, _, api in swept.simulator.record.calls}
    assert called & set(SERVICES) == {"pipes", "batch"}
    kinds = {f["resource"]["type"] for f in swept.report["findings"] if f["control_id"] == CONTROL}
    assert kinds == {"AWS::Pipes::Pipe", "AWS::Batch::JobDefinition"}
    assert swept.notes == [
        "Of what starts tasks only a part was asked for (collect: launchers.pipes, launchers.batch)"
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_a_denied_service_is_a_matter_of_coverage_and_costs_no_other(
    sweep: Callable[..., Any], service: str
) -> None:
    """The ledger names the call; everything else is judged as ever."""
    whole = sweep(gallery(), collect=("launchers",))
    swept = sweep(gallery(Fault(FaultKind.DENY_IAM, api=f"{service}:*")), collect=("launchers",))

    agree(swept)
    (entry,) = [e for e in swept.report["coverage"] if e["status"] != "COVERED"]
    assert (entry["account_id"], entry["region"]) == PLACE
    assert entry["status"] == "PARTLY_COVERED"
    assert entry["api"].startswith(f"{service}:")
    assert entry["error_code"] == "AccessDeniedException"
    assert entry["reason"] == (
        f"a part was not seen: {entry['api']}: the read role lacks the action; "
        "add it to the role's policy"
    )
    lost = verdicts(whole.report).keys() - verdicts(swept.report).keys()
    assert {arn.split(":")[2] for _, _, arn in lost} == {service}
    others = [f for f in whole.report["findings"] if f["control_id"] != CONTROL]
    assert [f for f in swept.report["findings"] if f["control_id"] != CONTROL] == others


def test_what_is_listed_and_cannot_be_described_is_not_evaluated(
    sweep: Callable[..., Any],
) -> None:
    """Each by its own ARN, and the cause once in the ledger."""
    swept = sweep(
        gallery(Fault(FaultKind.DENY_IAM, api="states:DescribeStateMachine")),
        collect=("launchers",),
    )

    agree(swept)
    machines = {
        f["resource"]["arn"]: f["reason"]
        for f in swept.report["findings"]
        if f["resource"]["type"] == "AWS::StepFunctions::StateMachine"
    }
    assert len(machines) == 12
    reason = (
        "This state machine was listed and could not be read: states:DescribeStateMachine: the "
        "read role lacks the action; add it to the role's policy"
    )
    assert set(machines.values()) == {reason}
    (entry,) = [e for e in swept.report["coverage"] if e["status"] != "COVERED"]
    assert entry["reason"].count("states:DescribeStateMachine") == 1


@pytest.mark.parametrize(
    "kind", [FaultKind.GARBAGE, FaultKind.TRUNCATE, FaultKind.RESET, FaultKind.THROTTLE]
)
def test_answers_that_cannot_be_read_cost_that_part_alone(
    sweep: Callable[..., Any], kind: FaultKind
) -> None:
    """The ledger says which, and the rest is judged."""
    swept = sweep(gallery(Fault(kind, api="scheduler:ListSchedules")), collect=("launchers",))

    agree(swept)
    assert gaps(swept.report) == {PLACE: "PARTLY_COVERED"}


def test_passing_weather_leaves_no_trace(sweep: Callable[..., Any]) -> None:
    """Throttles and resets that stop are tried again."""
    faults = [
        Fault(FaultKind.THROTTLE, api="pipes:*", first=2),
        Fault(FaultKind.RESET, api="events:*", first=1),
    ]
    swept = sweep(gallery(*faults), collect=("launchers",))

    assert swept.simulator.record.faults[FaultKind.THROTTLE] == 2
    assert gaps(swept.report) == {}
    assert len(verdicts(swept.report)) == len(swept.simulator.truth().launchers)
