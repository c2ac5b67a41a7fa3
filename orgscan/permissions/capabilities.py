"""The one table of permissions: what orgscan can do, the calls that it takes, and what is lost.

Calls are the operations that the collectors themselves make, so that the table cannot name one that
no code makes; `tests/integration/test_permissions.py` holds it against a whole run.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import msgspec

from orgscan.aws.caller import ASSUME_ROLE
from orgscan.aws.operation import Operation
from orgscan.collect import load_balancers
from orgscan.collect.ecs_operations import (
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_SERVICES,
    DESCRIBE_TASK_SETS,
    LIST_CLUSTERS,
    LIST_SERVICES,
)
from orgscan.collect.launchers.registry import COLLECTORS
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES
from orgscan.collect.network_operations import (
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
)
from orgscan.collect.task_operations import DESCRIBE_TASKS, LIST_TASKS
from orgscan.organization.operations import (
    DESCRIBE_ORGANIZATION,
    DESCRIBE_REGIONS,
    LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_REGIONS,
    LIST_ROOTS,
    LIST_TAGS,
    LIST_UNITS,
)


class Holder(enum.StrEnum):
    """Who has to be allowed it."""

    CALLER = "caller"
    READ_ROLE = "read role"


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that orgscan can do, given its calls.

    Attributes:
        name: for people.
        without: what a report lacks where one of the calls is denied.
        asked_by: the value of the setting `collect` that asks for it, or `corroborate_task_sets`
            or `tag`; empty where every scan does it.
        essential: whether nothing is seen without it.
    """

    holder: Holder
    name: str
    operations: tuple[Operation[Any], ...]
    without: str
    asked_by: str = ""
    essential: bool = False

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions: for these services they are named as the calls are."""
        return tuple(operation.api for operation in self.operations)


CORROBORATION = "corroborate_task_sets"
TAG_FILTER = "tag"

_CALLER = (
    Capability(
        holder=Holder.CALLER,
        name="the organization's accounts",
        operations=(DESCRIBE_ORGANIZATION, LIST_ACCOUNTS),
        without="nothing can be swept",
        essential=True,
    ),
    Capability(
        holder=Holder.CALLER,
        name="the way into accounts",
        operations=(ASSUME_ROLE,),
        without="the account is not swept",
        essential=True,
    ),
    Capability(
        holder=Holder.CALLER,
        name="regions, centrally",
        operations=(LIST_REGIONS,),
        without="each account is asked for its regions by itself",
    ),
    Capability(
        holder=Holder.CALLER,
        name="organizational units",
        operations=(LIST_ROOTS, LIST_ACCOUNTS_FOR_PARENT, LIST_UNITS),
        without="where AWS gives no paths, the scan ends before it begins",
    ),
    Capability(
        holder=Holder.CALLER,
        name="tags of accounts",
        operations=(LIST_TAGS,),
        without="accounts cannot be filtered by tag",
        asked_by=TAG_FILTER,
    ),
)

_READ_ROLE = (
    Capability(
        holder=Holder.READ_ROLE,
        name="clusters and services",
        operations=(LIST_CLUSTERS, LIST_SERVICES, DESCRIBE_SERVICES),
        without="nothing of ECS is seen",
        essential=True,
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="service revisions",
        operations=(DESCRIBE_SERVICE_REVISIONS,),
        without="services of the blue/green, linear and canary strategies are judged by what their "
        "deployments show",
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="task sets by id",
        operations=(DESCRIBE_TASK_SETS,),
        without="task sets are judged by one source",
        asked_by=CORROBORATION,
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="network interfaces",
        operations=(DESCRIBE_NETWORK_INTERFACES,),
        without="public addresses of running tasks are not observed",
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="running tasks",
        operations=(LIST_TASKS, DESCRIBE_TASKS),
        without="public addresses are not joined to the tasks that hold them",
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="the network around them",
        operations=(
            DESCRIBE_SUBNETS,
            DESCRIBE_ROUTE_TABLES,
            DESCRIBE_SECURITY_GROUPS,
            DESCRIBE_NETWORK_ACLS,
        ),
        without="how far the internet reaches an address stays unknown",
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="regions, account by account",
        operations=(DESCRIBE_REGIONS,),
        without="where regions are not listed centrally, botocore's own list is used",
    ),
    *(
        Capability(
            holder=Holder.READ_ROLE,
            name=collector.about,
            operations=collector.operations,
            without="what they start is not known beforehand",
            asked_by=collector.name,
        )
        for collector in COLLECTORS
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="load balancers in front of services",
        operations=load_balancers.OPERATIONS,
        without="whether a load balancer faces the internet is not told",
        asked_by=load_balancers.NAME,
    ),
)

CAPABILITIES = (*_CALLER, *_READ_ROLE)


def wanted(holder: Holder, asked: Sequence[str]) -> tuple[Capability, ...]:
    """What a holder needs for a scan.

    Args:
        holder: the caller or the read role.
        asked: what of the optional capabilities is asked for, by `asked_by` or by the beginning of
            it: `launchers` is all that starts tasks.
    """
    return tuple(
        capability
        for capability in CAPABILITIES
        if capability.holder is holder and _is_asked(capability.asked_by, asked)
    )


def _is_asked(name: str, asked: Sequence[str]) -> bool:
    return not name or any(name == one or name.startswith(f"{one}.") for one in asked)
