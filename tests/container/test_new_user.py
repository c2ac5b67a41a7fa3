"""The README's way, as somebody goes it who did not write orgscan.

The organization is simulated, everything of the security account is moto's, and orgscan runs as
the image does on its schedule: by the task definition of the template that `orgscan init` wrote.
What moto forgets of the template is given to it by hand: Object Lock of the bucket, and the kind
of the key that signs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

README = Path(__file__).parents[2] / "README.md"
SECONDS = 180
_MEMBER, _REGION = account_id(7, 2), "eu-west-1"
_REGIONS = (_REGION, "us-east-1")
_NOT_OK = ("missing", "in part")
_DENIED = Fault(FaultKind.DENY_SCP, _MEMBER, _REGION)
_KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


class Security(msgspec.Struct, frozen=True):
    """The security account, by what was deployed into it.

    Attributes:
        url: moto's.
        stack: the physical id of each resource, by its name in the template.
        environ: the variables of the task's container.
        signing_key: the ARN of the key that signs.
    """

    url: str
    stack: dict[str, str]
    environ: dict[str, str]
    signing_key: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        """An ordinary client of the account."""
        return _client(self.url, service)


class Ran(msgspec.Struct, frozen=True):
    """What a container left."""

    status: int
    out: str
    err: str


class Night(msgspec.Struct, frozen=True):
    """One run of the schedule, after a look by `doctor`.

    Attributes:
        report: report.json, from the bucket.
        folder: where the bucket's files of this run were fetched to.
    """

    doctor: Ran
    scan: Ran
    report: dict[str, Any]
    folder: Path


def _client(url: str, service: str) -> Any:  # noqa: ANN401 - as above
    make: Any = boto3.client
    return make(service, region_name=_REGION, endpoint_url=url, **_KEYS)


@pytest.fixture(scope="module")
def written(schedule: Any) -> Path:  # noqa: ANN401 - the fixture's own type
    """What `orgscan init` writes, out of the image."""
    schedule.start("init", "/reports/config").communicate(timeout=SECONDS)
    folder: Path = schedule.reports / "config"
    return folder


@pytest.fixture(scope="module")
def security(written: Path) -> Iterator[Security]:
    """The stack of the security account."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield _deployed(f"http://{host}:{port}", written / "aws" / "security-account.yaml")
    server.stop()


def _deployed(url: str, template: Path) -> Security:
    subnet = _client(url, "ec2").describe_subnets()["Subnets"][0]
    given = {
        "OrganizationId": "o-exampleorg",
        "Image": f"registry.example.org/orgscan@sha256:{'0' * 64}",
        "VpcId": subnet["VpcId"],
        "SubnetIds": subnet["SubnetId"],
    }
    cloudformation = _client(url, "cloudformation")
    with warnings.catch_warnings():
        # tests/integration/test_deployed_templates.py has what moto does not deploy.
        warnings.simplefilter("ignore")
        cloudformation.create_stack(
            StackName="orgscan",
            TemplateBody=template.read_text(encoding="utf-8"),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        )
        resources = cloudformation.list_stack_resources(StackName="orgscan")
    stack = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in resources["StackResourceSummaries"]
    }
    key = _what_moto_forgets(url, stack)
    task = _client(url, "ecs").describe_task_definition(taskDefinition=stack["TaskDefinition"])
    (container,) = task["taskDefinition"]["containerDefinitions"]
    environ = {one["name"]: one["value"] for one in container["environment"] if one}
    return Security(url, stack, {**environ, "ORGSCAN_SIGNING_KMS_KEY": key}, key)


