"""The real command line as a process of its own, against servers on loopback."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from orgscan import __file__ as package
from orgscan.aws.engine import Engine, Limits
from orgscan.config.settings import Settings
from orgscan.permissions.capability import Holder
from orgscan.scan.pipeline import Request, scan
from orgscan.simulator import Endpoint, Scenario, Simulator
from orgscan.sweep.stop import Stop

SECONDS = 120

# Patient with a busy machine, impatient with throttles: no test waits for real ones.
LIMITS = Limits(call_timeout=30.0, target_timeout=120.0, backoff_base=0.001, backoff_cap=0.01)


class Finished(msgspec.Struct, frozen=True):
    """What a run of the command line left.

    Attributes:
        report: report.json of the newest run; None where there is no run.
    """

    status: int
    out: str
    err: str
    report: dict[str, Any] | None


@pytest.fixture
def orgscan(tmp_path: Path) -> Callable[..., Finished]:
    """Runs `orgscan` in an empty directory, with nothing of the user's own AWS set-up."""

    def run(*arguments: str, environ: Mapping[str, str]) -> Finished:
        surroundings = {
            "PATH": os.environ["PATH"],
            # The package that the tests import, wherever another one may be installed.
            "PYTHONPATH": str(Path(package).parents[1]),
            "HOME": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "COLUMNS": "100",
        }
        done = subprocess.run(  # noqa: S603 - this interpreter, arguments of the tests
            [sys.executable, "-m", "orgscan", *arguments],
            cwd=tmp_path,
            env={**surroundings, **environ},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        newest = tmp_path / "reports" / "latest" / "report.json"
        report = msgspec.json.decode(newest.read_bytes()) if newest.exists() else None
        return Finished(done.returncode, done.stdout, done.stderr, report)

    return run


def _environ(endpoint: Endpoint) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_REGION": endpoint.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture(scope="session")
def environ_of() -> Callable[[Endpoint], dict[str, str]]:
    """What leads a process to a simulated organization and to nothing else."""
    return _environ


class Swept(msgspec.Struct, frozen=True):
    """A sweep of a simulated organization, in this process.

    Attributes:
        report: report.json.
        written: every file of the run's directory, by name.
    """

    simulator: Simulator
    report: dict[str, Any]
    written: dict[str, bytes]
    exit_status: int

    @property
    def notes(self) -> list[str]:
        """The run's notes, but for the one that says that this was not AWS."""
        notes: list[str] = self.report["run"]["notes"]
        first, *others = notes
        assert first.startswith("Calls went to http://127.0.0.1:")
        return others


@pytest.fixture(scope="session")
def sweep() -> Callable[..., Swept]:
    """Serves a scenario and sweeps it."""

    def run(scenario: Scenario, *, call_timeout: float = 30.0, **settings: Any) -> Swept:  # noqa: ANN401 - settings are of any type
        limits = msgspec.structs.replace(LIMITS, call_timeout=call_timeout)
        simulator = Simulator(scenario)
        with tempfile.TemporaryDirectory() as output, simulator.serve_in_thread() as endpoint:
            wanted = Settings(output=Path(output), **settings)
            with patch.dict(os.environ, _environ(endpoint), clear=True):
                request = Request(settings=wanted, limits=limits)
                result = asyncio.run(scan(request, Stop()))
            written = {path.name: path.read_bytes() for path in result.directory.iterdir()}
        report = msgspec.json.decode(written["report.json"])
        return Swept(simulator, report, written, result.exit_status)

    return run


_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
REGION = "eu-west-1"
BUCKET = "example-audit"


class Aws:
    """moto, by ordinary boto3 clients, and what leads orgscan to it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        """A client in the one region of these tests."""
        make: Any = boto3.client
        return make(service, region_name=REGION, endpoint_url=self.url, **_KEYS)

    @property
    def environ(self) -> dict[str, str]:
        """For orgscan's process."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": _KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": _KEYS["aws_secret_access_key"],
            "AWS_REGION": REGION,
            "ORGSCAN_REGION": REGION,
        }


@pytest.fixture
def aws() -> Iterator[Aws]:
    """A moto of its own, with a bucket that has Object Lock."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = Aws(f"http://{host}:{port}")
    # moto's state outlives a server within a process.
    found.client("s3")._endpoint.http_session.send(_reset(found.url))
    found.client("organizations").create_organization(FeatureSet="ALL")
    found.client("s3").create_bucket(
        Bucket=BUCKET,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    yield found
    server.stop()


def _reset(url: str) -> Any:  # noqa: ANN401 - botocore has no types
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - only here

    return AWSRequest(method="POST", url=f"{url}/moto-api/reset").prepare()


_HOLDERS = {
    "orgscan-audit": Holder.READ_ROLE,
    "orgscan-security-hub": Holder.SECURITY_HUB_ROLE,
    "orgscan-remediate": Holder.REMEDIATE_ROLE,
}
# Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_FREE = "sts:GetCallerIdentity"
# What AWS asks for, call by call, where it is not the call's own name, and by member where a member
# asks for more; read off the pages, apart from the table that it is held against.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
# https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
_ACTIONS = {
    "s3:HeadBucket": {"s3:ListBucket"},
    "s3:HeadObject": {"s3:GetObject"},
    "s3:GetObjectLockConfiguration": {"s3:GetBucketObjectLockConfiguration"},
    "s3:ListMultipartUploads": {"s3:ListBucketMultipartUploads"},
    "s3:ListParts": {"s3:ListMultipartUploadParts"},
    "s3:CreateMultipartUpload": {"s3:PutObject"},
    "s3:UploadPart": {"s3:PutObject"},
    "s3:CompleteMultipartUpload": {"s3:PutObject"},
    "codedeploy:CreateDeployment": {
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:GetApplicationRevision",
        "codedeploy:RegisterApplicationRevision",
    },
}
_MORE = {
    ("s3", "ObjectLockMode"): {"s3:PutObjectRetention"},
    ("s3", "ObjectLockLegalHoldStatus"): {"s3:PutObjectLegalHold"},
    ("s3", "SSEKMSKeyId"): {"kms:GenerateDataKey", "kms:Decrypt"},
    ("ecs", "tags"): {"ecs:TagResource"},
    ("ecs", "taskDefinition"): {"iam:PassRole"},
}


@pytest.fixture
def asked_of_aws() -> Iterator[Mapping[Holder, set[str]]]:
    """What each holder had to be allowed for the calls that were made while this was open."""
    needed: dict[Holder, set[str]] = defaultdict(set)
    call = Engine.call

    async def recording(engine: Engine, operation: Any, parameters: Any, **about: Any) -> Any:  # noqa: ANN401 - as the engine has them
        credentials = await about["source"].current()
        role = (credentials.arn.split("/")[1:] or [""])[0]
        named = _ACTIONS.get(operation.api, {operation.api})
        asked_for_more = (
            [_MORE.get((operation.service, member), set()) for member in parameters]
            if operation.changes or operation.service == "s3"
            else []
        )
        needed[_HOLDERS.get(role, Holder.CALLER)] |= named.union(*asked_for_more) - {_FREE}
        return await call(engine, operation, parameters, **about)

    with patch.object(Engine, "call", recording):
        yield needed
