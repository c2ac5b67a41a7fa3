"""Every operation of every service."""

from __future__ import annotations

from typing import Any

from orgscan.simulator.services import (
    account,
    batch,
    codedeploy,
    ec2,
    ecs,
    elbv2,
    events,
    organizations,
    pipes,
    s3,
    scheduler,
    states,
    sts,
)
from orgscan.simulator.services.call import Operation

OPERATIONS: dict[tuple[str, str], Operation[Any]] = {
    (service, operation.name): operation
    for service, operations in (
        ("organizations", organizations.OPERATIONS),
        ("account", account.OPERATIONS),
        ("sts", sts.OPERATIONS),
        ("ecs", ecs.OPERATIONS),
        ("ec2", ec2.OPERATIONS),
        ("elasticloadbalancing", elbv2.OPERATIONS),
        ("events", events.OPERATIONS),
        ("scheduler", scheduler.OPERATIONS),
        ("pipes", pipes.OPERATIONS),
        ("states", states.OPERATIONS),
        ("batch", batch.OPERATIONS),
        ("codedeploy", codedeploy.OPERATIONS),
        ("s3", s3.OPERATIONS),
    )
    for operation in operations
}
"""By service and operation name."""
