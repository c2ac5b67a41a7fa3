"""The catalogue's templates filled with a finding's values: exact, and inert in any shell."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.controls.catalogue import load_entry, load_guidance, with_guidance
from orgscan.model.control import Command, ControlEntry, Page, Plan
from orgscan.model.finding import AccountRef, Finding, Observed, Resource, Severity, Status
from orgscan.report.guidance import commands, console_links, placeholders, plan

ENTRY = load_entry("ecs-taskset-no-public-ip")
MakeFinding = Callable[..., Finding]


def _bare(resource: Resource, **members: Any) -> Finding:  # noqa: ANN401 - members are of any type
    finding = Finding(
        key="k",
        control_id="c",
        status=Status.FAILED,
        severity=Severity.HIGH,
        reason="r",
        account=AccountRef("111122223333", "payments", ""),
        region="eu-west-1",
        resource=resource,
        observed=Observed(),
    )
    return msgspec.structs.replace(finding, **members)


def test_a_task_set_has_the_commands_that_show_it(make_finding: MakeFinding) -> None:
    """Each names region, cluster, service and set by their ARNs, quoted for a shell."""
    region, arn = "--region eu-west-1", "arn:aws:ecs:eu-west-1:111122223333"
    cluster, service = f"--cluster {arn}:cluster/prod", f"{arn}:service/prod/api"
    number = "ecs-svc/0000000000000000001"

    made = [text for _, text in commands(ENTRY, make_finding())]

    assert made == [
        (
            f"aws ecs describe-services {region} {cluster} --services {service} --include TAGS "
            f"--query 'services[].taskSets[] | [?id==`\"{number}\"`]'"
        ),
        (
            f"aws ecs describe-task-sets {region} {cluster} --service {service} "
            f"--task-sets {number} --include TAGS"
        ),
        f"aws ecs list-tasks {region} {cluster} --started-by {number}",
        (
            f"aws ec2 describe-network-interfaces {region} --filters "
            "'Name=description,Values=arn:*:ecs:eu-west-1:111122223333:attachment/*' "
            "Name=subnet-id,Values=subnet-1 --query "
            "'NetworkInterfaces[].{Id: NetworkInterfaceId, PublicIp: Association.PublicIp, "
            "PrivateIp: PrivateIpAddress, Ipv6: Ipv6Addresses[].Ipv6Address, "
            "Groups: Groups[].GroupId}'"
        ),
    ]


def test_a_service_that_could_not_be_seen_has_commands_of_its_own(
    make_finding: MakeFinding,
) -> None:
    """Without subnets there is no question about network interfaces."""
    arn = "arn:aws:ecs:eu-west-1:111122223333:service/prod/api"
    unseen = make_finding(status=Status.NOT_EVALUATED, observed=Observed())
    resource = msgspec.structs.replace(unseen.resource, type="AWS::ECS::Service", arn=arn, id="api")

    made = commands(ENTRY, msgspec.structs.replace(unseen, resource=resource))

    assert [text.split(" --")[0] for _, text in made] == [
        "aws ecs describe-services",
        "aws ecs list-tasks",
    ]


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("aws-eusc", "eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_the_link_is_to_the_service_in_its_partitions_console(
    make_finding: MakeFinding, partition: str, region: str, host: str
) -> None:
    """Task sets have no page, and the link says so."""
    finding = make_finding(region=region)
    arn = finding.resource.arn.replace("arn:aws:", f"arn:{partition}:")
    resource = msgspec.structs.replace(finding.resource, arn=arn)

    assert console_links(ENTRY, msgspec.structs.replace(finding, resource=resource)) == [
        (
            "The service in the ECS console, which has no page for task sets",
            f"https://{host}/ecs/v2/clusters/prod/services/api/health?region={region}",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "arn", "path"),
    [
        (
            "AWS::ECS::Task",
            "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123abcd",
            "/ecs/v2/clusters/prod/tasks/0123abcd/configuration",
        ),
        (
            "AWS::ECS::Cluster",
            "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
            "/ecs/v2/clusters/prod/services",
        ),
    ],
)
def test_tasks_and_clusters_have_pages_of_their_own(kind: str, arn: str, path: str) -> None:
    """Each by its name."""
    cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
    finding = _bare(Resource(type=kind, arn=arn, id="x", cluster_arn=cluster))

    ((_, url),) = console_links(load_all(), finding)

    assert urlsplit(url).path == path
    assert urlsplit(url).query == "region=eu-west-1"


def load_all() -> ControlEntry:
    """An entry with the guidance for every type of resource."""
    return with_guidance(msgspec.structs.replace(ENTRY, resource_types=()), load_guidance())


@pytest.mark.parametrize("arn", ["arn:aws-iso:ecs:us-iso-east-1:1:task-set/a/b/c", "", "x", "::"])
def test_where_no_console_is_known_there_is_no_link(make_finding: MakeFinding, arn: str) -> None:
    """No link is better than a wrong one."""
    finding = make_finding()
    resource = msgspec.structs.replace(finding.resource, arn=arn)

    assert console_links(ENTRY, msgspec.structs.replace(finding, resource=resource)) == []


def test_a_link_never_leaves_the_console_whatever_the_names(
    make_finding: MakeFinding, hostile_names: tuple[str, ...]
) -> None:
    """Region, cluster and service are percent-encoded, in the host's name too."""
    names = (*hostile_names, "evil.example/x", "evil.example#", "a@evil.example:1", "?x=1")
    for name in names:
        ((_, url),) = console_links(ENTRY, make_finding(name, region=name, cluster=name))

        assert urlsplit(url).netloc.endswith(".console.aws.amazon.com")
        assert urlsplit(url).path.count("/") == 7
        assert url.isascii()
        assert url.isprintable()


