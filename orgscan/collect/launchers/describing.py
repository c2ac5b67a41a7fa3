"""Describe each of what was listed: what the collectors have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.few_at_once import few_at_once
from orgscan.collect.launchers.interface import Gathered
from orgscan.model.launcher import Launcher
from orgscan.model.outcome import NotCollected

# Each service meters the account-region by itself; production shares that with us.
_AT_ONCE = 2


async def complete_all(
    listed: Sequence[Launcher], complete: Callable[[Launcher], Awaitable[Launcher | None]]
) -> Gathered:
    """Describe each resource that was listed; one that fails costs no other.

    Args:
        listed: as far as the list tells of them.
        complete: gives the whole of it, or None where it starts no ECS tasks. May raise CallFailed.
    """

    async def attempt(launcher: Launcher) -> Launcher | None:
        try:
            return await complete(launcher)
        except CallFailed as failed:
            return replace(launcher, unseen=failed.why)

    done = await few_at_once(_AT_ONCE, [attempt(launcher) for launcher in listed])
    found = tuple(launcher for launcher in done if launcher is not None)
    return Gathered(found, _causes(found))


def _causes(launchers: Sequence[Launcher]) -> tuple[NotCollected, ...]:
    """Why launchers were not described: each cause once, since messages name each resource."""
    causes: dict[tuple[str, str, str], NotCollected] = {}
    for launcher in launchers:
        if (why := launcher.unseen) is not None:
            causes.setdefault((why.api, why.error_code, why.reason), why)
    return tuple(causes.values())
