"""What the lean path sends is what botocore would send: place, bytes, headers, signature."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from unittest.mock import patch

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from aiohttp import web
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from orgscan import __version__
from orgscan.aws.caller import (
    ASSUME_ROLE,
    GET_CALLER_IDENTITY,
    RoleRequest,
    assume_parameters,
)
from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint, Endpoints, learn_endpoint
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.json11 import Json11
from orgscan.aws.sigv4 import Signer
from orgscan.collect.ecs_operations import (
    DESCRIBE_SERVICE_REVISIONS,
    DESCRIBE_SERVICES,
    DESCRIBE_TASK_SETS,
    LIST_CLUSTERS,
    LIST_SERVICES,
)
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES
from orgscan.collect.network_operations import OPERATIONS as NETWORK
from orgscan.collect.task_operations import DESCRIBE_TASKS, LIST_TASKS
from orgscan.organization.operations import LIST_ACCOUNTS, LIST_REGIONS

NOW = 1_795_000_000
CREDENTIALS = Credentials(
    account_id="111122223333", access_key="ASIAEXAMPLE", secret_key="secret/+=", token="token/+="
)
PERMANENT = Credentials(account_id="111122223333", access_key="AKIAEXAMPLE", secret_key="secret")
CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
ENIS: Parameters = {
    "Filters": [
        {"Name": "description", "Values": ["arn:aws:ecs:*:attachment/*"]},
        {"Name": "association.public-ip", "Values": ["*"]},
    ],
    "MaxResults": 1000,
    "NextToken": "a+b/c= ~é\n&",
    "IncludeManagedResources": True,
}
ROLE = RoleRequest(
    role_name="team/audit",
    session_name="orgscan-r",
    external_id="a b+c&é",
    source_identity="security",
    session_tags={"k": "v w", "a": "="},
)
CALLS: list[tuple[Operation[Any], Parameters]] = [
    (LIST_CLUSTERS, {"maxResults": 100}),
    (LIST_CLUSTERS, {"maxResults": 100, "nextToken": 'quotes ", back\\slash, é, \u2028, 🧨'}),
    (LIST_SERVICES, {"cluster": CLUSTER, "maxResults": 100}),
    (DESCRIBE_SERVICES, {"cluster": CLUSTER, "services": ["a", "</script>"], "include": ["TAGS"]}),
    (DESCRIBE_SERVICE_REVISIONS, {"serviceRevisionArns": [f"{CLUSTER}/1"]}),
    (DESCRIBE_TASK_SETS, {"cluster": CLUSTER, "service": "a", "taskSets": ["ecs-svc/1"]}),
    (LIST_TASKS, {"cluster": CLUSTER, "desiredStatus": "RUNNING", "maxResults": 100}),
    (DESCRIBE_TASKS, {"cluster": CLUSTER, "tasks": ["a", "b"], "include": ["TAGS"]}),
    (DESCRIBE_NETWORK_INTERFACES, ENIS),
    (DESCRIBE_NETWORK_INTERFACES, {}),
    *(
        (operation, {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "é&"]}], "MaxResults": 100})
        for operation in NETWORK
    ),
    (GET_CALLER_IDENTITY, {}),
    (ASSUME_ROLE, assume_parameters("111122223333", "aws", ROLE)),
    (LIST_ACCOUNTS, {"MaxResults": 20}),
    (LIST_ACCOUNTS, {"MaxResults": 20, "NextToken": "a+b/c= é"}),
    (LIST_REGIONS, {"AccountId": "111122223333", "MaxResults": 50}),
    (LIST_REGIONS, {"MaxResults": 50, "NextToken": "a+b/c= é"}),
]
FIPS, DUAL = {"AWS_USE_FIPS_ENDPOINT": "true"}, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
PLACES = [
    *((region, environ) for region in ("eu-west-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1")
      for environ in ({}, FIPS, DUAL, FIPS | DUAL)),
    ("us-iso-east-1", {}),
    ("eu-west-1", {"AWS_ENDPOINT_URL": "http://127.0.0.1:8080"}),
    ("eu-west-1", {"AWS_ENDPOINT_URL": "https://proxy.example.org/aws/prod/"}),
    ("eu-west-1", {"AWS_ENDPOINT_URL": "https://proxy.example.org:443/a~b/%20c//d"}),
    ("eu-west-1", {"AWS_ENDPOINT_URL": "http://[::1]:8080"}),
    ("eu-west-1", {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_ECS": "http://b/ecs"}),
]  # fmt: skip


class Prepared(Exception):  # noqa: N818 - stops botocore before it sends
    """Carries the request out of botocore."""


@pytest.mark.parametrize(("operation", "parameters"), CALLS)
@pytest.mark.parametrize("credentials", [CREDENTIALS, PERMANENT], ids=["session", "permanent"])
async def test_each_call_is_the_one_botocore_makes(
    session: AioSession,
    operation: Operation[Any],
    parameters: Parameters,
    credentials: Credentials,
) -> None:
    """For the same clock and credentials: URL, method, body, signed headers, Authorization."""
    theirs = await _botocore_request(session, operation, parameters, credentials, "eu-west-1")
    place = await learn_endpoint(session, operation.service, operation.name, "eu-west-1")
    body, headers = _our_request(operation, parameters, credentials, place)

    assert theirs.method == "POST"
    assert URL(theirs.url, encoded=True) == place.url
    assert _bytes(theirs.body) == body
    assert _headers(theirs) == {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize(("region", "environ"), PLACES)
@pytest.mark.parametrize("first", ["", "us-east-1"], ids=["alone", "after another"])
@pytest.mark.parametrize(
    "operation",
    [LIST_CLUSTERS, DESCRIBE_NETWORK_INTERFACES, GET_CALLER_IDENTITY, LIST_ACCOUNTS, LIST_REGIONS],
    ids=lambda operation: operation.api,
)
async def test_every_endpoint_that_botocore_resolves_is_called_and_signed_as_botocore_does(
    session: AioSession,
    monkeypatch: pytest.MonkeyPatch,
    operation: Operation[Any],
    region: str,
    environ: dict[str, str],
    first: str,
) -> None:
    """Partitions, FIPS, dual-stack, custom endpoints, paths below them, ports and IPv6.

    Whichever region the service was first called in: the client is made for that one.
    """
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    theirs = await _botocore_request(session, operation, {}, CREDENTIALS, region)
    async with AsyncExitStack() as stack:
        endpoints = Endpoints(session, stack)
        if first:
            await endpoints.learn(operation.service, operation.name, first)
        place = await endpoints.learn(operation.service, operation.name, region)
    _, headers = _our_request(operation, {}, CREDENTIALS, place)

    assert place.url == URL(theirs.url, encoded=True)
    assert headers["Authorization"] == _headers(theirs)["authorization"]


@pytest.mark.parametrize(
    ("region", "environ", "url"),
    [
        ("eu-west-1", {}, "https://ecs.eu-west-1.amazonaws.com/"),
        ("us-east-1", FIPS, "https://ecs-fips.us-east-1.amazonaws.com/"),
        ("eu-west-1", DUAL, "https://ecs.eu-west-1.api.aws/"),
        ("cn-north-1", {}, "https://ecs.cn-north-1.amazonaws.com.cn/"),
        ("us-gov-west-1", FIPS | DUAL, "https://ecs-fips.us-gov-west-1.api.aws/"),
        ("eusc-de-east-1", {}, "https://ecs.eusc-de-east-1.amazonaws.eu/"),
    ],
)
async def test_endpoints_lie_where_aws_says(
    session: AioSession,
    monkeypatch: pytest.MonkeyPatch,
    region: str,
    environ: dict[str, str],
    url: str,
) -> None:
    """Each partition has its domain, and FIPS and dual-stack have theirs."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    place = await learn_endpoint(session, "ecs", "ListClusters", region)

    assert str(place.url) == url
    assert place.signing_region == region


