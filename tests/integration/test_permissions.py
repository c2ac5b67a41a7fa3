"""The table of permissions against what runs call; `doctor` and `iam` as a user runs them."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend
from moto.server import ThreadedMotoServer

from orgscan.aws.engine import Limits
from orgscan.config.settings import Settings
from orgscan.delivery.checksums import PART_SIZE
from orgscan.permissions.capabilities import asked_by
from orgscan.permissions.capability import Capability, Holder
from orgscan.permissions.delivering import (
    BUCKET,
    BUS,
    DELIVERING,
    ENCRYPTION,
    HOLD_LOCK,
    HUB,
    LEGAL_HOLD,
    LOCK,
    OBJECTS,
    RETENTION,
    SIGNATURE,
    TOPIC,
)
from orgscan.permissions.doctor import diagnose
from orgscan.permissions.policies import EVERYTHING, caller_policy
from orgscan.permissions.scanning import SCANNING
from orgscan.permissions.text import diagnosis_lines
from orgscan.scan.deliver import deliver_run
from orgscan.scan.pipeline import Request as ScanRequest
from orgscan.scan.pipeline import scan
from orgscan.simulator import (
    AccountMembers,
    Fault,
    FaultKind,
    Scenario,
    Simulator,
    account_id,
)
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.integration

_SEED = 5
_REGIONS = ("eu-west-1", "us-east-1")
_MEMBER = account_id(_SEED, 2)
_GALLERY = Scenario(
    accounts=6,
    seed=_SEED,
    regions=_REGIONS,
    disabled_regions=(),
    density=0.2,
    gallery=((_MEMBER, "eu-west-1"),),
    hostile=True,
)


def _told(scenario: Scenario, **changes: Any) -> Scenario:  # noqa: ANN401 - any member
    members = {name: getattr(scenario, name) for name in scenario.__struct_fields__}
    return Scenario(**{**members, **changes})


_HOME = "eu-west-1"
_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Somebody else's AWS on loopback, which this process leads to: gives its clients."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # moto's state outlives a server within a process.
    urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()  # noqa: S310 - our own server
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": _HOME,
        "AWS_CONFIG_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        **{name.upper(): value for name, value in _KEYS.items()},
    }.items():
        monkeypatch.setenv(name, value)
    make: Any = boto3.client
    yield lambda service: make(service, region_name=_HOME, endpoint_url=url, **_KEYS)
    server.stop()


@pytest.fixture
def destinations(moto: Callable[[str], Any], tmp_path: Path) -> Settings:
    """Every destination there is, and a key that signs; they are there."""
    moto("organizations").create_organization(FeatureSet="ALL")
    moto("s3").create_bucket(
        Bucket="example-audit",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": _HOME},
    )
    moto("securityhub").enable_security_hub()
    kms, head = moto("kms"), f"arn:aws:events:{_HOME}:123456789012"
    signing = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
    return Settings(
        output=tmp_path,
        region=(_HOME,),
        own_account="assume",
        deliver_s3="s3://example-audit/orgscan",
        deliver_kms_key=kms.create_key()["KeyMetadata"]["Arn"],
        deliver_lock_mode="COMPLIANCE",
        deliver_legal_hold=True,
        deliver_security_hub=True,
        deliver_sns_topic=moto("sns").create_topic(Name="orgscan")["TopicArn"],
        deliver_event_bus=f"{head}:event-bus/default",
        signing_kms_key=kms.create_key(**signing)["KeyMetadata"]["Arn"],
    )


def _public_service(moto: Callable[[str], Any]) -> None:
    """Something to find."""
    ecs, ec2 = moto("ecs"), moto("ec2")
    where = {"cluster": ecs.create_cluster(clusterName="prod")["cluster"]["clusterArn"]}
    ecs.register_task_definition(family="app", networkMode="awsvpc", containerDefinitions=[])
    ecs.create_service(**where, serviceName="api", deploymentController={"type": "EXTERNAL"})
    awsvpc = {
        "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
        "assignPublicIp": "ENABLED",
    }
    network = {"awsvpcConfiguration": awsvpc}
    ecs.create_task_set(**where, service="api", taskDefinition="app", networkConfiguration=network)


def _deliver(settings: Settings) -> None:
    """Sweep and deliver; and once more with a file that is too large for one part."""
    limits = Limits(backoff_base=0.001)
    made = asyncio.run(scan(ScanRequest(settings=settings, limits=limits), Stop()))
    receipt = asyncio.run(deliver_run(settings, made.directory, limits))
    assert receipt.problems == ()
    (made.directory / "evidence.zip").write_bytes(bytes(PART_SIZE + 5))
    # moto forgets the lock of what comes in parts.
    unlocked = {"deliver_lock_mode": None, "deliver_legal_hold": False}
    elsewhere = settings.model_copy(update=unlocked | {"deliver_s3": "s3://example-audit/large"})
    assert asyncio.run(deliver_run(elsewhere, made.directory, limits)).problems == ()


def _named(part: Iterable[Capability], holder: Holder) -> set[str]:
    return {action for each in part if each.holder is holder for action in each.actions}


def test_a_full_sweep_needs_what_the_table_names_and_nothing_else(
    sweep: Callable[..., Any], asked_of_aws: Mapping[Holder, set[str]]
) -> None:
    """With everything asked for, and where AWS gives neither paths nor regions centrally."""
    collect = ("launchers", "load_balancers")
    world = Simulator(_GALLERY).world.organization
    key, value = next(pair for account in world.accounts() for pair in dict(account.tags).items())
    assumed = {"own_account": "assume"}
    runs = (
        sweep(_GALLERY, collect=collect, **assumed),
        sweep(_GALLERY, tag=(f"{key}={value}",), **assumed),
        sweep(
            _told(_GALLERY, account_members=AccountMembers.STATUS, trusted_access=False), **assumed
        ),
    )

    for holder in (Holder.CALLER, Holder.READ_ROLE):
        assert asked_of_aws[holder] == _named(SCANNING, holder)
    assert set(asked_of_aws) == {Holder.CALLER, Holder.READ_ROLE}
    # The other end of the wire saw the same calls.
    called = {api for run in runs for api in run.simulator.record.calls_by_api()}
    assert called - {"sts:GetCallerIdentity"} == set().union(*asked_of_aws.values())
    assert [run.simulator.record.mutations for run in runs] == [[], [], []]


def test_a_delivered_run_needs_what_the_printed_policy_grants_and_nothing_else(
    moto: Callable[[str], Any], destinations: Settings, asked_of_aws: Mapping[Holder, set[str]]
) -> None:
    """Signed in KMS, in parts, locked, held and encrypted, to every destination there is."""
    _public_service(moto)
    _deliver(destinations)

    # What a small organization does not come to: the ways of one without paths and regions.
    scanning = _named(SCANNING, Holder.CALLER)
    assert asked_of_aws[Holder.CALLER] - scanning == _named(DELIVERING, Holder.CALLER)
    assert asked_of_aws[Holder.SECURITY_HUB_ROLE] == _named(DELIVERING, Holder.SECURITY_HUB_ROLE)
    asked = asked_by(destinations)
    policy = caller_policy(asked, destinations, partition="aws", org_id="o-1")["Statement"]
    granted = {action for statement in policy for action in statement["Action"]}
    assert asked_of_aws[Holder.CALLER] <= granted <= asked_of_aws[Holder.CALLER] | scanning
    everywhere = [one["Action"] for one in policy if one["Resource"] == "*"]
    assert {action for actions in everywhere for action in actions} <= scanning


def _doctor(orgscan: Callable[..., Any], environ_of: Callable[..., Any], scenario: Scenario) -> Any:  # noqa: ANN401 - the fixture's own type
    simulator = Simulator(scenario)
    with simulator.serve_in_thread() as endpoint:
        done = orgscan(
            "doctor", "--sample", "9", "--collect", "launchers", environ=environ_of(endpoint)
        )
    assert simulator.record.mutations == []
    assert not any(secret in done.out + done.err for secret in simulator.record.secrets())
    return done


def test_doctor_finds_nothing_missing_where_nothing_is(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Every capability is ok, and the status is 0."""
    done = _doctor(orgscan, environ_of, _GALLERY)

    marks = [
        line for line in done.out.splitlines() if line.startswith(("ok ", "in part", "missing"))
    ]
    assert (done.status, done.err) == (0, "")
    assert all(mark.startswith("ok ") for mark in marks)
    assert done.out.splitlines()[-1] == (
        "Nothing is missing: a scan would see everything in the accounts that were tried."
    )


