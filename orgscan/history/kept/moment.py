"""Where a run stands in time, as one number."""

from __future__ import annotations

import datetime as dt
import re

from orgscan.errors import HistoryError

_RUN_ID = re.compile(r"([0-9]{8}T[0-9]{6})Z-([0-9a-f]{6})")
_BITS = 24


def at_of(run_id: str) -> int:
    """A number that belongs to this run alone, and sorts as run ids do.

    Args:
        run_id: when the run began, UTC, and six hex digits: `20261124T020000Z-1a2b3c`.

    Raises:
        HistoryError: it is no run id.
    """
    found = _RUN_ID.fullmatch(run_id)
    try:
        began = dt.datetime.strptime(f"{found[1]}+0000", "%Y%m%dT%H%M%S%z") if found else None
    except ValueError:
        began = None
    if found is None or began is None:
        raise HistoryError(
            f"{run_id[:80]!r} is not the id of a run",
            mend="Give runs as orgscan wrote them",
        )
    return int(began.timestamp()) << _BITS | int(found[2], 16)


def seconds_of(at: int) -> int:
    """When the run began, in seconds since 1970."""
    return at >> _BITS
