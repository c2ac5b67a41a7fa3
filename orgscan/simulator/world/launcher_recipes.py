"""The kinds of launchers there are, and how often each comes: one line is one kind."""

from __future__ import annotations

import enum

import msgspec

from orgscan.simulator.world.recipes import PRIVATE, PUBLIC

UNIVERSAL, CUSTOM_BUS, JSONATA, NESTED, ENCRYPTED, SDK, TASKS, NODES, EKS = (
    "universal", "custom bus", "jsonata", "nested", "encrypted", "sdk", "tasks", "nodes", "eks",
)  # fmt: skip


class Kind(enum.StrEnum):
    """What it is; the values are those of CloudFormation."""

    RULE = "AWS::Events::Rule"
    SCHEDULE = "AWS::Scheduler::Schedule"
    PIPE = "AWS::Pipes::Pipe"
    MACHINE = "AWS::StepFunctions::StateMachine"
    JOB = "AWS::Batch::JobDefinition"


class Start(msgspec.Struct, frozen=True):
    """One place that starts tasks.

    Attributes:
        assign: ENABLED, DISABLED, or None where it is not stated.
        launch: the launch type; None where it names none.
        awsvpc: whether a network configuration is stated.
        subnets: public or private ones.
        expression: the member that an expression stands for; empty where all is literal.
    """

    assign: str | None
    launch: str | None = "FARGATE"
    awsvpc: bool = True
    subnets: str = PRIVATE
    expression: str = ""


class LauncherRecipe(msgspec.Struct, frozen=True):
    """One kind of launcher.

    Attributes:
        starts: empty for one that starts something else than ECS tasks.
        state: as its service says; empty stands for the ordinary one.
        form: which of a service's ways of writing it.
    """

    kind: Kind
    weight: int
    starts: tuple[Start, ...]
    state: str = ""
    form: str = ""


_ON = Start("ENABLED", subnets=PUBLIC)
_OFF = Start("DISABLED")
_UNSTATED = Start(None)
_BRIDGE = Start(None, launch="EC2", awsvpc=False)
_ELSEWHERE = ()

RECIPES = (
    LauncherRecipe(Kind.RULE, 6, (_OFF,)),
    LauncherRecipe(Kind.RULE, 3, (_ON,)),
    LauncherRecipe(Kind.RULE, 1, (_ON,), state="DISABLED"),
    LauncherRecipe(Kind.RULE, 2, (_UNSTATED,)),
    LauncherRecipe(Kind.RULE, 2, (_BRIDGE,)),
    LauncherRecipe(Kind.RULE, 1, (Start(None, awsvpc=False),)),
    # Off in one target and on in the other, on a bus that is not the default one.
    LauncherRecipe(Kind.RULE, 2, (_OFF, _ON), form=CUSTOM_BUS),
    LauncherRecipe(Kind.RULE, 6, _ELSEWHERE),
    LauncherRecipe(Kind.SCHEDULE, 5, (_OFF,)),
    LauncherRecipe(Kind.SCHEDULE, 3, (_ON,)),
    LauncherRecipe(Kind.SCHEDULE, 1, (_ON,), state="DISABLED"),
    LauncherRecipe(Kind.SCHEDULE, 1, (_UNSTATED,)),
    LauncherRecipe(Kind.SCHEDULE, 2, (_ON,), form=UNIVERSAL),
    LauncherRecipe(Kind.SCHEDULE, 1, (_OFF,), form=UNIVERSAL),
    LauncherRecipe(Kind.SCHEDULE, 4, _ELSEWHERE),
    LauncherRecipe(Kind.PIPE, 3, (_OFF,)),
    LauncherRecipe(Kind.PIPE, 2, (_ON,)),
    LauncherRecipe(Kind.PIPE, 1, (_ON,), state="STOPPED"),
    LauncherRecipe(Kind.PIPE, 1, (_UNSTATED,)),
    LauncherRecipe(Kind.PIPE, 3, _ELSEWHERE),
    LauncherRecipe(Kind.MACHINE, 3, (_OFF,)),
    LauncherRecipe(Kind.MACHINE, 2, (_ON,)),
    LauncherRecipe(Kind.MACHINE, 2, (_OFF, _ON, _BRIDGE), form=NESTED),
    LauncherRecipe(Kind.MACHINE, 1, (_OFF, _OFF), form=NESTED),
    LauncherRecipe(Kind.MACHINE, 2, (_ON,), form=JSONATA),
    LauncherRecipe(Kind.MACHINE, 1, (_OFF,), form=JSONATA),
    LauncherRecipe(Kind.MACHINE, 1, (_ON,), form=SDK),
    LauncherRecipe(Kind.MACHINE, 1, (Start(None, expression="AssignPublicIp"),)),
    LauncherRecipe(Kind.MACHINE, 1, (Start(None, expression="NetworkConfiguration"),)),
    LauncherRecipe(Kind.MACHINE, 1, (Start(None, expression="AssignPublicIp"),), form=JSONATA),
    LauncherRecipe(Kind.MACHINE, 1, _ELSEWHERE, form=ENCRYPTED),
    LauncherRecipe(Kind.MACHINE, 4, _ELSEWHERE),
    LauncherRecipe(Kind.JOB, 3, (_OFF,)),
    LauncherRecipe(Kind.JOB, 2, (_ON,)),
    LauncherRecipe(Kind.JOB, 2, (_UNSTATED,)),
    LauncherRecipe(Kind.JOB, 2, (Start(None, awsvpc=False),)),
    LauncherRecipe(Kind.JOB, 1, (_ON,), form=TASKS),
    LauncherRecipe(Kind.JOB, 2, (_BRIDGE,)),
    LauncherRecipe(Kind.JOB, 1, (_BRIDGE, _BRIDGE), form=NODES),
    LauncherRecipe(Kind.JOB, 1, _ELSEWHERE, form=EKS),
)
