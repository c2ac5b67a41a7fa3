"""What runs, judged: the specification of the two controls on running tasks.

Each row is an account-region with one cluster: what runs there, what could be seen, and what the
control says of it.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from orgscan.controls.ecs_task_ipv6_exposure import EcsTaskIpv6Exposure
from orgscan.controls.ecs_task_no_public_ip import EcsTaskNoPublicIp
from orgscan.controls.interface import Control
from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import EcsFacts, Service
from orgscan.model.exposure import Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Severity, Status
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    Network,
    NetworkAcl,
    NetworkInterface,
    Observation,
    Route,
    RouteTable,
    RunningTask,
    SecurityGroup,
    Subnet,
)
from orgscan.model.organization import Account
from orgscan.model.outcome import NotCollected

ARN = "arn:aws:ecs:eu-west-1:111122223333"
CLUSTER, OTHER = f"{ARN}:cluster/prod", f"{ARN}:cluster/data"
ENI_ARN = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1"
DENIED = NotCollected(status=CoverageStatus.DENIED, reason="denied by a policy", api="ec2:X")

TASK = RunningTask(
    arn=f"{ARN}:task/prod/0a1b",
    cluster_arn=CLUSTER,
    attachment_ids=("attachment-1",),
    group="family:report",
    status="RUNNING",
    launch_type="FARGATE",
    platform_version="1.4.0",
    task_definition=f"{ARN}:task-definition/report:7",
    started_at="2026-11-24T02:00:00Z",
    images=("198.51.100.7/api:<7>",),
    tags={"team": "</script>"},
    evidence=("sha256:tasks",),
)
INTERFACE = NetworkInterface(
    id="eni-1",
    attachment_id="attachment-1",
    subnet_id="subnet-1",
    vpc_id="vpc-1",
    public_ips=("198.18.0.1",),
    security_groups=("sg-1",),
    evidence=("sha256:interfaces",),
)
PUBLIC6 = msgspec.structs.replace(INTERFACE, public_ips=(), ipv6=("2001:db8::1",))


def network(*, target: str = "igw-1", ipv4: str = "0.0.0.0/0", ipv6: str = "::/0") -> Network:
    """A subnet that leads everything to a gateway, with an open ACL and one open port."""
    return Network(
        subnets=(Subnet(id="subnet-1"),),
        route_tables=(
            RouteTable(
                id="rtb-1",
                vpc_id="vpc-1",
                is_main=True,
                subnets=(),
                routes=(
                    Route(destination="0.0.0.0/0", target=target),
                    Route(destination="::/0", target=target),
                ),
            ),
        ),
        security_groups=(
            SecurityGroup(
                id="sg-1",
                inbound=(
                    InboundRule(
                        protocol="tcp", from_port=443, to_port=443, ipv4=(ipv4,), ipv6=(ipv6,)
                    ),
                ),
            ),
        ),
        network_acls=(
            NetworkAcl(
                id="acl-1",
                subnets=("subnet-1",),
                entries=tuple(
                    AclEntry(number=100, egress=egress, allow=True, protocol="all", cidr=cidr)
                    for egress in (False, True)
                    for cidr in ("0.0.0.0/0", "::/0")
                ),
            ),
        ),
        evidence=("sha256:network",),
    )


OPEN, CLOSED = network(), network(ipv4="10.0.0.0/8", ipv6="fd00::/8")
OUTWARD = network(target="eigw-1")
BLIND = msgspec.structs.replace(OPEN, route_tables=())


def seen(*held: tuple[NetworkInterface, RunningTask | None], **more: object) -> Observation:
    """What was observed; by default everything was, in an open network."""
    ordinary = Observation(
        interfaces=tuple(interface for interface, _ in held),
        counted=len(held),
        tasks=tuple(task for _, task in held if task is not None),
        network=OPEN,
        evidence=("sha256:interfaces",),
    )
    return msgspec.structs.replace(ordinary, **more)


class Says(NamedTuple):
    """What a finding says, of what."""

    arn: str
    status: Status
    grade: Grade
    severity: Severity
    reason: str


class Row(NamedTuple):
    """One situation and every finding on it."""

    situation: str
    observed: Observation | None
    findings: tuple[Says, ...]
    clusters: tuple[str, ...] = (CLUSTER,)


def failed(reason: str, grade: Grade = Grade.REACHABLE, arn: str = TASK.arn) -> Says:
    """A failure that ranks a step above the catalogue's HIGH where it is reachable."""
    severity = Severity.CRITICAL if grade is Grade.REACHABLE else Severity.HIGH
    return Says(arn, Status.FAILED, grade, severity, reason)


