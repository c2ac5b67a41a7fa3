"""More kinds of service whose controller is ECS: what they run by besides their newest setting."""

from __future__ import annotations

from orgscan.simulator.world.recipes import FENCED, PUBLIC, Recipe, Setting

_OFF = Setting("PRIMARY", "DISABLED")
_ON = Setting("PRIMARY", "ENABLED", subnets=PUBLIC)
_OLD_OFF = Setting("ACTIVE", "DISABLED", scale=50.0)
_OLD_ON = Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=50.0)
_SPOT = Setting("PRIMARY", "ENABLED", "FARGATE_SPOT", provider=True, subnets=PUBLIC)
_EXPRESS = Setting("PRIMARY", "ENABLED", "FARGATE", provider=True, subnets=PUBLIC)

SERVICE_RECIPES = (
    Recipe("ECS", 1, (_ON, _OLD_OFF)),
    # The old deployment is public and holds no task any more.
    Recipe("ECS", 1, (_OFF, Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=0.0))),
    Recipe("ECS", 1, (_OFF, Setting("ACTIVE", None, scale=50.0))),
    Recipe("ECS", 2, (Setting("PRIMARY", None),)),
    Recipe("ECS", 1, (Setting("PRIMARY", "DISABLED", "EC2"),)),
    Recipe("ECS", 1, (Setting("PRIMARY", "DISABLED", "asg-workers", provider=True),)),
    Recipe("ECS", 1, (Setting("PRIMARY", None, "EC2", awsvpc=False),), scheduling="DAEMON"),
    Recipe("ECS", 1, (_ON,), status="DRAINING"),
    Recipe("ECS", 2, (_OFF,), strategy="BLUE_GREEN"),
    # Blue is public, and only its service revision shows it.
    Recipe("ECS", 1, (_OFF, _OLD_ON), strategy="BLUE_GREEN", shows_old=False),
    Recipe("ECS", 1, (_OFF, Setting("ACTIVE", None)), strategy="BLUE_GREEN", shows_old=False),
    Recipe("ECS", 1, (_OFF, _OLD_OFF), strategy="LINEAR", shows_old=False),
    Recipe("ECS", 1, (_OFF, _OLD_ON), strategy="LINEAR"),
    # The canary is the newest: the service's own fields are its.
    Recipe(
        "ECS",
        1,
        (Setting("PRIMARY", "ENABLED", subnets=PUBLIC, scale=10.0), Setting("ACTIVE", "DISABLED")),
        strategy="CANARY",
        shows_old=False,
    ),
    Recipe("ECS", 1, (_EXPRESS,), strategy="CANARY", managed_by="ECS"),
    Recipe(
        "ECS",
        1,
        (Setting("PRIMARY", "DISABLED", "FARGATE", provider=True),),
        strategy="CANARY",
        managed_by="ECS",
    ),
    Recipe("ECS", 1, (_SPOT,), odd=True),
    Recipe("ECS", 1, (Setting("PRIMARY", None, awsvpc=False),), odd=True),
    # A deployment that does not say how many tasks it has may have some.
    Recipe(
        "ECS",
        1,
        (
            _OFF,
            Setting("ACTIVE", "ENABLED", subnets=PUBLIC, scale=50.0, omit=("runningCount",)),
        ),
        odd=True,
    ),
    # Seldom enough to be in galleries only. Scaled to zero: it would get public addresses.
    Recipe("ECS", 0, (Setting("PRIMARY", "ENABLED", subnets=PUBLIC, scale=0.0),), odd=True),
    # Likewise: public addresses in a subnet whose network ACL stops the traffic.
    Recipe("ECS", 0, (Setting("PRIMARY", "ENABLED", subnets=FENCED),), odd=True),
    # A service revision too old to be described; its deployment shows the same.
    Recipe(
        "ECS",
        1,
        (Setting("PRIMARY", "DISABLED", omit=("serviceRevision",)),),
        odd=True,
        strategy="BLUE_GREEN",
    ),
    Recipe(
        "ECS",
        1,
        (Setting("PRIMARY", None, "FARGATE", provider=True),),
        odd=True,
        strategy="CANARY",
        managed_by="ECS",
    ),
)
