"""The real command line against moto: another implementation of AWS than our simulator.

moto is laxer than AWS with task sets (no refusal on rolling services, no default for
`assignPublicIp`), pages no list of accounts, gives no `Paths` and knows no account:ListRegions, so
this also takes every fall-back of the organization step: units are walked, and regions are read in
each account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

pytestmark = pytest.mark.integration

_CALLER = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
_REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Moto's server on loopback, empty: all servers of a process share what they hold."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urlopen(reset, timeout=10).close()  # noqa: S310 - loopback
    yield f"http://{host}:{port}"
    server.stop()


class Moto:
    """An organization in moto, built by ordinary boto3 calls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.organizations = self.client("organizations", "us-east-1", _CALLER)
        self.sts = self.client("sts", "us-east-1", _CALLER)

    def client(self, service: str, region: str, keys: dict[str, str]) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        """A client of moto."""
        make: Any = boto3.client
        return make(service, region_name=region, endpoint_url=self.url, **keys)

    def ecs(self, account: str, region: str) -> Any:  # noqa: ANN401 - as `client`
        """ECS in a member account, entered as orgscan enters it."""
        return self.member("ecs", account, region)

    def member(self, service: str, account: str, region: str) -> Any:  # noqa: ANN401 - as `client`
        """A service in a member account."""
        role = f"arn:aws:iam::{account}:role/orgscan-audit"
        held = self.sts.assume_role(RoleArn=role, RoleSessionName="setup")["Credentials"]
        keys = {
            "aws_access_key_id": held["AccessKeyId"],
            "aws_secret_access_key": held["SecretAccessKey"],
            "aws_session_token": held["SessionToken"],
        }
        return self.client(service, region, keys)

    def account(self, name: str, unit: str | None = None) -> str:
        """A new account, moved below a unit."""
        status = self.organizations.create_account(Email=f"{name}@example.org", AccountName=name)
        account: str = status["CreateAccountStatus"]["AccountId"]
        if unit:
            root = self.organizations.list_roots()["Roots"][0]["Id"]
            self.organizations.move_account(
                AccountId=account, SourceParentId=root, DestinationParentId=unit
            )
        return account

    def unit(self, parent: str, name: str) -> str:
        """A new organizational unit."""
        made = self.organizations.create_organizational_unit(ParentId=parent, Name=name)
        unit: str = made["OrganizationalUnit"]["Id"]
        return unit


def task_set(ecs: Any, cluster: str, service: str, controller: str, public: str | None) -> str:  # noqa: ANN401 - as `Moto.client`
    """A service with one task set; returns the task set's ARN."""
    ecs.create_cluster(clusterName=cluster)
    family = ecs.register_task_definition(
        family="app",
        containerDefinitions=[{"name": "app", "image": "app", "memory": 128}],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(
        cluster=cluster,
        serviceName=service,
        desiredCount=0,
        deploymentController={"type": controller},
    )
    awsvpc: dict[str, Any] = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
    if public:
        awsvpc["assignPublicIp"] = public
    made = ecs.create_task_set(
        cluster=cluster,
        service=service,
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": awsvpc},
    )
    arn: str = made["taskSet"]["taskSetArn"]
    return arn


@pytest.fixture(scope="module")
def organization(moto_url: str) -> dict[str, str]:
    """Three member accounts in two units, with task sets of both controllers; names to ARNs."""
    moto = Moto(moto_url)
    moto.organizations.create_organization(FeatureSet="ALL")
    root = moto.organizations.list_roots()["Roots"][0]["Id"]
    workloads = moto.unit(root, "workloads")
    prod = moto.unit(workloads, "prod")
    shop = moto.account("shop", prod)
    hostile = moto.account("</script><b>", workloads)
    empty = moto.account("empty")
    made = {
        "shop": shop,
        "hostile": hostile,
        "empty": empty,
        "path of shop": f"{root}/{workloads}/{prod}",
        "workloads": workloads,
        "failed external": task_set(
            moto.ecs(shop, "eu-west-1"), "prod", "api", "EXTERNAL", "ENABLED"
        ),
        "passed external": task_set(
            moto.ecs(shop, "us-east-1"), "prod", "api", "EXTERNAL", "DISABLED"
        ),
        # A cluster whose name begins with another's: moto matches them by substring.
        "failed codedeploy": task_set(
            moto.ecs(hostile, "eu-west-1"), "prod-blue", "web", "CODE_DEPLOY", "ENABLED"
        ),
        "unstated": task_set(moto.ecs(hostile, "us-east-1"), "jobs", "run", "EXTERNAL", None),
    }
    rolling = moto.ecs(shop, "eu-west-1")
    plain = rolling.create_service(cluster="prod", serviceName="rolling", desiredCount=0)
    ec2 = moto.member("ec2", shop, "eu-west-1")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    public = rolling.create_service(
        cluster="prod",
        serviceName="rolling-public",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [subnet],
                "securityGroups": [group],
                "assignPublicIp": "ENABLED",
            }
        },
    )
    made["rolling without a network"] = plain["service"]["serviceArn"]
    made["rolling and public"] = public["service"]["serviceArn"]
    return made


