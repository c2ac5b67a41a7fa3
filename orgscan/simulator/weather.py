"""What goes wrong with a call: chosen here, carried out by the front door."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.scenario import Fault, FaultKind, Scenario
from orgscan.simulator.wire.dialects import Dialect
from orgscan.simulator.wire.refusal import Refusal

DENIALS = frozenset(
    {
        FaultKind.DENY_SCP,
        FaultKind.DENY_SCP_IMPLICIT,
        FaultKind.DENY_IAM,
        FaultKind.DENY_BOUNDARY,
        FaultKind.DENY_SESSION_POLICY,
        FaultKind.DENY_PLAIN,
    }
)
DISAPPEARANCES = frozenset({FaultKind.VANISH, FaultKind.STOP_TASKS, FaultKind.DETACH})
"""Faults of things and not of calls: what strikes follows from the ARN or id alone."""
_OF_ONE_API = {
    FaultKind.VANISH: "ecs:DescribeServices",
    FaultKind.STOP_TASKS: "ecs:DescribeTasks",
    FaultKind.DETACH: "ec2:DescribeNetworkInterfaces",
    FaultKind.REFUSE_ROLE: "sts:AssumeRole",
}


class Subject(msgspec.Struct, frozen=True):
    """What a call is about; `cluster` is a cluster's name, or empty."""

    account: str
    region: str
    api: str
    cluster: str = ""


class Denied(msgspec.Struct, frozen=True):
    """What an authorization message speaks of; `scp` is the ARN of a service control policy."""

    api: str
    arn: str
    resource: str
    scp: str


def matches(fault: Fault, subject: Subject) -> bool:
    """Whether a fault is for such a call, whatever its probability and count."""
    only = _OF_ONE_API.get(fault.kind)
    return (
        (subject.api == only if only else _glob(subject.api, fault.api))
        and _glob(subject.account, fault.account)
        and _glob(subject.region, fault.region)
        and _glob(subject.cluster, fault.cluster)
    )


def _glob(value: str, pattern: str) -> bool:
    return pattern in {"*", value} or fnmatchcase(value, pattern)


class Weather:
    """The faults of one scenario; what strikes follows from the seed and each call's number."""

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        numbered = list(enumerate(scenario.faults))
        self._faults = tuple(pair for pair in numbered if pair[1].kind not in DISAPPEARANCES)
        self._disappearances = tuple(pair for pair in numbered if pair[1].kind in DISAPPEARANCES)
        self._chance = chance
        self._struck: Counter[tuple[int, str, str]] = Counter()

    def strike(self, subject: Subject, count: int) -> Fault | None:
        """The fault that decides this call, the count-th of its account, region and API."""
        for number, fault in self._faults:
            if matches(fault, subject) and self._hits(number, fault, subject, count):
                return fault
        return None

    def _hits(self, number: int, fault: Fault, subject: Subject, count: int) -> bool:
        if fault.first is not None or fault.after:
            place = (number, subject.account, subject.region)
            self._struck[place] += 1
            met = self._struck[place] - fault.after
            if met <= 0 or (fault.first is not None and met > fault.first):
                return False
        if fault.probability >= 1:
            return True
        what = (subject.account, subject.region, subject.api, count)
        return self._chance.share("fault", number, *what) < fault.probability

    def vanished(self, subject: Subject, service_arn: str) -> bool:
        """Whether a service that was listed is gone when it is described."""
        return self._gone(FaultKind.VANISH, subject, service_arn)

    def stopped(self, subject: Subject, task_arn: str) -> bool:
        """Whether a task that was listed has stopped when it is described."""
        return self._gone(FaultKind.STOP_TASKS, subject, task_arn)

    def forgotten(self, subject: Subject, task_arn: str) -> bool:
        """Whether a task that has stopped is not described at all; that is every second one."""
        return self.stopped(subject, task_arn) and self._chance.below(2, "forgot", task_arn) == 0

    def detached(self, subject: Subject, eni: str) -> bool:
        """Whether an interface is gone when its page is read."""
        return self._gone(FaultKind.DETACH, subject, eni)

    def _gone(self, kind: FaultKind, subject: Subject, what: str) -> bool:
        return any(
            fault.kind is kind
            and matches(fault, subject)
            and self._chance.share("vanished", number, what) < fault.probability
            for number, fault in self._disappearances
        )


def refusal(denied: Denied, kind: FaultKind, dialect: Dialect) -> Refusal:
    """The service's own error for a fault that is an error answer."""
    if kind is FaultKind.REFUSE_ROLE or kind in DENIALS:
        return denial(denied, kind, dialect)
    if kind is FaultKind.THROTTLE:
        return throttled(dialect)
    if kind is FaultKind.EXPIRE_TOKEN:
        return Refusal(dialect.expired, dialect.expired_message, dialect.auth_status)
    if kind is FaultKind.REGION_NOT_ENABLED:
        return Refusal(dialect.unknown_key, dialect.unknown_key_message, dialect.auth_status)
    return Refusal(dialect.server_error, "Service Unavailable. Please try again later.", 500)


def throttled(dialect: Dialect) -> Refusal:
    """The service's own word for too many calls."""
    return Refusal(dialect.throttled, dialect.throttled_message, dialect.throttled_status)


def denial(denied: Denied, kind: FaultKind, dialect: Dialect) -> Refusal:
    """AWS's message for a call that is not allowed, with the reason where there is one to give.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    api = denied.api
    reason = {
        FaultKind.DENY_SCP: f" with an explicit deny in a service control policy: {denied.scp}",
        FaultKind.DENY_SCP_IMPLICIT: f" because no service control policy allows the {api} action",
        FaultKind.DENY_IAM: f" because no identity-based policy allows the {api} action",
        FaultKind.DENY_BOUNDARY: " with an explicit deny in a permissions boundary",
        FaultKind.DENY_SESSION_POLICY: f" because no session policy allows the {api} action",
    }.get(kind, "")
    text = f"User: {denied.arn} is not authorized to perform: {api}"
    if dialect.service == "ec2":
        text = f"You are not authorized to perform this operation. {text}{reason}"
    else:
        text = f"{text} on resource: {denied.resource}{reason}"
    return Refusal(dialect.denied, text, dialect.denied_status)
