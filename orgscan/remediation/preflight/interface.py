"""What is asked of the pre-flight, and what it answers."""

from __future__ import annotations

import enum

import msgspec


class Verdict(enum.StrEnum):
    """FAIL: tasks would not start, or not work. UNPROVEN: it cannot be seen from this account."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    UNPROVEN = "UNPROVEN"
    FAIL = "FAIL"


_WORSE = tuple(Verdict)


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The worst of several; of none, PASS."""
    return max(verdicts, key=_WORSE.index, default=Verdict.PASS)


class PreflightRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks that are to start without a public address.

    Attributes:
        account_id: whose tasks they are.
        task_definition: its ARN, with the revision.
        subnets: where they are to run: today's, or those that replace them.
        security_groups: which they are to have.
        tasks: how many are to start while the old ones still run.
        platform_version: of Fargate; None for the newest, and on EC2.
        execute_command: whether ECS Exec is on for the service.
    """

    account_id: str
    task_definition: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    tasks: int
    platform_version: str | None = None
    execute_command: bool = False


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        name: the same in every pre-flight: `subnets`, `security-groups`, `free-addresses`,
            `task-definition`, `platform`, `way-out`, or `reach:` and what has to be reached.
        seen: what was seen, in a sentence.
        mend: what mends it, or proves it; empty where it passed.
    """

    name: str
    verdict: Verdict
    seen: str
    mend: str = ""


class Preflight(msgspec.Struct, frozen=True):
    """The checks, in the order in which a person would go through them."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks."""
        return worst(tuple(check.verdict for check in self.checks))

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each check that did not pass, with what mends it."""
        return tuple(
            f"{check.name}: {check.seen} {check.mend}".strip()
            for check in self.checks
            if check.verdict is not Verdict.PASS
        )
