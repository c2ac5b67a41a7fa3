"""`orgscan scan --dry-run`: a scan told beforehand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from orgscan.cli.terminal import say
from orgscan.errors import ConfigError, Interrupted

if TYPE_CHECKING:
    from orgscan.config.settings import Settings


def show_forecast(settings: Settings, *, resume: str | None = None) -> None:
    """Print what a scan with these settings would do: a page, or with JSON logs one JSON object.

    Args:
        settings: of the scan.
        resume: must not be given: what is left of a run is known only to its journal.

    Raises:
        OrgscanError: the scan would end before it sweeps anything.
    """
    if resume is not None:
        raise ConfigError(
            "a dry run tells of a whole scan, not of what is left of one",
            where="--dry-run",
            mend="Leave out --resume",
        )
    from orgscan.forecast.forecast import forecast  # noqa: PLC0415 - as in `scan`
    from orgscan.forecast.text import forecast_lines  # noqa: PLC0415 - as in `scan`

    try:
        told = asyncio.run(forecast(settings))
    except KeyboardInterrupt:
        raise Interrupted("stopped; nothing was begun") from None
    if settings.log_format == "json":
        say(msgspec.json.encode(told).decode())
        return
    for line in forecast_lines(told):
        say(line)
