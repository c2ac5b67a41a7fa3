"""A diagnosis as lines for a person: what would not be seen, where, and what mends it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from orgscan.model.coverage import CoverageStatus
from orgscan.permissions.capability import Capability, Holder
from orgscan.permissions.check import Check
from orgscan.permissions.delivering import DELIVERING
from orgscan.permissions.doctor import Diagnosis

_MOST_PLACES = 4

_MENDS = {
    CoverageStatus.DENIED_BY_SCP: "let the service control policy except the role, or accept that "
    "this stays unseen",
    CoverageStatus.THROTTLED: "try again in a while",
    CoverageStatus.TIMED_OUT: "try again in a while",
    CoverageStatus.ENDPOINT_UNREACHABLE: "check name resolution, proxy and firewall from here",
    CoverageStatus.ERROR: "try again in a while; if it stays so, look at what answers there",
    CoverageStatus.REGION_NOT_ENABLED: "nothing to mend if the region is meant to be off",
}


def diagnosis_lines(found: Diagnosis) -> Iterator[str]:
    """One line for each capability, and below it what of it is missing, where and why."""
    yield f"Caller       {found.caller_arn}"
    yield f"Organization {found.organization_id}: {found.accounts:,} accounts in scope"
    names = _few([f"{account.id} {account.name}" for account in found.sampled])
    yield f"Tried        {found.targets:,} account-regions of {names or 'no account'}"
    yield ""
    for capability, checks in _by_capability(found.checks).items():
        missing = [check for check in checks if check.why is not None]
        yield f"{_mark(capability, missing, checks)}  {capability.name}"
        yield from (f"         {check.place}: {check.untried}" for check in checks if check.untried)
        yield from _missing_lines(capability, missing)
    yield ""
    yield _verdict(found)


def _by_capability(checks: Iterable[Check]) -> dict[Capability, list[Check]]:
    found: dict[Capability, list[Check]] = defaultdict(list)
    for check in checks:
        found[check.capability].append(check)
    return found


def _mark(capability: Capability, missing: list[Check], checks: list[Check]) -> str:
    if any(check.untried for check in checks):
        return "untried"
    if not missing:
        return "ok     "
    is_needed = capability.essential or capability in DELIVERING
    return "missing" if is_needed and len(missing) == len(checks) else "in part"


def _missing_lines(capability: Capability, missing: list[Check]) -> Iterator[str]:
    by_reason: dict[tuple[str, CoverageStatus, str], list[Check]] = defaultdict(list)
    for check in missing:
        if check.why is not None:
            by_reason[check.why.reason, check.why.status, check.mend].append(check)
    for (reason, status, mend), checks in by_reason.items():
        yield f"         in {_places(checks)}:"
        yield f"           {capability.without}"
        yield f"           because {reason}"
        yield f"           mend: {mend or _mend(capability, status)}"


def _places(checks: list[Check]) -> str:
    by_account: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        name = check.account.id if check.account else check.place or "what is asked centrally"
        by_account[name] += [check.region] if check.region else []
    places = [
        f"{account} ({_few(regions)})" if regions else account
        for account, regions in by_account.items()
    ]
    return _few(places, ";")


def _few(names: list[str], between: str = ",") -> str:
    shown = f"{between} ".join(names[:_MOST_PLACES])
    more = len(names) - _MOST_PLACES
    return f"{shown} and {more} more" if more > 0 else shown


def _mend(capability: Capability, status: CoverageStatus) -> str:
    if status in _MENDS:
        return _MENDS[status]
    if capability.holder is Holder.CALLER and "sts:AssumeRole" in capability.actions:
        return "deploy the read role there, let it trust the caller, and check the external id"
    actions = ", ".join(capability.actions)
    return f"allow the {capability.holder} {actions} (orgscan iam prints the whole policy)"


def _verdict(found: Diagnosis) -> str:
    if not found.sampled:
        return "No account of the scope is active: nothing would be swept."
    on_the_way = [check for check in found.missing if check.capability in DELIVERING]
    unseen = {(one.account, one.region) for one in found.missing if one not in on_the_way}
    told = []
    if unseen:
        told.append(f"its report would have gaps in {len(unseen):,} of the places tried")
    if on_the_way:
        names = dict.fromkeys(check.capability.name for check in on_the_way)
        told.append(f"it would not be signed or delivered in full: {', '.join(names)}")
    if told:
        return f"A scan would run, and {'; '.join(told)}."
    return "Nothing is missing: a scan would see everything in the accounts that were tried."
