"""How far two runs can be compared, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orgscan.model.run import Scope
from orgscan.model.seen import SeenRun


def notes(old: SeenRun, new: SeenRun) -> Iterator[str]:
    """What a reader has to know before believing a comparison, one sentence each."""
    if old.id == new.id:
        yield "Both are the same run."
    elif old.started_at > new.started_at:
        yield (
            "The old run is the newer one: it began at "
            f"{old.started_at}, and the new one at {new.started_at}."
        )
    filters = list(_differing(old.scope, new.scope))
    if filters:
        yield (
            f"The scopes differ ({'; '.join(filters)}). What both had in scope is compared; the "
            "rest is unknown."
        )
    for which, ids in (
        ("old", old.controls - new.controls),
        ("new", new.controls - old.controls),
    ):
        if ids:
            yield f"Only the {which} run has {', '.join(sorted(ids))}."
    if old.tool_version != new.tool_version:
        yield (
            f"The runs were made by orgscan {old.tool_version} and {new.tool_version}, which may "
            "judge the same differently."
        )


def _differing(old: Scope, new: Scope) -> Iterator[str]:
    before, after = msgspec.structs.asdict(old), msgspec.structs.asdict(new)
    for name, value in before.items():
        if value != after[name]:
            yield f"{name}: {_said(value)}, then {_said(after[name])}"


def _said(value: str | tuple[str, ...]) -> str:
    return value or "none" if isinstance(value, str) else " ".join(value) or "all"
