"""Settings as every command loads them, and what they name in AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
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

    # The file itself cannot say whose credentials read it.
    profile = given.get("profile") or os.environ.get("ORGSCAN_PROFILE")

    def fetch(place: Remote) -> bytes:
        from orgscan.aws.stored_text import fetcher  # noqa: PLC0415 - takes a second to import

        return fetcher(str(profile) if profile else None)(place)

    return load_settings(
        file=config, environ=os.environ, options=given, control_ids=control_ids(), fetch=fetch
    )
