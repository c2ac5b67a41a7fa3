"""What holds for any two runs, however odd or contradictory."""

from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from orgscan.history.compare import compare
from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import Kind
from orgscan.model.exposure import Grade
from orgscan.model.finding import AccountRef, Severity, Status, finding_key
from orgscan.model.run import Scope
from orgscan.model.seen import (
    OPEN,
    SeenAddresses,
    SeenExposure,
    SeenFinding,
    SeenResource,
    SeenRun,
    SeenTarget,
    SeenVerdict,
)

ACCOUNTS, REGIONS = ("111111111111", "222222222222"), ("eu-west-1", "us-east-1")
CONTROLS = ("ecs-taskset-no-public-ip", "ecs-launcher-no-public-ip")
LOOKED = {CoverageStatus.COVERED, CoverageStatus.PARTLY_COVERED}
THINGS = tuple(product(CONTROLS, ACCOUNTS, REGIONS, ("ecs:task-set", "ecs:cluster", "events:rule")))


def finding(thing: tuple[str, str, str, str], status: Status, grade: Grade | None) -> SeenFinding:
    """An open finding on one of the things that there may be."""
    control, account, region, what = thing
    service, _, kind = what.partition(":")
    arn = f"arn:aws:{service}:{region}:{account}:{kind}/x"
    return SeenFinding(
        key=finding_key(control, account, region, arn),
        control_id=control,
        status=status,
        severity=Severity.HIGH,
        reason="",
        account=AccountRef(account, "", ""),
        region=region,
        resource=SeenResource(
            type="", arn=arn, cluster_arn=f"arn:aws:ecs:{region}:{account}:cluster/x"
        ),
        observed=SeenAddresses(public_ips=("198.51.100.7",) if grade else ()),
        exposure=SeenExposure(grade) if grade else None,
    )


@st.composite
def runs(draw: st.DrawFn, *, full: bool = False) -> SeenRun:
    """Any verdict on any of the things, and any ledger; with `full`, one that saw everything."""
    drawn = draw(
        st.dictionaries(
            st.sampled_from(THINGS),
            st.tuples(st.sampled_from(Status), st.none() | st.sampled_from(Grade), st.booleans()),
        )
    )
    if full:
        drawn = {thing: one for thing, one in drawn.items() if one[0] is not Status.NOT_EVALUATED}
    findings = [
        (finding(thing, status, None if full else grade), seen)
        for thing, (status, grade, seen) in drawn.items()
    ]
    places = list(product(ACCOUNTS, REGIONS if full else (None, *REGIONS)))
    chosen = places if full else draw(st.lists(st.sampled_from(places), unique=True))
    coverage: dict[str, dict[str | None, SeenTarget]] = {}
    for account, region in chosen:
        coverage.setdefault(account, {})[region] = SeenTarget(
            account_id=account,
            account_name="",
            region=region,
            status=CoverageStatus.COVERED if full else draw(st.sampled_from(CoverageStatus)),
            missed=() if full else draw(st.sampled_from([None, (), ("ecs:ListClusters",)])),
        )
    return SeenRun(
        id=draw(st.sampled_from("ab")),
        started_at=draw(st.sampled_from("12")),
        tool_version="1",
        organization_id="o",
        scope=Scope() if full else draw(st.sampled_from([Scope(), Scope(ou=("ou-1",))])),
        controls=frozenset(CONTROLS if full else draw(st.sets(st.sampled_from(CONTROLS)))),
        services=frozenset({"ecs", "events"} if full else {"ecs"}),
        open={each.key: each for each, _ in findings if each.status in OPEN},
        others={
            each.key: SeenVerdict(each.status, interfaces_seen=seen)
            for each, seen in findings
            if each.status not in OPEN
        },
        judged=frozenset(product(ACCOUNTS, REGIONS)) if full else frozenset(),
        coverage=coverage,
    )


@given(runs())
def test_a_run_compared_with_itself_has_no_change(run: SeenRun) -> None:
    """Whatever is open persists, and coverage is the same."""
    diff = compare(run, run)

    assert {change.kind for change in diff.changes} <= {Kind.PERSISTING}
    assert (diff.less_seen, diff.more_seen, diff.joined, diff.left) == ((), (), (), ())


@given(runs(), runs())
def test_every_open_finding_is_told_exactly_once(old: SeenRun, new: SeenRun) -> None:
    """Nothing that somebody has to look at is lost, and nothing is told twice."""
    told = Counter(change.finding.key for change in compare(old, new).changes)

    assert told == Counter(old.open.keys() | new.open.keys())


@given(runs(), runs())
def test_kinds_follow_from_where_a_finding_is_open(old: SeenRun, new: SeenRun) -> None:
    """What is open in both is changed or persists; in one of them, never."""
    for change in compare(old, new).changes:
        key = change.finding.key
        assert (change.before, change.after) == (old.open.get(key), new.open.get(key))
        in_both = change.before is not None and change.after is not None
        assert in_both is (change.kind in {Kind.CHANGED, Kind.PERSISTING})
        assert change.kind is not Kind.NEW or change.before is None
        assert change.kind is not Kind.RESOLVED or change.after is None


@given(runs(), runs())
def test_nothing_is_resolved_that_was_not_looked_at_in_both_runs(
    old: SeenRun, new: SeenRun
) -> None:
    """Whatever the runs hold: no line of coverage in both, no resolution."""
    for change in compare(old, new).changes:
        if change.kind is Kind.RESOLVED:
            of = change.finding
            for run in (old, new):
                target = run.target(of.account.id, of.region)
                assert target is not None
                assert target.status in LOOKED
            verdict = new.others.get(of.key)
            assert verdict is None or verdict.status in {Status.PASSED, Status.NOT_APPLICABLE}


@given(runs(full=True), runs(full=True))
def test_where_everything_was_seen_the_way_back_is_the_mirror(old: SeenRun, new: SeenRun) -> None:
    """New and resolved trade places, nothing is unknown, and all else stays what it is."""
    there = {change.finding.key: change.kind for change in compare(old, new).changes}
    back = {change.finding.key: change.kind for change in compare(new, old).changes}
    mirrored = {Kind.NEW: Kind.RESOLVED, Kind.RESOLVED: Kind.NEW}

    assert back == {key: mirrored.get(kind, kind) for key, kind in there.items()}
    assert Kind.UNKNOWN not in there.values()