@pytest.mark.parametrize(
    "name",
    ["a'b", 'a"b', "a`b`", "a\\b", "-rf", "file:///etc/passwd", "a\nb", "a\x1b[2J", "a\u202eb"],
)
def test_what_aws_never_issues_is_in_no_command(make_finding: MakeFinding, name: str) -> None:
    """A quote would end a literal, a dash begins an option, and file:// makes the CLI read one."""
    finding = make_finding()
    resource = msgspec.structs.replace(finding.resource, id=name)

    made = [
        text for _, text in commands(ENTRY, msgspec.structs.replace(finding, resource=resource))
    ]

    assert [text.split()[2] for text in made] == ["describe-network-interfaces"]


WORDS = Command(resource_type="T", title="t", words=("run", "--a", "{arn}", "x={service}"))
ONE_COMMAND = msgspec.structs.replace(ENTRY, commands=(WORDS,))


@given(arn=st.text(min_size=1), service=st.text(min_size=1))
def test_a_shell_gets_the_words_exactly_or_there_is_no_command(arn: str, service: str) -> None:
    """No value can end its word, begin another command, or be an option."""
    finding = _bare(Resource(type="T", arn=arn, id="", service_name=service))

    for _, text in commands(ONE_COMMAND, finding):
        assert shlex.split(text) == ["run", "--a", arn, f"x={service}"]
        assert text.isprintable()
        assert not arn.startswith("-")


def test_a_real_shell_runs_nothing_that_a_name_holds(hostile_names: tuple[str, ...]) -> None:
    """`$(…)`, `;`, `|`, `&`, globs, spaces and line ends arrive as text."""
    names = (
        *hostile_names,
        "$(id)",
        "a; id",
        "a | id",
        "a && id",
        "*",
        "~",
        "a b",
        "!!",
        "#x",
        "%s",
    )
    words = Command(resource_type="T", title="t", words=("printf", r"%s\n", "{arn}"))
    entry = msgspec.structs.replace(ENTRY, commands=(words,))
    shell = shutil.which("sh") or "sh"
    ran = 0
    for name in names:
        for _, text in commands(entry, _bare(Resource(type="T", arn=name, id=""))):
            done = subprocess.run(  # noqa: S603 - the shell is what is tested
                [shell, "-c", text], capture_output=True, text=True, check=True
            )
            assert done.stdout == f"{name}\n"
            ran += 1
    assert ran >= len(names) // 2


@pytest.mark.parametrize(
    ("members", "controller", "step"),
    [
        ({}, "EXTERNAL", "CreateTaskSet with every setting copied"),
        ({}, "CODE_DEPLOY", "Take the AppSpec of the current revision"),
        ({"status": "DRAINING"}, "EXTERNAL", "Nothing: this set is DRAINING"),
        ({"type": "AWS::ECS::Service"}, "ECS", "UpdateService with the whole network"),
        ({"type": "AWS::ECS::Task"}, "ECS", "UpdateService with the whole network"),
        ({"type": "AWS::ECS::Task"}, "EXTERNAL", "Replace what starts it"),
        ({"type": "AWS::ECS::Task"}, None, "Find who starts it"),
    ],
)
def test_the_plan_is_the_controllers(
    make_finding: MakeFinding, members: dict[str, str], controller: str | None, step: str
) -> None:
    """What works with one deployment controller is refused by another."""
    finding = make_finding()
    resource = msgspec.structs.replace(
        finding.resource, deployment_controller=controller, **members
    )

    found = plan(load_all(), msgspec.structs.replace(finding, resource=resource))

    assert found is not None
    assert any(step in text for text in found.steps)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.FAILED])
def test_only_what_failed_has_a_plan(make_finding: MakeFinding, status: Status) -> None:
    """A warning is decided first."""
    assert plan(ENTRY, make_finding(status=status)) is None


def test_a_finding_for_which_there_is_no_plan_has_none(make_finding: MakeFinding) -> None:
    """A controller that is not known yet gets no advice that may be wrong."""
    entry = msgspec.structs.replace(ENTRY, plans=(Plan(deployment_controller="NEW", steps=("s",)),))

    assert plan(entry, make_finding()) is None


def test_a_template_with_a_placeholder_that_does_not_exist_gives_nothing(
    make_finding: MakeFinding,
) -> None:
    """A report of a newer version may have more than this one can fill."""
    page = Page(resource_type="AWS::ECS::TaskSet", title="t", url="https://{console}/{moon}")
    command = Command(resource_type="AWS::ECS::TaskSet", title="t", words=("aws", "{moon}"))
    entry = msgspec.structs.replace(ENTRY, pages=(page,), commands=(command,))

    assert (console_links(entry, make_finding()), commands(entry, make_finding())) == ([], [])


def test_every_placeholder_of_the_catalogue_can_be_filled(make_finding: MakeFinding) -> None:
    """With a finding that has all of them, no command and no page is left out."""
    finding = make_finding(observed=Observed(subnets=("subnet-1",), interfaces=("eni-1",)))
    entry = load_all()
    for kind in {command.resource_type for command in entry.commands}:
        resource = msgspec.structs.replace(finding.resource, type=kind)
        one = msgspec.structs.replace(finding, resource=resource)

        assert all(placeholders(one).values())
        assert len(commands(entry, one)) == sum(c.resource_type == kind for c in entry.commands)
        assert len(console_links(entry, one)) == sum(p.resource_type == kind for p in entry.pages)
