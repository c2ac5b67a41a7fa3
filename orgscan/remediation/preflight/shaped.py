"""From AWS's answers to facts."""

from __future__ import annotations

import msgspec

from orgscan.remediation.preflight import operations as shapes
from orgscan.remediation.preflight.facts import (
    Container,
    Definition,
    Endpoint,
    NatGateway,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
)


def subnet(shape: shapes.SubnetShape) -> Subnet:
    """One subnet."""
    states = shape.block_public_access_states
    return Subnet(
        id=shape.subnet_id,
        vpc_id=shape.vpc_id,
        owner_id=shape.owner_id,
        cidr=shape.cidr_block,
        free=None if shape.ipv6_native else shape.available_ip_address_count,
        ipv6_only=shape.ipv6_native,
        ipv6_cidrs=tuple(held.ipv6_cidr_block for held in shape.ipv6_cidr_block_association_set),
        dns64=shape.enable_dns64,
        state=shape.state,
        block_mode=states.internet_gateway_block_mode if states else None,
    )


def route_table(shape: shapes.RouteTableShape) -> RouteTable:
    """One route table."""
    return RouteTable(
        id=shape.route_table_id,
        vpc_id=shape.vpc_id,
        is_main=any(held.main for held in shape.associations),
        subnets=tuple(held.subnet_id for held in shape.associations if held.subnet_id),
        routes=tuple(_route(route) for route in shape.routes),
    )


def _route(shape: shapes.RouteShape) -> Route:
    destinations = (
        shape.destination_cidr_block,
        shape.destination_ipv6_cidr_block,
        shape.destination_prefix_list_id,
    )
    # A NAT instance shows its interface beside its id: either tells what it is.
    targets = (
        shape.gateway_id,
        shape.nat_gateway_id,
        shape.egress_only_internet_gateway_id,
        shape.transit_gateway_id,
        shape.vpc_peering_connection_id,
        shape.core_network_arn,
        shape.carrier_gateway_id,
        shape.local_gateway_id,
        shape.instance_id,
        shape.network_interface_id,
    )
    return Route(
        destination=next(filter(None, destinations), ""),
        target=next(filter(None, targets), ""),
        is_active=shape.state in {"active", None},
    )


def nat_gateway(shape: shapes.NatGatewayShape) -> NatGateway:
    """One NAT gateway, zonal or regional."""
    return NatGateway(
        id=shape.nat_gateway_id,
        state=shape.state,
        connectivity=shape.connectivity_type,
        subnet_id=shape.subnet_id,
        route_table_id=shape.route_table_id,
    )


def endpoint(shape: shapes.EndpointShape) -> Endpoint:
    """One VPC endpoint."""
    return Endpoint(
        id=shape.vpc_endpoint_id,
        vpc_id=shape.vpc_id,
        service=shape.service_name,
        kind=shape.vpc_endpoint_type,
        # The model writes `Available`, and answers write `available`.
        state=shape.state.lower() if shape.state else None,
        private_dns=shape.private_dns_enabled,
        groups=tuple(held.group_id for held in shape.groups),
        route_tables=tuple(shape.route_table_ids),
        open_policy=_is_open(shape.policy_document),
    )


class _Statement(msgspec.Struct, rename="pascal"):
    effect: str = ""
    principal: str | dict[str, str | list[str]] = ""
    action: str | list[str] = ""
    resource: str | list[str] = ""
    condition: dict[str, object] | None = None


class _Policy(msgspec.Struct, rename="pascal"):
    statement: _Statement | list[_Statement]


def _is_open(document: str | None) -> bool | None:
    """Whether a policy is the one that AWS puts there by itself: everybody may do everything."""
    if not document:
        return None
    try:
        held = msgspec.json.decode(document, type=_Policy).statement
    except msgspec.DecodeError:
        return False
    statements = held if isinstance(held, list) else [held]
    return len(statements) == 1 and _lets_everything(statements[0])


def _lets_everything(only: _Statement) -> bool:
    return (
        only.effect == "Allow"
        and only.principal in ("*", {"AWS": "*"})
        and only.action in ("*", ["*"])
        and only.resource in ("*", ["*"])
        and not only.condition
    )


def security_group(shape: shapes.GroupShape) -> SecurityGroup:
    """One security group, both ways."""
    return SecurityGroup(
        id=shape.group_id,
        vpc_id=shape.vpc_id,
        inbound=tuple(_rule(rule) for rule in shape.ip_permissions),
        outbound=tuple(_rule(rule) for rule in shape.ip_permissions_egress),
    )


def _rule(shape: shapes.PermissionShape) -> Rule:
    return Rule(
        protocol=shape.ip_protocol,
        from_port=shape.from_port,
        to_port=shape.to_port,
        cidrs=(
            *(held.cidr_ip for held in shape.ip_ranges),
            *(held.cidr_ipv6 for held in shape.ipv6_ranges),
        ),
        groups=tuple(held.group_id for held in shape.user_id_group_pairs if held.group_id),
        prefix_lists=tuple(held.prefix_list_id for held in shape.prefix_list_ids),
    )


def definition(shape: shapes.DefinitionShape) -> Definition:
    """One task definition."""
    platform = shape.runtime_platform
    return Definition(
        containers=tuple(_container(each) for each in shape.container_definitions),
        operating_system=platform.operating_system_family if platform else None,
    )


def _container(shape: shapes.ContainerShape) -> Container:
    logs, registry = shape.log_configuration, shape.repository_credentials
    secrets = [held.value_from for held in shape.secrets]
    if logs:
        secrets += [held.value_from for held in logs.secret_options]
    if registry and registry.credentials_parameter:
        secrets.append(_registry_secret(registry.credentials_parameter))
    return Container(
        image=shape.image,
        log_driver=logs.log_driver if logs else None,
        log_region=logs.options.get("awslogs-region") if logs else None,
        secrets=tuple(secrets),
        environment_files=bool(shape.environment_files),
    )


def _registry_secret(named: str) -> str:
    """Of a private registry: always a secret of Secrets Manager, by ARN or by name."""
    return named if named.startswith("arn:") else f"arn:aws:secretsmanager:::secret:{named}"
