"""What the shell can complete besides commands and options: the names that a value can have.

Whatever knows them is imported when a person presses Tab, so that starting stays quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args


def format_names(incomplete: str) -> list[str]:
    """The report formats."""
    from orgscan.config.settings import FormatName  # noqa: PLC0415 - see the module

    return _beginning(incomplete, get_args(FormatName))


def collect_names(incomplete: str) -> list[str]:
    """What can be read besides ECS."""
    from orgscan.config.settings import CollectName  # noqa: PLC0415 - see the module

    return _beginning(incomplete, get_args(CollectName))


def control_names(incomplete: str) -> list[str]:
    """The ids of the controls."""
    from orgscan.controls.registry import CONTROLS  # noqa: PLC0415 - see the module

    return _beginning(incomplete, (control.entry.id for control in CONTROLS))


def log_formats(incomplete: str) -> list[str]:
    """How log lines are written."""
    return _beginning(incomplete, ("text", "json"))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
