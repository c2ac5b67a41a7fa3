"""What becomes of services from day to day: mended, opened, deployed anew, deleted, new."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.recipes import PUBLIC, Recipe, Setting

_OFF = Setting("PRIMARY", "DISABLED")
_ON = Setting("PRIMARY", "ENABLED", subnets=PUBLIC)

# Shares of services, each including the ones before; the last is of clusters.
_DELETED = 0.02
_TURNED = 0.07
_DEPLOYED = 0.13
_ADDED = 0.1


class Release(msgspec.Struct, frozen=True):
    """A service as it is now; `number` is how often it was deployed since the first day."""

    recipe: Recipe
    number: int = 0


def after(
    chance: Chance, days: int, place: tuple[str, ...], recipes: Sequence[Recipe]
) -> list[Release | None]:
    """The services of a cluster after so many days, each in its place; None where it was deleted.

    Args:
        chance: of the scenario.
        days: 0 changes nothing.
        place: account, region and cluster.
        recipes: of the first day.
    """
    found: list[Release | None] = [Release(recipe) for recipe in recipes]
    for day in range(1, days + 1):
        found = [
            release and _next(chance, (day, *place, at), release)
            for at, release in enumerate(found)
        ]
        if recipes and chance.share("service of day", day, *place) < _ADDED:
            added = chance.pick(recipes, "recipe of day", day, *place)
            found.append(Release(added))
    return found


def _next(chance: Chance, what: tuple[int | str, ...], release: Release) -> Release | None:
    draw = chance.share("day", *what)
    if draw < _DELETED:
        return None
    if draw < _DEPLOYED:
        recipe = _turned(release.recipe) if draw < _TURNED else release.recipe
        return Release(recipe, release.number + 1)
    return release


def _turned(recipe: Recipe) -> Recipe:
    """Off where anything of it is public, else on."""
    is_public = any(setting.assign == "ENABLED" for setting in recipe.settings)
    return replace(recipe, settings=(_OFF if is_public else _ON,))