async def test_an_endpoint_is_learnt_from_an_operation_with_required_members(
    session: AioSession,
) -> None:
    """Whichever call comes first in a region, botocore can prepare it without its parameters."""
    places = {
        await learn_endpoint(session, "ecs", name, "eu-west-1")
        for name in ("ListClusters", "DescribeServices", "DescribeTaskSets")
    }

    assert len(places) == 1


async def test_what_a_server_receives_is_the_same_from_both(
    listen: Callable[..., Awaitable[str]],
    callers: Callable[..., Awaitable[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the wire, too: path, body, and every header that is signed or names the caller."""
    heard: list[tuple[str, dict[str, str], bytes]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard.append((request.raw_path, headers, await request.read()))
        return web.Response(body=b"{}")

    monkeypatch.setenv("AWS_ENDPOINT_URL", f"{await listen(handle)}/below/here")
    for path in ("lean", "ordinary"):
        attempt = await callers(path)
        with _clock_stopped():
            await attempt(LIST_CLUSTERS, {"maxResults": 100}, credentials=CREDENTIALS)

    (path_a, ours, body_a), (path_b, theirs, body_b) = heard
    retries = {"amz-sdk-invocation-id", "amz-sdk-request"}  # telemetry of botocore's own retries
    agents = [headers.pop("user-agent") for headers in (ours, theirs)]
    assert (path_a, body_a) == (path_b, body_b)
    assert {name: value for name, value in theirs.items() if name not in retries} == ours
    assert all(agent.endswith(f" orgscan/{__version__}") for agent in agents)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "cluster": _TEXT,
            "services": st.lists(_TEXT, max_size=4),
            "include": st.lists(_TEXT, max_size=2),
        },
    )
)
def test_json_bodies_are_botocores_byte_for_byte(
    model_of: Callable[[Operation[Any]], Any], parameters: Parameters
) -> None:
    """Whatever text there is: spacing, order and escapes are botocore's."""
    serializer = create_serializer("json", include_validation=False)
    theirs = serializer.serialize_to_request(parameters, model_of(DESCRIBE_SERVICES))

    assert Json11("prefix").encode("DescribeServices", parameters) == theirs["body"]


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Filters": st.lists(
                st.fixed_dictionaries(
                    {}, optional={"Name": _TEXT, "Values": st.lists(_TEXT, max_size=3)}
                ),
                max_size=12,
            ),
            "NetworkInterfaceIds": st.lists(_TEXT, max_size=12),
            "MaxResults": st.integers(5, 1000),
            "NextToken": _TEXT,
            "IncludeManagedResources": st.booleans(),
            "DryRun": st.booleans(),
        },
    )
)
def test_form_bodies_are_botocores_byte_for_byte(
    model_of: Callable[[Operation[Any]], Any], parameters: Parameters
) -> None:
    """Every member that DescribeNetworkInterfaces has, numbered, named and quoted alike."""
    model = model_of(DESCRIBE_NETWORK_INTERFACES)
    theirs = create_serializer("ec2").serialize_to_request(parameters, model)
    form = AWSRequest(method="POST", url="https://example.org/", data=theirs["body"]).prepare()

    ours = Ec2Query("2016-11-15").encode("DescribeNetworkInterfaces", parameters)

    assert ours == _bytes(form.body)
    assert set(parameters) <= set(model.input_shape.members)


