"""Whether a task in a subnet reaches what it needs: by VPC endpoints, or by the way out.

An interface endpoint with private DNS takes all traffic for its service, also where there is a NAT
gateway: one that lets nobody in breaks what worked without it.
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.remediation.preflight.facts import Endpoint, Seen, Subnet
from orgscan.remediation.preflight.groups import (
    groups_of,
    lets_in,
    lets_out,
    lets_out_to,
    lets_out_to_list,
)
from orgscan.remediation.preflight.interface import PreflightRequest, Verdict, worst
from orgscan.remediation.preflight.needs import Need
from orgscan.remediation.preflight.routes import (
    Way,
    is_shared,
    leads_elsewhere,
    table_of,
    way_out,
)

_ENDPOINTS = "ec2:DescribeVpcEndpoints"
_GROUPS = "ec2:DescribeSecurityGroups"
_AVAILABLE = "available"


class Reached(msgspec.Struct, frozen=True):
    """How one thing is reached from one subnet, or why it is not."""

    verdict: Verdict
    text: str
    mend: str = ""


class Reach:
    """What can be reached from one subnet."""

    def __init__(self, seen: Seen, request: PreflightRequest, subnet: Subnet) -> None:
        self._seen = seen
        self._request = request
        self._subnet = subnet
        self._tasks = groups_of(seen, request.security_groups)

    def reach(self, need: Need) -> list[Reached]:
        """Each part of a need; all parts have to be reached."""
        if not need.services and not need.s3:
            return [self._by_way_out(need)]
        parts = [self._service(need, service) for service in need.services]
        if need.s3:
            parts.append(self._s3(need))
        parts += self._perhaps(need)
        return parts

    def _service(self, need: Need, service: str) -> Reached:
        taking = [each for each in self._endpoints(service) if each.private_dns]
        if taking:
            return max(
                (self._through(each, service) for each in taking),
                key=lambda reached: tuple(Verdict).index(reached.verdict),
            )
        return self._without(need, service, self._idle(service))

    def _endpoints(self, service: str) -> Iterator[Endpoint]:
        """The interface endpoints of a service in the VPC that are up."""
        for each in self._of_service(service):
            if each.kind == "Interface" and each.state == _AVAILABLE:
                yield each

    def _of_service(self, service: str) -> Iterator[Endpoint]:
        ending = f".{self._seen.region}.{service}"
        for each in self._seen.endpoints:
            if each.vpc_id == self._subnet.vpc_id and each.service.endswith(ending):
                yield each

    def _idle(self, service: str) -> str:
        """Why an endpoint that is there is of no use; empty where none is."""
        for each in self._of_service(service):
            if each.state != _AVAILABLE:
                return f"{each.id} is {each.state}"
            if each.kind == "Interface" and not each.private_dns:
                return f"{each.id} has no private DNS"
        return ""

    def _through(self, endpoint: Endpoint, service: str) -> Reached:
        name = f"{service} by {endpoint.id}"
        if _GROUPS in self._seen.refused:
            return self._unseen_groups(name)
        guards = groups_of(self._seen, endpoint.groups)
        inward = lets_in(guards, self._request.security_groups, self._subnet)
        if len(guards) < len(endpoint.groups) and inward is Verdict.FAIL:
            inward = Verdict.UNPROVEN
        outward = lets_out_to(self._tasks, endpoint)
        if inward is not Verdict.PASS:
            state = "lets no HTTPS in" if inward is Verdict.FAIL else "may not let HTTPS in"
            mend = "Let its security groups take tcp/443 from the tasks' groups."
            return Reached(worst((inward, outward)), f"{name}, which {state} from the tasks", mend)
        if outward is not Verdict.PASS:
            return self._held_back(outward, name)
        return self._by_policy(endpoint, name)

    def _by_policy(self, endpoint: Endpoint, name: str) -> Reached:
        if endpoint.open_policy is False:
            text = f"{name}, whose policy is not the open one"
            return Reached(Verdict.UNPROVEN, text, "Check that the endpoint's policy allows it.")
        return Reached(Verdict.PASS, name)

    def _s3(self, need: Need) -> Reached:
        table = table_of(self._seen, self._subnet.id, self._subnet.vpc_id)
        gateways = [
            each
            for each in self._of_service("s3")
            if each.kind == "Gateway"
            and each.state == _AVAILABLE
            and table is not None
            and table.id in each.route_tables
        ]
        if not gateways or table is None:
            return self._without(need, "s3", self._idle_gateway())
        name = f"s3 by {gateways[0].id}"
        if _GROUPS in self._seen.refused:
            return self._unseen_groups(name)
        lists = {r.destination for r in table.routes if r.target == gateways[0].id}
        outward = lets_out_to_list(self._tasks, lists)
        if outward is not Verdict.PASS:
            return self._held_back(outward, name)
        return self._by_policy(gateways[0], name)

    def _idle_gateway(self) -> str:
        for each in self._of_service("s3"):
            if each.kind == "Gateway" and each.state != _AVAILABLE:
                return f"{each.id} is {each.state}"
            if each.kind == "Gateway":
                return f"{each.id} is not in the subnet's route table"
        return ""

    def _without(self, need: Need, service: str, idle: str) -> Reached:
        """Over the way out, there being no endpoint to go by."""
        found = self._by_way_out(need)
        if found.verdict is not Verdict.FAIL:
            return msgspec.structs.replace(found, text=f"{service} by {found.text}")
        kind = "a gateway endpoint" if service == "s3" else "an endpoint with private DNS"
        why = f"no endpoint of {service} ({idle})" if idle else f"no endpoint of {service}"
        mend = f"Add {kind} for {service}, or route 0.0.0.0/0 to a public NAT gateway."
        return Reached(self._unless_hidden(), f"{why}, and {found.text}", mend)

    def _unless_hidden(self) -> Verdict:
        """An endpoint of another network, or of the subnet's owner, is not seen from here."""
        hidden = (
            is_shared(self._subnet, self._request.account_id)
            or _ENDPOINTS in self._seen.refused
            or leads_elsewhere(self._seen, self._subnet)
        )
        return Verdict.UNPROVEN if hidden else Verdict.FAIL

    def _by_way_out(self, need: Need) -> Reached:
        way = self._way(need)
        if way.verdict is Verdict.FAIL:
            verdict = Verdict.UNPROVEN if need.unknown else Verdict.FAIL
            return Reached(verdict, way.text, way.mend)
        if _GROUPS in self._seen.refused:
            return self._unseen_groups(way.text)
        outward = lets_out(self._tasks, 6 if need.ipv6 and self._subnet.ipv6_only else 4)
        if outward is not Verdict.PASS:
            return self._held_back(outward, way.text)
        return Reached(way.verdict, way.text, way.mend)

    def _way(self, need: Need) -> Way:
        way = way_out(self._seen, self._subnet, self._request.account_id)
        if need.ipv6 and way.verdict is not Verdict.PASS and self._subnet.ipv6_cidrs:
            other = way_out(self._seen, self._subnet, self._request.account_id, family=6)
            return other if other.verdict is Verdict.PASS else way
        return way

    def _held_back(self, verdict: Verdict, name: str) -> Reached:
        state = "let no HTTPS out" if verdict is Verdict.FAIL else "let HTTPS out to some only"
        mend = "Let the tasks' security groups send tcp/443 there."
        return Reached(verdict, f"{name}, and the tasks' security groups {state}", mend)

    def _unseen_groups(self, name: str) -> Reached:
        text = f"{name}, and security groups were not seen: {self._seen.refused[_GROUPS]}"
        return Reached(Verdict.UNPROVEN, text, f"Let the role call {_GROUPS}.")

    def _perhaps(self, need: Need) -> list[Reached]:
        """What is needed only with a key of one's own is no failure where it is missing."""
        found = []
        for service in need.perhaps:
            reached = self._service(need, service)
            if reached.verdict is Verdict.FAIL:
                text = f"{reached.text}; it is needed if a key of your own encrypts it"
                reached = Reached(Verdict.UNPROVEN, text, reached.mend)
            found.append(reached)
        return found
