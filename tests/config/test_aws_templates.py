"""The CloudFormation templates: valid, and what they grant is what orgscan says it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orgscan.config.settings import Settings
from orgscan.permissions.capabilities import asked_by
from orgscan.permissions.policies import (
    EVERYTHING,
    caller_policy,
    read_role_policy,
    remediate_role_policy,
)
from orgscan.report.read import StoredRun
from orgscan.scan.emf import run_lines

AWS = Path(__file__).parents[2] / "config" / "aws"
TEMPLATES = sorted(AWS.glob("*.yaml"))
_SECONDS = 120


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` and the like as one-entry dictionaries."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag.lstrip("!"): loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag.lstrip("!"): loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {tag.lstrip("!"): loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


def _resources(name: str) -> dict[str, Any]:
    text = (AWS / name).read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with one more tag
    resources: dict[str, Any] = loaded["Resources"]
    return resources


def _policy(role: dict[str, Any], name: str) -> list[dict[str, Any]]:
    (policy,) = [one for one in role["Properties"]["Policies"] if one["PolicyName"] == name]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    """Warnings and information included."""
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(  # noqa: S603 - the locked linter, on our own file
        [cfn_lint, "--include-checks", "I", "--", template],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_the_read_role_grants_what_orgscan_iam_prints() -> None:
    """All that a scan may be asked for, and nothing else."""
    role = _resources("member-read-role.yaml")["ReadRole"]

    assert _policy(role, "orgscan-read") == read_role_policy(EVERYTHING)["Statement"]


# What the template's own resources are called where `orgscan iam` prints them.
_BUCKET, _HEAD = "the-runs", "arn:aws:kms:eu-west-1:111122223333:key"
_DATA_KEY, _SIGNING_KEY = f"{_HEAD}/data", f"{_HEAD}/signing"
_TOPIC = "arn:aws:sns:eu-west-1:111122223333:notices"
_INTRINSICS: dict[str, dict[str, str]] = {
    "arn:aws:iam::*:role/orgscan-audit": {"Sub": "arn:${AWS::Partition}:iam::*:role/${RoleName}"},
    f"arn:aws:s3:::{_BUCKET}": {"GetAtt": "Runs.Arn"},
    f"arn:aws:s3:::{_BUCKET}/orgscan/*": {"Sub": "${Runs.Arn}/orgscan/*"},
    _DATA_KEY: {"GetAtt": "DataKey.Arn"},
    _SIGNING_KEY: {"GetAtt": "SigningKey.Arn"},
    _TOPIC: {"Ref": "Notices"},
}


def test_the_tasks_role_is_the_caller_that_orgscan_iam_prints() -> None:
    """For the settings that the task has: no action more, none less, on these resources alone."""
    found = _resources("security-account.yaml")
    statements = _policy(found["TaskRole"], "orgscan-caller")
    settings = Settings(
        own_account="assume",
        deliver_s3=f"s3://{_BUCKET}/orgscan",
        deliver_kms_key=_DATA_KEY,
        deliver_lock_mode="COMPLIANCE",
        deliver_sns_topic=_TOPIC,
        signing_kms_key=_SIGNING_KEY,
    )
    printed = caller_policy(asked_by(settings), settings, partition="aws", org_id="o-1")
    for statement in printed["Statement"]:
        statement["Resource"] = _INTRINSICS.get(statement["Resource"], statement["Resource"])
    (entering,) = [one for one in printed["Statement"] if one["Sid"] == "TheWayIntoAccounts"]
    entering["Condition"] = {"StringEquals": {"aws:ResourceOrgID": {"Ref": "OrganizationId"}}}

    assert statements == printed["Statement"]
    assert len(found["TaskRole"]["Properties"]["Policies"]) == 1


def test_the_tasks_variables_are_the_settings_that_its_role_is_printed_for() -> None:
    """A setting more would need an action more."""
    found = _resources("security-account.yaml")
    container = found["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]
    variables = {one.get("Name"): one.get("Value") for one in container["Environment"]}

    assert variables["ORGSCAN_OWN_ACCOUNT"] == "assume"
    assert variables["ORGSCAN_DELIVER_S3"] == {"Sub": "s3://${Runs}/orgscan"}
    assert variables["ORGSCAN_DELIVER_LOCK_MODE"] == "COMPLIANCE"
    delivering = {name for name in variables if name and name.startswith("ORGSCAN_DELIVER_")}
    assert delivering == {
        "ORGSCAN_DELIVER_S3",
        "ORGSCAN_DELIVER_KMS_KEY",
        "ORGSCAN_DELIVER_LOCK_MODE",
        "ORGSCAN_DELIVER_LOCK_DAYS",
        "ORGSCAN_DELIVER_SNS_TOPIC",
    }


@pytest.mark.parametrize(
    ("template", "role"),
    [("member-read-role.yaml", "ReadRole"), ("member-remediate-role.yaml", "RemediateRole")],
)
def test_a_members_role_trusts_one_principal_of_the_organization(template: str, role: str) -> None:
    """By its exact ARN, never an account's root."""
    trust = _resources(template)[role]["Properties"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]

    assert statement["Principal"] == {"AWS": {"Ref": "PrincipalArn"}}
    assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == {"Ref": "OrganizationId"}