def failed6(reason: str, grade: Grade = Grade.REACHABLE, arn: str = TASK.arn) -> Says:
    """Likewise, above the catalogue's MEDIUM."""
    severity = Severity.HIGH if grade is Grade.REACHABLE else Severity.MEDIUM
    return Says(arn, Status.FAILED, grade, severity, reason)


def not_seen(why: str, arn: str = CLUSTER) -> Says:
    """A cluster that could not be looked into."""
    reason = f"Not all that runs in this cluster could be seen: {why}."
    return Says(arn, Status.NOT_EVALUATED, Grade.UNKNOWN, Severity.MEDIUM, reason)


def passed(reason: str, arn: str = CLUSTER) -> Says:
    """A cluster with nothing to say of its tasks."""
    return Says(arn, Status.PASSED, Grade.NONE, Severity.INFORMATIONAL, reason)


NO_PUBLIC = "No task of this cluster ran with a public IPv4 address when it was looked at."
NO_IPV6 = (
    "No task of this cluster ran with a global IPv6 address and a route for IPv6 to an internet "
    "gateway when it was looked at."
)
PUBLIC = "This task runs with a public IPv4 address. Started by: "
BY_HAND = "RunTask of family 'report', by hand or by a program that does not say so."
OF_INTERFACE = "This network interface of an ECS task has a public IPv4 address; "
STOPPED = "no task that runs holds it, so that one is likely to have just stopped"


def started(group: str | None, by: str | None) -> RunningTask:
    """The task as somebody else started it."""
    return msgspec.structs.replace(TASK, group=group, started_by=by)


PUBLIC_ROWS = [
    Row("nothing was looked for", None, ()),
    Row("nothing runs with a public address", seen(), (passed(NO_PUBLIC),)),
    Row("a global IPv6 address is not this control's", seen((PUBLIC6, TASK)), (passed(NO_PUBLIC),)),
    Row("started by hand", seen((INTERFACE, TASK)), (failed(f"{PUBLIC}{BY_HAND}"),)),
    *(
        Row(
            f"started by {words}",
            seen((INTERFACE, started(group, by))),
            (failed(f"{PUBLIC}{words}."),),
        )
        for group, by, words in (
            ("service:api", "ecs-svc/1", "task set 'ecs-svc/1' of service 'api'"),
            ("service:api", "ecs-svc/2", "service 'api'"),
            ("family:report", "events-rule/nightly", "EventBridge rule 'nightly'"),
            (
                "family:report",
                "chronos-schedule/clean",
                "EventBridge Scheduler schedule 'clean'",
            ),
            ("family:report", "ci/4711", "RunTask of family 'report', started by 'ci/4711'"),
            ("probes", None, "RunTask, by hand or by a program that does not say so"),
            (None, "</script>\u202e", "RunTask, started by '</script>\\u202e'"),
        )
    ),
    Row(
        "public, and nothing lets traffic in",
        seen((INTERFACE, TASK), network=CLOSED),
        (failed(f"{PUBLIC}{BY_HAND}", Grade.ADDRESSABLE),),
    ),
    Row(
        "public, and the network could not be read",
        seen((INTERFACE, TASK), network=BLIND),
        (failed(f"{PUBLIC}{BY_HAND}", Grade.UNKNOWN),),
    ),
    Row(
        "public in one of two clusters",
        seen((INTERFACE, TASK)),
        (failed(f"{PUBLIC}{BY_HAND}"), passed(NO_PUBLIC, OTHER)),
        (CLUSTER, OTHER),
    ),
    Row(
        "a public interface of a task that stopped meanwhile",
        seen((INTERFACE, None)),
        (
            Says(
                ENI_ARN,
                Status.WARNING,
                Grade.REACHABLE,
                Severity.MEDIUM,
                f"{OF_INTERFACE}{STOPPED}.",
            ),
            passed(NO_PUBLIC),
        ),
    ),
    Row(
        "a public interface, and the tasks of one cluster could not be read",
        seen((INTERFACE, None), tasks_unseen={CLUSTER: DENIED}),
        (
            failed(
                f"{OF_INTERFACE}which task holds it could not be seen: denied by a policy.",
                arn=ENI_ARN,
            ),
            not_seen("denied by a policy"),
            passed(NO_PUBLIC, OTHER),
        ),
        (CLUSTER, OTHER),
    ),
    Row(
        "interfaces could not be read",
        seen(interfaces_unseen=DENIED),
        (not_seen("denied by a policy"), not_seen("denied by a policy", OTHER)),
        (CLUSTER, OTHER),
    ),
    Row(
        "interfaces could be read up to a page, which held a public one",
        seen((INTERFACE, TASK), interfaces_unseen=DENIED),
        (failed(f"{PUBLIC}{BY_HAND}"), not_seen("denied by a policy")),
    ),
]

