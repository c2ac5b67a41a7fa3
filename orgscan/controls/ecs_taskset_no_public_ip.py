"""ECS task sets state assignPublicIp DISABLED.

Each task set is judged by its own network configuration, never by its service's: before a primary
exists, and for every canary, the service shows other values than the set (ECS developer guide,
deployment-type-external).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.controls.catalogue import load_entry
from orgscan.controls.verdict import account_ref, not_evaluated, quoted, severity_of
from orgscan.model.control import ControlEntry
from orgscan.model.ecs import AwsvpcConfiguration, Service, TaskSet
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Observed, Resource, Status, finding_key
from orgscan.model.organization import Account

CONTROL_ID = "ecs-taskset-no-public-ip"
ENABLED, DISABLED = "ENABLED", "DISABLED"

# ECS TaskSet.status and what AWS says of each; a wrong setting weighs differently in each.
ROLES = {"PRIMARY": "serving", "ACTIVE": "not serving production", "DRAINING": "stopping"}

NOT_STATED = (
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


class Verdict(msgspec.Struct, frozen=True):
    """A status, why, and the value of assignPublicIp that it rests on, if it rests on one."""

    status: Status
    reason: str
    assign_public_ip: str | None = None


class EcsTaskSetNoPublicIp:
    """Every task set gets one finding; every cluster or service not seen is NOT_EVALUATED."""

    @property
    def entry(self) -> ControlEntry:
        """The catalogue entry beside this file."""
        return load_entry(CONTROL_ID)

    def evaluate(self, account: Account, region: str, facts: RegionFacts) -> Iterator[Finding]:
        """Judge the task sets of one account-region; a service without any gives no finding."""
        for service in facts.ecs.services:
            for task_set in service.task_sets:
                yield self._finding(account, region, service, task_set)
        for unseen in facts.ecs.unseen:
            yield not_evaluated(self.entry, account, region, unseen)

    def _finding(self, account: Account, region: str, service: Service, of: TaskSet) -> Finding:
        verdict = judge(of)
        return Finding(
            key=finding_key(CONTROL_ID, account.id, region, of.arn),
            control_id=CONTROL_ID,
            status=verdict.status,
            severity=severity_of(verdict.status, self.entry),
            reason=verdict.reason,
            account=account_ref(account),
            region=region,
            resource=_resource(service, of),
            observed=_observed(of, verdict),
            evidence=of.evidence,
        )


def judge(task_set: TaskSet) -> Verdict:
    """The verdict on one task set, the worst thing stated first.

    Absence contradicts nothing and proves nothing; only a stated DISABLED passes, and only where
    nothing else is stated.
    """
    subject = _subject(task_set)
    configs = (task_set.awsvpc, _corroborating(task_set))
    first, second = _value(configs[0]), _value(configs[1])
    stated = {first, second} - {None}
    if not stated:
        return _silent(task_set, subject, has_awsvpc=configs != (None, None))
    statement = f"{subject} {_statement(first, second)}"
    if ENABLED in stated:
        return Verdict(Status.FAILED, f"{statement}. {_consequence(task_set)}", ENABLED)
    if stated != {DISABLED}:
        return Verdict(Status.WARNING, f"{statement}. AWS documents only ENABLED and DISABLED.")
    return Verdict(Status.PASSED, f"{statement}.", DISABLED)


def _silent(task_set: TaskSet, subject: str, *, has_awsvpc: bool) -> Verdict:
    """The verdict where nobody states the setting."""
    if has_awsvpc:
        return Verdict(Status.WARNING, f"{subject} {NOT_STATED}")
    if task_set.is_fargate:
        return Verdict(Status.WARNING, f"{subject} {INCOMPLETE}")
    return Verdict(Status.NOT_APPLICABLE, f"{subject} {NO_AWSVPC}")


def _corroborating(task_set: TaskSet) -> AwsvpcConfiguration | None:
    return task_set.corroboration.awsvpc if task_set.corroboration.seen else None


def _value(config: AwsvpcConfiguration | None) -> str | None:
    return None if config is None else config.assign_public_ip


def _subject(task_set: TaskSet) -> str:
    role = ROLES.get(task_set.status)
    if role is not None:
        return f"This {task_set.status} task set ({role})"
    if task_set.status:
        return f"This task set (status {quoted(task_set.status)})"
    return "This task set (no status stated)"


def _statement(first: str | None, second: str | None) -> str:
    """What DescribeServices and DescribeTaskSets state, of which at least one states something."""
    match first, second:
        case None, str(value):
            return f"states assignPublicIp {_shown(value)} in DescribeTaskSets only"
        case str(one), str(other) if one != other:
            return (
                f"states assignPublicIp {_shown(one)} in DescribeServices "
                f"and {_shown(other)} in DescribeTaskSets"
            )
        case _:
            return f"states assignPublicIp {_shown(first or '')}"


def _shown(value: str) -> str:
    return value if value in {ENABLED, DISABLED} else quoted(value)


def _consequence(task_set: TaskSet) -> str:
    outside = _outside_fargate(task_set)
    if outside:
        effect = f"AWS refuses ENABLED outside Fargate, and the set has {outside}: an anomaly"
    else:
        effect = "With ENABLED its tasks get a public IPv4 address"
    if task_set.status == "DRAINING":
        return f"{effect}; the set is transient and goes by itself when it has drained."
    return f"{effect}."


def _outside_fargate(task_set: TaskSet) -> str:
    """What shows that the set does not run on Fargate; empty if it does, or nothing shows it."""
    if task_set.is_fargate:
        return ""
    if task_set.launch_type:
        return f"launch type {quoted(task_set.launch_type)}"
    return "other capacity providers" if task_set.capacity_providers else ""


def _resource(service: Service, of: TaskSet) -> Resource:
    """The task set, with what its own answer left out taken from the service that listed it."""
    return Resource(
        type="AWS::ECS::TaskSet",
        arn=of.arn,
        id=of.id,
        cluster_arn=of.cluster_arn or service.cluster_arn or None,
        service_arn=of.service_arn or service.arn or None,
        service_name=of.service_name or service.name or None,
        deployment_controller=of.deployment_controller or service.deployment_controller or None,
        status=of.status or None,
        launch_type=of.launch_type,
        scale_percent=of.scale_percent,
        created_at=of.created_at,
        updated_at=of.updated_at,
        tags=of.tags,
    )


def _observed(of: TaskSet, verdict: Verdict) -> Observed:
    awsvpc = of.awsvpc or _corroborating(of) or AwsvpcConfiguration()
    return Observed(
        assign_public_ip=verdict.assign_public_ip,
        subnets=awsvpc.subnets,
        security_groups=awsvpc.security_groups,
        capacity_providers=of.capacity_providers,
        platform_version=of.platform_version,
        task_definition=of.task_definition,
        running_count=of.running_count,
        desired_count=of.computed_desired_count,
        corroboration=_corroboration(of),
    )


def _corroboration(of: TaskSet) -> str:
    second = of.corroboration
    if second.seen:
        return "agrees" if _value(of.awsvpc) == _value(second.awsvpc) else "differs"
    if second.refused:
        return "refused"
    return "not seen" if second.asked else "not asked"
