"""What a scan takes: of the caller, and of the read role in every account."""

from __future__ import annotations

from orgscan.aws.caller import ASSUME_ROLE
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
from orgscan.permissions.capability import Capability, Holder, On

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
        on=On.ROLES,
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

SCANNING = (*_CALLER, *_READ_ROLE)
"""The caller's first."""
