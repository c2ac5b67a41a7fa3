"""The calls that change task sets against moto: somebody else reads our requests.

Plumbing only. moto makes new sets at 100 % where no scale is given, knows no counts, calls every
set steady, allows more than five and deletes primaries, so that a procedure proves nothing there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto.server import ThreadedMotoServer

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.config.settings import Settings
from orgscan.model.remediation import Place
from orgscan.remediation.actions.copying import awsvpc_of, creation, private, with_token
from orgscan.remediation.live import read_service
from orgscan.remediation.writes import WRITES, made_by

pytestmark = pytest.mark.integration

_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
_REGION = "us-east-1"


@pytest.fixture
def moto() -> Iterator[str]:
    """Moto's server on loopback, and an environment that leads there alone."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    environ = {name.upper(): value for name, value in _KEYS.items()}
    environ |= {"AWS_ENDPOINT_URL": url, "AWS_CONFIG_FILE": os.devnull}
    environ["NO_PROXY"] = "127.0.0.1"
    with patch.dict(os.environ, environ, clear=True):
        yield url
    server.stop()


@pytest.fixture
def place(moto: str) -> Place:
    """A service of the EXTERNAL controller with one public task set that serves."""
    make: Any = boto3.client
    ecs = make("ecs", region_name=_REGION, endpoint_url=moto, **_KEYS)
    ec2 = make("ec2", region_name=_REGION, endpoint_url=moto, **_KEYS)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    cluster = ecs.create_cluster(clusterName="prod")["cluster"]["clusterArn"]
    family = ecs.register_task_definition(
        family="app",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "app", "image": "app", "memory": 128}],
    )["taskDefinition"]["taskDefinitionArn"]
    service = ecs.create_service(
        cluster=cluster,
        serviceName="api",
        desiredCount=1,
        deploymentController={"type": "EXTERNAL"},
    )["service"]["serviceArn"]
    awsvpc = {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": "ENABLED"}
    made = ecs.create_task_set(
        cluster=cluster,
        service=service,
        taskDefinition=family,
        launchType="FARGATE",
        platformVersion="1.4.0",
        networkConfiguration={"awsvpcConfiguration": awsvpc},
    )["taskSet"]["taskSetArn"]
    ecs.update_service_primary_task_set(cluster=cluster, service=service, primaryTaskSet=made)
    return Place(
        account_id=service.split(":")[4],
        account_name="moto",
        ou_path="",
        region=_REGION,
        cluster_arn=cluster,
        service_arn=service,
        service_name="api",
        resource_arn=made,
        controller="EXTERNAL",
    )


async def test_every_task_set_call_is_understood_by_somebody_elses_parser(place: Place) -> None:
    """Made with its token, scaled, made primary, and the old one deleted: no request is refused."""
    where = {"cluster": place.cluster_arn, "service": place.service_arn}
    async with entrance(Settings(), Limits(backoff_base=0.001)) as way_in:
        session = way_in.caller
        old = (await read_service(session, place)).set_of(place.resource_arn)
        assert old is not None
        copy = with_token(creation(place, old.shape, private(old.shape, ())), "orgscan-1")
        answer = await session.call(WRITES["ecs:CreateTaskSet"], copy)
        new = made_by("ecs:CreateTaskSet", answer.data)
        live = await read_service(session, place)
        found = live.set_of(new)
        assert found is not None
        assert awsvpc_of(found.shape)["assignPublicIp"] == "DISABLED"
        assert (found.marker, live.made_by("orgscan-1")) == ("orgscan-1", found)
        arn = found.shape["taskSetArn"]
        for api, members in (
            ("UpdateTaskSet", {"taskSet": arn, "scale": {"value": 100.0, "unit": "PERCENT"}}),
            ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": arn}),
            ("UpdateTaskSet", {"taskSet": old.id, "scale": {"value": 0.0, "unit": "PERCENT"}}),
            ("DeleteTaskSet", {"taskSet": place.resource_arn}),
        ):
            await session.call(WRITES[f"ecs:{api}"], where | members)
        left = await read_service(session, place)

    assert [(one.id, one.status) for one in left.sets] == [(new, "PRIMARY")]
