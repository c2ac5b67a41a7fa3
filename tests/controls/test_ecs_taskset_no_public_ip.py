"""The specification of `ecs-taskset-no-public-ip`: each row a situation, its status, its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from orgscan.model.ecs import AwsvpcConfiguration, Corroboration
from orgscan.model.finding import Finding, Severity, Status


def vpc(assign_public_ip: str | None) -> AwsvpcConfiguration:
    """A network configuration that states this value, or none."""
    return AwsvpcConfiguration(
        subnets=("subnet-9",), security_groups=("sg-9",), assign_public_ip=assign_public_ip
    )


def again(assign_public_ip: str | None) -> Corroboration:
    """DescribeTaskSets answered with this value."""
    return Corroboration(asked=True, seen=True, awsvpc=vpc(assign_public_ip))


REFUSED = Corroboration(asked=True, refused="ecs:DescribeTaskSets was denied")
NOT_SEEN = Corroboration(asked=True)
NO_NETWORK = Corroboration(asked=True, seen=True)

NO_DEFAULT = (
    "uses awsvpc networking and states no assignPublicIp. The documents disagree on the default: "
    "the ECS API reference says DISABLED for create-service and update-service and nothing for "
    "CreateTaskSet; CIS AWS Compute Services Benchmark 3.14 and the control document say ENABLED."
)
INCOMPLETE = (
    "runs on Fargate, which always uses awsvpc networking, but no network configuration was "
    "returned for it. The answer is incomplete, so nothing can be concluded from it."
)
NO_AWSVPC = (
    "states no awsvpc network configuration. With the bridge, host and none network modes there is "
    "no assignPublicIp to set."
)


class Row(NamedTuple):
    """One situation, as changes to an ordinary PRIMARY task set on Fargate."""

    situation: str
    task_set: dict[str, object]
    status: Status
    reason: str


SPECIFICATION = [
    Row(
        "ENABLED on the set that serves",
        {"awsvpc": vpc("ENABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "ENABLED on a canary or a green set",
        {"awsvpc": vpc("ENABLED"), "status": "ACTIVE"},
        Status.FAILED,
        "This ACTIVE task set (not serving production) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "ENABLED on a set that is being stopped",
        {"awsvpc": vpc("ENABLED"), "status": "DRAINING"},
        Status.FAILED,
        "This DRAINING task set (stopping) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address; "
        "the set is transient and goes by itself when it has drained.",
    ),
    Row(
        "ENABLED on a set scaled to nothing",
        {"awsvpc": vpc("ENABLED"), "scale_percent": 0.0, "running_count": 0},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "ENABLED on FARGATE_SPOT, without a launch type",
        {
            "awsvpc": vpc("ENABLED"),
            "launch_type": None,
            "capacity_providers": ("FARGATE_SPOT",),
        },
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "ENABLED, and nothing says what the set runs on",
        {"awsvpc": vpc("ENABLED"), "launch_type": None},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "ENABLED on the EC2 launch type, which AWS refuses",
        {"awsvpc": vpc("ENABLED"), "launch_type": "EC2"},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. "
        "AWS refuses ENABLED outside Fargate, and the set has launch type 'EC2': an anomaly.",
    ),
    Row(
        "ENABLED on capacity providers that are not Fargate's",
        {
            "awsvpc": vpc("ENABLED"),
            "launch_type": None,
            "capacity_providers": ("my-asg",),
        },
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED. AWS refuses ENABLED "
        "outside Fargate, and the set has other capacity providers: an anomaly.",
    ),
    Row(
        "ENABLED on the EC2 launch type, draining",
        {"awsvpc": vpc("ENABLED"), "launch_type": "EC2", "status": "DRAINING"},
        Status.FAILED,
        "This DRAINING task set (stopping) states assignPublicIp ENABLED. "
        "AWS refuses ENABLED outside Fargate, and the set has launch type 'EC2': an anomaly; "
        "the set is transient and goes by itself when it has drained.",
    ),
    Row(
        "ENABLED, while DescribeTaskSets states DISABLED",
        {"awsvpc": vpc("ENABLED"), "corroboration": again("DISABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED in DescribeServices and "
        "DISABLED in DescribeTaskSets. With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "DISABLED, while DescribeTaskSets states ENABLED",
        {"corroboration": again("ENABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED in DescribeServices and "
        "ENABLED in DescribeTaskSets. With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "absent, while DescribeTaskSets states ENABLED",
        {"awsvpc": vpc(None), "corroboration": again("ENABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED in DescribeTaskSets only. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "no network configuration, while DescribeTaskSets states ENABLED",
        {"awsvpc": None, "corroboration": again("ENABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp ENABLED in DescribeTaskSets only. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "an undocumented value, while DescribeTaskSets states ENABLED",
        {"awsvpc": vpc("AUTO"), "corroboration": again("ENABLED")},
        Status.FAILED,
        "This PRIMARY task set (serving) states assignPublicIp 'AUTO' in DescribeServices and "
        "ENABLED in DescribeTaskSets. With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "DISABLED",
        {},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED on a canary or a green set",
        {"status": "ACTIVE"},
        Status.PASSED,
        "This ACTIVE task set (not serving production) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED on a set that is being stopped",
        {"status": "DRAINING"},
        Status.PASSED,
        "This DRAINING task set (stopping) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED on the EC2 launch type",
        {"launch_type": "EC2"},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED, and DescribeTaskSets agrees",
        {"corroboration": again("DISABLED")},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED, and absent in DescribeTaskSets: absence contradicts nothing",
        {"corroboration": again(None)},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED, and DescribeTaskSets shows no network configuration",
        {"corroboration": NO_NETWORK},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED, and DescribeTaskSets is refused",
        {"corroboration": REFUSED},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "DISABLED, and DescribeTaskSets does not hold the set",
        {"corroboration": NOT_SEEN},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED.",
    ),
    Row(
        "absent, while DescribeTaskSets states DISABLED",
        {"awsvpc": vpc(None), "corroboration": again("DISABLED")},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED in DescribeTaskSets only.",
    ),
    Row(
        "no network configuration on Fargate, while DescribeTaskSets states DISABLED",
        {"awsvpc": None, "corroboration": again("DISABLED")},
        Status.PASSED,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED in DescribeTaskSets only.",
    ),
    Row(
        "absent, with awsvpc networking",
        {"awsvpc": vpc(None)},
        Status.WARNING,
        f"This PRIMARY task set (serving) {NO_DEFAULT}",
    ),
    Row(
        "absent on the EC2 launch type, with awsvpc networking",
        {"awsvpc": vpc(None), "launch_type": "EC2"},
        Status.WARNING,
        f"This PRIMARY task set (serving) {NO_DEFAULT}",
    ),
    Row(
        "absent in both answers",
        {"awsvpc": vpc(None), "corroboration": again(None)},
        Status.WARNING,
        f"This PRIMARY task set (serving) {NO_DEFAULT}",
    ),
    Row(
        "absent, and DescribeTaskSets is refused",
        {"awsvpc": vpc(None), "corroboration": REFUSED, "status": "DRAINING"},
        Status.WARNING,
        f"This DRAINING task set (stopping) {NO_DEFAULT}",
    ),
    Row(
        "no network configuration, while DescribeTaskSets shows awsvpc without the setting",
        {"awsvpc": None, "launch_type": "EC2", "corroboration": again(None)},
        Status.WARNING,
        f"This PRIMARY task set (serving) {NO_DEFAULT}",
    ),
    Row(
        "an undocumented value",
        {"awsvpc": vpc("AUTO")},
        Status.WARNING,
        "This PRIMARY task set (serving) states assignPublicIp 'AUTO'. "
        "AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "a documented value in another spelling",
        {"awsvpc": vpc("disabled")},
        Status.WARNING,
        "This PRIMARY task set (serving) states assignPublicIp 'disabled'. "
        "AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "an empty value",
        {"awsvpc": vpc("")},
        Status.WARNING,
        "This PRIMARY task set (serving) states assignPublicIp ''. "
        "AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "DISABLED, while DescribeTaskSets states an undocumented value",
        {"corroboration": again("AUTO")},
        Status.WARNING,
        "This PRIMARY task set (serving) states assignPublicIp DISABLED in DescribeServices and "
        "'AUTO' in DescribeTaskSets. AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "an undocumented value, while DescribeTaskSets states DISABLED",
        {"awsvpc": vpc("AUTO"), "corroboration": again("DISABLED")},
        Status.WARNING,
        "This PRIMARY task set (serving) states assignPublicIp 'AUTO' in DescribeServices and "
        "DISABLED in DescribeTaskSets. AWS documents only ENABLED and DISABLED.",
    ),
    Row(
        "Fargate without a network configuration",
        {"awsvpc": None},
        Status.WARNING,
        f"This PRIMARY task set (serving) {INCOMPLETE}",
    ),
    Row(
        "Fargate by capacity provider without a network configuration",
        {"awsvpc": None, "launch_type": None, "capacity_providers": ("my-asg", "FARGATE")},
        Status.WARNING,
        f"This PRIMARY task set (serving) {INCOMPLETE}",
    ),
    Row(
        "Fargate without a network configuration in either answer",
        {"awsvpc": None, "corroboration": NO_NETWORK},
        Status.WARNING,
        f"This PRIMARY task set (serving) {INCOMPLETE}",
    ),
    Row(
        "bridge or host networking on EC2",
        {"awsvpc": None, "launch_type": "EC2"},
        Status.NOT_APPLICABLE,
        f"This PRIMARY task set (serving) {NO_AWSVPC}",
    ),
    Row(
        "ECS Anywhere, whose launch type has the name of a deployment controller",
        {"awsvpc": None, "launch_type": "EXTERNAL", "status": "ACTIVE"},
        Status.NOT_APPLICABLE,
        f"This ACTIVE task set (not serving production) {NO_AWSVPC}",
    ),
    Row(
        "no network configuration on capacity providers that are not Fargate's",
        {"awsvpc": None, "launch_type": None, "capacity_providers": ("my-asg",)},
        Status.NOT_APPLICABLE,
        f"This PRIMARY task set (serving) {NO_AWSVPC}",
    ),
    Row(
        "neither network configuration nor launch type",
        {"awsvpc": None, "launch_type": None},
        Status.NOT_APPLICABLE,
        f"This PRIMARY task set (serving) {NO_AWSVPC}",
    ),
    Row(
        "a status that AWS does not document",
        {"awsvpc": vpc("ENABLED"), "status": "PAUSED"},
        Status.FAILED,
        "This task set (status 'PAUSED') states assignPublicIp ENABLED. "
        "With ENABLED its tasks get a public IPv4 address.",
    ),
    Row(
        "no status",
        {"status": ""},
        Status.PASSED,
        "This task set (no status stated) states assignPublicIp DISABLED.",
    ),
]


@pytest.mark.parametrize("row", SPECIFICATION, ids=lambda row: row.situation)
def test_each_situation_has_its_status_and_reason(
    row: Row, finding_on: Callable[..., Finding]
) -> None:
    """Each situation ends in the status and the sentence that the table gives."""
    finding = finding_on(**row.task_set)

    assert (finding.status, finding.reason) == (row.status, row.reason)


@pytest.mark.parametrize(
    ("awsvpc", "severity"),
    [
        (vpc("ENABLED"), Severity.HIGH),
        (vpc(None), Severity.MEDIUM),
        (vpc("DISABLED"), Severity.INFORMATIONAL),
    ],
)
def test_severity_follows_the_status(
    awsvpc: AwsvpcConfiguration, severity: Severity, finding_on: Callable[..., Finding]
) -> None:
    """A failure is HIGH, what cannot be decided is MEDIUM, what is known to be harmless is not."""
    assert finding_on(awsvpc=awsvpc).severity is severity


def test_not_applicable_is_informational(finding_on: Callable[..., Finding]) -> None:
    """A set that the control does not apply to weighs as little as one that passed."""
    finding = finding_on(awsvpc=None, launch_type="EC2")

    assert (finding.status, finding.severity) == (Status.NOT_APPLICABLE, Severity.INFORMATIONAL)


@pytest.mark.parametrize(
    ("stated", "corroboration", "value", "word"),
    [
        ("DISABLED", Corroboration(), "DISABLED", "not asked"),
        ("DISABLED", again("DISABLED"), "DISABLED", "agrees"),
        (None, again(None), None, "agrees"),
        ("DISABLED", again("ENABLED"), "ENABLED", "differs"),
        ("ENABLED", again("DISABLED"), "ENABLED", "differs"),
        (None, again("DISABLED"), "DISABLED", "differs"),
        ("DISABLED", again(None), "DISABLED", "differs"),
        ("ENABLED", REFUSED, "ENABLED", "refused"),
        ("ENABLED", NOT_SEEN, "ENABLED", "not seen"),
        ("AUTO", again("AUTO"), None, "agrees"),
        ("x" * 50, again("x" * 60), None, "differs"),
        ("AUTO", again("DISABLED"), None, "differs"),
    ],
)
def test_observed_holds_the_value_that_the_verdict_rests_on(
    stated: str | None,
    corroboration: Corroboration,
    value: str | None,
    word: str,
    finding_on: Callable[..., Finding],
) -> None:
    """`observed` says which value decided, and whether both answers were the same."""
    observed = finding_on(awsvpc=vpc(stated), corroboration=corroboration).observed

    assert (observed.assign_public_ip, observed.corroboration) == (value, word)
