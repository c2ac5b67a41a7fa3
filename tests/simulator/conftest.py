"""A served organization, and clients that are not ours: botocore judges whether answers parse."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotoCredentials
from botocore.exceptions import ClientError

from orgscan.simulator import Credentials, Endpoint, Scenario, Simulator
from orgscan.simulator.world.workload import Service

_ROLE = "arn:aws:iam::{}:role/orgscan-audit"


@pytest.fixture(scope="session")
def boto() -> object:
    """One botocore session, so that each service model is read once."""
    return botocore.session.get_session()


@pytest.fixture(autouse=True)
def no_outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's AWS settings reaches a test."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


@pytest.fixture
def serve() -> Iterator[Callable[[Scenario], tuple[Simulator, Endpoint]]]:
    """Serves a scenario until the test is over."""
    with ExitStack() as stack:

        def start(scenario: Scenario) -> tuple[Simulator, Endpoint]:
            simulator = Simulator(scenario)
            return simulator, stack.enter_context(simulator.serve_in_thread())

        yield start


@pytest.fixture
def gallery() -> Scenario:
    """The management account holds one service of every kind in eu-west-1, and nothing else."""
    return Scenario(density=0.0, gallery=((Scenario().account_id(0), "eu-west-1"),))


@pytest.fixture
def exhibit() -> Callable[[Simulator], list[Service]]:
    """The services of that gallery, from the simulator itself."""

    def look(simulator: Simulator) -> list[Service]:
        workload = simulator.world.workload(simulator.scenario.account_id(0), "eu-west-1")
        assert workload
        return list(workload.services())

    return look


@pytest.fixture
def find(
    exhibit: Callable[[Simulator], list[Service]],
) -> Callable[[Simulator, str, Callable[[Service], bool]], Service]:
    """The first service there of a controller that is as wanted."""

    def first(simulator: Simulator, controller: str, wanted: Callable[[Service], bool]) -> Service:
        return next(s for s in exhibit(simulator) if s.controller == controller and wanted(s))

    return first


@pytest.fixture
def connect(boto: Any) -> Iterator[Callable[..., object]]:  # noqa: ANN401 - botocore has no types
    """Makes clients that do not retry: `connect(endpoint, "ecs", region, credentials)`."""
    clients: list[Any] = []

    def make(
        endpoint: Endpoint,
        service: str,
        region: str | None = None,
        credentials: Credentials | None = None,
    ) -> object:
        who = credentials or endpoint
        client = boto.create_client(
            service,
            region_name=region or endpoint.region,
            endpoint_url=endpoint.url,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            aws_session_token=who.session_token,
            config=Config(
                retries={"total_max_attempts": 1}, read_timeout=5, parameter_validation=False
            ),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def assume(connect: Callable[..., Any]) -> Callable[..., Credentials]:
    """Opens a session of the audit role: `assume(endpoint, account, **parameters)`."""

    def call(endpoint: Endpoint, account: str, **parameters: object) -> Credentials:
        wanted = {"RoleArn": _ROLE.format(account), "RoleSessionName": "orgscan", **parameters}
        made = connect(endpoint, "sts").assume_role(**wanted)["Credentials"]
        return Credentials(
            account, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
        )

    return call


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str]]:
    """The code and message a call is refused with: `refusal(client.operation, **parameters)`."""

    def call(operation: Callable[..., object], **parameters: object) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call


@pytest.fixture
def sign() -> Callable[..., dict[str, str]]:
    """Signs as botocore does: `sign(endpoint, service, region, credentials, headers, body)`."""

    def make(
        endpoint: Endpoint,
        service: str,
        region: str,
        credentials: Credentials | Endpoint,
        headers: dict[str, str],
        body: bytes,
    ) -> dict[str, str]:
        who = BotoCredentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        )
        request = AWSRequest("POST", endpoint.url + "/", headers=headers, data=body)
        SigV4Auth(who, service, region).add_auth(request)
        return dict(request.headers.items())

    return make


@pytest.fixture
def send() -> Callable[..., tuple[int, dict[str, str], bytes]]:
    """Posts exactly what it is given, `send(endpoint, headers, body)`: status, headers, body."""

    def post(
        endpoint: Endpoint, headers: dict[str, str], body: bytes, path: str = "/"
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(endpoint.url.partition("//")[2], timeout=5)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    return post
