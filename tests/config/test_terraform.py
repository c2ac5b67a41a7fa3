"""The Terraform modules: formatted, and the same as the CloudFormation templates and `orgscan iam`.

Their policies and settings stand apart from what asks AWS, so that Terraform itself evaluates them
here without the provider, which a test cannot download.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hcl2
import pytest
from cfnlint.decode.cfn_yaml import load
from typer.testing import CliRunner

from orgscan.cli.app import app

CONFIG = Path(__file__).parents[2] / "config"
MODULES = CONFIG / "terraform"
FILES = sorted(MODULES.rglob("*.tf"))
SECONDS = 60
PRINCIPAL = "arn:aws:iam::999988887777:role/orgscan"
ORGANIZATION = "o-exampleorg"
# What stands for a resource on either side, and for what CloudFormation knows by itself.
CLOUDFORMATION = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-west-1",
    "AWS::NoValue": None,
    "OrganizationId": ORGANIZATION,
    "ExternalId": "orgscan-7f3a",
    "RoleName": "orgscan-audit",
    "RetentionDays": 365,
    "TaskRolePath": "*",
    "Runs": "a-bucket",
    "Runs.Arn": "the bucket",
    "DataKey.Arn": "the data key",
    "SigningKey.Arn": "the signing key",
    "Notices": "the topic",
    "Cluster.Arn": "the cluster",
    "TaskDefinition": "the task definition",
    "TaskRole.Arn": "the task's role",
    "ExecutionRole.Arn": "the execution role",
}
TERRAFORM = {
    "partition": "aws",
    "account_id": "123456789012",
    "region": "eu-west-1",
    "bucket": "a-bucket",
    "bucket_arn": "the bucket",
    "data_key_arn": "the data key",
    "signing_key_arn": "the signing key",
    "topic_arn": "the topic",
    "cluster_arn": "the cluster",
    "task_definition_arn": "the task definition",
    "task_role_arn": "the task's role",
    "execution_role_arn": "the execution role",
}
Evaluate = Callable[..., Any]


def _parsed(file: Path) -> dict[str, Any]:
    with file.open(encoding="utf-8") as text:
        parsed: dict[str, Any] = hcl2.load(text)
    return parsed


def _blocks(module: str, kind: str) -> dict[str, dict[str, Any]]:
    """A module's resources or variables by their names, without HCL's quotes."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((MODULES / module).glob("*.tf")):
        for block in _parsed(file).get(kind, []):
            found |= {name: members for name, members in _plain(block).items() if name != "this"}
    return found


def _plain(node: Any) -> Any:  # noqa: ANN401 - HCL's values
    match node:
        case dict():
            return {key.strip('"'): _plain(value) for key, value in node.items()}
        case list():
            return [_plain(value) for value in node]
        case str():
            return node.strip('"').replace('\\"', '"')
        case _:
            return node


def _resource(kind: str, name: str) -> dict[str, Any]:
    for file in sorted((MODULES / "security-account").glob("*.tf")):
        for block in _parsed(file).get("resource", []):
            found = _plain(block)
            if name in found.get(kind, {}):
                members: dict[str, Any] = found[kind][name]
                return members
    raise KeyError(f"{kind}.{name}")


