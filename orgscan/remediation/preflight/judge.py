"""The checks: pure rules on what was read. What cannot be seen is UNPROVEN, never PASS."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from orgscan.remediation.preflight.facts import Seen
from orgscan.remediation.preflight.groups import groups_of
from orgscan.remediation.preflight.interface import (
    Check,
    Preflight,
    PreflightRequest,
    Verdict,
    worst,
)
from orgscan.remediation.preflight.needs import Need, is_old_platform, needs_of
from orgscan.remediation.preflight.reach import Reach, Reached
from orgscan.remediation.preflight.routes import Way, way_out

_MOST_SUBNETS, _MOST_GROUPS = 16, 5
"""As `AwsVpcConfiguration` takes them."""


def judge(seen: Seen, request: PreflightRequest) -> Preflight:
    """Every check, in the order in which a person would go through them."""
    needs = needs_of(seen.definition, request, seen.region) if seen.definition else []
    reached = [_reach(seen, request, need) for need in needs]
    return Preflight(
        (
            _subnets(seen, request),
            _security_groups(seen, request),
            _free_addresses(seen, request),
            _definition(seen),
            _platform(seen, request),
            _way_out(seen, request, all(c.verdict is Verdict.PASS for c in reached)),
            *reached,
        )
    )


def _subnets(seen: Seen, request: PreflightRequest) -> Check:
    """They exist, are up, lie in one VPC, and are not too many."""
    known = {subnet.id for subnet in seen.subnets}
    missing = [named for named in request.subnets if named not in known]
    vpcs = sorted({subnet.vpc_id for subnet in seen.subnets})
    down = [subnet.id for subnet in seen.subnets if subnet.state not in {"available", None}]
    if refused := seen.refused.get("ec2:DescribeSubnets"):
        return _unseen("subnets", refused, "ec2:DescribeSubnets")
    if not 1 <= len(request.subnets) <= _MOST_SUBNETS:
        text = f"{len(request.subnets)} subnets are named."
        return _fail("subnets", text, f"Name from 1 to {_MOST_SUBNETS}.")
    if missing:
        text = f"{_listed(missing)} cannot be found in {seen.region} of this account."
        return _fail("subnets", text, "Name subnets that are there.")
    if len(vpcs) > 1:
        text = f"The subnets lie in several VPCs: {_listed(vpcs)}."
        return _fail("subnets", text, "Name subnets of the service's own VPC.")
    if down:
        return _fail("subnets", f"{_listed(down)} is not available.", "Name other subnets.")
    return _pass("subnets", f"{_listed(request.subnets)} in {_listed(vpcs)}.")


def _security_groups(seen: Seen, request: PreflightRequest) -> Check:
    """At least one is named, since ECS would take the VPC's default one; all are in the VPC."""
    name, wanted = "security-groups", request.security_groups
    if not 1 <= len(wanted) <= _MOST_GROUPS:
        text = f"{len(wanted)} security groups are named; without one ECS takes the VPC's default."
        return _fail(name, text, f"Name from 1 to {_MOST_GROUPS}.")
    if refused := seen.refused.get("ec2:DescribeSecurityGroups"):
        return _unseen(name, refused, "ec2:DescribeSecurityGroups")
    found = groups_of(seen, wanted)
    missing = [named for named in wanted if named not in {group.id for group in found}]
    if missing:
        return _fail(name, f"{_listed(missing)} cannot be found.", "Name groups that are there.")
    vpcs = {subnet.vpc_id for subnet in seen.subnets}
    strays = [group.id for group in found if vpcs and group.vpc_id not in vpcs]
    if strays:
        text = f"{_listed(strays)} belongs to another VPC than the subnets."
        return _fail(name, text, "Name subnets of the service's own VPC.")
    if not any(group.outbound for group in found):
        return _fail(name, f"{_listed(wanted)} lets nothing out.", "Add a rule for tcp/443 out.")
    return _pass(name, f"{_listed(wanted)}.")


def _free_addresses(seen: Seen, request: PreflightRequest) -> Check:
    """Enough for all tasks; each subnet enough for its share, since ECS spreads them."""
    name = "free-addresses"
    counted = {each.id: each.free for each in seen.subnets if each.free is not None}
    if not seen.subnets:
        return _unproven(name, "No subnet was seen.", "See the subnets first.")
    if len(counted) < len(seen.subnets):
        return _pass(name, "IPv6-only subnets do not run out of addresses.")
    free = sum(counted.values())
    text = f"{free} free, {request.tasks} to start."
    if free < request.tasks:
        mend = "Free some, or add a subnet: old and new tasks run side by side."
        return _fail(name, text, mend)
    share = math.ceil(request.tasks / len(counted))
    short = [subnet for subnet, left in counted.items() if left < share]
    if short:
        text = f"{text} {_listed(short)} has fewer than its share of {share}."
        return _unproven(name, text, "Free some there, or leave it out.")
    return _pass(name, text)


