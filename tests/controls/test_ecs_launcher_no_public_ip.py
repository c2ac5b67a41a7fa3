"""The specification of `ecs-launcher-no-public-ip`: a situation a row, its status, its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest

from orgscan.controls.ecs_launcher_no_public_ip import EcsLauncherNoPublicIp
from orgscan.controls.registry import CONTROLS, controls_for
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts
from orgscan.model.exposure import Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Observed, Severity, Status
from orgscan.model.launcher import Launch, Launcher, LauncherKind
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected

CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
RULE_ARN = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
TASK_DEFINITION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/export:7"


def vpc(assign_public_ip: str | None) -> AwsvpcConfiguration:
    """A network configuration that states this value, or none."""
    return AwsvpcConfiguration(
        subnets=("subnet-1",), security_groups=("sg-1",), assign_public_ip=assign_public_ip
    )


def launch(assign_public_ip: str | None = "DISABLED", **changes: object) -> Launch:
    """Tasks on Fargate with awsvpc networking, with some members changed."""
    ordinary = Launch(
        cluster=CLUSTER,
        task_definition=TASK_DEFINITION,
        launch_type="FARGATE",
        awsvpc=vpc(assign_public_ip),
    )
    return msgspec.structs.replace(ordinary, **changes)


def job(assign_public_ip: str | None = None, **changes: object) -> dict[str, object]:
    """A Batch job definition whose network configuration states this value, or none."""
    awsvpc = AwsvpcConfiguration(assign_public_ip=assign_public_ip)
    stated = launch(cluster=None, task_definition=None, awsvpc=awsvpc)
    return {
        "kind": LauncherKind.JOB_DEFINITION,
        "launches": (msgspec.structs.replace(stated, **changes),),
    }


ON, OFF = launch("ENABLED"), launch("DISABLED")
BRIDGE = launch(awsvpc=None, launch_type="EC2")
DENIED = NotCollected(
    status=CoverageStatus.DENIED,
    reason="states:DescribeStateMachine: the read role lacks the action",
    api="states:DescribeStateMachine",
    error_code="AccessDeniedException",
)
GETS_ONE = "With ENABLED its tasks get a public IPv4 address."
NO_DEFAULT = (
    "uses awsvpc networking and states no assignPublicIp. No document says what that means here: "
    "the API references of this service and of ECS RunTask give no default, and for services and "
    "task sets the ECS API reference (DISABLED) and CIS AWS Compute Services Benchmark (ENABLED) "
    "disagree."
)
INCOMPLETE = (
    "starts tasks on Fargate, which always uses awsvpc networking, and states no network "
    "configuration. Such a start is refused, or AWS's answer is incomplete, so nothing can be "
    "concluded from it."
)
NO_AWSVPC = (
    "states no awsvpc network configuration. With the bridge, host and none network modes there is "
    "no assignPublicIp to set."
)
UNTOLD = "so whether its tasks get a public IPv4 address cannot be told."
JOB = "This Batch job definition"


class Row(NamedTuple):
    """One situation, as changes to an ordinary, enabled EventBridge rule."""

    situation: str
    launcher: dict[str, object]
    status: Status
    reason: str


SPECIFICATION = [
    Row(
        "ENABLED in a rule",
        {"launches": (ON,)},
        Status.FAILED,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in a schedule",
        {"launches": (ON,), "kind": LauncherKind.SCHEDULE},
        Status.FAILED,
        f"This schedule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in a pipe",
        {"launches": (ON,), "kind": LauncherKind.PIPE, "state": "RUNNING"},
        Status.FAILED,
        f"This pipe states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in a state machine",
        {"launches": (ON,), "kind": LauncherKind.STATE_MACHINE, "state": "ACTIVE"},
        Status.FAILED,
        f"This state machine states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in a job definition",
        job("ENABLED"),
        Status.FAILED,
        f"{JOB} states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in a rule that also takes every CloudTrail event",
        {"launches": (ON,), "state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"},
        Status.FAILED,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED, and the state is left out or unknown",
        {"launches": (ON,), "state": None},
        Status.FAILED,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in one of three places",
        {"launches": (OFF, ON, BRIDGE)},
        Status.FAILED,
        "This EventBridge rule starts tasks in 3 places. In 1 of them it states assignPublicIp "
        f"ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED in every place",
        {"launches": (ON, ON)},
        Status.FAILED,
        "This EventBridge rule starts tasks in 2 places. In all of them it states assignPublicIp "
        f"ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED by a capacity provider of Fargate",
        {"launches": (launch("ENABLED", launch_type=None, capacity_providers=("FARGATE_SPOT",)),)},
        Status.FAILED,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED, and nothing says what the tasks run on",
        {"launches": (launch("ENABLED", launch_type=None),)},
        Status.FAILED,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE}",
    ),
    Row(
        "ENABLED on the EC2 launch type, which AWS refuses",
        {"launches": (launch("ENABLED", launch_type="EC2"),)},
        Status.FAILED,
        "This EventBridge rule states assignPublicIp ENABLED. AWS refuses ENABLED outside Fargate, "
        "and it has launch type 'EC2': an anomaly.",
    ),
    Row(
        "ENABLED on capacity providers that are not Fargate's",
        {"launches": (launch("ENABLED", launch_type=None, capacity_providers=("my-asg",)),)},
        Status.FAILED,
        "This EventBridge rule states assignPublicIp ENABLED. AWS refuses ENABLED outside Fargate, "
        "and it has other capacity providers: an anomaly.",
    ),
    Row(
        "ENABLED in a rule that is switched off",
        {"launches": (ON,), "state": "DISABLED"},
        Status.WARNING,
        f"This EventBridge rule states assignPublicIp ENABLED. {GETS_ONE} "
        "It is DISABLED now and starts nothing until that is changed.",
    ),
    Row(
        "ENABLED in a pipe that is stopped",
        {"launches": (ON,), "kind": LauncherKind.PIPE, "state": "STOPPED"},
        Status.WARNING,
        f"This pipe states assignPublicIp ENABLED. {GETS_ONE} "
        "It is STOPPED now and starts nothing until that is changed.",
    ),
    Row(
        "an expression decides the setting",
        {"launches": (launch(untold="takes AssignPublicIp from an expression"),)},
        Status.WARNING,
        f"This EventBridge rule takes AssignPublicIp from an expression, {UNTOLD}",
    ),
    Row(
        "an expression in one place, DISABLED in the other",
        {"launches": (OFF, launch(untold="takes AssignPublicIp from an expression"))},
        Status.WARNING,
        "This EventBridge rule starts tasks in 2 places. In 1 of them it takes AssignPublicIp from "
        f"an expression, {UNTOLD}",
    ),
    Row(
        "several places that cannot be decided, each for its own reason",
        {
            "launches": (
                launch("AUTO"),
                launch(untold="takes AssignPublicIp from an expression"),
                launch("AUTO"),
                OFF,
            )
        },
        Status.WARNING,
        "This EventBridge rule starts tasks in 4 places. In 2 of them it states assignPublicIp "
        "'AUTO'. AWS documents only ENABLED and DISABLED. In 1 of them it takes AssignPublicIp "
        f"from an expression, {UNTOLD}",
    ),
    Row(
        "a definition that cannot be read",
        {
            "kind": LauncherKind.STATE_MACHINE,
            "unreadable": "has a definition that is not JSON",
            "launches": (),
        },
        Status.WARNING,
        f"This state machine has a definition that is not JSON, {UNTOLD}",
    ),
    Row(
        "an answer that shows no launch at all",
        {"launches": ()},
        Status.WARNING,
        f"This EventBridge rule shows nothing of the tasks that it starts, {UNTOLD}",
    ),
    Row(
        "absent, with awsvpc networking",
        {"launches": (launch(None),)},
        Status.WARNING,
        f"This EventBridge rule {NO_DEFAULT}",
    ),
    Row(
        "absent on the EC2 launch type, with awsvpc networking",
        {"launches": (launch(None, launch_type="EC2"),)},
        Status.WARNING,
        f"This EventBridge rule {NO_DEFAULT}",
    ),
    Row(
        "absent in a rule that is switched off",
        {"launches": (launch(None),), "state": "DISABLED"},
        Status.WARNING,
        f"This EventBridge rule {NO_DEFAULT}",
    ),
    Row(
        "Fargate without a network configuration",
        {"launches": (launch(awsvpc=None),)},
        Status.WARNING,
        f"This EventBridge rule {INCOMPLETE}",
    ),
    Row(
        "an undocumented value",
        {"launches": (launch("AUTO"),)},
        Status.WARNING,
        "This EventBridge rule states assignPublicIp 'AUTO'. "
        "AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "a path where AWS takes none",
        {"launches": (launch("$.body.public\x1b[31m"),)},
        Status.WARNING,
        "This EventBridge rule states assignPublicIp '$.body.public\\x1b[31m'. "
        "AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "an undocumented value in a job definition",
        job("AUTO"),
        Status.WARNING,
        f"{JOB} states assignPublicIp 'AUTO'. AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "DISABLED",
        {},
        Status.PASSED,
        "This EventBridge rule states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED in a rule that is switched off",
        {"state": "DISABLED"},
        Status.PASSED,
        "This EventBridge rule states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED beside tasks that have no such setting",
        {"launches": (BRIDGE, OFF)},
        Status.PASSED,
        "This EventBridge rule starts tasks in 2 places. In 1 of them it states assignPublicIp "
        "DISABLED.",
    ),
    Row(
        "DISABLED in a job definition",
        job("DISABLED"),
        Status.PASSED,
        f"{JOB} states assignPublicIp DISABLED.",
    ),
    Row(
        "absent in a job definition for Fargate: the one document there is says DISABLED",
        job(None),
        Status.PASSED,
        f"{JOB} states no assignPublicIp. The default that AWS Batch documents is DISABLED, and no "
        "document says otherwise.",
    ),
    Row(
        "no network configuration in a job definition for Fargate",
        job(awsvpc=None),
        Status.PASSED,
        f"{JOB} states no assignPublicIp. The default that AWS Batch documents is DISABLED, and no "
        "document says otherwise.",
    ),
    Row(
        "a job definition for EC2, which names no platform",
        job(awsvpc=None, launch_type=None),
        Status.NOT_APPLICABLE,
        f"{JOB} does not run its jobs on Fargate, and other jobs have no assignPublicIp to set.",
    ),
    Row(
        "bridge or host networking",
        {"launches": (BRIDGE,)},
        Status.NOT_APPLICABLE,
        f"This EventBridge rule {NO_AWSVPC}",
    ),
    Row(
        "neither network configuration nor launch type",
        {"launches": (launch(awsvpc=None, launch_type=None),)},
        Status.NOT_APPLICABLE,
        f"This EventBridge rule {NO_AWSVPC}",
    ),
    Row(
        "listed, and refused when it was to be described",
        {"kind": LauncherKind.STATE_MACHINE, "unseen": DENIED, "launches": ()},
        Status.NOT_EVALUATED,
        "This state machine was listed and could not be read: "
        "states:DescribeStateMachine: the read role lacks the action",
    ),
]


@pytest.fixture
def finding_on(account: Account) -> Callable[..., Finding]:
    """The one finding on the ordinary rule with some members changed."""
    ordinary = Launcher(
        kind=LauncherKind.RULE,
        arn=RULE_ARN,
        name="nightly",
        state="ENABLED",
        launches=(OFF,),
        evidence=("sha256:" + "0" * 64,),
    )

    def finding(**changes: object) -> Finding:
        facts = RegionFacts(
            ecs=EcsFacts(), launchers=(msgspec.structs.replace(ordinary, **changes),)
        )
        (found,) = EcsLauncherNoPublicIp().evaluate(account, "eu-west-1", facts)
        return found

    return finding


@pytest.mark.parametrize("row", SPECIFICATION, ids=lambda row: row.situation)
def test_each_situation_has_its_status_and_reason(
    row: Row, finding_on: Callable[..., Finding]
) -> None:
    """Each situation ends in the status and the sentence that the table gives."""
    finding = finding_on(**row.launcher)

    assert (finding.status, finding.reason) == (row.status, row.reason)


@pytest.mark.parametrize(
    ("launcher", "severity"),
    [
        ({"launches": (ON,)}, Severity.HIGH),
        ({"launches": (ON,), "state": "DISABLED"}, Severity.MEDIUM),
        ({"unseen": DENIED}, Severity.MEDIUM),
        ({}, Severity.INFORMATIONAL),
        ({"launches": (BRIDGE,)}, Severity.INFORMATIONAL),
    ],
)
def test_severity_follows_the_status(
    launcher: dict[str, object], severity: Severity, finding_on: Callable[..., Finding]
) -> None:
    """What starts public tasks is HIGH; what is switched off, or cannot be told, is MEDIUM."""
    assert finding_on(**launcher).severity is severity


@pytest.mark.parametrize(
    ("launcher", "grade"),
    [
        ({"launches": (ON,)}, Grade.CONFIGURED),
        ({"launches": (OFF, ON, BRIDGE)}, Grade.CONFIGURED),
        ({"launches": (ON,), "state": "DISABLED"}, Grade.CONFIGURED),
        ({}, Grade.NONE),
        (job(None), Grade.NONE),
        ({"launches": (OFF, launch(None))}, Grade.UNKNOWN),
        ({"launches": (launch("AUTO"),)}, Grade.UNKNOWN),
        ({"launches": (launch("ENABLED", untold="is a path"),)}, Grade.UNKNOWN),
        ({"launches": ()}, Grade.UNKNOWN),
        ({"unseen": DENIED, "launches": ()}, Grade.UNKNOWN),
        ({"launches": (BRIDGE,)}, None),
    ],
)
def test_the_exposure_is_that_of_the_next_task(
    launcher: dict[str, object], grade: Grade | None, finding_on: Callable[..., Finding]
) -> None:
    """A launcher has no address, so it is never graded by what can be reached."""
    exposure = finding_on(**launcher).exposure

    assert (exposure and exposure.grade) == grade


def test_the_finding_names_the_launcher_and_what_it_starts(
    finding_on: Callable[..., Finding],
) -> None:
    """Resource type, ARN and state are AWS's own; the cluster is the target's."""
    finding = finding_on(launches=(launch("ENABLED", platform_version="1.4.0"),))

    resource = finding.resource
    assert finding.key == f"ecs-launcher-no-public-ip|111122223333|eu-west-1|{RULE_ARN}"
    assert (resource.type, resource.arn, resource.id) == ("AWS::Events::Rule", RULE_ARN, "nightly")
    assert (resource.cluster_arn, resource.status) == (CLUSTER, "ENABLED")
    assert resource.launch_type == "FARGATE"
    assert finding.observed == Observed(
        assign_public_ip="ENABLED",
        subnets=("subnet-1",),
        security_groups=("sg-1",),
        platform_version="1.4.0",
        task_definition=TASK_DEFINITION,
    )
    assert finding.evidence == ("sha256:" + "0" * 64,)


def test_the_places_that_decide_are_named_beside_the_reason(
    finding_on: Callable[..., Finding],
) -> None:
    """Names of states are their owner's, so they are data of the finding and never its reason."""
    hostile = "</script>\x1b[2J\u202e"
    launches = (
        launch("DISABLED", place="quiet"),
        launch("ENABLED", place=hostile, awsvpc=vpc("ENABLED")),
        launch("ENABLED", place="loud", cluster="prod", task_definition="export"),
    )

    finding = finding_on(kind=LauncherKind.STATE_MACHINE, launches=launches)

    assert finding.observed.places == (hostile, "loud")
    assert finding.reason.isprintable()
    # They differ in these, and a name is no ARN.
    assert (finding.observed.task_definition, finding.resource.cluster_arn) == (None, None)
    assert finding.observed.subnets == ("subnet-1",)


def test_a_region_where_nobody_asked_gives_no_finding(account: Account) -> None:
    """The optional part is empty then."""
    facts = RegionFacts(ecs=EcsFacts(clusters=(CLUSTER,)))

    assert list(EcsLauncherNoPublicIp().evaluate(account, "eu-west-1", facts)) == []


@pytest.mark.parametrize(
    ("collect", "runs"),
    [((), False), (("launchers",), True), (("launchers.pipes", "launchers.batch"), True)],
)
def test_the_control_runs_only_where_launchers_are_asked_for(
    collect: tuple[str, ...], runs: bool
) -> None:
    """A control without a finding must mean that there was nothing to find."""
    chosen = [control.entry.id for control in controls_for(collect)]

    always = [control.entry.id for control in CONTROLS[:-1]]
    assert chosen == [*always, *(["ecs-launcher-no-public-ip"] if runs else [])]