@pytest.fixture
def terraform(tmp_path: Path) -> Callable[..., str]:
    """Runs Terraform with nothing of the user's own configuration."""
    found = shutil.which("terraform")
    if found is None:
        pytest.skip("Terraform is not installed here")

    def run(*arguments: str, text: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - Terraform, on our own modules
            [found, *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "TF_CLI_CONFIG_FILE": os.devnull,
            },
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    return run


@pytest.fixture
def evaluated(terraform: Callable[..., str], tmp_path: Path) -> Evaluate:
    """A local value of a module, where its resources are what the tables above say."""

    def evaluate(module: str, local: str, **variables: object) -> Any:  # noqa: ANN401 - any of its locals
        for file in ("policies.tf", "variables.tf"):
            shutil.copy(MODULES / module / file, tmp_path)
        for policy in (MODULES / module).glob("*.json*"):
            shutil.copy(policy, tmp_path)
        asks_aws = (MODULES / module / "main.tf").read_text(encoding="utf-8").count("locals {")
        stand_ins = {"locals": TERRAFORM if asks_aws else {}}
        (tmp_path / "stand-ins.tf.json").write_text(json.dumps(stand_ins))
        (tmp_path / "terraform.tfvars.json").write_text(json.dumps(variables))
        shown = terraform("console", text=f"jsonencode(local.{local})")
        return json.loads(json.loads(shown))

    return evaluate


@pytest.fixture
def security(evaluated: Evaluate) -> Callable[..., Any]:
    """A local value of the security account's module."""
    given = {"image": "x", "vpc_id": "vpc-1", "subnet_ids": ["subnet-1"]}
    return lambda local, **more: evaluated(
        "security-account", local, organization_id=ORGANIZATION, **given, **more
    )


def _stack(*path: str | int, template: str = "security-account") -> Any:  # noqa: ANN401 - any part of it
    """A part of a template, its references resolved as the table above says."""
    node: Any = load(str(CONFIG / "aws" / f"{template}.yaml"))["Resources"]
    for step in path:
        node = node[step]
    return _resolved(node)


def _resolved(node: Any) -> Any:  # noqa: ANN401 - as `_stack`
    match node:
        case {"Ref": name} | {"Fn::GetAtt": name} if len(node) == 1:
            name = ".".join(name) if isinstance(name, list) else name
            return CLOUDFORMATION[name]
        case {"Fn::Sub": text} if len(node) == 1:
            return re.sub(r"\$\{([^}]+)\}", lambda found: str(CLOUDFORMATION[found[1]]), text)
        case dict():
            return {str(key): _resolved(value) for key, value in node.items()}
        case list():
            return [_resolved(value) for value in node]
        case _:
            return node


def _printed(*arguments: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(CliRunner().invoke(app, ["iam", *arguments]).stdout)


def test_every_file_is_formatted(terraform: Callable[..., str]) -> None:
    """As `terraform fmt` has it."""
    assert terraform("fmt", "-check", "-diff", "-recursive", str(MODULES)) == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_file_parses_and_names_variables_that_are_declared(file: Path) -> None:
    """By a parser that is not Terraform's."""
    assert _parsed(file)

    used = set(re.findall(r"\bvar\.(\w+)", file.read_text(encoding="utf-8")))
    assert used <= _blocks(file.parent.name, "variable").keys()


@pytest.mark.parametrize(
    "module", ["security-account", "read-role", "remediate-role", "organization"]
)
def test_every_variable_says_what_it_is(module: str) -> None:
    """With its type."""
    for name, members in _blocks(module, "variable").items():
        assert members["description"], name
        assert members["type"], name


def test_the_read_role_grants_what_orgscan_iam_prints() -> None:
    """The file is its output."""
    file = MODULES / "read-role" / "read-policy.json"

    assert json.loads(file.read_text(encoding="utf-8")) == _printed("--all")


@pytest.mark.parametrize("module", ["read-role", "remediate-role"])
@pytest.mark.parametrize("external_id", ["", "orgscan-7f3a"])
def test_a_members_role_trusts_whom_orgscan_iam_prints(
    evaluated: Evaluate, module: str, external_id: str
) -> None:
    """With the external id only where one is asked for."""
    trust = evaluated(
        module, "trust_policy", principal_arn=PRINCIPAL, organization_id=ORGANIZATION,
        external_id=external_id,
    )  # fmt: skip
    extra = ("--external-id", external_id) if external_id else ()

    assert trust == _printed("trust", "--principal", PRINCIPAL, "--org-id", ORGANIZATION, *extra)


def test_the_remediate_role_grants_what_its_cloudformation_template_does(
    evaluated: Evaluate,
) -> None:
    """Which its page is held to."""
    policy = evaluated(
        "remediate-role", "remediate_policy", principal_arn=PRINCIPAL, organization_id=ORGANIZATION
    )

    at = ("RemediateRole", "Properties", "Policies", 0, "PolicyDocument")
    assert policy == _stack(*at, template="member-remediate-role")


@pytest.mark.parametrize(
    ("local", "path"),
    [
        ("caller_policy", ("TaskRole", "Properties", "Policies", 0, "PolicyDocument")),
        ("start_policy", ("SchedulerRole", "Properties", "Policies", 0, "PolicyDocument")),
        ("data_key_policy", ("DataKey", "Properties", "KeyPolicy")),
        ("signing_key_policy", ("SigningKey", "Properties", "KeyPolicy")),
        ("bucket_policy", ("RunsPolicy", "Properties", "PolicyDocument")),
        (
            'service_trust["ecs-tasks.amazonaws.com"]',
            ("TaskRole", "Properties", "AssumeRolePolicyDocument"),
        ),
        (
            'service_trust["scheduler.amazonaws.com"]',
            ("SchedulerRole", "Properties", "AssumeRolePolicyDocument"),
        ),
    ],
)
def test_policies_are_those_of_the_cloudformation_template(
    security: Callable[..., Any], local: str, path: tuple[str | int, ...]
) -> None:
    """Statement by statement."""
    assert security(local) == _stack(*path)


def test_the_task_has_the_settings_of_the_cloudformation_template(
    security: Callable[..., Any],
) -> None:
    """As variables of its container, the external id only where there is one."""
    shown = _stack("TaskDefinition", "Properties", "ContainerDefinitions", 0, "Environment")
    settings = {one["Name"]: str(one["Value"]) for one in shown if "Name" in one}

    assert security("environment") == settings
    assert security("environment", external_id="orgscan-7f3a") == {
        **settings,
        "ORGSCAN_EXTERNAL_ID": "orgscan-7f3a",
    }


def test_the_scheduled_task_has_no_public_address_and_nobody_gets_in() -> None:
    """It would be its own finding."""
    (target,) = _resource("aws_scheduler_schedule", "sweep")["target"]
    (network,) = target["ecs_parameters"][0]["network_configuration"]

    assert network["assign_public_ip"] is False
    assert "ingress" not in _resource("aws_security_group", "no_way_in")
    assert _resource("aws_vpc_security_group_egress_rule", "endpoints")["from_port"] == 443


def test_runs_cannot_be_deleted_or_read_by_the_public() -> None:
    """Object Lock, KMS, no public access; the policy has TLS."""
    bucket = _resource("aws_s3_bucket", "runs")
    blocked = _resource("aws_s3_bucket_public_access_block", "runs")
    (rule,) = _resource("aws_s3_bucket_server_side_encryption_configuration", "runs")["rule"]

    assert bucket["object_lock_enabled"] is True
    assert {
        value for name, value in blocked.items() if name.endswith(("acls", "policy", "buckets"))
    } == {True}
    (by,) = rule["apply_server_side_encryption_by_default"]
    assert by["sse_algorithm"] == "aws:kms"
    assert _resource("aws_kms_key", "signing")["customer_master_key_spec"] == "ECC_NIST_P256"


def test_the_alarm_rings_as_that_of_the_cloudformation_template() -> None:
    """Of the same metric, for as long."""
    alarm = _resource("aws_cloudwatch_metric_alarm", "no_run")
    stack = load(str(CONFIG / "aws" / "security-account.yaml"))["Resources"]["NoRun"]["Properties"]

    (dimension,) = stack["Dimensions"]
    assert alarm["dimensions"] == {dimension["Name"]: "${var.organization_id}"}
    for ours, theirs in {
        "namespace": "Namespace",
        "metric_name": "MetricName",
        "statistic": "Statistic",
        "period": "Period",
        "threshold": "Threshold",
        "comparison_operator": "ComparisonOperator",
        "treat_missing_data": "TreatMissingData",
    }.items():
        assert alarm[ours] == stack[theirs], ours


def test_the_stackset_hands_every_parameter_to_the_template() -> None:
    """By the names that the template has."""
    text = (MODULES / "organization" / "main.tf").read_text(encoding="utf-8")
    handed = text.partition("parameters = {")[2].partition("}")[0]
    given = re.findall(r"(\w+) += var\.", handed)
    template = load(str(CONFIG / "aws" / "member-read-role.yaml"))

    assert "../../aws/member-read-role.yaml" in text
    assert sorted(given) == sorted(template["Parameters"])
