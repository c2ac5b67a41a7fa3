"""Which run a log line is about, wherever in the program it is written."""

from __future__ import annotations

from contextvars import Context, ContextVar

_RUN_ID: ContextVar[str] = ContextVar("orgscan_run_id", default="")


def run_id() -> str:
    """The run that this process is at; empty before there is one."""
    return _RUN_ID.get()


def about_run(run: str) -> None:
    """From now on log lines are about this run; tasks begun later inherit that."""
    _RUN_ID.set(run)


def as_in(context: Context) -> None:
    """Take over which run an event loop, which has ended, was at."""
    _RUN_ID.set(context.get(_RUN_ID, ""))
