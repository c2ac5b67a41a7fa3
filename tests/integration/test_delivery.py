"""Runs delivered to moto's S3, Security Hub, SNS and EventBridge, by the real command line.

moto is laxer than S3: it takes `If-None-Match` for PutObject alone, keeps no bucket keys, and lets
anybody in. Security Hub there stores a finding as it was sent, and an update replaces all of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.delivery.checksums import PART_SIZE

pytestmark = pytest.mark.integration

Aws = Any  # the fixture's own type

_REGION = "eu-west-1"
_BUCKET = "example-audit"
_URI = f"s3://{_BUCKET}/orgscan"
_LOCKED = {
    "ORGSCAN_DELIVER_LOCK_MODE": "COMPLIANCE",
    "ORGSCAN_DELIVER_LOCK_DAYS": "400",
    "ORGSCAN_DELIVER_LEGAL_HOLD": "true",
}


@pytest.fixture
def scanned(orgscan: Callable[..., Any], aws: Aws, tmp_path: Path) -> Path:
    """A run that is not delivered yet."""
    done = orgscan("scan", environ=aws.environ)
    assert done.report is not None, done.err
    return (tmp_path / "reports" / "latest").resolve()


def _objects(aws: Aws) -> dict[str, Any]:
    listed = aws.client("s3").list_objects_v2(Bucket=_BUCKET).get("Contents", [])
    return {entry["Key"].rpartition("/")[2]: entry["Key"] for entry in listed}


def test_a_scan_delivers_every_file_and_reads_it_back(
    orgscan: Callable[..., Any], aws: Aws, tmp_path: Path
) -> None:
    """Under prefix, organization and run, locked, with the receipt beside the run."""
    done = orgscan("scan", "--deliver-s3", _URI, environ={**aws.environ, **_LOCKED})

    assert done.report is not None, done.err
    assert (done.status, done.err) == (done.report["run"]["exit_status"], "")
    run = (tmp_path / "reports" / "latest").resolve()
    stored = _objects(aws)
    organization = done.report["run"]["organization"]["id"]
    assert set(stored) == {path.name for path in run.iterdir()} - {"delivery.json"}
    assert set(stored.values()) == {f"orgscan/{organization}/{run.name}/{name}" for name in stored}
    for name, key in stored.items():
        held = aws.client("s3").get_object(Bucket=_BUCKET, Key=key)
        assert held["Body"].read() == (run / name).read_bytes()
        assert held["ObjectLockMode"] == "COMPLIANCE"
        assert held["ObjectLockLegalHoldStatus"] == "ON"
    receipt = json.loads((run / "delivery.json").read_bytes())
    assert (run / "delivery.json").stat().st_mode & 0o777 == 0o600
    assert receipt["delivered_at"] is not None
    assert receipt["problems"] == []
    assert {each["file"]: each["sha256"] for each in receipt["objects"]} == {
        name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in stored
    }
    assert done.out.count("Delivered s3://") == len(stored)


def test_a_delivery_goes_on_where_it_broke_off_and_overwrites_nothing(
    orgscan: Callable[..., Any], aws: Aws, scanned: Path
) -> None:
    """What is there with the same checksum is done; another object under the name is an error."""
    first = orgscan("deliver", str(scanned), "--deliver-s3", _URI, environ=aws.environ)
    key = _objects(aws)["report.json"]
    versions = aws.client("s3").list_object_versions(Bucket=_BUCKET)["Versions"]
    again = orgscan("deliver", str(scanned), "--deliver-s3", _URI, environ=aws.environ)

    assert (first.status, again.status) == (0, 0)
    assert aws.client("s3").list_object_versions(Bucket=_BUCKET)["Versions"] == versions
    receipt = json.loads((scanned / "delivery.json").read_bytes())
    assert all(each["was_there"] for each in receipt["objects"])

    aws.client("s3").put_object(
        Bucket=_BUCKET, Key=key, Body=b"something else", ChecksumAlgorithm="SHA256"
    )
    other = orgscan("deliver", str(scanned), "--deliver-s3", _URI, environ=aws.environ)
    assert other.status == 3
    assert "something else lies under this name" in other.err
    assert aws.client("s3").get_object(Bucket=_BUCKET, Key=key)["Body"].read() == b"something else"
    assert json.loads((scanned / "delivery.json").read_bytes())["delivered_at"] is None


def test_a_large_file_is_sent_in_parts_and_an_upload_that_broke_off_goes_on(
    orgscan: Callable[..., Any], aws: Aws, scanned: Path
) -> None:
    """Parts that are there with the right checksum are not sent again."""
    large = scanned / "evidence.zip"
    large.write_bytes(os.urandom(2 * PART_SIZE + 5))
    run = json.loads((scanned / "report.json").read_bytes())["run"]
    key = f"orgscan/{run['organization']['id']}/{run['id']}/{large.name}"
    s3 = aws.client("s3")
    begun = s3.create_multipart_upload(
        Bucket=_BUCKET, Key=key, ChecksumAlgorithm="SHA256", ChecksumType="COMPOSITE"
    )
    s3.upload_part(
        Bucket=_BUCKET,
        Key=key,
        UploadId=begun["UploadId"],
        PartNumber=1,
        Body=large.read_bytes()[:PART_SIZE],
        ChecksumAlgorithm="SHA256",
    )

    done = orgscan("deliver", str(scanned), "--deliver-s3", _URI, environ=aws.environ)

    assert (done.status, done.err) == (0, "")
    assert s3.get_object(Bucket=_BUCKET, Key=key)["Body"].read() == large.read_bytes()
    assert s3.list_multipart_uploads(Bucket=_BUCKET).get("Uploads", []) == []


@pytest.mark.parametrize(
    ("bucket", "more", "says"),
    [
        ("no-such-bucket", {}, "s3://no-such-bucket/: there is no such bucket"),
        ("without-lock", _LOCKED, "Object Lock is asked for, and the bucket does not have it"),
    ],
)
def test_what_keeps_a_run_from_being_delivered_is_told_before_the_sweep(
    orgscan: Callable[..., Any], aws: Aws, bucket: str, more: dict[str, str], says: str
) -> None:
    """Nothing is swept for a bucket that cannot take it."""
    aws.client("s3").create_bucket(
        Bucket="without-lock", CreateBucketConfiguration={"LocationConstraint": _REGION}
    )
    done = orgscan(
        "scan", "--deliver-s3", f"s3://{bucket}/orgscan", environ={**aws.environ, **more}
    )

    assert (done.status, done.report) == (2, None)
    assert says in done.err


def test_a_failed_delivery_keeps_the_run_and_exits_with_3(
    orgscan: Callable[..., Any], aws: Aws, scanned: Path
) -> None:
    """One destination that fails costs the others nothing."""
    topic = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    environ = {**aws.environ, "ORGSCAN_DELIVER_SNS_TOPIC": topic}
    done = orgscan("deliver", str(scanned), "--deliver-s3", _URI, environ=environ)

    assert done.status == 3
    assert f"not delivered: {topic}: the notice is not taken" in done.err
    assert "report.json" in _objects(aws)
    assert (scanned / "report.json").exists()


def test_people_and_programs_are_told_of_a_run(
    orgscan: Callable[..., Any], aws: Aws, scanned: Path
) -> None:
    """SNS by a queue of the test, EventBridge by its rule's target."""
    sns, sqs, events = aws.client("sns"), aws.client("sqs"), aws.client("events")
    topic = sns.create_topic(Name="orgscan")["TopicArn"]
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    events.put_rule(Name="runs", EventPattern=json.dumps({"source": ["orgscan"]}))
    events.put_targets(Rule="runs", Targets=[{"Id": "1", "Arn": queue_arn}])

    done = orgscan(
        "deliver",
        str(scanned),
        environ={
            **aws.environ,
            "ORGSCAN_DELIVER_SNS_TOPIC": topic,
            "ORGSCAN_DELIVER_EVENT_BUS": bus,
        },
    )

    assert (done.status, done.err) == (0, "")
    bodies = [
        json.loads(message["Body"])
        for _ in range(2)
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
            "Messages", []
        )
    ]
    run_id = scanned.name
    published = next(body for body in bodies if "Message" in body)
    event = next(body for body in bodies if "detail" in body)
    assert published["Subject"].startswith("orgscan: 0 findings failed")
    assert run_id in published["Message"]
    assert event["detail-type"] == "orgscan run finished, version 1"
    assert event["detail"]["run_id"] == run_id
    assert event["detail"]["targets"]["in_scope"] >= 1


