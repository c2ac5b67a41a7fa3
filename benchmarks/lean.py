"""CPU that one hot call costs in this process, by four ways of making it.

`python -m benchmarks.lean [--calls N] [--rounds N] [--at-once N]` calls a server in a process of
its own, which answers everything at once with the same bytes. The ways take turns, and the best
round of each counts, so that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any, cast

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.parsers import create_parser
from botocore.session import get_session

from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint, learn_endpoint
from orgscan.aws.lean import LeanClient
from orgscan.aws.ordinary import OrdinaryClients
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.sigv4 import Signer
from orgscan.aws.tls import tls_context
from orgscan.collect.ecs_operations import LIST_CLUSTERS
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES
from orgscan.simulator.simulator import new_event_loop

_REGIONS = ("eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2")
_CREDENTIALS = Credentials(
    account_id="111122223333", access_key="ASIAEXAMPLE", secret_key="s" * 40, token="t" * 400
)
_PARAMETERS = {"maxResults": 100}
_EMPTY = b'{"clusterArns":[]}'
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    b"x-amzn-RequestId: 0807c1d1-7311-4e6e-b3e6-29c61ffad0f4\r\n"
    b"Date: Tue, 24 Nov 2026 02:46:35 GMT\r\nContent-Length: %d\r\n\r\n"
)

Call = Callable[[str], Awaitable[object]]
"""One call in a region."""


def main() -> None:
    """Print each way's CPU per call and its ratio to the bare loop; then the cost of a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=100)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    try:
        os.environ["AWS_ENDPOINT_URL"] = here.recv()
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            best = runner.run(_measure(options.calls, options.rounds, options.at_once))
    finally:
        server.terminate()
        server.join(10)
    print(f"{'CPU for each ListClusters that finds none':46} {'ms':>7} {'ratio':>6}")
    for name, seconds in best.items():
        print(f"{name:46} {seconds * 1e3:7.3f} {seconds / best[_BARE]:6.2f}")
    _print_page()


_BARE = "a bare signed aiohttp loop"


async def _measure(calls: int, rounds: int, at_once: int) -> dict[str, float]:
    best: dict[str, float] = {}
    async with _ways(at_once) as ways:
        for _ in range(rounds):
            for name, call in ways.items():
                seconds = await _cpu(call, calls, at_once) / calls
                best[name] = min(seconds, best.get(name, seconds))
    return best


async def _cpu(call: Call, calls: int, at_once: int) -> float:
    left = iter(range(calls))

    async def worker() -> None:
        for number in left:
            await call(_REGIONS[number % len(_REGIONS)])

    started = time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())
    return time.process_time() - started


@asynccontextmanager
async def _ways(at_once: int) -> AsyncIterator[dict[str, Call]]:
    session = AioSession()
    endpoints = {
        region: await learn_endpoint(session, "ecs", "ListClusters", region) for region in _REGIONS
    }
    tls = tls_context(session)
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=at_once)
        bare = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        lean = await stack.enter_async_context(
            LeanClient(tls=tls, connections=at_once, timeout=30.0)
        )
        ordinary = await stack.enter_async_context(
            OrdinaryClients(session, connections=at_once, timeout=30.0)
        )
        clients = {
            region: await stack.enter_async_context(_plain_client(session, region, at_once))
            for region in _REGIONS
        }
        yield {
            _BARE: _bare(bare, endpoints),
            "orgscan's lean path": lambda region: lean.attempt(
                LIST_CLUSTERS, _PARAMETERS, endpoint=endpoints[region], credentials=_CREDENTIALS
            ),
            "orgscan's ordinary path": lambda region: ordinary.attempt(
                LIST_CLUSTERS, _PARAMETERS, region=region, credentials=_CREDENTIALS
            ),
            "aiobotocore, a client for each region": lambda region: clients[region].list_clusters(
                **_PARAMETERS
            ),
        }


def _plain_client(session: AioSession, region: str, at_once: int) -> Any:  # noqa: ANN401 - clients are made at run time and have no type
    return session.create_client(
        "ecs",
        region_name=region,
        aws_access_key_id=_CREDENTIALS.access_key,
        aws_secret_access_key=_CREDENTIALS.secret_key,
        aws_session_token=_CREDENTIALS.token,
        config=AioConfig(max_pool_connections=at_once),
    )