def _our_request(
    operation: Operation[Any], parameters: Parameters, credentials: Credentials, place: Endpoint
) -> tuple[bytes, dict[str, str]]:
    body = place.protocol.encode(operation.name, parameters)
    headers = Signer().headers(
        credentials, endpoint=place, operation=operation.name, body=body, now=NOW
    )
    return body, headers


async def _botocore_request(
    session: AioSession,
    operation: Operation[Any],
    parameters: Parameters,
    credentials: Credentials,
    region: str,
) -> AWSPreparedRequest:
    create: Any = session.create_client

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        raise Prepared(request)

    async with create(
        operation.service,
        region_name=region,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        config=AioConfig(parameter_validation=False),
    ) as client:
        client.meta.events.register_first("before-send", stop)
        with _clock_stopped(), pytest.raises(Prepared) as stopped:
            await getattr(client, xform_name(operation.name))(**parameters)
    request = stopped.value.args[0]
    assert isinstance(request, AWSPreparedRequest)
    return request


class _clock_stopped:  # noqa: N801 - reads as what holds inside it
    def __enter__(self) -> None:
        moment = dt.datetime.fromtimestamp(NOW, tz=dt.UTC).replace(tzinfo=None)
        self._patches = [
            patch("botocore.auth.get_current_datetime", return_value=moment),
            patch("orgscan.aws.sigv4.time.gmtime", return_value=time.gmtime(NOW)),
        ]
        for one in self._patches:
            one.start()

    def __exit__(self, *_: object) -> None:
        for one in self._patches:
            one.stop()


def _headers(request: AWSPreparedRequest) -> dict[str, str]:
    """The headers, less what names the client and its retries."""
    unsigned = {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "content-length"}
    sent = request.headers.items()
    return {name.lower(): _text(value) for name, value in sent if name.lower() not in unsigned}


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: object) -> object:
    return body.encode() if isinstance(body, str) else body
