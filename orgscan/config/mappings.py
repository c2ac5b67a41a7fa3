"""A company's own mappings: its framework's requirements, added to orgscan's controls."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, Field

from orgscan.config.document import Document
from orgscan.config.problems import Problem, nearest, shown
from orgscan.config.shape import RefusedError
from orgscan.config.validation import StrictModel
from orgscan.config.values import NothingAsEmpty, OneLine
from orgscan.model.control import CONFIGURATION, Mapping

MOST_MAPPINGS = 1000


def _at_most(length: int) -> AfterValidator:
    """Long enough for any framework, short enough for a table."""

    def check(text: str) -> str:
        if len(text) > length:
            what = f"the text has {len(text)} characters"
            raise RefusedError(what, f"Write at most {length}")
        return text

    return AfterValidator(check)


ShortName = Annotated[OneLine, _at_most(80)]
Title = Annotated[OneLine, _at_most(400)]


class UserMapping(StrictModel):
    """One requirement of a framework, and the control that it asks for."""

    control: ShortName
    """The control's id, as `orgscan controls` shows it."""

    framework: ShortName
    """The framework's name."""

    version: ShortName
    """The framework's version, quoted where YAML would read it as a number."""

    id: ShortName
    """The framework's own id of the requirement, quoted where YAML would read it as a number."""

    title: Title
    """The framework's own title of the requirement."""

    source: Title | None = None
    """The document, and the place in it, that says so; null: not said."""

    note: OneLine | None = None
    """What a reader has to know; null: nothing."""

    def mapping(self) -> Mapping:
        """The mapping as the catalogue shows it: a claim of the configuration, not verified."""
        return Mapping(
            framework=self.framework,
            version=self.version,
            id=self.id,
            title=self.title,
            source=CONFIGURATION,
            verified=False,
            note=self.note or "",
            reference=self.source or "",
        )


UserMappings = Annotated[tuple[UserMapping, ...], Field(max_length=MOST_MAPPINGS), NothingAsEmpty]


def mapping_problems(document: Document, control_ids: Collection[str] | None) -> list[Problem]:
    """What only the list as a whole, or the catalogue, can tell.

    Read from the plain data, so that it is told together with every other problem.

    Args:
        document: the configuration file.
        control_ids: the controls that there are; None takes any.
    """
    listed = document.tree.data.get("mappings")
    problems: list[Problem] = []
    first: dict[tuple[str, ...], int] = {}
    for at, one in enumerate(listed if isinstance(listed, tuple) else ()):
        if not isinstance(one, dict):
            continue
        if control_ids is not None and isinstance(one.get("control"), str):
            problems += _unknown_control(document, at, str(one["control"]), control_ids)
        key = tuple(
            value.strip()
            for name in ("control", "framework", "version", "id")
            if isinstance(value := one.get(name), str)
        )
        if len(key) == 4 and first.setdefault(key, at) != at:
            line = document.position(("mappings", first[key]))[0]
            what = f"duplicate mapping {shown(' '.join(key[1:]))}, first on line {line}"
            problems.append(document.problem(("mappings", at, "id"), what, "Keep one of them"))
    return problems


def _unknown_control(
    document: Document, at: int, name: str, control_ids: Collection[str]
) -> list[Problem]:
    if " ".join(name.split()) in control_ids:
        return []
    close = nearest(name, control_ids)
    every = ", ".join(control_ids)
    mend = f"Did you mean {shown(close)}?" if close else f"Known are: {every}"
    what = f"unknown control {shown(name)}"
    return [document.problem(("mappings", at, "control"), what, mend)]
