"""What the lean path reads off an answer is what botocore reads off it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.json11 import Json11
from orgscan.collect.ecs_operations import (
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_SERVICES,
    DESCRIBE_TASK_SETS,
    LIST_CLUSTERS,
    LIST_SERVICES,
    DescribeServicesReply,
)
from orgscan.collect.network_interfaces import (
    DESCRIBE_NETWORK_INTERFACES,
    AssociationShape,
    DescribeNetworkInterfacesReply,
    GroupShape,
    Ipv6AddressShape,
    NetworkInterfaceShape,
    PrivateIpAddressShape,
)
from orgscan.collect.network_operations import (
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    AclEntryShape,
    DescribeNetworkAclsReply,
    PortRangeShape,
)
from orgscan.collect.task_operations import DESCRIBE_TASKS, LIST_TASKS

ECS: list[Operation[Any]] = [
    LIST_CLUSTERS,
    LIST_SERVICES,
    DESCRIBE_SERVICES,
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_TASK_SETS,
    LIST_TASKS,
    DESCRIBE_TASKS,
]
EC2: list[Operation[Any]] = [
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_SUBNETS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_NETWORK_ACLS,
]
HOT = {operation.name: operation for operation in [*ECS, *EC2]}
RECORDED = sorted((Path(__file__).parent / "answers").iterdir())

Reading = Callable[[Operation[Any], bytes], object]


def ours(operation: Operation[Any], body: bytes) -> object:
    """An answer as the lean path reads it."""
    protocol = Ec2Query("2016-11-15") if operation.service == "ec2" else Json11("prefix")
    return protocol.decode(operation, body)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_answers_are_read_as_botocore_reads_them(
    as_botocore_reads: Reading, path: Path
) -> None:
    """Full, empty, with tokens, failures, nulls, hostile names, and members nobody knows."""
    operation = HOT[path.name.split(".")[1]]
    body = path.read_bytes()

    assert ours(operation, body) == as_botocore_reads(operation, body)


def test_every_hot_operation_has_recorded_answers() -> None:
    """None is left out of the comparison."""
    assert {path.name.split(".")[1] for path in RECORDED} == set(HOT)


def test_a_task_interface_is_read_whole() -> None:
    """Each member by name, so that a comparison of two empty readings cannot pass for one."""
    (path,) = (path for path in RECORDED if path.stem.endswith("Interfaces.task"))
    amazon = AssociationShape(public_ip="203.0.113.17")

    assert ours(DESCRIBE_NETWORK_INTERFACES, path.read_bytes()) == DescribeNetworkInterfacesReply(
        network_interfaces=[
            NetworkInterfaceShape(
                network_interface_id="eni-0123456789abcdef0",
                description=(
                    "arn:aws:ecs:eu-west-1:111122223333:attachment/"
                    "0f1e2d3c-0f1e-2d3c-4b5a-0f1e2d3c4b5a"
                ),
                owner_id="111122223333",
                subnet_id="subnet-0123456789abcdef0",
                vpc_id="vpc-0123456789abcdef0",
                association=amazon,
                private_ip_addresses=[PrivateIpAddressShape(amazon), PrivateIpAddressShape()],
                ipv6_addresses=[Ipv6AddressShape("2001:db8::1")],
                groups=[GroupShape("sg-0123456789abcdef0"), GroupShape("sg-0123456789abcdef1")],
                deny_all_igw_traffic=False,
            )
        ],
        next_token="eyJ2IjoiMiIsInMiOiIxIn0=",
    )


def test_the_entries_of_a_network_acl_are_read_whole() -> None:
    """Numbers as numbers, the deny that ends every list included."""
    (path,) = (path for path in RECORDED if path.stem.endswith("NetworkAcls.two-ways"))
    reply = ours(DESCRIBE_NETWORK_ACLS, path.read_bytes())

    assert isinstance(reply, DescribeNetworkAclsReply)
    assert [association.subnet_id for association in reply.network_acls[0].associations] == [
        "subnet-0123456789abcdef0"
    ]
    assert reply.network_acls[0].entries == [
        AclEntryShape(
            rule_number=100,
            rule_action="allow",
            protocol="6",
            cidr_block="0.0.0.0/0",
            port_range=PortRangeShape(from_=443, to=443),
        ),
        AclEntryShape(
            rule_number=101, egress=True, rule_action="allow", protocol="-1", ipv6_cidr_block="::/0"
        ),
        AclEntryShape(rule_number=32767, rule_action="deny", protocol="-1", cidr_block="0.0.0.0/0"),
    ]


def test_a_null_means_what_absence_means() -> None:
    """EXTERNAL services come with null members; the rest of the answer is read as ever."""
    (path,) = (path for path in RECORDED if path.stem.endswith("with-nulls"))
    reply = ours(DESCRIBE_SERVICES, path.read_bytes())

    assert isinstance(reply, DescribeServicesReply)
    (task_set,) = reply.services[0].task_sets or []
    assert reply.failures == []
    assert reply.services[0].cluster_arn is None
    assert task_set.tags is not None
    assert task_set.tags[0].value == ""


# Characters that XML can carry; a lone carriage return it cannot.
_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(
    ["null", "true", " ", "</script>", "<!DOCTYPE x>", "a & b", "\u202e", "two\nlines"]
)


# Quarters are exact in binary.
_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**53), 2**53),
    "map": st.just({}),
    "string": _TEXT,
    "timestamp": st.integers(0, 2**34).map(lambda quarters: quarters / 4),
}


@st.composite
def answers(draw: st.DrawFn, shape: Any, kind: msgspec.inspect.Type | None) -> Any:  # noqa: ANN401 - botocore's models have no types
    """A value of a shape of the service model, by member names; what we read comes often."""
    match shape.type_name, kind:
        case _, msgspec.inspect.UnionType(types=types):
            stated = [one for one in types if not isinstance(one, msgspec.inspect.NoneType)]
            return draw(answers(shape, stated[0]))
        case "structure", msgspec.inspect.StructType(fields=fields):
            kinds = {field.encode_name: field.type for field in fields}
            wire = {name: m.serialization.get("name", name) for name, m in shape.members.items()}
            read = [name for name in shape.members if wire[name] in kinds and draw(st.booleans())]
            unread = draw(st.lists(st.sampled_from(sorted(shape.members)), max_size=2))
            return {
                name: draw(answers(shape.members[name], kinds.get(wire[name])))
                for name in dict.fromkeys(read + unread)
            }
        case "structure", _:
            return {}
        case "list", msgspec.inspect.ListType(item_type=item):
            return draw(st.lists(answers(shape.member, item), max_size=3))
        case "list", _:
            return draw(st.lists(answers(shape.member, None), max_size=1))
        case scalar, _:
            return draw(_SCALARS[scalar])


@pytest.mark.parametrize("operation", ECS, ids=lambda operation: operation.name)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_generated_json_is_read_as_botocore_reads_it(
    as_botocore_reads: Reading,
    model_of: Callable[[Operation[Any]], Any],
    operation: Operation[Any],
    data: st.DataObject,
) -> None:
    """Any answer of the service model, with nulls and members that the model does not have."""
    kind = msgspec.inspect.type_info(operation.reply)
    answer = data.draw(answers(model_of(operation).output_shape, kind))
    for name in data.draw(
        st.lists(st.sampled_from(["nextToken", "failures", "later"]), max_size=2)
    ):
        answer[name] = None
    body = json.dumps(answer).encode()

    assert ours(operation, body) == as_botocore_reads(operation, body)


@pytest.mark.parametrize("operation", EC2, ids=lambda operation: operation.name)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_generated_xml_is_read_as_botocore_reads_it(
    as_botocore_reads: Reading,
    model_of: Callable[[Operation[Any]], Any],
    operation: Operation[Any],
    data: st.DataObject,
) -> None:
    """Any answer of the service model, written as EC2 writes it."""
    shape = model_of(operation).output_shape
    answer = data.draw(answers(shape, msgspec.inspect.type_info(operation.reply)))
    inner = _xml(answer, shape)
    name = f"{operation.name}Response"
    body = f'<{name} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{inner}</{name}>'.encode()

    assert ours(operation, body) == as_botocore_reads(operation, body)


def _xml(value: Any, shape: Any) -> str:  # noqa: ANN401 - as answers
    match value:
        case dict():
            members = {name: shape.members[name] for name in value}
            tags = {name: member.serialization["name"] for name, member in members.items()}
            return "".join(
                f"<{tags[name]}>{_xml(held, members[name])}</{tags[name]}>"
                for name, held in value.items()
            )
        case list():
            return "".join(f"<item>{_xml(entry, shape.member)}</item>" for entry in value)
        case bool():
            return "true" if value else "false"
        case float() if shape.type_name == "timestamp":
            return dt.datetime.fromtimestamp(value, tz=dt.UTC).isoformat()
        case _:
            return escape(str(value))


DEEP_JSON = b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("operation", "body", "kind", "code"),
    [
        (LIST_CLUSTERS, b"", FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b"<html></html>", FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b'{"clusterArns":["a', FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b"\xff\xfe{}", FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b'{"clusterArns":["\xff"]}', FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b'{"clusterArns":[1]}', FailureKind.REFUSED, "MalformedAnswer"),
        (LIST_CLUSTERS, b'{"clusterArns":"a"}', FailureKind.REFUSED, "MalformedAnswer"),
        (LIST_CLUSTERS, b"[]", FailureKind.REFUSED, "MalformedAnswer"),
        (LIST_CLUSTERS, b"null", FailureKind.REFUSED, "MalformedAnswer"),
        (LIST_CLUSTERS, b"[" * 100_000, FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b'{"a":' * 100_000, FailureKind.TRANSIENT, "NotJson"),
        (LIST_CLUSTERS, b'{"clusterArns":[],"a":' + DEEP_JSON, FailureKind.TRANSIENT, "NotJson"),
        (DESCRIBE_NETWORK_INTERFACES, b"", FailureKind.TRANSIENT, "NotXml"),
        (DESCRIBE_NETWORK_INTERFACES, b"{}", FailureKind.TRANSIENT, "NotXml"),
        (DESCRIBE_NETWORK_INTERFACES, b"<html><a/></html>", FailureKind.TRANSIENT, "NotXml"),
        (DESCRIBE_NETWORK_INTERFACES, b"<Other/>", FailureKind.TRANSIENT, "NotXml"),
        (
            DESCRIBE_NETWORK_ACLS,
            (
                b"<DescribeNetworkAclsResponse><networkAclSet><item><entrySet><item><ruleNumber>"
                b"many</ruleNumber></item></entrySet></item></networkAclSet>"
                b"</DescribeNetworkAclsResponse>"
            ),
            FailureKind.REFUSED,
            "MalformedAnswer",
        ),
        (
            DESCRIBE_NETWORK_INTERFACES,
            b"<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>",
            FailureKind.TRANSIENT,
            "NotXml",
        ),
    ],
)
def test_what_is_no_answer_is_a_failure(
    operation: Operation[Any], body: bytes, kind: FailureKind, code: str
) -> None:
    """It never reads as an empty list; worth another attempt unless AWS itself wrote it."""
    with pytest.raises(CallFailed) as failed:
        ours(operation, body)

    assert failed.value.kind is kind
    assert failed.value.code == code
    assert failed.value.api == operation.api
