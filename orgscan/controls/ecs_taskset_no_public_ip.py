"""ECS task sets state assignPublicIp DISABLED.

Each task set is judged by its own network configuration, never by its service's: before a primary
exists, and for every canary, the service shows other values than the set (ECS developer guide,
deployment-type-external). What runs is weighed against it: a public address fails whatever is
stated.
"""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.controls.assign_public_ip import (
    DISABLED,
    ENABLED,
    INCOMPLETE,
    NO_AWSVPC,
    UNDOCUMENTED,
    Verdict,
    effect_of_enabled,
    not_stated,
    statement,
    value_of,
)
from orgscan.controls.catalogue import load_entry
from orgscan.controls.sightings import sightings_of
from orgscan.controls.verdict import account_ref, not_evaluated, quoted, severity_of
from orgscan.controls.weighing import Stated, weigh, with_addresses
from orgscan.model.control import ControlEntry
from orgscan.model.ecs import AwsvpcConfiguration, Service, TaskSet
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Observed, Resource, Status, finding_key
from orgscan.model.organization import Account

CONTROL_ID = "ecs-taskset-no-public-ip"

# ECS TaskSet.status and what AWS says of each; a wrong setting weighs differently in each.
ROLES = {"PRIMARY": "serving", "ACTIVE": "not serving production", "DRAINING": "stopping"}

NOT_STATED = not_stated(
    "DISABLED for create-service and update-service and nothing for CreateTaskSet",
    "CIS AWS Compute Services Benchmark 3.14 and the control document",
)


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
                yield self._finding(account, region, service, task_set, facts)
        for unseen in facts.ecs.unseen:
            yield not_evaluated(self.entry, account, region, unseen)

    def _finding(
        self, account: Account, region: str, service: Service, of: TaskSet, facts: RegionFacts
    ) -> Finding:
        verdict = judge(of)
        seen = sightings_of(facts)
        running = seen.of_task_set(of.cluster_arn, of.id) if seen else ()
        weighed = weigh(_stated(verdict, of), running, seen, facts.load_balancers)
        return Finding(
            key=finding_key(CONTROL_ID, account.id, region, of.arn),
            control_id=CONTROL_ID,
            status=weighed.status,
            severity=severity_of(weighed.status, self.entry, weighed.exposure),
            reason=weighed.reason,
            account=account_ref(account),
            region=region,
            resource=_resource(service, of),
            observed=with_addresses(
                _observed(of, verdict), weighed.public, is_all_seen=weighed.is_all_seen
            ),
            exposure=weighed.exposure,
            evidence=(*of.evidence, *weighed.evidence),
        )


def _stated(verdict: Verdict, of: TaskSet) -> Stated:
    return Stated(
        status=verdict.status,
        reason=verdict.reason,
        assign_public_ip=verdict.assign_public_ip,
        cluster_arn=of.cluster_arn,
        running_count=of.running_count,
        load_balancers=of.load_balancers,
    )


def judge(task_set: TaskSet) -> Verdict:
    """The verdict on one task set, the worst thing stated first.

    Absence contradicts nothing and proves nothing; only a stated DISABLED passes, and only where
    nothing else is stated.
    """
    subject = _subject(task_set)
    configs = (task_set.awsvpc, _corroborating(task_set))
    first, second = value_of(configs[0]), value_of(configs[1])
    stated = {first, second} - {None}
    if not stated:
        return _silent(task_set, subject, has_awsvpc=configs != (None, None))
    said = statement(("DescribeServices", first), ("DescribeTaskSets", second))
    if ENABLED in stated:
        return Verdict(Status.FAILED, f"{subject} {said}. {_consequence(task_set)}", ENABLED)
    if stated != {DISABLED}:
        return Verdict(Status.WARNING, f"{subject} {said}. {UNDOCUMENTED}")
    return Verdict(Status.PASSED, f"{subject} {said}.", DISABLED)


def _silent(task_set: TaskSet, subject: str, *, has_awsvpc: bool) -> Verdict:
    """The verdict where nobody states the setting."""
    if has_awsvpc:
        return Verdict(Status.WARNING, f"{subject} {NOT_STATED}")
    if task_set.is_fargate:
        return Verdict(Status.WARNING, f"{subject} {INCOMPLETE}")
    return Verdict(Status.NOT_APPLICABLE, f"{subject} {NO_AWSVPC}")


def _corroborating(task_set: TaskSet) -> AwsvpcConfiguration | None:
    return task_set.corroboration.awsvpc if task_set.corroboration.seen else None


def _subject(task_set: TaskSet) -> str:
    role = ROLES.get(task_set.status)
    if role is not None:
        return f"This {task_set.status} task set ({role})"
    if task_set.status:
        return f"This task set (status {quoted(task_set.status)})"
    return "This task set (no status stated)"


def _consequence(task_set: TaskSet) -> str:
    effect = effect_of_enabled(task_set, "the set")
    if task_set.status == "DRAINING":
        return f"{effect}; the set is transient and goes by itself when it has drained."
    return f"{effect}."


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
        load_balancers=of.load_balancers,
    )


def _corroboration(of: TaskSet) -> str:
    second = of.corroboration
    if second.seen:
        return "agrees" if value_of(of.awsvpc) == value_of(second.awsvpc) else "differs"
    if second.refused:
        return "refused"
    return "not seen" if second.asked else "not asked"
