"""Configuration and allowlist in Systems Manager and S3 (moto), by the real command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import pytest

from orgscan.aws.stored_text import fetcher
from orgscan.config.place import BucketObject, Parameter

pytestmark = pytest.mark.integration

Aws = Any  # the fixture's own type
Run = Callable[..., Any]
_BUCKET = "example-audit"
_NAME = "/orgscan/config"
_ALLOWLIST = """\
version: 1
exceptions:
  - id: public-bastion
    accounts: ["111122223333"]
    regions: [eu-west-1]
    clusters: [prod]
    services: [bastion]
    owner: platform@example.org
    reason: decided
    ticket: SEC-1
    expires: 2020-01-31
"""


def _put(aws: Aws, text: str, name: str = _NAME, kind: str = "SecureString") -> None:
    aws.client("ssm").put_parameter(Name=name, Value=text, Type=kind, Overwrite=True)


def _environ(aws: Aws) -> dict[str, str]:
    return {key: value for key, value in aws.environ.items() if key != "ORGSCAN_REGION"}


def test_settings_are_read_from_an_encrypted_parameter(orgscan: Run, aws: Aws) -> None:
    """Decrypted on the way; options beat them as they beat a file."""
    _put(aws, "version: 1\nregion: [eu-west-1, us-east-1]\nformat: [json, csv]\n")
    done = orgscan("scan", "--config", f"ssm:{_NAME}", "--region", "us-*", environ=_environ(aws))

    assert done.report is not None, done.err
    assert done.report["run"]["scope"]["region"] == ["us-*"]
    assert "findings.csv" in done.out


def test_a_variable_may_name_an_object_in_s3_for_every_command(orgscan: Run, aws: Aws) -> None:
    """A job that has no file at all."""
    text = b"version: 1\nregion: [eu-west-1]\n"
    aws.client("s3").put_object(Bucket=_BUCKET, Key="a/orgscan.yaml", Body=text)
    environ = {**_environ(aws), "ORGSCAN_CONFIG": f"s3://{_BUCKET}/a/orgscan.yaml"}
    done = orgscan("scan", "--dry-run", "--log-format", "json", environ=environ)

    assert json.loads(done.out)["found"]["regions"]["targets"] == 1
    assert orgscan("controls", environ=environ).status == 0


def test_a_problem_is_told_at_its_line_and_column(orgscan: Run, aws: Aws) -> None:
    """As of a file."""
    _put(aws, "version: 1\nregion:\n  - EU-WEST-1\n")
    done = orgscan("scan", "--config", f"ssm:{_NAME}", environ=_environ(aws))

    assert (done.status, done.report) == (2, None)
    assert done.err.startswith(f'orgscan: ssm:{_NAME}:3:5: "EU-WEST-1" is not a region')


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("ssm:/none", "ssm:/none: there is no such parameter in eu-west-1. Correct the name"),
        ("s3://no-such-bucket/c", "s3://no-such-bucket/c: there is no such bucket. Correct"),
        (f"s3://{_BUCKET}/none", f"s3://{_BUCKET}/none: there is no such object. Correct"),
        (f"s3://{_BUCKET}/large", f"s3://{_BUCKET}/large: it is larger than 1 MiB"),
        ("s3://", '"s3://" names nothing in AWS. Write ssm:/path/name or s3://bucket/key'),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(
    orgscan: Run, aws: Aws, place: str, says: str
) -> None:
    """Nothing is swept with settings that nobody meant."""
    aws.client("s3").put_object(Bucket=_BUCKET, Key="large", Body=b"#" * 2_000_000)
    done = orgscan("scan", "--config", place, environ=_environ(aws))

    assert (done.status, done.report) == (2, None)
    assert done.err.startswith(f"orgscan: {says}")


@pytest.mark.parametrize("place", [f"ssm:{_NAME}", f"s3://{_BUCKET}/allowlist.yaml"])
def test_an_allowlist_is_read_from_aws_and_kept_in_the_evidence(
    orgscan: Run,
    aws: Aws,
    tmp_path: Any,  # noqa: ANN401 - a path
    place: str,
) -> None:
    """As it was written, byte for byte; its expired entry is reported."""
    _put(aws, _ALLOWLIST)
    aws.client("s3").put_object(Bucket=_BUCKET, Key="allowlist.yaml", Body=_ALLOWLIST.encode())
    done = orgscan("scan", environ={**aws.environ, "ORGSCAN_ALLOWLIST": place})

    assert done.report is not None, done.err
    assert "Allowlist entry 'public-bastion' expired" in " ".join(done.report["run"]["notes"])
    with ZipFile(tmp_path / "reports" / "latest" / "evidence.zip") as bundle:
        (name,) = [name for name in bundle.namelist() if name.endswith("data/allowlist.yaml")]
        assert bundle.read(name).decode() == _ALLOWLIST


def test_an_allowlist_that_is_not_there_ends_the_scan_before_it_begins(
    orgscan: Run, aws: Aws
) -> None:
    """An exception that was meant is never left out in silence."""
    done = orgscan("scan", environ={**aws.environ, "ORGSCAN_ALLOWLIST": "ssm:/none"})

    assert (done.status, done.report) == (2, None)
    assert "ssm:/none: there is no such parameter" in done.err


async def test_a_text_is_read_also_while_an_event_loop_runs(aws: Aws) -> None:
    """A remediation looks at the allowlist again before every change."""
    _put(aws, _ALLOWLIST)
    with patch.dict(os.environ, aws.environ):
        assert fetcher(None)(Parameter(_NAME)).decode() == _ALLOWLIST


@pytest.mark.parametrize("size", [0, 1, 1_000_000, 1024 * 1024])
def test_an_object_is_read_to_its_end(aws: Aws, size: int) -> None:
    """However the network cuts it into parts: half of a configuration would be another one."""
    text = os.urandom(size)
    aws.client("s3").put_object(Bucket=_BUCKET, Key="text", Body=text)
    with patch.dict(os.environ, aws.environ):
        assert fetcher(None)(BucketObject(_BUCKET, "text")) == text


def test_doctor_reads_the_allowlist_before_a_scan_has_to(orgscan: Run, aws: Aws) -> None:
    """One line for it, with what stands in the way."""
    _put(aws, _ALLOWLIST)
    there = orgscan("doctor", environ={**aws.environ, "ORGSCAN_ALLOWLIST": f"ssm:{_NAME}"})
    gone = orgscan("doctor", environ={**aws.environ, "ORGSCAN_ALLOWLIST": f"s3://{_BUCKET}/none"})

    assert "ok       the allowlist in Systems Manager" in there.out
    assert "missing  the allowlist in S3" in gone.out
    assert "because there is no such object" in gone.out
    assert "mend: Correct the name, or put it there" in gone.out
    assert gone.status == 4


def test_the_callers_policy_has_what_the_settings_name_in_aws(orgscan: Run, aws: Aws) -> None:
    """The configuration, the allowlist, and what is named besides; each once."""
    _put(aws, "version: 1\nallowlist: s3://example-audit/settings/a.yaml\n")
    config = f"ssm:{_NAME}"
    done = orgscan("iam", "caller", "--config", config, "--reads", config, environ=_environ(aws))
    granted = {each["Sid"]: each["Resource"] for each in json.loads(done.out)["Statement"]}

    assert granted["SettingsInSystemsManager"] == ["arn:aws:ssm:*:*:parameter/orgscan/config"]
    assert granted["SettingsInS3"] == ["arn:aws:s3:::example-audit/settings/a.yaml"]


def test_nothing_is_read_in_the_clear_beyond_this_machine(orgscan: Run, aws: Aws) -> None:
    """Whoever answers in AWS's place would decide what is scanned and what may be changed."""
    environ = {**_environ(aws), "AWS_ENDPOINT_URL_SSM": "http://aws.example.org"}
    done = orgscan("scan", "--config", f"ssm:{_NAME}", environ=environ)

    assert (done.status, done.report) == (2, None)
    assert done.err.startswith(
        "orgscan: AWS_ENDPOINT_URL_SSM: http://aws.example.org is spoken to without TLS"
    )
