"""AWS's answers become the pre-flight's facts: what is left out stays left out."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import pytest

from orgscan.remediation.preflight import operations as shapes
from orgscan.remediation.preflight import shaped
from orgscan.remediation.preflight.facts import Container, NatGateway, Route

T = TypeVar("T")


def read(answer: dict[str, Any], shape: type[T]) -> T:
    """As the engine reads it."""
    return msgspec.convert(answer, shape, strict=False)


@pytest.mark.parametrize(
    ("document", "is_open"),
    [
        (None, None),
        ('{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}', True),
        (
            '{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*","Resource":"*"}}',
            True,
        ),
        (
            (
                '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},'
                '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}'
            ),
            False,
        ),
        (
            (
                '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",'
                '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]}'
            ),
            False,
        ),
        ('{"Statement":[]}', False),
        ("</script>", False),
    ],
)
def test_only_the_policy_that_aws_puts_there_is_open(
    document: str | None, is_open: bool | None
) -> None:
    """Anything else may keep a task out, and so does what cannot be read."""
    answer = {"VpcEndpointId": "vpce-1", "PolicyDocument": document, "State": "Available"}
    found = shaped.endpoint(read(answer, shapes.EndpointShape))
    assert (found.open_policy, found.state) == (is_open, "available")


def test_a_container_keeps_whom_it_calls_and_not_its_environment() -> None:
    """Secrets of its own, of its logs and of its registry, which may be named without an ARN."""
    answer = {
        "image": "ghcr.io/example/api:1",
        "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}],
        "secrets": [{"name": "TOKEN", "valueFrom": "/api/token"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-region": "us-east-1"},
            "secretOptions": [{"name": "key", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/k"}],
        },
        "repositoryCredentials": {"credentialsParameter": "registry"},
        "environmentFiles": [{"value": "arn:aws:s3:::b/k", "type": "s3"}],
    }
    definition = {"containerDefinitions": [answer]}
    (found,) = shaped.definition(read(definition, shapes.DefinitionShape)).containers
    assert found == Container(
        image="ghcr.io/example/api:1",
        log_driver="awslogs",
        log_region="us-east-1",
        secrets=(
            "/api/token",
            "arn:aws:ssm:eu-west-1:1:parameter/k",
            "arn:aws:secretsmanager:::secret:registry",
        ),
        environment_files=True,
    )


def test_a_regional_nat_gateway_has_no_subnet() -> None:
    """But a route table."""
    answer = {
        "NatGatewayId": "nat-1",
        "State": "available",
        "ConnectivityType": "public",
        "AvailabilityMode": "regional",
        "RouteTableId": "rtb-1",
    }
    assert shaped.nat_gateway(read(answer, shapes.NatGatewayShape)) == NatGateway(
        id="nat-1", route_table_id="rtb-1"
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
            Route(destination="0.0.0.0/0", target="nat-1"),
        ),
        (
            {
                "DestinationIpv6CidrBlock": "64:ff9b::/96",
                "NatGatewayId": "nat-1",
                "State": "blackhole",
            },
            Route(destination="64:ff9b::/96", target="nat-1", is_active=False),
        ),
        (
            {
                "DestinationCidrBlock": "0.0.0.0/0",
                "InstanceId": "i-1",
                "NetworkInterfaceId": "eni-1",
                "State": "active",
            },
            Route(destination="0.0.0.0/0", target="i-1"),
        ),
        (
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"},
            Route(destination="pl-1", target="vpce-1"),
        ),
        (
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "filtered"},
            Route(destination="0.0.0.0/0", target="igw-1", is_active=False),
        ),
    ],
)
def test_a_route_has_one_destination_and_one_target(
    answer: dict[str, str], expected: Route
) -> None:
    """Only the state `active` opens it."""
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [answer]}
    assert shaped.route_table(read(table, shapes.RouteTableShape)).routes == (expected,)
