"""The CloudFormation templates, deployed in moto, and what is there then read back.

moto leaves out what it does not know, forgets much of what it does, and deploys service-managed
StackSets to the management account too, which AWS does not. What templates say besides is held to
CloudFormation's own schema by cfn-lint, and read in `tests/config/test_aws_templates.py`.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from orgscan.cli.app import app

pytestmark = pytest.mark.integration

TEMPLATES = Path(__file__).parents[2] / "config" / "aws"
PRINCIPAL = "arn:aws:iam::999988887777:role/orgscan"
ORGANIZATION = "o-exampleorg"
# What moto does not deploy. Once it knows one of these, that is to be read back here too.
UNKNOWN_TO_MOTO = {
    "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::Scheduler::Schedule",
}
Client = Callable[..., Any]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Makes boto3's clients of an AWS in memory."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    make: Any = boto3.client
    with mock_aws():
        yield lambda service, **keys: make(service, region_name="eu-west-1", **keys)


def _template(name: str) -> str:
    return (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")


def _parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def _printed(*arguments: str) -> dict[str, Any]:
    """What `orgscan iam` prints."""
    printed: dict[str, Any] = json.loads(CliRunner().invoke(app, ["iam", *arguments]).stdout)
    return printed


def _policy(iam: Any, role: str, name: str) -> dict[str, Any]:  # noqa: ANN401 - boto3 makes clients at run time
    """A role's policy, which moto gives as Python's text where a StackSet made it."""
    found = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    policy: dict[str, Any] = ast.literal_eval(found) if isinstance(found, str) else found
    return policy


@pytest.fixture
def stack(client: Client) -> dict[str, str]:
    """The stack of the security account; gives the physical id of each resource by its name."""
    subnets = client("ec2").describe_subnets()["Subnets"][:2]
    cloudformation = client("cloudformation")
    with warnings.catch_warnings(record=True) as unsupported:
        warnings.simplefilter("always")
        cloudformation.create_stack(
            StackName="orgscan",
            TemplateBody=_template("security-account"),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=_parameters(
                OrganizationId=ORGANIZATION,
                Image=f"registry.example.org/orgscan@sha256:{'0' * 64}",
                VpcId=subnets[0]["VpcId"],
                SubnetIds=",".join(subnet["SubnetId"] for subnet in subnets),
                AlarmEmail="security@example.org",
                ExternalId="orgscan-7f3a",
            ),
        )
        resources = cloudformation.list_stack_resources(StackName="orgscan")
    said = re.findall(r"Tried to parse (\S+)", " ".join(str(one.message) for one in unsupported))
    assert set(said) == UNKNOWN_TO_MOTO
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in resources["StackResourceSummaries"]
    }


def _environ(client: Client, stack: dict[str, str]) -> dict[str, str]:
    ecs = client("ecs").describe_task_definition(taskDefinition=stack["TaskDefinition"])
    (container,) = ecs["taskDefinition"]["containerDefinitions"]
    return {one["name"]: one["value"] for one in container["environment"]}


def test_the_task_runs_as_the_caller_that_orgscan_iam_prints_for_its_variables(
    client: Client, stack: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody but ECS, on behalf of this account, takes its role."""
    for name, value in _environ(client, stack).items():
        monkeypatch.setenv(name, value)
    iam = client("iam")
    trust = iam.get_role(RoleName=stack["TaskRole"])["Role"]["AssumeRolePolicyDocument"]

    granted = _policy(iam, stack["TaskRole"], "orgscan-caller")
    assert granted == _printed("caller", "--org-id", ORGANIZATION)
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_task_is_set_up_with_the_stacks_own_bucket_keys_and_topic(
    client: Client, stack: dict[str, str]
) -> None:
    """By the variables that `orgscan scan` reads."""
    head = "arn:aws:kms:eu-west-1:123456789012:key"

    assert _environ(client, stack) == {
        "ORGSCAN_ROLE_NAME": "orgscan-audit",
        "ORGSCAN_OWN_ACCOUNT": "assume",
        "ORGSCAN_EXTERNAL_ID": "orgscan-7f3a",
        "ORGSCAN_EXIT_ZERO": "true",
        "ORGSCAN_METRICS": "emf",
        "ORGSCAN_RUN_LOCK": "bucket",
        "ORGSCAN_DELIVER_S3": f"s3://{stack['Runs']}/orgscan",
        "ORGSCAN_DELIVER_KMS_KEY": f"{head}/{stack['DataKey']}",
        "ORGSCAN_DELIVER_LOCK_MODE": "COMPLIANCE",
        "ORGSCAN_DELIVER_LOCK_DAYS": "365",
        "ORGSCAN_DELIVER_SNS_TOPIC": stack["Notices"],
        "ORGSCAN_SIGNING_KMS_KEY": f"{head}/{stack['SigningKey']}",
    }