@pytest.fixture
def environ(moto_url: str) -> dict[str, str]:
    """What leads orgscan to moto."""
    return {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_ACCESS_KEY_ID": _CALLER["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": _CALLER["aws_secret_access_key"],
        "AWS_REGION": "us-east-1",
        "ORGSCAN_REGION": " ".join(_REGIONS),
    }


def test_every_task_set_of_every_account_is_judged(
    orgscan: Callable[..., Any], organization: dict[str, str], environ: dict[str, str]
) -> None:
    """Each task set has its own verdict, in its own account, and nothing is left unseen."""
    done = orgscan("scan", environ=environ)

    assert done.err == ""
    assert done.status == 1
    verdicts = {
        finding["resource"]["arn"]: (finding["account"]["id"], finding["status"])
        for finding in done.report["findings"]
        if finding["control_id"] == "ecs-taskset-no-public-ip"
    }
    assert verdicts == {
        organization["failed external"]: (organization["shop"], "FAILED"),
        organization["passed external"]: (organization["shop"], "PASSED"),
        organization["failed codedeploy"]: (organization["hostile"], "FAILED"),
        organization["unstated"]: (organization["hostile"], "WARNING"),
    }
    assert done.report["totals"]["services_by_controller"] == {
        "CODE_DEPLOY": 1,
        "ECS": 2,
        "EXTERNAL": 3,
    }


def test_services_of_the_ecs_controller_are_judged_and_no_others(
    orgscan: Callable[..., Any], organization: dict[str, str], environ: dict[str, str]
) -> None:
    """Here the controller is named; services with task sets give no finding of this control."""
    done = orgscan("scan", environ=environ)

    assert {
        finding["resource"]["arn"]: finding["status"]
        for finding in done.report["findings"]
        if finding["control_id"] == "ecs-service-no-public-ip"
    } == {
        organization["rolling without a network"]: "NOT_APPLICABLE",
        organization["rolling and public"]: "FAILED",
    }


def test_every_account_region_of_the_scope_is_in_the_ledger_once(
    orgscan: Callable[..., Any], organization: dict[str, str], environ: dict[str, str]
) -> None:
    """Four accounts, the management account among them, in two regions, all covered."""
    done = orgscan("scan", environ=environ)

    places = [(entry["account_id"], entry["region"]) for entry in done.report["coverage"]]
    members = [organization[name] for name in ("shop", "hostile", "empty")]
    management = done.report["run"]["organization"]["management_account_id"]
    accounts = sorted([*members, management])
    assert places == [(account, region) for account in accounts for region in _REGIONS]
    assert {entry["status"] for entry in done.report["coverage"]} == {"COVERED"}


def test_units_are_walked_where_aws_gives_no_paths(
    orgscan: Callable[..., Any], organization: dict[str, str], environ: dict[str, str]
) -> None:
    """`--ou` takes the accounts at any depth below a unit, and findings carry the path."""
    done = orgscan("scan", "--ou", organization["workloads"], environ=environ)

    assert {entry["account_id"] for entry in done.report["coverage"]} == {
        organization["shop"],
        organization["hostile"],
    }
    paths = {
        finding["account"]["ou_path"]
        for finding in done.report["findings"]
        if finding["account"]["id"] == organization["shop"]
    }
    assert paths == {organization["path of shop"]}