def test_doctor_names_what_a_denied_call_costs_and_what_mends_it(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """By capability, with the place, AWS's reason and the mend; the status is 4."""
    faults = (
        Fault(FaultKind.DENY_SCP, _MEMBER, "eu-west-1", "ec2:DescribeNetworkInterfaces"),
        Fault(FaultKind.DENY_IAM, _MEMBER, "us-east-1", "pipes:ListPipes"),
        Fault(FaultKind.REFUSE_ROLE, account_id(_SEED, 3)),
    )
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=faults))

    text = "\n".join(line.strip() for line in done.out.splitlines())
    assert done.status == 4
    assert (
        "in part  network interfaces\n"
        f"in {_MEMBER} (eu-west-1):\n"
        "public addresses of running tasks are not observed\n"
        "because ec2:DescribeNetworkInterfaces: denied by a service control policy\n"
        "mend: let the service control policy except the role, or accept that this stays unseen\n"
    ) in text
    assert f"in {_MEMBER} (us-east-1):\nwhat they start is not known beforehand\n" in text
    assert f"in {account_id(_SEED, 3)}:\nthe account is not swept\n" in text
    assert done.out.splitlines()[-1] == (
        "A scan would run, and its report would have gaps in 3 of the places tried."
    )


def test_a_region_that_a_policy_denies_is_told_once(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Without the clusters a scan asks nothing more there, and neither does doctor."""
    faults = (Fault(FaultKind.DENY_SCP, _MEMBER, "eu-west-1"),)
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=faults))

    assert done.out.count("denied by a service control policy") == 1
    assert "nothing of ECS is seen" in done.out


def test_doctor_without_an_organization_says_so_and_exits_with_2(
    orgscan: Callable[..., Any], environ_of: Callable[..., Any]
) -> None:
    """Nothing could be swept at all."""
    fault = Fault(FaultKind.DENY_IAM, "*", "*", "organizations:ListAccounts")
    done = _doctor(orgscan, environ_of, _told(_GALLERY, faults=(fault,)))

    assert (done.status, done.out) == (2, "")
    assert "organizations:ListAccounts" in done.err


@pytest.fixture
def like_s3() -> Iterator[None]:
    """Moto answers 500 where S3 says that there is no such upload."""
    upload_part = S3Backend.upload_part

    def checked(backend: Any, name: str, upload: str, *about: Any, **more: Any) -> Any:  # noqa: ANN401 - as moto has them
        if upload not in backend.get_bucket(name).multiparts:
            raise NoSuchUpload(upload_id=upload)
        return upload_part(backend, name, upload, *about, **more)

    with patch.object(S3Backend, "upload_part", checked):
        yield


def _diagnosed(settings: Settings) -> list[str]:
    found = asyncio.run(diagnose(settings, 1, Limits(backoff_base=0.001)))
    return [line.strip() for line in diagnosis_lines(found)]


@pytest.mark.usefixtures("like_s3")
def test_doctor_tries_signing_and_delivery_and_leaves_nothing_behind(
    moto: Callable[[str], Any], destinations: Settings
) -> None:
    """What cannot be tried without being done is said to be untried, and nothing is written."""
    lines = _diagnosed(destinations)

    for capability in (BUCKET, OBJECTS, ENCRYPTION, LOCK, HOLD_LOCK, SIGNATURE, HUB):
        assert f"ok       {capability.name}" in lines
    for capability in (RETENTION, LEGAL_HOLD, TOPIC, BUS):
        assert f"untried  {capability.name}" in lines
    assert "Contents" not in moto("s3").list_objects_v2(Bucket="example-audit")
    assert "Uploads" not in moto("s3").list_multipart_uploads(Bucket="example-audit")


@pytest.mark.usefixtures("like_s3")
def test_doctor_names_what_keeps_a_run_from_being_signed_or_delivered(
    moto: Callable[[str], Any], destinations: Settings
) -> None:
    """A bucket without Object Lock, and a key of the wrong kind; each with its mend."""
    moto("s3").create_bucket(
        Bucket="without-lock", CreateBucketConfiguration={"LocationConstraint": _HOME}
    )
    wrong = moto("kms").create_key(KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY")
    changes = {
        "deliver_s3": "s3://without-lock/orgscan",
        "signing_kms_key": wrong["KeyMetadata"]["Arn"],
    }
    text = "\n".join(_diagnosed(destinations.model_copy(update=changes)))

    assert (
        f"missing  {LOCK.name}\nin s3://without-lock/orgscan:\n"
        "no run is begun that is to be locked\n"
    ) in text
    assert "mend: turn Object Lock on for the bucket\n" in text
    assert f"missing  {SIGNATURE.name}\nin {changes['signing_kms_key']}:\n" in text
    assert "the KMS key is ECC_NIST_P384 for SIGN_VERIFY, not ECC_NIST_P256" in text
    assert "aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY" in text
    assert "it would not be signed or delivered in full: the bucket's Object Lock" in text


def test_doctor_names_a_bucket_that_is_not_there(
    moto: Callable[[str], Any], destinations: Settings
) -> None:
    """And asks nothing more about it."""
    del moto
    text = "\n".join(
        _diagnosed(destinations.model_copy(update={"deliver_s3": "s3://no-such-bucket/orgscan"}))
    )

    assert f"missing  {BUCKET.name}\nin s3://no-such-bucket/orgscan:\n" in text
    assert "mend: make the bucket, or correct deliver_s3\n" in text
    assert OBJECTS.name not in text


def test_iam_prints_policies_that_are_json(orgscan: Callable[..., Any]) -> None:
    """Each kind, as a file for IAM."""
    principal = "arn:aws:iam::999988887777:role/orgscan"
    read = orgscan("iam", "--all", environ={})
    trust = orgscan("iam", "trust", "--principal", principal, "--org-id", "o-1", environ={})

    assert json.loads(read.out)["Version"] == "2012-10-17"
    assert json.loads(trust.out)["Statement"][0]["Principal"] == {"AWS": principal}
    assert len(EVERYTHING) == 8


def test_iam_grants_delivery_on_what_is_configured_and_on_nothing_else(
    orgscan: Callable[..., Any],
) -> None:
    """By the settings of a scan, wherever they come from; a key's alias through a condition."""
    key = "arn:aws:kms:eu-west-1:111122223333:alias/evidence"
    environ = {"ORGSCAN_SIGNING_KMS_KEY": key, "ORGSCAN_OWN_ACCOUNT": "assume"}
    done = orgscan("iam", "caller", "--deliver-s3", "s3://runs/of/orgscan", environ=environ)

    by_sid = {one["Sid"]: one for one in json.loads(done.out)["Statement"]}
    assert by_sid["TheBucketOfRuns"]["Resource"] == "arn:aws:s3:::runs"
    assert by_sid["TheObjectsOfRuns"]["Resource"] == "arn:aws:s3:::runs/of/orgscan/*"
    assert by_sid["TheSignatureOfEvidence"]["Resource"] == key.replace(":alias/evidence", ":key/*")
    assert by_sid["TheSignatureOfEvidence"]["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/evidence"}
    }
    assert not {"NoticesToPeople", "TheKeyOfDeliveredObjects", "ClustersAndServices"} & set(by_sid)


