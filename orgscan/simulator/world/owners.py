"""Who answers for a service or a task set, as their tags say: mostly, and not always alike."""

from __future__ import annotations

from orgscan.simulator.chance import Chance
from orgscan.simulator.world import names

What = tuple[str | int, ...]


def service_tags(chance: Chance, what: What) -> dict[str, str]:
    """Three of four services name a team; AWS keeps the case in which a person wrote the key."""
    draw = chance.share("who owns", *what)
    if draw > 0.75:
        return {}
    return {"Team" if draw < 0.2 else "team": chance.pick(names.TEAMS, "team", *what)}


def task_set_tags(chance: Chance, number: int, what: What) -> dict[str, str]:
    """A later set sometimes names who released it; ECS hands no tag on from the service."""
    if number == 0 or chance.share("who released", *what) > 0.5:
        return {}
    return {"Owner": f"{chance.pick(names.TEAMS, 'releaser', *what)}@example.org"}


def owner_of(own: dict[str, str], of_service: dict[str, str]) -> str | None:
    """The owner by the keys `owner` and `team`: the task set's own tag, or else its service's.

    Of tags that differ by case alone, the first by name holds.
    """
    for key in ("owner", "team"):
        for tags in (own, of_service):
            for name in sorted(tags):
                if name.lower() == key and tags[name].strip():
                    return tags[name]
    return None
