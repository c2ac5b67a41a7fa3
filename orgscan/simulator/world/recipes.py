"""The kinds of ECS service there are, and how often each comes.

One line is one kind. What an auditor has to tell apart is here: every deployment controller,
status, launch type and network setting, and what AWS leaves out of some responses.
"""

from __future__ import annotations

import msgspec

PUBLIC, PRIVATE = "public", "private"
DEFAULT, SHARED = "default", "shared"
"""The subnets of the default VPC, and those that another account shares."""
DUAL, EGRESS_ONLY = "dual", "egress-only"
"""With IPv6: through an internet gateway, and through one that lets nothing in."""
FENCED, ORDERED, MUTE, STRICT = "fenced", "ordered", "mute", "strict"
"""Public ones behind a network ACL, see `network_acls`."""
BLACKHOLE, SPLIT, TRANSIT = "blackhole", "split", "transit"
"""Whose way out is a gateway that is gone, two half routes to one, another network."""

MIXED = "mixed"


class Setting(msgspec.Struct, frozen=True):
    """One task set, or one deployment of a rolling service.

    Attributes:
        status: PRIMARY, ACTIVE or DRAINING.
        assign: ENABLED, DISABLED, or None where the network configuration does not say.
        launch: FARGATE or EC2, or the name of a capacity provider where `provider` is set.
        awsvpc: whether it states an awsvpc network configuration.
        subnets: one of the kinds above.
        scale: percent of the service's desired count.
        omit: members that AWS leaves out of this one.
        group: the security group's name; empty takes `internal` in private subnets, else `web`.
        runs: PUBLIC or PRIVATE tasks, or MIXED, whatever it states; empty follows what it states.
        balancer: the scheme of the load balancer in front, if there is one.
    """

    status: str
    assign: str | None
    launch: str = "FARGATE"
    provider: bool = False
    awsvpc: bool = True
    subnets: str = PRIVATE
    scale: float = 100.0
    omit: tuple[str, ...] = ()
    group: str = ""
    runs: str = ""
    balancer: str | None = None


class Recipe(msgspec.Struct, frozen=True):
    """One kind of service; an odd one is made only where the scenario allows oddities.

    Attributes:
        strategy: of services whose controller is ECS; all but ROLLING run by service revisions.
        shows_old: whether the deployments show the revisions that are being replaced; whether
            AWS shows them is not documented, so a client has to live with both.
        managed_by: ECS for an Express service.
        scheduling: REPLICA or DAEMON.
        status: the service's own: ACTIVE, or DRAINING while it is being deleted.
    """

    controller: str
    weight: int
    settings: tuple[Setting, ...]
    odd: bool = False
    strategy: str = "ROLLING"
    shows_old: bool = True
    managed_by: str = "CUSTOMER"
    scheduling: str = "REPLICA"
    status: str = "ACTIVE"


def _one(assign: str | None, *, subnets: str = PRIVATE, launch: str = "FARGATE") -> Setting:
    return Setting("PRIMARY", assign, subnets=subnets, launch=launch)


_OFF = _one("DISABLED")
_ON = _one("ENABLED", subnets=PUBLIC)
_BRIDGE = Setting("PRIMARY", None, launch="EC2", awsvpc=False)
_NO_ARNS = ("clusterArn", "serviceArn")

RECIPES = (
    Recipe("ECS", 30, (_OFF,)),
    Recipe("ECS", 10, (_ON,)),
    Recipe("ECS", 4, (_BRIDGE,)),
    # The old deployment still runs with the setting that the new one has given up.
    Recipe("ECS", 3, (_OFF, Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=50.0))),
    Recipe("EXTERNAL", 12, (_OFF,)),
    Recipe("EXTERNAL", 7, (_ON,)),
    # Public by its setting, though the subnet has no way to the internet.
    Recipe("EXTERNAL", 2, (_one("ENABLED"),)),
    # Off, in a subnet that has no other way out.
    Recipe("EXTERNAL", 2, (_one("DISABLED", subnets=PUBLIC),)),
    # The canary is public; the service's own fields, which follow the primary, say DISABLED.
    Recipe("EXTERNAL", 3, (_OFF, Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=10.0))),
    Recipe("EXTERNAL", 2, (_OFF, Setting("DRAINING", "ENABLED", subnets=PUBLIC, scale=0.0))),
    Recipe(
        "EXTERNAL",
        2,
        (_ON, Setting("ACTIVE", "DISABLED", scale=50.0), Setting("DRAINING", None, scale=0.0)),
    ),
    # No primary: the service's own fields say launch type EC2 and no network.
    Recipe("EXTERNAL", 2, (Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=25.0),)),
    Recipe("EXTERNAL", 3, (_one(None),)),
    Recipe("EXTERNAL", 3, (_BRIDGE,)),
    Recipe("EXTERNAL", 2, (_one("DISABLED", launch="EC2"),)),
    Recipe("EXTERNAL", 2, (), odd=True),
    Recipe(
        "EXTERNAL",
        3,
        (Setting("PRIMARY", "ENABLED", "FARGATE_SPOT", provider=True, subnets=PUBLIC),),
        odd=True,
    ),
    Recipe(
        "EXTERNAL",
        2,
        (Setting("PRIMARY", "ENABLED", subnets=PUBLIC, omit=(*_NO_ARNS, "launchType")),),
        odd=True,
    ),
    Recipe("CODE_DEPLOY", 12, (_OFF,)),
    Recipe("CODE_DEPLOY", 6, (_ON,)),
    # Blue is public and still serves, green is not and takes over.
    Recipe("CODE_DEPLOY", 3, (_ON, Setting("ACTIVE", "DISABLED"))),
    Recipe("CODE_DEPLOY", 2, (_OFF, Setting("DRAINING", "ENABLED", subnets=PUBLIC, scale=0.0))),
    Recipe(
        "CODE_DEPLOY",
        2,
        (Setting("PRIMARY", None, awsvpc=False, omit=_NO_ARNS),),
        odd=True,
    ),
)
