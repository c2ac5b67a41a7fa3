"""What a caller gives for a new task set or deployment, and what ECS refuses of it.

Where AWS's own words for a refusal are not known, they are made up in its manner; the error codes
are those of the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orgscan.simulator.services.call import Call
from orgscan.simulator.services.ecs_find import invalid
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.balancers import Balancer
from orgscan.simulator.world.network import Network, Subnet
from orgscan.simulator.world.workload import Provider


class Awsvpc(msgspec.Struct, rename="camel", kw_only=True):
    """`AwsVpcConfiguration`."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str | None = None


class NetworkConfiguration(msgspec.Struct, rename="camel"):
    """`NetworkConfiguration`."""

    awsvpc_configuration: Awsvpc | None = None


class LoadBalancer(msgspec.Struct, rename="camel"):
    """`LoadBalancer`."""

    target_group_arn: str = ""
    container_name: str = ""
    container_port: int = 0


class Tag(msgspec.Struct):
    """`Tag`."""

    key: str
    value: str = ""


def check_awsvpc(network: Network, given: Awsvpc, *, fargate: bool) -> Awsvpc:
    """The configuration with its security groups: where it names none, the VPC's default one.

    Raises:
        Refusal: it names too many or unknown subnets or groups, or wants a public address on EC2.
    """
    if given.assign_public_ip not in {None, "ENABLED", "DISABLED"}:
        raise invalid(f"Invalid value for assignPublicIp: {given.assign_public_ip}")
    if given.assign_public_ip == "ENABLED" and not fargate:
        raise invalid("Assign public IP is not supported for this launch type.")
    if not 1 <= len(given.subnets) <= 16:
        raise invalid("subnets can have at most 16 items.")
    if len(given.security_groups) > 5:
        raise invalid("securityGroups can have at most 5 items.")
    subnets = [_subnet(network, named) for named in given.subnets]
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid("The provided subnets do not belong to the same VPC.")
    groups = {group.id: group.name for group in network.vpc(subnets[0].vpc_id).groups}
    for named in given.security_groups:
        if named not in groups:
            raise invalid(
                f"Security group {named} does not appear to belong to the same VPC as the input "
                "subnets."
            )
    default = [group for group, name in groups.items() if name == "default"]
    if not given.security_groups and not default:
        raise invalid("You do not own the default security group of the VPC.")
    return msgspec.structs.replace(given, security_groups=given.security_groups or tuple(default))


def _subnet(network: Network, named: str) -> Subnet:
    for vpc in network.vpcs:
        for subnet in vpc.subnets:
            if subnet.id == named:
                return subnet
    raise invalid(
        f"Error retrieving subnet information for [{named}]: The subnet ID '{named}' does not "
        "exist (ErrorCode: InvalidSubnetID.NotFound)"
    )


def check_placement(launch_type: str | None, strategy: Sequence[Provider]) -> tuple[str, bool]:
    """The launch type or the first capacity provider, and whether it is a provider.

    Raises:
        Refusal: both are given.
    """
    if launch_type and strategy:
        raise invalid("Specifying both a launch type and capacity provider strategy is invalid.")
    if strategy:
        return strategy[0].capacity_provider, True
    return launch_type or "EC2", False


def known_task_definition(call: Call, named: str) -> tuple[str, str]:
    """The ARN of a task definition, and its network mode; a family alone is its newest revision.

    Raises:
        Refusal: there is none.
    """
    wanted = named.rpartition("/")[2]
    workload = call.world.original(call.account, call.region)
    found = [
        (rollout.task_definition, rollout.setting.awsvpc or rollout.runs_on == "FARGATE")
        for service in (workload.services() if workload else ())
        for rollout in service.rollouts
    ]
    matching = [
        (int(arn.rpartition(":")[2]), arn, awsvpc)
        for arn, awsvpc in found
        if wanted in {arn.rpartition("/")[2], arn.rpartition("/")[2].rpartition(":")[0]}
    ]
    if not matching:
        raise Refusal("ClientException", "TaskDefinition not found.")
    _, arn, awsvpc = max(matching)
    return arn, "awsvpc" if awsvpc else "bridge"


def known_balancer(call: Call, given: Sequence[LoadBalancer]) -> Balancer | None:
    """The load balancer with the target group that is named.

    Raises:
        Refusal: more than one is named, or one that is not there.
    """
    if not given:
        return None
    if len(given) > 1:
        raise invalid("load balancers can have at most 1 items.")
    wanted = given[0].target_group_arn
    workload = call.world.original(call.account, call.region)
    for service in workload.services() if workload else ():
        for rollout in service.rollouts:
            if rollout.balancer and rollout.balancer.target_group == wanted:
                return rollout.balancer
    raise invalid(f"The target group with targetGroupArn {wanted} does not exist.")


def shown_tags(tags: Sequence[Tag]) -> dict[str, str]:
    """As a structure keeps them.

    Raises:
        Refusal: one is AWS's own.
    """
    for tag in tags:
        if tag.key.lower().startswith("aws:"):
            raise invalid(
                "Some tags contain invalid values. Valid UTF-8 characters are allowed; "
                "keys may not begin with aws:."
            )
    return {tag.key: tag.value for tag in tags}
