"""The truth table of `orgscan diff`: what two runs say, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from orgscan.errors import ScopeError
from orgscan.history.compare import compare
from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import Basis, Change, Diff, Kind
from orgscan.model.exposure import Grade
from orgscan.model.finding import ExceptionNote, Severity, Status, finding_key
from orgscan.model.run import Scope
from orgscan.model.seen import (
    SeenAddresses,
    SeenExposure,
    SeenFinding,
    SeenRun,
    SeenTarget,
    SeenVerdict,
)

ACCOUNT, REGION, CONTROL = "111122223333", "eu-west-1", "ecs-taskset-no-public-ip"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
KEY = finding_key(CONTROL, ACCOUNT, REGION, f"{ARN}:task-set/prod/api/ecs-svc/1")
CLUSTER_KEY = finding_key(CONTROL, ACCOUNT, REGION, f"{ARN}:cluster/prod")
SERVICE_KEY = finding_key(CONTROL, ACCOUNT, REGION, f"{ARN}:service/prod/api")
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"

FindingOf = Callable[..., SeenFinding]
RunOf = Callable[..., SeenRun]
TargetOf = Callable[..., SeenTarget]
Side = Mapping[str, object]

PASSED = {"others": {KEY: SeenVerdict(Status.PASSED, interfaces_seen=True)}}
PASSED_BY_CONFIGURATION = {"others": {KEY: SeenVerdict(Status.PASSED)}}
NOT_APPLICABLE = {"others": {KEY: SeenVerdict(Status.NOT_APPLICABLE, interfaces_seen=True)}}
NOT_THERE: Side = {}


def unseen(key: str) -> Side:
    """What a key names could not be evaluated."""
    return {"others": {key: SeenVerdict(Status.NOT_EVALUATED, reason="it vanished")}}


def ledger(
    status: CoverageStatus,
    *,
    region: str | None = REGION,
    missed: tuple[str, ...] | None = (),
    account: str = ACCOUNT,
) -> Side:
    """The ledger has one line."""
    line = SeenTarget(
        account_id=account,
        account_name="payments",
        region=region,
        status=status,
        reason="denied",
        missed=missed,
    )
    return {"ledger": (line,)}


class Row(NamedTuple):
    """What the other run says where one run has a failure, and what that amounts to."""

    situation: str
    other: Side
    basis: Basis
    went: Kind
    came: Kind
    finding: Mapping[str, object] = MappingProxyType({})


SURE = (Kind.RESOLVED, Kind.NEW)
UNSURE = (Kind.UNKNOWN, Kind.UNKNOWN)
PUBLIC = {"addresses": SeenAddresses(public_ips=("198.51.100.7",), interfaces_seen=True)}
OF_A_TASK = {
    "arn": f"{ARN}:task/prod/1",
    "kind": "AWS::ECS::Task",
    "control": "ecs-task-no-public-ip",
}
OF_A_RULE = {
    "arn": RULE,
    "kind": "AWS::Events::Rule",
    "control": "ecs-launcher-no-public-ip",
}
PARTLY = CoverageStatus.PARTLY_COVERED

TABLE = [
    Row("it passes there", PASSED, Basis.PASSED, *SURE),
    Row("the control does not apply to it there", NOT_APPLICABLE, Basis.NOT_APPLICABLE, *SURE),
    Row("it is not there, and its target was covered", NOT_THERE, Basis.NOT_THERE, *SURE),
    Row("it could not be evaluated", unseen(KEY), Basis.NOT_EVALUATED, *UNSURE),
    Row("its service could not be seen", unseen(SERVICE_KEY), Basis.NOT_EVALUATED, *UNSURE),
    Row("its cluster could not be seen", unseen(CLUSTER_KEY), Basis.NOT_EVALUATED, *UNSURE),
    Row(
        "it passes by configuration, and no address in use was looked at",
        PASSED_BY_CONFIGURATION,
        Basis.ADDRESSES_NOT_SEEN,
        *UNSURE,
        PUBLIC,
    ),
    Row(
        "it passes by configuration, as it failed by configuration",
        PASSED_BY_CONFIGURATION,
        Basis.PASSED,
        *SURE,
    ),
    Row(
        "its control did not run",
        {"controls": frozenset({"another"})},
        Basis.CONTROL_NOT_RUN,
        *UNSURE,
    ),
    Row(
        "its target was refused",
        ledger(CoverageStatus.DENIED_BY_SCP),
        Basis.NOT_COVERED,
        *UNSURE,
    ),
    Row(
        "its account could not be entered",
        ledger(CoverageStatus.ROLE_NOT_ASSUMABLE, region=None),
        Basis.NOT_COVERED,
        *UNSURE,
    ),
    Row(
        "its account is suspended",
        ledger(CoverageStatus.ACCOUNT_NOT_ACTIVE, region=None),
        Basis.NOT_COVERED,
        *UNSURE,
    ),
    Row(
        "its region is not enabled",
        ledger(CoverageStatus.REGION_NOT_ENABLED),
        Basis.NOT_COVERED,
        *UNSURE,
    ),
    Row(
        "its ledger holds other regions of the account",
        ledger(CoverageStatus.COVERED, region="us-east-1"),
        Basis.OUT_OF_SCOPE,
        *UNSURE,
    ),
    Row(
        "its account is not in the ledger, and no filter left it out",
        ledger(CoverageStatus.COVERED, account="444455556666"),
        Basis.ACCOUNT_JOINED,
        Kind.UNKNOWN,
        Kind.NEW,
    ),
    Row(
        "its account is not in the ledger, and a filter may have left it out",
        {
            **ledger(CoverageStatus.COVERED, account="444455556666"),
            "scope": Scope(ou=("ou-ab12-11111111",)),
        },
        Basis.OUT_OF_SCOPE,
        *UNSURE,
    ),
    Row(
        "it is not there, and only what another service answers was missed",
        ledger(PARTLY, missed=("pipes:ListPipes", "ec2:DescribeNetworkInterfaces")),
        Basis.NOT_THERE,
        *SURE,
    ),
    Row(
        "it is not there, and nothing was missed but what findings name",
        ledger(PARTLY),
        Basis.NOT_THERE,
        *SURE,
    ),
    Row(
        "it is not there, and the list of clusters broke off",
        ledger(PARTLY, missed=("ecs:ListClusters",)),
        Basis.PARTLY_COVERED,
        *UNSURE,
    ),
    Row(
        "it is not there, and an earlier orgscan does not say what was missed",
        ledger(PARTLY, missed=None),
        Basis.PARTLY_COVERED,
        *UNSURE,
    ),
    Row(
        "it passes, though other things of its target were missed",
        {**ledger(PARTLY, missed=("ecs:ListClusters",)), **PASSED},
        Basis.PASSED,
        *SURE,
    ),
    Row(
        "it passes, in a target that the ledger says was not seen",
        {**ledger(CoverageStatus.DENIED), **PASSED},
        Basis.NOT_COVERED,
        *UNSURE,
    ),
    Row("its task is not there any more", NOT_THERE, Basis.NOT_THERE, *SURE, OF_A_TASK),
    Row(
        "its task is not there, and interfaces were not all seen",
        ledger(PARTLY, missed=("ec2:DescribeNetworkInterfaces",)),
        Basis.PARTLY_COVERED,
        *UNSURE,
        OF_A_TASK,
    ),
    Row("its rule is not there any more", NOT_THERE, Basis.NOT_THERE, *SURE, OF_A_RULE),
    Row(
        "EventBridge was asked nothing",
        {"services": frozenset({"ecs", "scheduler"})},
        Basis.NOT_ASKED,
        *UNSURE,
        OF_A_RULE,
    ),
    Row(
        "no cluster was there, so that EventBridge was not asked there",
        {"judged": frozenset()},
        Basis.NOT_ASKED,
        *UNSURE,
        OF_A_RULE,
    ),
    Row(
        "its rule is not there, and EventBridge refused to list rules",
        ledger(PARTLY, missed=("events:ListRules",)),
        Basis.PARTLY_COVERED,
        *UNSURE,
        OF_A_RULE,
    ),
]


@pytest.fixture(params=TABLE, ids=lambda row: row.situation)
def row(request: pytest.FixtureRequest) -> Row:
    """One situation."""
    found: Row = request.param
    return found


@pytest.fixture(params=[Status.FAILED, Status.WARNING])
def status(request: pytest.FixtureRequest) -> Status:
    """What is open: it failed, or it cannot be decided."""
    found: Status = request.param
    return found


def only(diff: Diff) -> Change:
    """The one change there is."""
    (change,) = diff.changes
    return change


def test_a_failure_that_only_the_old_run_has_is_resolved_or_unknown(
    row: Row, status: Status, finding_of: FindingOf, run_of: RunOf
) -> None:
    """It is resolved only where the new run looked, and saw that it passes or is gone."""
    failure = finding_of(status, **row.finding)

    change = only(compare(run_of(failure), run_of(**row.other)))

    assert (change.kind, change.basis) == (row.went, row.basis)
    assert (change.before, change.after) == (failure, None)


def test_a_failure_that_only_the_new_run_has_is_new_or_unknown(
    row: Row, status: Status, finding_of: FindingOf, run_of: RunOf
) -> None:
    """It is new only where the old run looked, and saw that it passed or was not there."""
    failure = finding_of(status, **row.finding)

    change = only(compare(run_of(**row.other), run_of(failure)))

    assert (change.kind, change.basis) == (row.came, row.basis)
    assert (change.before, change.after) == (None, failure)


EXCEPTION = ExceptionNote(
    id="bastion", owner="net@example.org", reason="needed", ticket="SEC-1", expires="2027-01-31"
)


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ({}, {}, ()),
        ({"status": Status.WARNING}, {}, ("status",)),
        ({}, {"status": Status.WARNING, "severity": Severity.MEDIUM}, ("status", "severity")),
        (
            {"exposure": SeenExposure(Grade.CONFIGURED)},
            {"exposure": SeenExposure(Grade.REACHABLE)},
            ("exposure",),
        ),
        ({}, {"exposure": SeenExposure(Grade.UNKNOWN)}, ("exposure",)),
        ({"exception": EXCEPTION}, {}, ("exception",)),
        ({"reason": "It states ENABLED.", "owner": "a"}, {"reason": "And runs.", "owner": "b"}, ()),
    ],
)
def test_what_is_open_in_both_persists_or_has_changed(
    before: dict[str, object],
    after: dict[str, object],
    differs: tuple[str, ...],
    finding_of: FindingOf,
    run_of: RunOf,
) -> None:
    """Status, severity, exposure and exception make a change; words and owners do not."""
    change = only(compare(run_of(finding_of(**before)), run_of(finding_of(**after))))

    assert change.kind is (Kind.CHANGED if differs else Kind.PERSISTING)
    assert change.differs == differs


@pytest.mark.parametrize("other", [PASSED, NOT_APPLICABLE, NOT_THERE, unseen(KEY)])
def test_what_is_open_in_neither_run_is_no_change(other: Side, run_of: RunOf) -> None:
    """A diff is about what somebody has to look at."""
    assert compare(run_of(**PASSED), run_of(**other)).changes == ()


def test_unknown_says_which_run_could_not_tell_and_why(
    finding_of: FindingOf, run_of: RunOf
) -> None:
    """The sentence names the run, the status of the ledger and its reason."""
    refused = ledger(CoverageStatus.ROLE_NOT_ASSUMABLE, region=None)

    went = only(compare(run_of(finding_of()), run_of(**refused)))
    came = only(compare(run_of(**refused), run_of(finding_of())))

    assert went.why == (
        "Whether it is resolved is not known. In the new run, its account was not seen "
        "(ROLE_NOT_ASSUMABLE): denied."
    )
    assert came.why == (
        "Whether it is new is not known. In the old run, its account was not seen "
        "(ROLE_NOT_ASSUMABLE): denied."
    )


def test_runs_of_two_organizations_are_refused(run_of: RunOf) -> None:
    """Nothing in them is the same, whatever their keys say."""
    with pytest.raises(ScopeError, match="two organizations, 'o-exampleorg' and 'o-other'"):
        compare(run_of(), run_of(organization_id="o-other"))


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ({}, {}, "Both are the same run."),
        (
            {"started_at": "2026-11-25T02:00:00Z"},
            {"id": "b"},
            (
                "The old run is the newer one: it began at 2026-11-25T02:00:00Z, and the new one "
                "at 2026-11-24T02:00:00Z."
            ),
        ),
        (
            {"scope": Scope(region=("eu-*", "us-*"))},
            {"id": "b", "scope": Scope(role_name="audit")},
            (
                "The scopes differ (region: eu-* us-*, then all; role_name: none, then audit). "
                "What both had in scope is compared; the rest is unknown."
            ),
        ),
        (
            {"controls": frozenset({"a", "b"})},
            {"id": "b", "controls": frozenset({"a"})},
            "Only the old run has b.",
        ),
        (
            {"tool_version": "0.1"},
            {"id": "b"},
            "The runs were made by orgscan 0.1 and 1, which may judge the same differently.",
        ),
    ],
)
def test_what_limits_a_comparison_is_said(old: Side, new: Side, note: str, run_of: RunOf) -> None:
    """Same run, wrong order, other scope, other controls, another version: a sentence each."""
    assert compare(run_of(**old), run_of(**new)).notes == (note,)


def test_what_the_new_run_saw_less_of_is_listed(run_of: RunOf, target_of: TargetOf) -> None:
    """A region that is refused now, one seen in part, an account that cannot be entered."""
    covered = [
        target_of(region="eu-west-1"),
        target_of(region="us-east-1"),
        target_of(account="444455556666"),
    ]
    now = [
        target_of(CoverageStatus.DENIED, region="eu-west-1", reason="denied"),
        target_of(PARTLY, region="us-east-1", reason="in part"),
        target_of(
            CoverageStatus.ROLE_NOT_ASSUMABLE, account="444455556666", region=None, reason="no"
        ),
    ]

    diff = compare(run_of(ledger=tuple(covered)), run_of(ledger=tuple(now)))
    back = compare(run_of(ledger=tuple(now)), run_of(ledger=tuple(covered)))

    assert [(each.account_id, each.region, each.after, each.reason) for each in diff.less_seen] == [
        (ACCOUNT, "eu-west-1", CoverageStatus.DENIED, "denied"),
        (ACCOUNT, "us-east-1", PARTLY, "in part"),
        ("444455556666", None, CoverageStatus.ROLE_NOT_ASSUMABLE, "no"),
    ]
    assert diff.more_seen == ()
    assert [(each.region, each.before, each.after) for each in back.more_seen] == [
        (each.region, each.after, each.before) for each in diff.less_seen
    ]
    assert back.less_seen == ()


def test_accounts_that_came_and_went_are_listed(run_of: RunOf, target_of: TargetOf) -> None:
    """By their lines in the two ledgers."""
    diff = compare(
        run_of(ledger=(target_of(), target_of(account="000000000001"))),
        run_of(ledger=(target_of(), target_of(account="000000000002"))),
    )

    assert [account.id for account in diff.left] == ["000000000001"]
    assert [account.id for account in diff.joined] == ["000000000002"]


def test_changes_come_ordered_as_reports_are(finding_of: FindingOf, run_of: RunOf) -> None:
    """By account, region, ARN and control."""
    findings = [
        finding_of(arn=f"{ARN}:task-set/prod/api/ecs-svc/{number}", account=account)
        for account in ("222222222222", "111111111111")
        for number in (2, 1)
    ]

    diff = compare(run_of(*findings), run_of(*findings))

    assert [change.finding for change in diff.changes] == [findings[at] for at in (3, 2, 1, 0)]