def test_without_a_destination_deliver_says_what_to_set(
    orgscan: Callable[..., Any], aws: Aws, scanned: Path
) -> None:
    """A usage error."""
    done = orgscan("deliver", str(scanned), environ=aws.environ)

    assert done.status == 2
    assert done.err.startswith("orgscan: deliver_s3: nothing says where to deliver to")


def test_the_history_goes_on_where_no_disk_outlives_its_run(
    orgscan: Callable[..., Any], aws: Aws, tmp_path: Path
) -> None:
    """The second run has nothing but the bucket, and tells of the first."""
    kept = {"ORGSCAN_DELIVER_HISTORY": "true", "ORGSCAN_DELIVER_S3": _URI}
    first = orgscan("scan", environ={**aws.environ, **kept})
    assert (first.status, first.err) == (first.report["run"]["exit_status"], "")
    shutil.rmtree(tmp_path / "reports")
    second = orgscan("scan", environ={**aws.environ, **kept})
    assert (second.status, second.err) == (second.report["run"]["exit_status"], "")
    assert _objects(aws)["history.db.gz"] == "orgscan/history.db.gz"
    ids = [run.report["run"]["id"] for run in (first, second)]
    assert [point["run_id"] for point in second.report["run"]["trend"]] == ids
    shutil.rmtree(tmp_path / "reports")
    told = orgscan("history", "--format", "json", environ={**aws.environ, **kept})
    assert [point["run_id"] for point in json.loads(told.out)["trend"]] == ids


def test_a_history_that_the_bucket_does_not_take_costs_the_run_nothing(
    orgscan: Callable[..., Any], aws: Aws
) -> None:
    """A damaged object is said to be damaged, before and after, and stays as it is."""
    aws.client("s3").put_object(Bucket=_BUCKET, Key="orgscan/history.db.gz", Body=b"not gzip")
    kept = {"ORGSCAN_DELIVER_HISTORY": "true", "ORGSCAN_DELIVER_S3": _URI}
    done = orgscan("scan", environ={**aws.environ, **kept})
    assert done.status == done.report["run"]["exit_status"]
    assert "The reports tell nothing of earlier runs: s3://example-audit/orgscan/" in done.err
    assert "The run is not in the history, which costs it nothing else" in done.err
    held = aws.client("s3").get_object(Bucket=_BUCKET, Key="orgscan/history.db.gz")
    assert held["Body"].read() == b"not gzip"
