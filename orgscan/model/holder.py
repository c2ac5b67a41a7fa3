"""Who holds a lock, as the lock itself says."""

from __future__ import annotations

import datetime as dt
import os
import socket

import msgspec


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A process that makes a run.

    Attributes:
        run_id: the run.
        host: the machine's or the container's own name.
        pid: the process, as that machine counts them.
        since: UTC, ISO 8601.
    """

    run_id: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"run {self.run_id}, process {self.pid} on {self.host}, since {self.since}"


def this_process(run_id: str, now: dt.datetime) -> Holder:
    """This process as a holder; `now` is in UTC."""
    return Holder(
        run_id=run_id, host=socket.gethostname(), pid=os.getpid(), since=f"{now:%Y-%m-%dT%H:%M:%SZ}"
    )