def test_iam_lets_the_caller_read_its_own_account_unless_it_assumes_the_role_there(
    orgscan: Callable[..., Any],
) -> None:
    """What `own_account` says; and with `--remediate`, it may assume that role too."""
    as_itself = json.loads(orgscan("iam", "caller", environ={}).out)["Statement"]
    mending = json.loads(orgscan("iam", "caller", "--remediate", environ={}).out)["Statement"]

    assert any("ecs:ListClusters" in one["Action"] for one in as_itself)
    (entering,) = [one for one in mending if one["Action"] == ["sts:AssumeRole"]]
    assert entering["Resource"] == [
        "arn:aws:iam::*:role/orgscan-audit",
        "arn:aws:iam::*:role/orgscan-remediate",
    ]


def test_iam_lets_objects_be_read_for_appspecs_only_in_buckets_that_are_named(
    orgscan: Callable[..., Any],
) -> None:
    """The read role reads no other data of an account."""
    plain = orgscan("iam", "--remediate", environ={}).out
    named = orgscan("iam", "--remediate", "--appspec-bucket", "releases", environ={}).out

    assert "s3:GetObject" not in plain
    (statement,) = [
        one for one in json.loads(named)["Statement"] if one["Action"] == ["s3:GetObject"]
    ]
    assert statement["Resource"] == "arn:aws:s3:::releases/*"


def test_iam_trust_without_a_principal_says_what_to_give(orgscan: Callable[..., Any]) -> None:
    """A policy that trusts nobody, or everybody, is not printed."""
    done = orgscan("iam", "trust", environ={})

    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "orgscan: orgscan iam trust: a trust policy names one principal of one organization. "
        "Give --principal and --org-id\n"
    )
