"""What stands in front of services: load balancers, by the target groups they forward to."""

from __future__ import annotations

import msgspec

from orgscan.model.outcome import NotCollected


class LoadBalancer(msgspec.Struct, frozen=True, kw_only=True):
    """ELBv2 `LoadBalancer`: application, network or gateway.

    Attributes:
        scheme: `internet-facing` or `internal`; None where nobody said.
    """

    arn: str
    name: str = ""
    scheme: str | None = None


class LoadBalancers(msgspec.Struct, frozen=True, kw_only=True):
    """The load balancers of one account-region.

    Attributes:
        by_target_group: those that forward to a target group, by its ARN.
        unseen: why they could not be read; None where they were.
        evidence: digests of the pages they were on.
    """

    by_target_group: dict[str, tuple[LoadBalancer, ...]] = {}
    unseen: NotCollected | None = None
    evidence: tuple[str, ...] = ()