def test_what_is_kept_is_encrypted_with_the_stacks_own_key(
    client: Client, stack: dict[str, str]
) -> None:
    """Bucket, topic and logs."""
    encryption = client("s3").get_bucket_encryption(Bucket=stack["Runs"])
    (rule,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    topic = client("sns").get_topic_attributes(TopicArn=stack["Notices"])["Attributes"]
    (logs,) = client("logs").describe_log_groups()["logGroups"]

    by = rule["ApplyServerSideEncryptionByDefault"]
    assert by["SSEAlgorithm"] == "aws:kms"
    assert by["KMSMasterKeyID"].endswith(stack["DataKey"])
    assert topic["KmsMasterKeyId"] == stack["DataKey"]
    assert logs["retentionInDays"] == 400


def test_the_scheduler_starts_this_task_and_passes_its_roles_to_ecs_alone(
    client: Client, stack: dict[str, str]
) -> None:
    """In this cluster."""
    granted = _policy(client("iam"), stack["SchedulerRole"], "start")
    starts, passes = granted["Statement"]

    assert starts["Resource"] == stack["TaskDefinition"]
    assert starts["Condition"]["ArnEquals"]["ecs:cluster"].endswith(stack["Cluster"])
    assert {arn.rpartition("/")[2] for arn in passes["Resource"]} == {
        stack["TaskRole"],
        stack["ExecutionRole"],
    }
    assert passes["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }


def test_a_stackset_gives_every_account_the_role_that_orgscan_iam_prints(client: Client) -> None:
    """Its policy and its trust, with an external id, in each member account of the organization."""
    organizations, cloudformation = client("organizations"), client("cloudformation")
    organizations.create_organization(FeatureSet="ALL")
    accounts = [
        organizations.create_account(AccountName=name, Email=f"{name}@example.org")
        for name in ("payments", "fraud")
    ]
    cloudformation.create_stack_set(
        StackSetName="orgscan-read",
        TemplateBody=_template("member-read-role"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
        Parameters=_parameters(
            PrincipalArn=PRINCIPAL, OrganizationId=ORGANIZATION, ExternalId="orgscan-7f3a"
        ),
    )
    root = organizations.list_roots()["Roots"][0]["Id"]
    cloudformation.create_stack_instances(
        StackSetName="orgscan-read",
        Regions=["eu-west-1"],
        DeploymentTargets={"OrganizationalUnitIds": [root]},
    )

    for account in accounts:
        iam = _in_account(client, account["CreateAccountStatus"]["AccountId"])
        role = iam.get_role(RoleName="orgscan-audit")["Role"]
        assert role["AssumeRolePolicyDocument"] == _printed(
            "trust", "--principal", PRINCIPAL, "--org-id", ORGANIZATION,
            "--external-id", "orgscan-7f3a",
        )  # fmt: skip
        assert _policy(iam, "orgscan-audit", "orgscan-read") == _printed("--all")


def _in_account(client: Client, account: str) -> Any:  # noqa: ANN401 - as `_policy`
    """IAM of a member account, by the role that Organizations makes there."""
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return client(
        "iam",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


@pytest.mark.parametrize("external_id", ["", "orgscan-7f3a"])
def test_the_remediate_role_trusts_another_principal_in_the_same_way(
    client: Client, external_id: str
) -> None:
    """With the external id only where one is asked for."""
    client("cloudformation").create_stack(
        StackName="orgscan-remediate",
        TemplateBody=_template("member-remediate-role"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=_parameters(
            PrincipalArn=PRINCIPAL, OrganizationId=ORGANIZATION, ExternalId=external_id
        ),
    )
    role = client("iam").get_role(RoleName="orgscan-remediate")["Role"]

    extra = ("--external-id", external_id) if external_id else ()
    assert role["AssumeRolePolicyDocument"] == _printed(
        "trust", "--principal", PRINCIPAL, "--org-id", ORGANIZATION, *extra
    )