HAS_WAY = (
    "This task runs with a global IPv6 address, and its subnet routes IPv6 to an internet gateway. "
    f"assignPublicIp does not govern IPv6. Started by: {BY_HAND}"
)
IPV6_ROWS = [
    Row("nothing was looked for", None, ()),
    Row("nothing runs with a global address", seen(), (passed(NO_IPV6),)),
    Row("a public IPv4 address is not this control's", seen((INTERFACE, TASK)), (passed(NO_IPV6),)),
    Row("on the internet", seen((PUBLIC6, TASK)), (failed6(HAS_WAY),)),
    Row(
        "a way in, and nothing lets traffic in",
        seen((PUBLIC6, TASK), network=CLOSED),
        (failed6(HAS_WAY, Grade.ADDRESSABLE),),
    ),
    Row(
        "behind an egress-only internet gateway",
        seen((PUBLIC6, TASK), network=OUTWARD),
        (passed(NO_IPV6),),
    ),
    Row(
        "routes could not be read",
        seen((PUBLIC6, TASK), network=BLIND),
        (
            Says(
                TASK.arn,
                Status.NOT_EVALUATED,
                Grade.UNKNOWN,
                Severity.MEDIUM,
                "This task runs with a global IPv6 address, and whether an internet gateway leads "
                f"to it could not be seen. Started by: {BY_HAND}",
            ),
        ),
    ),
    Row(
        "the interface of a task that stopped meanwhile",
        seen((PUBLIC6, None)),
        (
            Says(
                ENI_ARN,
                Status.WARNING,
                Grade.REACHABLE,
                Severity.MEDIUM,
                "This network interface of an ECS task has a global IPv6 address, and its subnet "
                f"routes IPv6 to an internet gateway; {STOPPED}. assignPublicIp does not govern "
                "IPv6.",
            ),
            passed(NO_IPV6),
        ),
    ),
    Row(
        "interfaces could not be read",
        seen(interfaces_unseen=DENIED),
        (not_seen("denied by a policy"),),
    ),
]


@pytest.fixture
def ecs(service: Service) -> EcsFacts:
    """A service with a task set, `ecs-svc/1`; clusters are each row's own."""
    return EcsFacts(services=(service,))


def findings(control: Control, account: Account, ecs: EcsFacts, row: Row) -> list[Finding]:
    """What a control finds."""
    facts = RegionFacts(
        ecs=msgspec.structs.replace(ecs, clusters=row.clusters), observed=row.observed
    )
    return list(control.evaluate(account, "eu-west-1", facts))


