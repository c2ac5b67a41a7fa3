"""Log lines on standard error, for people or for machines."""

from __future__ import annotations

import datetime as dt
import json
import logging

from orgscan.aws.quiet import silence_libraries
from orgscan.log_context import run_id
from orgscan.report.visible import visible

_EXTRA = (
    "account_id",
    "region",
    "status",
    "api",
    "error_code",
    "targets",
    "gaps",
    "api_calls",
    "throttled",
)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(f"{record.levelname.lower()}: {record.getMessage()}")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
        }
        if run := run_id():
            line["run_id"] = run
        line |= {name: getattr(record, name) for name in _EXTRA if hasattr(record, name)}
        return json.dumps(line)


def logs_are_json() -> bool:
    """Whether whoever reads standard error expects a JSON object on each line."""
    return any(isinstance(each.formatter, _Json) for each in logging.getLogger("orgscan").handlers)


def start_logging(log_format: str, *, verbose: bool) -> None:
    """Send orgscan's own log lines to standard error.

    Args:
        log_format: `text` or `json`.
        verbose: each account-region too, rather than warnings alone. JSON lines always have the
            start and the end of a run.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    silence_libraries()
    logger = logging.getLogger("orgscan")
    logger.handlers = [handler]
    logger.propagate = False
    if verbose:
        logger.setLevel(logging.DEBUG)
    else:
        logger.setLevel(logging.INFO if log_format == "json" else logging.WARNING)