def _bare(http: aiohttp.ClientSession, endpoints: dict[str, Endpoint]) -> Call:
    """Sign, send, read: nothing is parsed, hashed or looked at."""
    signer = Signer()

    async def call(region: str) -> bytes:
        endpoint = endpoints[region]
        body = b'{"maxResults": 100}'
        headers = signer.headers(
            _CREDENTIALS, endpoint=endpoint, operation="ListClusters", body=body
        )
        async with http.post(str(endpoint.url), data=body, headers=headers) as answer:
            return await answer.read()

    return call


class _Server(asyncio.Protocol):
    """Answers each request as soon as its body is there, with the same bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._held = b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, rest = self._held.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0] or 0)
        if end and len(rest) >= length:
            self._held = rest[length:]
            self._transport.write(_HEAD % len(_EMPTY) + _EMPTY)


def _serve(pipe: Connection) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Server, "127.0.0.1", 0, backlog=1_000)
        host, port = server.sockets[0].getsockname()
        pipe.send(f"http://{host}:{port}")
        await server.serve_forever()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve())


_ENI = """<item><networkInterfaceId>eni-{n:017x}</networkInterfaceId>
<subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId>
<availabilityZone>eu-west-1a</availabilityZone><availabilityZoneId>euw1-az1</availabilityZoneId>
<description>arn:aws:ecs:eu-west-1:111122223333:attachment/{n:08x}-0f1e-2d3c-4b5a</description>
<ownerId>111122223333</ownerId><requesterId>578734482556</requesterId>
<requesterManaged>true</requesterManaged><status>in-use</status>
<macAddress>0a:1b:2c:3d:4e:5f</macAddress><privateIpAddress>10.0.1.23</privateIpAddress>
<privateDnsName>ip-10-0-1-23.eu-west-1.compute.internal</privateDnsName>
<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>api</groupName></item></groupSet>
<attachment><attachmentId>ela-attach-0123456789abcdef0</attachmentId>
<instanceOwnerId>600000000001</instanceOwnerId><deviceIndex>1</deviceIndex>
<networkCardIndex>0</networkCardIndex><status>attached</status>
<attachTime>2026-11-20T08:00:00.000Z</attachTime><deleteOnTermination>false</deleteOnTermination>
</attachment>{association}<tagSet/><privateIpAddressesSet><item>
<privateIpAddress>10.0.1.23</privateIpAddress>
<privateDnsName>ip-10-0-1-23.eu-west-1.compute.internal</privateDnsName><primary>true</primary>
{association}</item></privateIpAddressesSet><ipv6AddressesSet/>
<interfaceType>interface</interfaceType><denyAllIgwTraffic>false</denyAllIgwTraffic>
<operator><managed>false</managed></operator></item>"""
_ASSOCIATION = """<association><publicIp>3.250.1.2</publicIp><ipOwnerId>amazon</ipOwnerId>
<publicDnsName>ec2-3-250-1-2.eu-west-1.compute.amazonaws.com</publicDnsName></association>"""


def _print_page() -> None:
    """A full page of task interfaces, as the lean path reads it and as botocore does."""
    items = "".join(_ENI.format(n=n, association=_ASSOCIATION) for n in range(1_000))
    body = (
        '<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<networkInterfaceSet>{items}</networkInterfaceSet></DescribeNetworkInterfacesResponse>"
    ).encode()
    model = get_session().get_service_model("ec2").operation_model(DESCRIBE_NETWORK_INTERFACES.name)
    answer = {"status_code": 200, "headers": {}, "body": body}
    lean = _best(lambda: Ec2Query("2016-11-15").decode(DESCRIBE_NETWORK_INTERFACES, body))
    parser: Any = create_parser("ec2")
    theirs = _best(lambda: parser.parse(answer, model.output_shape))
    print(
        f"\n{f'CPU for 1,000 network interfaces ({len(body):,} bytes)':46} {'ms':>7} {'ratio':>6}"
    )
    print(f"{'the lean path':46} {lean * 1e3:7.1f} {1:6.2f}")
    print(f"{'botocore':46} {theirs * 1e3:7.1f} {theirs / lean:6.2f}")


def _best(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


if __name__ == "__main__":
    main()