def said(found: list[Finding]) -> tuple[Says, ...]:
    """In the words of the table."""
    return tuple(
        Says(
            finding.resource.arn,
            finding.status,
            finding.exposure.grade if finding.exposure else Grade.NONE,
            finding.severity,
            finding.reason,
        )
        for finding in found
    )


@pytest.mark.parametrize("row", PUBLIC_ROWS, ids=lambda row: row.situation)
def test_each_situation_of_public_ipv4_addresses(row: Row, account: Account, ecs: EcsFacts) -> None:
    """Each situation ends in the findings that the table gives, and no other."""
    assert said(findings(EcsTaskNoPublicIp(), account, ecs, row)) == row.findings


@pytest.mark.parametrize("row", IPV6_ROWS, ids=lambda row: row.situation)
def test_each_situation_of_global_ipv6_addresses(row: Row, account: Account, ecs: EcsFacts) -> None:
    """Each situation ends in the findings that the table gives, and no other."""
    assert said(findings(EcsTaskIpv6Exposure(), account, ecs, row)) == row.findings


def test_a_finding_on_a_task_says_what_was_seen_of_it(account: Account, ecs: EcsFacts) -> None:
    """Its addresses, its place, who started it, and the answers that say so."""
    row = Row("", seen((INTERFACE, started("service:api", "ecs-svc/1"))), ())
    (finding,) = findings(EcsTaskNoPublicIp(), account, ecs, row)

    assert finding.key == f"ecs-task-no-public-ip|111122223333|eu-west-1|{TASK.arn}"
    assert msgspec.to_builtins(finding.resource) == {
        "type": "AWS::ECS::Task",
        "arn": TASK.arn,
        "id": "0a1b",
        "cluster_arn": CLUSTER,
        "service_arn": f"{ARN}:service/prod/api",
        "service_name": "api",
        "deployment_controller": "EXTERNAL",
        "status": "RUNNING",
        "launch_type": "FARGATE",
        "scale_percent": None,
        "created_at": "2026-11-24T02:00:00Z",
        "updated_at": None,
        "tags": {"team": "</script>"},
    }
    observed = finding.observed
    assert (observed.public_ips, observed.interfaces) == (("198.18.0.1",), ("eni-1",))
    assert (observed.subnets, observed.security_groups) == (("subnet-1",), ("sg-1",))
    assert observed.started_by == "task set 'ecs-svc/1' of service 'api'"
    assert observed.interfaces_seen
    assert observed.images == ("198.51.100.7/api:<7>",)
    assert finding.exposure is not None
    assert finding.exposure.sources == ("0.0.0.0/0",)
    assert finding.exposure.ports == ("tcp/443",)
    assert finding.evidence == ("sha256:interfaces", "sha256:tasks", "sha256:network")


def test_a_task_with_two_public_interfaces_has_one_finding(account: Account, ecs: EcsFacts) -> None:
    """With both addresses, and the worse of the two exposures."""
    task = msgspec.structs.replace(TASK, attachment_ids=("attachment-1", "attachment-2"))
    second = msgspec.structs.replace(
        INTERFACE,
        id="eni-2",
        attachment_id="attachment-2",
        public_ips=("198.18.0.2",),
        security_groups=(),
    )
    row = Row(
        "", msgspec.structs.replace(seen((second, None), (INTERFACE, None)), tasks=(task,)), ()
    )
    (finding,) = findings(EcsTaskNoPublicIp(), account, ecs, row)

    assert finding.observed.public_ips == ("198.18.0.1", "198.18.0.2")
    assert finding.exposure is not None
    assert finding.exposure.grade is Grade.REACHABLE


def test_the_control_on_ipv6_is_nothing_that_cis_asks_for() -> None:
    """No mapping to a benchmark, and none that is called verified."""
    mappings = EcsTaskIpv6Exposure().entry.mappings

    assert not [mapping for mapping in mappings if mapping.verified or "CIS" in mapping.framework]
