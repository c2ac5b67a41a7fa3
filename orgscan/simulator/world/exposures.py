"""More kinds of service: what runs differs from what is stated, and who can reach it."""

from __future__ import annotations

from orgscan.simulator.world.recipes import (
    BLACKHOLE,
    DEFAULT,
    DUAL,
    EGRESS_ONLY,
    FENCED,
    MIXED,
    MUTE,
    ORDERED,
    PRIVATE,
    PUBLIC,
    SHARED,
    SPLIT,
    STRICT,
    TRANSIT,
    Recipe,
    Setting,
)


def _public(subnets: str, group: str = "", scale: float = 100.0) -> tuple[Setting]:
    return (Setting("PRIMARY", "ENABLED", subnets=subnets, group=group, scale=scale),)


def _runs(assign: str | None, runs: str, subnets: str = PUBLIC) -> tuple[Setting]:
    return (Setting("PRIMARY", assign, runs=runs, subnets=subnets),)


def _off(subnets: str, group: str) -> tuple[Setting]:
    return (Setting("PRIMARY", "DISABLED", subnets=subnets, group=group),)


def _balanced(assign: str, subnets: str, scheme: str) -> tuple[Setting]:
    return (Setting("PRIMARY", assign, subnets=subnets, balancer=scheme),)


EXPOSURES = (
    # What runs is not what is stated, or nothing is stated.
    Recipe("EXTERNAL", 3, _runs("DISABLED", PUBLIC)),
    Recipe("EXTERNAL", 1, _runs("DISABLED", MIXED)),
    Recipe("EXTERNAL", 2, _runs(None, PUBLIC)),
    Recipe("EXTERNAL", 1, _runs(None, MIXED)),
    Recipe("CODE_DEPLOY", 1, _runs("DISABLED", PUBLIC, FENCED)),
    Recipe(
        "CODE_DEPLOY",
        1,
        (Setting("PRIMARY", None, awsvpc=False, subnets=PUBLIC, runs=PUBLIC),),
        odd=True,
    ),
    Recipe("EXTERNAL", 1, (Setting("ACTIVE", None, subnets=PUBLIC, scale=0.0),)),
    Recipe("EXTERNAL", 2, _public(PUBLIC, scale=0.0)),
    Recipe("ECS", 2, _runs("DISABLED", PUBLIC)),
    # The way in: routes.
    Recipe("EXTERNAL", 2, _public(DEFAULT)),
    Recipe("EXTERNAL", 1, _public(BLACKHOLE)),
    Recipe("EXTERNAL", 1, _public(SPLIT)),
    Recipe("EXTERNAL", 1, _public(TRANSIT)),
    Recipe("EXTERNAL", 2, _public(SHARED)),
    # Network ACLs.
    Recipe("EXTERNAL", 1, _public(FENCED)),
    Recipe("EXTERNAL", 1, _public(ORDERED)),
    Recipe("EXTERNAL", 1, _public(ORDERED, "crowded")),
    Recipe("EXTERNAL", 1, _public(MUTE)),
    Recipe("EXTERNAL", 1, _public(STRICT)),
    # Security groups.
    Recipe("EXTERNAL", 1, _public(PUBLIC, "anything")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "ping")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "office")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "cdn")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "peers")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "intranet")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "closed")),
    Recipe("EXTERNAL", 1, _public(PUBLIC, "crowded")),
    # IPv6, which the setting does not govern.
    Recipe("EXTERNAL", 2, _off(DUAL, "web-dual")),
    Recipe("EXTERNAL", 1, _off(DUAL, "web")),
    Recipe("EXTERNAL", 1, _off(DUAL, "intranet")),
    Recipe("EXTERNAL", 1, _off(EGRESS_ONLY, "web-dual")),
    Recipe("EXTERNAL", 1, _public(DUAL, "anything")),
    Recipe("ECS", 2, _off(DUAL, "web-dual")),
    # Behind a load balancer.
    Recipe("CODE_DEPLOY", 2, _balanced("DISABLED", PRIVATE, "internet-facing")),
    Recipe("CODE_DEPLOY", 1, _balanced("ENABLED", PUBLIC, "internet-facing")),
    Recipe("ECS", 2, _balanced("DISABLED", PRIVATE, "internal")),
)