def _definition(seen: Seen) -> Check:
    name, api = "task-definition", "ecs:DescribeTaskDefinition"
    if seen.definition is None:
        why = seen.refused.get(api, "It was not read.")
        return _unseen(name, f"Whom the tasks call to start is not known. {why}", api)
    count = len(seen.definition.containers)
    return _pass(name, f"{count} container{'' if count == 1 else 's'}.")


def _platform(seen: Seen, request: PreflightRequest) -> Check:
    """Since 1.4.0 everything goes through the task's own interface."""
    version = request.platform_version or "LATEST"
    if is_old_platform(request.platform_version, seen.definition):
        text = (
            f"{version}: logins to ECR and secrets go through an interface of Fargate's own; from "
            "1.4.0 on they would go through the task's."
        )
        return _pass("platform", text)
    return _pass("platform", f"{version}: everything goes through the task's own interface.")


def _way_out(seen: Seen, request: PreflightRequest, reaches_all: bool) -> Check:
    """To the internet at large: what the application calls is in no task definition.

    Where endpoints serve all that a task needs to start, it starts without a way out, and whether
    it works then is for its owner to say. A route to an internet gateway fails all the same: it
    is the way that the tasks have now and will not have.
    """
    if not seen.subnets:
        return _unproven("way-out", "No subnet was seen.", "See the subnets first.")
    ways = [way_out(seen, subnet, request.account_id) for subnet in seen.subnets]
    seen_ways = _together(
        [(subnet.id, way.text) for subnet, way in zip(seen.subnets, ways, strict=True)]
    )
    verdict = worst(tuple(way.verdict for way in ways))
    isolated = not any(way.by_internet_gateway for way in ways) and reaches_all
    if verdict is Verdict.FAIL and isolated and seen.definition is not None:
        text = f"{seen_ways} VPC endpoints serve what the tasks need to start."
        mend = "If the application itself calls nobody else, pass --accept-unproven."
        return _unproven("way-out", text, mend)
    return Check(name="way-out", verdict=verdict, seen=seen_ways, mend=_first_mend(ways))


def _first_mend(ways: Sequence[Way] | Sequence[Reached]) -> str:
    """What mends the worst of them."""
    order = tuple(Verdict)
    gravest = max(ways, key=lambda way: order.index(way.verdict), default=None)
    return gravest.mend if gravest and gravest.verdict is not Verdict.PASS else ""


def _reach(seen: Seen, request: PreflightRequest, need: Need) -> Check:
    """One need, from every subnet."""
    name = f"reach:{need.name}"
    if not seen.subnets:
        return _unproven(name, "No subnet was seen.", "See the subnets first.")
    found: list[tuple[str, Reached]] = [
        (subnet.id, part)
        for subnet in seen.subnets
        for part in Reach(seen, request, subnet).reach(need)
    ]
    verdict = worst(tuple(part.verdict for _, part in found))
    shown = [(subnet, part.text) for subnet, part in found if part.verdict is verdict]
    return Check(
        name=name,
        verdict=verdict,
        seen=_together(shown),
        mend=_first_mend([part for _, part in found]),
    )


def _together(seen: Iterable[tuple[str, str]]) -> str:
    """Subnets of which the same was seen are told together, and all that was seen of them."""
    of_text: dict[str, dict[str, None]] = {}
    for subnet, text in seen:
        of_text.setdefault(text, {})[subnet] = None
    of_subnets: dict[tuple[str, ...], list[str]] = {}
    for text, subnets in of_text.items():
        of_subnets.setdefault(tuple(subnets), []).append(text)
    return " ".join(
        f"{_listed(subnets)}: {'; '.join(texts)}." for subnets, texts in of_subnets.items()
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _pass(name: str, seen: str) -> Check:
    return Check(name=name, verdict=Verdict.PASS, seen=seen)


def _fail(name: str, seen: str, mend: str) -> Check:
    return Check(name=name, verdict=Verdict.FAIL, seen=seen, mend=mend)


def _unproven(name: str, seen: str, mend: str) -> Check:
    return Check(name=name, verdict=Verdict.UNPROVEN, seen=seen, mend=mend)


def _unseen(name: str, why: str, api: str) -> Check:
    return _unproven(name, why, f"Let the role call {api}.")
