"""A remediation: what is planned, why something is not, and what became of it.

Field names are those of the plan file, version 1, of the journal and of `remediation.json`.
`Shape` is a structure as AWS gives or takes it, by AWS's own names and with nothing left out: what
was there before has to be whole, or it could not be put back.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

Shape = dict[str, Any]


class ActionKind(enum.StrEnum):
    """What may be done, as the allowlist names it."""

    REPLACE_TASK_SET = "replace-task-set"
    REDEPLOY_CODEDEPLOY = "redeploy-codedeploy"
    UPDATE_SERVICE = "update-service"


class Direction(enum.StrEnum):
    """Towards what is planned, or back to what was there before."""

    FORWARD = "forward"
    BACK = "back"


class Code(enum.StrEnum):
    """Why nothing is planned for a finding."""

    NOT_ALLOWLISTED = "NOT_ALLOWLISTED"
    EXCEPTED = "EXCEPTED"
    ENTRY_EXPIRED = "ENTRY_EXPIRED"
    ACTION_NOT_PERMITTED = "ACTION_NOT_PERMITTED"
    MAX_CHANGES = "MAX_CHANGES"
    UNSUPPORTED = "UNSUPPORTED"
    EXPRESS = "EXPRESS"
    GONE = "GONE"
    NOT_ACTIVE = "NOT_ACTIVE"
    DRAINING = "DRAINING"
    STABILISING = "STABILISING"
    TOO_MANY_SETS = "TOO_MANY_SETS"
    SCALED_TO_ZERO = "SCALED_TO_ZERO"
    ALREADY_DISABLED = "ALREADY_DISABLED"
    UNCOPYABLE = "UNCOPYABLE"
    RELEASE_UNDER_WAY = "RELEASE_UNDER_WAY"
    PREFLIGHT_FAILED = "PREFLIGHT_FAILED"
    NOT_SEEN = "NOT_SEEN"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The service that a change is about, and the resource that was found.

    Attributes:
        ou_path: as `orgscan.model.organization.Account.ou_path`; empty if unknown.
        controller: ECS, EXTERNAL or CODE_DEPLOY.
    """

    account_id: str
    account_name: str
    ou_path: str
    region: str
    cluster_arn: str
    service_arn: str
    service_name: str
    resource_arn: str
    controller: str

    @property
    def cluster_name(self) -> str:
        """The name, not the ARN."""
        return self.cluster_arn.rpartition("/")[2]


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """The allowlist entry that permits a change, as plan and journal quote it."""

    entry: str
    owner: str
    ticket: str
    expires: str
    max_changes: int
    subnets: tuple[str, ...] = ()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call that changes something.

    Attributes:
        api: for example `ecs:CreateTaskSet`.
        why: what it is for, a few words.
    """

    api: str
    parameters: Shape
    why: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the pre-flight says: whether tasks without a public address get out.

    Attributes:
        verdict: PASS, FAIL or UNPROVEN.
        lines: one for each check that did not pass, with what mends it.
    """

    verdict: str
    lines: tuple[str, ...] = ()


class Starting(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks that a change starts, as far as their way out depends on it.

    Attributes:
        task_definition: ARN with its revision.
        tasks: how many run beside the old ones for a while.
        platform_version: of Fargate; None where none is stated.
        execute_command: whether ECS Exec is on for the service.
    """

    task_definition: str
    tasks: int
    platform_version: str | None = None
    execute_command: bool = False


class PlannedAction(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one service.

    Attributes:
        id: unique in the plan and the same whenever the same is planned.
        before: what is there now, as AWS shows it: what a rollback restores.
        after: what will be there, as the call takes it.
        requests: the calls in their order; scales are reached in steps, and ids that AWS has yet to
            give stand in angle brackets.
        commands: the same as commands of the AWS CLI.
        starting: the tasks that start, and so the capacity that doubles.
        minutes: how long it is expected to take, the soak apart.
        undo: how it is taken back, and what cannot be restored as it was.
        warnings: what will undo or disturb it.
        proof: of the pre-flight.
        seen: digest of the live state that the plan rests on.
    """

    id: str
    finding_key: str
    kind: ActionKind
    place: Place
    permit: Permit
    before: Shape
    after: Shape
    requests: tuple[Request, ...]
    commands: tuple[str, ...]
    starting: Starting
    minutes: int
    undo: str
    warnings: tuple[str, ...]
    proof: Proof
    seen: str


class NoAction(msgspec.Struct, frozen=True, kw_only=True):
    """A finding for which nothing is planned.

    Attributes:
        reason: one sentence for a person, with what would change it where that is known.
    """

    finding_key: str
    service_name: str
    code: Code
    reason: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed, and what is not.

    Attributes:
        id: sorts by time.
        made_at: UTC, ISO 8601; `expires_at` likewise.
        made_by: ARN of the caller.
        run_id: the scan whose findings it is about.
        management_account_id: of the organization.
        allowlist: what permits it: an absolute path, or a place in AWS.
        soak_seconds: how long what is replaced is kept before it is deleted.
        actions: in the order in which they are applied.
    """

    id: str
    made_at: str
    expires_at: str
    made_by: str
    run_id: str
    management_account_id: str
    allowlist: str
    soak_seconds: int
    actions: tuple[PlannedAction, ...]
    none: tuple[NoAction, ...]


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag="begun"):
    """The first line of a journal; the plan is whole in it, so that a rollback needs nothing else.

    Attributes:
        approved_by: ARN of whoever applied it.
        approved_how: `terminal` or `--yes`.
    """

    format: str
    version: int
    at: str
    plan: Plan
    plan_digest: str
    approved_by: str
    approved_how: str


class Intent(msgspec.Struct, frozen=True, kw_only=True, tag="intent"):
    """Written and synced before a call is made: it may have happened, whatever follows."""

    number: int
    action: str
    direction: Direction
    at: str
    request: Request


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag="answered"):
    """AWS did it; `made` is the id of what it made, if it made something."""

    number: int
    at: str
    digest: str
    made: str = ""


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """AWS turned it down, or the answer was lost (`lost`) and it may have happened or not."""

    number: int
    at: str
    lost: bool
    code: str
    message: str


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag="mark"):
    """Something that happened to an action and that its later steps rest on.

    Attributes:
        name: `soaking`, `observed`, `done` or `stopped`.
        text: for a person.
    """

    action: str
    direction: Direction
    at: str
    name: str
    text: str = ""


Line = Begun | Intent | Answered | Failed | Mark