def _what_moto_forgets(url: str, stack: Mapping[str, str]) -> str:
    """Object Lock, and a key that signs; gives the key's ARN."""
    s3 = _client(url, "s3")
    s3.put_bucket_versioning(Bucket=stack["Runs"], VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(
        Bucket=stack["Runs"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    made = _client(url, "kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    arn: str = made["KeyMetadata"]["Arn"]
    return arn


@pytest.fixture(scope="module")
def first(schedule: Any, security: Security, tmp_path_factory: pytest.TempPathFactory) -> Night:  # noqa: ANN401 - as above
    """The first night: a service control policy denies one region of one account."""
    return _night(schedule, security, tmp_path_factory.mktemp("first"), _DENIED)


@pytest.fixture(scope="module")
def second(
    schedule: Any,  # noqa: ANN401 - as above
    security: Security,
    first: Night,
    tmp_path_factory: pytest.TempPathFactory,
) -> Night:
    """The second night: the policy excepts the read role by now."""
    del first  # which comes before
    return _night(schedule, security, tmp_path_factory.mktemp("second"))


def _night(schedule: Any, security: Security, folder: Path, *faults: Fault) -> Night:  # noqa: ANN401 - as above
    scenario = Scenario(
        accounts=4, seed=7, regions=_REGIONS, disabled_regions=(), faults=faults,
        density=0.0, gallery=((_MEMBER, _REGION),),
    )  # fmt: skip
    with Simulator(scenario).serve_in_thread() as endpoint:
        environ = {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
            "AWS_REGION": endpoint.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            **{f"AWS_ENDPOINT_URL_{name}": security.url for name in ("S3", "KMS", "SNS")},
            **security.environ,
        }
        doctor = _ran(schedule.start("doctor", "--sample", "20", environ=environ))
        scan = _ran(schedule.start(environ=environ))
    run = (schedule.reports / "latest").resolve().name
    s3 = security.client("s3")
    listed = s3.list_objects_v2(Bucket=security.stack["Runs"])["Contents"]
    for key in (entry["Key"] for entry in listed if f"/{run}/" in entry["Key"]):
        s3.download_file(security.stack["Runs"], key, str(folder / key.rpartition("/")[2]))
    return Night(doctor, scan, json.loads((folder / "report.json").read_bytes()), folder)


def _ran(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=SECONDS)
    return Ran(process.returncode, out, err)


@pytest.fixture(scope="module")
def public_key(security: Security, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the README's line with openssl makes of what KMS gives."""
    pem = tmp_path_factory.mktemp("key") / "signer.pub"
    der = security.client("kms").get_public_key(KeyId=security.signing_key)["PublicKey"]
    subprocess.run(  # noqa: S603 - openssl, on a public key
        ["openssl", "pkey", "-pubin", "-inform", "DER", "-out", pem],  # noqa: S607 - wherever it is
        input=der,
        check=True,
        timeout=SECONDS,
    )
    return pem


def _verified(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """By whoever was sent the bundle, on a machine of their own."""
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-m", "orgscan", "verify", *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "orgscan init",
        "docker build -t REGISTRY/orgscan .",
        "orgscan doctor --sample 20",
        "--template-file config/aws/security-account.yaml",
        "openssl pkey -pubin -inform DER -out signer.pub",
        "orgscan verify evidence.zip --public-key signer.pub",
    ],
)
def test_the_readme_has_each_step_of_this_way(command: str) -> None:
    """So that it alone is enough."""
    assert command in README.read_text(encoding="utf-8")


def test_doctor_names_the_denied_region_and_the_mend_before_the_first_run(first: Night) -> None:
    """Exit status 4: a scan would run, and have a gap."""
    assert first.doctor.status == 4
    assert f"in {_MEMBER} ({_REGION})" in first.doctor.out
    assert "denied by a service control policy" in first.doctor.out
    assert "mend: let the service control policy except the role" in first.doctor.out


def test_the_scheduled_run_ends_well_and_says_so_to_the_alarm(first: Night, written: Path) -> None:
    """With exit status 0 by the template's setting, although something was not seen."""
    metrics = [json.loads(line) for line in first.scan.out.splitlines() if '"_aws"' in line]
    template = (written / "aws" / "security-account.yaml").read_text(encoding="utf-8")

    assert first.scan.status == 0
    assert first.report["run"]["exit_status"] in {4, 5}
    assert "MetricName: SuccessfulRuns" in template
    assert [line["SuccessfulRuns"] for line in metrics if "SuccessfulRuns" in line] == [1]
    last = json.loads(first.scan.err.splitlines()[-1])
    assert last["run_id"] == first.report["run"]["id"]


def test_the_bundle_lies_in_the_bucket_where_nobody_can_delete_it(
    first: Night, security: Security
) -> None:
    """Locked in compliance mode, encrypted, with report and page beside it."""
    run = first.report["run"]
    key = f"orgscan/{run['organization']['id']}/{run['id']}/evidence.zip"
    held = security.client("s3").head_object(Bucket=security.stack["Runs"], Key=key)

    assert held["ObjectLockMode"] == "COMPLIANCE"
    assert held["ServerSideEncryption"] == "aws:kms"
    assert {path.name for path in first.folder.iterdir()} == {
        "evidence.zip",
        "report.html",
        "report.json",
    }


def test_the_bundle_verifies_with_the_keys_public_half(first: Night, public_key: Path) -> None:
    """And with no other."""
    done = _verified(first.folder / "evidence.zip", "--public-key", public_key)

    assert (done.returncode, done.stderr) == (0, "")
    assert "NOT SIGNED" not in done.stdout


def test_the_report_says_which_region_was_not_seen_and_why(first: Night) -> None:
    """As doctor had said."""
    gaps = [entry for entry in first.report["coverage"] if entry["status"] != "COVERED"]

    assert [(gap["account_id"], gap["region"], gap["status"]) for gap in gaps] == [
        (_MEMBER, _REGION, "DENIED_BY_SCP")
    ]
    assert f'"{_MEMBER}"' in (first.folder / "report.html").read_text(encoding="utf-8")
    assert "Not seen" in first.scan.out


def test_once_the_policy_excepts_the_role_doctor_has_nothing_to_say_of_it(second: Night) -> None:
    """But of what moto answers with an error of its own: a part of an upload never begun."""
    missing = [line for line in second.doctor.out.splitlines() if line.startswith(_NOT_OK)]

    assert missing == ["missing  the objects of runs"]
    assert "service control policy" not in second.doctor.out
    assert "s3:UploadPart kept failing on AWS's side" in second.doctor.out


def test_the_next_run_covers_the_region_and_finds_what_was_hidden_there(
    first: Night, second: Night
) -> None:
    """Every account-region; all that there is to find lies in the one that was denied."""
    assert second.scan.status == 0
    assert {entry["status"] for entry in second.report["coverage"]} == {"COVERED"}
    assert first.report["findings"] == []
    assert {(one["account"]["id"], one["region"]) for one in second.report["findings"]} == {
        (_MEMBER, _REGION)
    }
    assert "FAILED" in {one["status"] for one in second.report["findings"]}


def test_its_bundle_follows_the_first_one(first: Night, second: Night, public_key: Path) -> None:
    """So that none can be taken out between them."""
    done = _verified(
        second.folder / "evidence.zip", "--public-key", public_key,
        "--previous", first.folder / "evidence.zip",
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
