"""What a report says to do by hand, done: each command asks a real server and gets the resource."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import boto3
import jmespath
import msgspec
import pytest
from botocore.config import Config

from orgscan.config.mappings import UserMapping
from orgscan.model.control import ControlEntry
from orgscan.model.finding import Finding, Status
from orgscan.report.guidance import commands, console_links, plan
from orgscan.report.json_v1 import ReportV1
from orgscan.simulator import Endpoint, Scenario, Simulator

pytestmark = pytest.mark.integration

OWN = UserMapping(
    control="ecs-taskset-no-public-ip",
    framework="</script><b>Standard",
    version="2.1",
    id="NET-07",
    title="No <i>public</i> addresses",
)


@pytest.fixture(scope="module")
def swept(sweep: Callable[..., Any]) -> Any:  # noqa: ANN401 - the fixture's own struct
    """A gallery of every kind of service and launcher, swept with a company's own mapping."""
    scenario = Scenario(accounts=3, seed=5, gallery=(("111122223333", "eu-west-1"),))
    return sweep(scenario, mappings=(OWN,), collect=("launchers",))


@pytest.fixture(scope="module")
def report(swept: Any) -> ReportV1:  # noqa: ANN401 - as `swept`
    """report.json, typed."""
    return msgspec.json.decode(swept.written["report.json"], type=ReportV1)


def _entries(report: ReportV1) -> dict[str, ControlEntry]:
    return {entry.id: entry for entry in report.controls}


def _one_of_each(report: ReportV1) -> list[Finding]:
    """A finding of each control and type of resource, failed ones first."""
    chosen: dict[tuple[str, str], Finding] = {}
    for finding in sorted(report.findings, key=lambda one: one.status is not Status.FAILED):
        chosen.setdefault((finding.control_id, finding.resource.type), finding)
    return list(chosen.values())


def test_a_companys_own_mapping_is_in_both_reports(swept: Any) -> None:  # noqa: ANN401 - as `swept`
    """As the configuration's, and as text, whatever it holds."""
    (entry,) = [one for one in swept.report["controls"] if one["id"] == OWN.control]

    assert (entry["mappings"][-1]["source"], entry["mappings"][-1]["verified"]) == (
        "configuration",
        False,
    )
    html = swept.written["report.html"].decode()
    assert "From your configuration" in html
    assert "&lt;/script&gt;&lt;b&gt;Standard" in html
    assert "<b>Standard" not in html


def test_every_finding_says_what_to_do(report: ReportV1) -> None:
    """Each has a command; each failed one has a plan as well."""
    entries = _entries(report)

    assert {finding.control_id for finding in report.findings} == entries.keys()
    for finding in report.findings:
        entry = entries[finding.control_id]
        assert commands(entry, finding), finding.resource
        assert bool(plan(entry, finding)) is (finding.status is Status.FAILED)


def test_most_findings_have_a_page_in_the_console(report: ReportV1) -> None:
    """All types but those whose address is not certain."""
    entries = _entries(report)
    without = {
        finding.resource.type
        for finding in report.findings
        if not console_links(entries[finding.control_id], finding)
    }

    assert without <= {
        "AWS::Pipes::Pipe",
        "AWS::Batch::JobDefinition",
        "AWS::EC2::NetworkInterface",
    }


def _called(endpoint: Endpoint, account: str, text: str) -> Any:  # noqa: ANN401 - JSON
    """What the AWS CLI would do with a command, against the simulator, in an account's role."""
    _, service, operation, *words = shlex.split(text)
    options: dict[str, list[str]] = defaultdict(list)
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word
        else:
            options[name[2:]].append(word)
    (region,), (query,) = options.pop("region"), options.pop("query", ["@"])
    client = _client(endpoint, account, service, region)
    members = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[operation.replace("-", "_")]
    ).input_shape.members
    asked = {name.lower(): name for name in members}
    arguments = {
        asked[option.replace("-", "")]: _value(members[asked[option.replace("-", "")]], values)
        for option, values in options.items()
    }
    return jmespath.search(query, getattr(client, operation.replace("-", "_"))(**arguments))


def _value(shape: Any, words: list[str]) -> Any:  # noqa: ANN401 - botocore has no types
    if shape.type_name != "list":
        return words[0]
    if shape.member.type_name != "structure":
        return words
    pairs = [word.removeprefix("Name=").split(",Values=") for word in words]
    return [{"Name": name, "Values": values.split(",")} for name, values in pairs]


def _client(endpoint: Endpoint, account: str, service: str, region: str) -> Any:  # noqa: ANN401 - as above
    def client(service: str, **credentials: str) -> Any:  # noqa: ANN401 - as above
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint.url,
            config=Config(retries={"total_max_attempts": 1}),
            **credentials,
        )

    sts = client(
        "sts",
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
    )
    role = f"arn:aws:iam::{account}:role/orgscan-audit"
    issued = sts.assume_role(RoleArn=role, RoleSessionName="by-hand")["Credentials"]
    return client(
        service,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )


def test_each_command_shows_the_resource_that_it_is_about(report: ReportV1, swept: Any) -> None:  # noqa: ANN401 - as `swept`
    """Run against the organization that was swept, none is refused and none comes back empty."""
    entries = _entries(report)
    answers: dict[str, list[str]] = defaultdict(list)
    with Simulator(swept.simulator.scenario).serve_in_thread() as endpoint:
        for finding in _one_of_each(report):
            if finding.status is not Status.FAILED:
                continue
            for _, text in commands(entries[finding.control_id], finding):
                answer = _called(endpoint, finding.account.id, text)
                assert answer, text
                answers[finding.resource.type].append(str(answer))
    shown = "".join(answers["AWS::ECS::TaskSet"])
    (task_set,) = [
        one
        for one in _one_of_each(report)
        if one.control_id == "ecs-taskset-no-public-ip" and one.resource.type == "AWS::ECS::TaskSet"
    ]

    assert {"AWS::ECS::TaskSet", "AWS::ECS::Service", "AWS::ECS::Task"} <= answers.keys()
    assert task_set.resource.id in shown
    assert "'assignPublicIp': 'ENABLED'" in shown
