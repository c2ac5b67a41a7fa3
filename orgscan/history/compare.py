"""What changed between two runs: a pure function of both.

Doubt never closes a finding. It is RESOLVED only if the new run looked where it was and saw it
without the failure, or saw that it is gone; and NEW only if the old run looked and it was not
there. All else is UNKNOWN, with the reason.
"""

from __future__ import annotations

from orgscan.errors import ScopeError
from orgscan.history.absence import Absence, absence
from orgscan.history.coverage import accounts_only_in, less_seen, more_seen
from orgscan.history.notes import notes
from orgscan.history.predecessors import with_predecessors
from orgscan.model.diff import Basis, Change, Diff, Kind, RunRef
from orgscan.model.seen import SeenFinding, SeenRun

_MEMBERS = ("status", "severity", "exposure", "exception")

CAME = {
    Basis.PASSED: "It passed before.",
    Basis.NOT_APPLICABLE: "The control did not apply to it before.",
    Basis.NOT_THERE: "It was not there before.",
    Basis.ACCOUNT_JOINED: "Its account was not in the organization before.",
}
"""What makes a finding NEW, in words."""

WENT = {
    Basis.PASSED: "It passes now.",
    Basis.NOT_APPLICABLE: "The control does not apply to it any more.",
    Basis.NOT_THERE: "It is not there any more.",
}
"""What makes a finding RESOLVED, in words."""


def compare(old: SeenRun, new: SeenRun) -> Diff:
    """What changed from one run to another of the same organization.

    Raises:
        ScopeError: they are of two organizations, so that nothing can be compared.
    """
    if old.organization_id != new.organization_id:
        raise ScopeError(
            f"the runs are of two organizations, {old.organization_id!r} and "
            f"{new.organization_id!r}: nothing in them can be compared",
            where=f"{old.id} and {new.id}",
            mend="Name two runs of one organization",
        )
    # Each run comes in order, which the sort below makes use of.
    keys = (*new.open, *(key for key in old.open if key not in new.open))
    changes = with_predecessors([_change(old, new, key) for key in keys])
    return Diff(
        organization_id=new.organization_id,
        old=_ref(old),
        new=_ref(new),
        notes=tuple(notes(old, new)),
        changes=tuple(sorted(changes, key=_order)),
        less_seen=less_seen(old, new),
        more_seen=more_seen(old, new),
        joined=accounts_only_in(new, old),
        left=accounts_only_in(old, new),
    )


def _change(old: SeenRun, new: SeenRun, key: str) -> Change:
    before, after = old.open.get(key), new.open.get(key)
    if before and after:
        return _in_both(before, after)
    if after:
        return _came(after, absence(old, new, after))
    if before:
        return _went(before, absence(new, old, before))
    raise KeyError(key)


def _in_both(before: SeenFinding, after: SeenFinding) -> Change:
    told = zip(_MEMBERS, _told(before), _told(after), strict=True)
    differs = tuple(name for name, was, now in told if was != now)
    return Change(
        kind=Kind.CHANGED if differs else Kind.PERSISTING,
        basis=Basis.OPEN,
        why=f"Not as before: {', '.join(differs)}." if differs else "As before.",
        before=before,
        after=after,
        differs=differs,
    )


def _told(finding: SeenFinding) -> tuple[object, ...]:
    """What makes a change; its words do not, nor who owns it."""
    return finding.status, finding.severity, finding.exposure, finding.exception


def _came(after: SeenFinding, found: Absence) -> Change:
    known = CAME.get(found.basis)
    return Change(
        kind=Kind.NEW if known else Kind.UNKNOWN,
        basis=found.basis,
        why=known or f"Whether it is new is not known. In the old run, {found.why}.",
        before=None,
        after=after,
    )


def _went(before: SeenFinding, found: Absence) -> Change:
    known = WENT.get(found.basis)
    return Change(
        kind=Kind.RESOLVED if known else Kind.UNKNOWN,
        basis=found.basis,
        why=known or f"Whether it is resolved is not known. In the new run, {found.why}.",
        before=before,
        after=None,
    )


def _ref(run: SeenRun) -> RunRef:
    return RunRef(
        id=run.id, started_at=run.started_at, tool_version=run.tool_version, scope=run.scope
    )


def _order(change: Change) -> tuple[str, str, str, str]:
    """As reports are ordered."""
    finding = change.finding
    return finding.account.id, finding.region, finding.resource.arn, finding.control_id
