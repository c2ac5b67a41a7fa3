"""Diffs made of a few changes, for the tests of formats and of the page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import Basis, Change, CoverageChange, Diff, Kind, RunRef
from orgscan.model.exposure import Grade
from orgscan.model.finding import AccountRef, ExceptionNote, Severity, Status, finding_key
from orgscan.model.run import Scope
from orgscan.model.seen import SeenExposure, SeenFinding, SeenResource
from orgscan.report.diff.interface import DiffFormat

CONTROL, REGION = "ecs-taskset-no-public-ip", "eu-west-1"


def finding_of(
    number: int = 1,
    *,
    name: str = "payments",
    status: Status = Status.FAILED,
    grade: Grade | None = Grade.REACHABLE,
    **members: object,
) -> SeenFinding:
    """An open finding on a task set of the service `api`."""
    place = f"arn:aws:ecs:{REGION}:111122223333"
    arn = f"{place}:task-set/prod/api/ecs-svc/{number}"
    given: dict[str, object] = {"severity": Severity.HIGH, "reason": "It states ENABLED."}
    return SeenFinding(
        key=finding_key(CONTROL, "111122223333", REGION, arn),
        control_id=CONTROL,
        status=status,
        account=AccountRef("111122223333", name, "r-ab12"),
        region=REGION,
        resource=SeenResource(
            type="AWS::ECS::TaskSet",
            arn=arn,
            cluster_arn=f"{place}:cluster/prod",
            service_arn=f"{place}:service/prod/api",
            service_name="api",
        ),
        exposure=SeenExposure(grade) if grade else None,
        evidence=(f"sha256:{number:064x}",),
        **(given | members),  # type: ignore[arg-type]  # members of any type, by name
    )


def diff_of(*changes: Change, **members: object) -> Diff:
    """A diff of these changes, between a day and the next."""
    scope = Scope(role_name="orgscan-audit")
    given: dict[str, object] = {
        "organization_id": "o-exampleorg",
        "old": RunRef(
            id="20261124T020000Z-1a2b3c",
            started_at="2026-11-24T02:00:00Z",
            tool_version="0.1",
            scope=scope,
        ),
        "new": RunRef(
            id="20261125T020000Z-4d5e6f",
            started_at="2026-11-25T02:00:00Z",
            tool_version="0.1",
            scope=scope,
        ),
        "notes": (),
    }
    return Diff(changes=changes, **(given | members))  # type: ignore[arg-type]  # as above


def full_diff() -> Diff:
    """One change of each kind, with everything that a diff can say besides."""
    return diff_of(
        *_one_of_each(),
        notes=("The scopes differ (region: eu-*, then all).",),
        less_seen=(
            CoverageChange(
                account_id="444455556666",
                account_name="data",
                region=None,
                before=CoverageStatus.COVERED,
                after=CoverageStatus.ROLE_NOT_ASSUMABLE,
                reason="no role",
            ),
        ),
        more_seen=(
            CoverageChange(
                account_id="111122223333",
                account_name="payments",
                region="us-east-1",
                before=CoverageStatus.DENIED_BY_SCP,
                after=CoverageStatus.COVERED,
                reason="a policy denied it",
            ),
        ),
        joined=(AccountRef("777788889999", "joined", ""),),
        left=(AccountRef("000011112222", "left", ""),),
    )


def _one_of_each() -> Iterator[Change]:
    exception = ExceptionNote(
        id="bastion", owner="net@example.org", reason="needed", ticket="SEC-1", expires="2027-01-31"
    )
    refused = "its account was not seen (ROLE_NOT_ASSUMABLE): no role"
    yield _change(Kind.NEW, Basis.PASSED, "It passed before.", after=finding_of(1))
    yield _change(
        Kind.NEW,
        Basis.NOT_THERE,
        "It was not there before.",
        after=finding_of(2),
        follows=finding_of(6).key,
    )
    yield _change(
        Kind.CHANGED,
        Basis.OPEN,
        "Not as before: status, exposure, exception.",
        before=finding_of(3, status=Status.WARNING, grade=None),
        after=finding_of(3, grade=Grade.CONFIGURED, exception=exception),
        differs=("status", "exposure", "exception"),
    )
    yield _change(
        Kind.UNKNOWN,
        Basis.NOT_COVERED,
        f"Whether it is new is not known. In the old run, {refused}.",
        after=finding_of(4),
    )
    yield _change(
        Kind.UNKNOWN,
        Basis.NOT_COVERED,
        f"Whether it is resolved is not known. In the new run, {refused}.",
        before=finding_of(5),
    )
    yield _change(Kind.RESOLVED, Basis.NOT_THERE, "It is not there any more.", before=finding_of(6))
    yield _change(
        Kind.PERSISTING, Basis.OPEN, "As before.", before=finding_of(7), after=finding_of(7)
    )


def _change(kind: Kind, basis: Basis, why: str, **members: object) -> Change:
    given = {"before": None, "after": None} | members
    return Change(kind=kind, basis=basis, why=why, **given)  # type: ignore[arg-type]  # as above


def hostile_diff(names: Sequence[str]) -> Diff:
    """Every hostile name as an account's, as a reason, as an exception's and in the ledger."""
    return diff_of(
        *(
            Change(
                kind=Kind.UNKNOWN,
                basis=Basis.NOT_COVERED,
                why=f"In the old run, {name}.",
                before=None,
                after=finding_of(
                    number,
                    name=name,
                    exception=ExceptionNote(
                        id=name, owner=name, reason=name, ticket=name, expires=name
                    ),
                ),
            )
            for number, name in enumerate(names)
        ),
        notes=tuple(names),
        less_seen=tuple(
            CoverageChange(
                account_id="444455556666",
                account_name=name,
                region=name,
                before=CoverageStatus.COVERED,
                after=CoverageStatus.ERROR,
                reason=name,
            )
            for name in names
        ),
        joined=tuple(AccountRef("777788889999", name, "") for name in names),
    )


def as_written(form: DiffFormat, diff: Diff) -> str:
    """A diff in a format."""
    out = io.BytesIO()
    form.write(diff, out)
    return out.getvalue().decode()