def test_the_remediate_role_grants_what_orgscan_iam_prints() -> None:
    """Its own account's task roles, as its parameter names them."""
    granted = _policy(
        _resources("member-remediate-role.yaml")["RemediateRole"], "orgscan-remediate"
    )
    printed = remediate_role_policy()["Statement"]
    printed[-1]["Resource"] = {
        "Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${TaskRolePath}"
    }

    assert granted == printed


def test_the_scheduled_task_has_no_public_address_and_nobody_gets_in() -> None:
    """It would be its own finding."""
    found = _resources("security-account.yaml")
    parameters = found["Sweep"]["Properties"]["Target"]["EcsParameters"]
    container = found["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]

    network = parameters["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert "SecurityGroupIngress" not in found["NoWayIn"]["Properties"]
    assert container["ReadonlyRootFilesystem"] is True


def test_runs_cannot_be_deleted_read_by_the_public_or_sent_in_the_clear() -> None:
    """Object Lock, KMS, no public access, TLS only."""
    found = _resources("security-account.yaml")
    bucket = found["Runs"]["Properties"]
    (statement,) = found["RunsPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert bucket["ObjectLockEnabled"] is True
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert found["SigningKey"]["Properties"]["KeySpec"] == "ECC_NIST_P256"


def test_the_alarm_waits_for_the_metric_that_a_run_writes(
    make_record: Callable[..., StoredRun],
) -> None:
    """Namespace, name and dimensions, of a task that is told to write it."""
    found = _resources("security-account.yaml")
    alarm = found["NoRun"]["Properties"]
    container = found["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]
    record = make_record()
    first = next(run_lines(record.run, record.totals, exit_status=0, is_successful=True))
    line = json.loads(first)
    (directive,) = line["_aws"]["CloudWatchMetrics"]

    assert {"Name": "ORGSCAN_METRICS", "Value": "emf"} in container["Environment"]
    assert alarm["Namespace"] == directive["Namespace"]
    assert alarm["MetricName"] in {metric["Name"] for metric in directive["Metrics"]}
    assert line[alarm["MetricName"]] == alarm["Threshold"] == 1
    assert [[one["Name"] for one in alarm["Dimensions"]]] == directive["Dimensions"]
    assert alarm["Dimensions"][0]["Value"] == {"Ref": "OrganizationId"}
    assert alarm["TreatMissingData"] == "breaching"


def test_the_tasks_variables_are_settings_of_orgscan() -> None:
    """A misspelled one would stop every run."""
    found = _resources("security-account.yaml")
    container = found["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]
    names = [one.get("Name") or one["If"][1]["Name"] for one in container["Environment"]]

    known = {f"ORGSCAN_{name.upper()}" for name in Settings.model_fields}
    assert set(names) <= known
