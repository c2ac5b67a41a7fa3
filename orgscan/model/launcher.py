"""What starts ECS tasks besides services: rules, schedules, pipes, state machines, Batch jobs.

Each fact carries the digest of the responses it was read from. Members that AWS may leave out are
None; nothing is filled with a default here.
"""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.ecs import Placement
from orgscan.model.outcome import NotCollected


class LauncherKind(enum.StrEnum):
    """The resource type, as CloudFormation names it."""

    RULE = "AWS::Events::Rule"
    SCHEDULE = "AWS::Scheduler::Schedule"
    PIPE = "AWS::Pipes::Pipe"
    STATE_MACHINE = "AWS::StepFunctions::StateMachine"
    JOB_DEFINITION = "AWS::Batch::JobDefinition"


class Launch(Placement, frozen=True, kw_only=True):
    """One place in a launcher that starts tasks, as far as it is stated.

    Attributes:
        place: the id of a rule's target or the name of a state; empty where there is only one.
            Its owner wrote it; never to be trusted as markup.
        cluster: the ARN, or the name where only that is stated; None where it is not, or where an
            expression decides it.
        untold: why the network configuration cannot be told, to follow "it"; empty where it can.
    """

    place: str = ""
    cluster: str | None = None
    untold: str = ""


class Launcher(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that starts ECS tasks, or may do so.

    Attributes:
        state: AWS's own word, for example ENABLED, DISABLED, RUNNING, STOPPED or ACTIVE.
        launches: in the order of the resource; empty where they could not be read.
        unreadable: why what was answered does not tell them, to follow "it"; empty where it does.
        unseen: why it was listed and could not be described; None where it was.
    """

    kind: LauncherKind
    arn: str
    name: str
    state: str | None = None
    launches: tuple[Launch, ...] = ()
    unreadable: str = ""
    unseen: NotCollected | None = None
    evidence: tuple[str, ...] = ()
