"""Settings as every command loads them, and what they name in AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgscan.config.place import Remote
    from orgscan.config.settings import Settings


def settings_of(config: str | None, given: Mapping[str, object]) -> Settings:
    """The settings of a command.

    Args:
        config: as `--config` names it.
        given: the command's options by setting name.

    Raises:
        ConfigError: every problem, each with its place.
    """
    # What knows the controls takes a moment to import; `--help` and a wrong option need not wait.
    from orgscan.config.load import load_settings  # noqa: PLC0415 - see above
    from orgscan.scan.catalogue import control_ids  # noqa: PLC0415 - see above

    return load_settings(
        file=config,
        environ=os.environ,
        options=given,
        control_ids=control_ids(),
        fetch=partial(_fetch, given),
    )


def _fetch(given: Mapping[str, object], place: Remote) -> bytes:
    """Read a configuration by what options and variables say: it cannot itself say who reads it."""
    from orgscan.aws.stored_text import fetcher  # noqa: PLC0415 - takes a second to import
    from orgscan.config.environment import Environment  # noqa: PLC0415 - as in `settings_of`

    # What is wrong with a variable is told together with what is wrong elsewhere.
    said, _ = Environment(os.environ).values()
    said |= {name: value for name, value in given.items() if value is not None}
    profile = said.get("profile")
    insecure = said.get("allow_insecure_endpoint") is True
    return fetcher(str(profile) if profile else None, allow_insecure_endpoint=insecure)(place)
