"""The query for task interfaces, page by page, from servers that verify what they are asked."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession

from orgscan.aws.credentials import Credentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.operation import Parameters
from orgscan.aws.session import RegionSession
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES
from orgscan.simulator import Endpoint, Scenario, Simulator

QUERY: Parameters = {
    "Filters": [
        {"Name": "description", "Values": ["arn:aws:ecs:*:attachment/*"]},
        {"Name": "association.public-ip", "Values": ["*"]},
    ],
    "MaxResults": 5,
    "IncludeManagedResources": True,
}


class Held:
    """The one account's credentials, held as they are."""

    def __init__(self, endpoint: Endpoint, account_id: str) -> None:
        self.account_id = account_id
        self._credentials = Credentials(
            account_id=account_id,
            access_key=endpoint.access_key_id,
            secret_key=endpoint.secret_access_key,
            token=endpoint.session_token,
        )

    async def current(self) -> Credentials:
        """As they are."""
        return self._credentials

    async def replace(self, stale: Credentials) -> Credentials:  # noqa: ARG002 - there are no others
        """As they are."""
        return self._credentials


async def test_every_page_of_task_interfaces_is_read(
    session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same interfaces and addresses as boto3 finds, from a server that checks signatures."""
    simulator = Simulator(Scenario(accounts=3, seed=3, density=1.0, services=12))
    with simulator.serve_in_thread() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        account = simulator.world.organization.home.id
        async with Engine(session, Limits(), connections=4) as engine:
            region = RegionSession(engine, Held(endpoint, account), endpoint.region)
            pages = [
                page.data
                async for page in region.pages(
                    DESCRIBE_NETWORK_INTERFACES,
                    QUERY,
                    cursor_member="NextToken",
                    next_token=lambda page: page.next_token,
                )
            ]
        theirs = _by_boto3(endpoint)

    ours = {
        eni.network_interface_id: eni.association and eni.association.public_ip
        for page in pages
        for eni in page.network_interfaces
    }
    assert len(pages) > 1
    assert ours == theirs
    assert len(ours) > 5
    assert list(simulator.record.rejected_signatures) == []


def _by_boto3(endpoint: Endpoint) -> dict[str, str | None]:
    client: Any = boto3.client(
        "ec2",
        region_name=endpoint.region,
        endpoint_url=endpoint.url,
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
    )
    try:
        found = client.describe_network_interfaces(Filters=QUERY["Filters"])["NetworkInterfaces"]
    finally:
        client.close()
    return {eni["NetworkInterfaceId"]: eni["Association"]["PublicIp"] for eni in found}
