"""Whatever a client sends has an answer."""

from __future__ import annotations

import json
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from orgscan.simulator import Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.services.registry import OPERATIONS
from orgscan.simulator.wire.signature import Incoming

TARGETS = {
    "ecs": "AmazonEC2ContainerServiceV20141113.",
    "organizations": "AWSOrganizationsV20161128.",
}
MEMBERS = (
    "cluster",
    "services",
    "service",
    "taskSets",
    "taskSet",
    "scale",
    "tasks",
    "maxResults",
    "nextToken",
    "NextToken",
    "MaxResults",
    "ParentId",
    "ResourceId",
    "AccountId",
)
PARAMETERS = (
    "Filter.1.Name",
    "Filter.1",
    "Filter.1.Value.1",
    "MaxResults",
    "VpcId.1",
    "VpcId",
    "RoleArn",
    "RoleSessionName",
    "Tags.member.1.Key",
    "Policy",
    "a.b.c",
)
SIMULATOR = Simulator(
    Scenario(density=1.0, services=2, faults=(Fault(FaultKind.DENY_IAM, probability=0.2),))
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("prod"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
JSON = st.dictionaries(
    st.sampled_from(MEMBERS),
    VALUES,
    max_size=5,
).map(lambda parameters: json.dumps(parameters).encode())
FORM = st.lists(
    st.sampled_from(PARAMETERS).flatmap(
        lambda name: st.text("x1*%&=+ü", max_size=6).map(lambda v: f"{name}={v}")
    ),
    max_size=6,
).map("&".join)
CALLS = st.sampled_from([*OPERATIONS, ("ecs", "Nonsense"), ("sts", ""), ("s3", "ListBuckets")])


def signed(service: str, name: str, body: bytes) -> Incoming:
    """A call as botocore signs it."""
    caller = SIMULATOR.record.caller
    path = "/listRegions" if service == "account" else "/"
    headers = {"Host": "simulator", "X-Amz-Target": TARGETS.get(service, "") + name}
    request = AWSRequest("POST", f"http://simulator{path}", headers=headers, data=body)
    who = BotoCredentials(caller.access_key_id, caller.secret_access_key)
    SigV4Auth(who, service, "eu-west-1").add_auth(request)
    sent = CIMultiDict(request.headers.items())
    return Incoming("POST", path, CIMultiDictProxy(sent), body)


@settings(deadline=None)
@given(call=CALLS, body=st.binary(max_size=64) | JSON | st.just(b'{"x":' + b"[" * 50_000))
def test_any_body_of_any_operation_is_answered(call: tuple[str, str], body: bytes) -> None:
    """With the answer, or with an error that the service has a name for."""
    service, name = call
    reply = SIMULATOR._door.answer(signed(service, name, body), time.time())
    assert reply.status in {200, 400, 401, 403}
    assert reply.body
    assert {r.service for r in SIMULATOR.record.rejected_signatures} <= {"s3", ""}


@settings(deadline=None)
@given(call=CALLS.filter(lambda call: call[0] in {"ec2", "sts"}), form=FORM)
def test_any_form_is_answered(call: tuple[str, str], form: str) -> None:
    """Contradictory, nested and misspelt ones too."""
    service, name = call
    body = f"Action={name}&{form}".encode()
    reply = SIMULATOR._door.answer(signed(service, name, body), time.time())
    assert reply.status in {200, 400, 403}
    assert reply.body.startswith(b"<")


@settings(deadline=None)
@given(authorization=st.text(max_size=60) | st.binary(max_size=60).map(str), body=st.binary())
def test_any_authorization_is_answered(authorization: str, body: bytes) -> None:
    """And none of these is let in."""
    headers = CIMultiDict({"Host": "simulator", "Authorization": authorization})
    incoming = Incoming("POST", "/", CIMultiDictProxy(headers), body)
    assert SIMULATOR._door.answer(incoming, time.time()).status in {401, 403}
