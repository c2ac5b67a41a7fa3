"""The plan as a file: versioned, readable by its owner alone, and refused once it was edited."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import msgspec

from orgscan.errors import RemediationError
from orgscan.model.remediation import Plan
from orgscan.private_file import new_file
from orgscan.remediation.digests import digest_of

FORMAT, VERSION = "orgscan.plan", 1


class PlanV1(msgspec.Struct, frozen=True, kw_only=True):
    """The file; `digest` is that of the plan's canonical JSON."""

    format: str
    version: int
    digest: str
    plan: Plan


class _Header(msgspec.Struct):
    format: object = None
    version: object = None
    digest: str = ""
    plan: object = None


def write_plan(plan: Plan, path: Path) -> str:
    """Write it beside and rename it: it is there whole or not at all. Gives its digest.

    Raises:
        RemediationError: the disk does not take it.
    """
    held = PlanV1(format=FORMAT, version=VERSION, digest=digest_of(plan), plan=plan)
    write_whole(path, msgspec.json.format(msgspec.json.encode(held), indent=2) + b"\n")
    return held.digest


def write_whole(path: Path, data: bytes) -> None:
    """A file readable by its owner alone, there whole or not at all.

    Raises:
        RemediationError: the disk does not take it.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with new_file(beside) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RemediationError(
            f"the file cannot be written: {error.strerror or error}",
            where=str(path),
            mend="Free some space, or name another file",
        ) from None


def read_plan(path: Path) -> PlanV1:
    """Read a plan.

    Raises:
        RemediationError: it cannot be read, is none, is of another version, or was edited.
    """
    try:
        data = path.read_bytes()
        header = msgspec.json.decode(data, type=_Header)
    except OSError as error:
        raise _no_plan(path, f"the plan cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _no_plan(path, f"this is not a plan: {error}") from None
    if header.format != FORMAT:
        raise _no_plan(path, f'this is not a plan: it has no "format" of "{FORMAT}"')
    if header.version != VERSION or isinstance(header.version, bool):
        raise _no_plan(path, f"this plan is not of version {VERSION}, which this program reads")
    if digest_of(header.plan) != header.digest:
        raise _no_plan(path, "this plan was edited since it was made, and is not applied")
    try:
        return msgspec.json.decode(data, type=PlanV1)
    except (ValueError, RecursionError) as error:
        raise _no_plan(path, f"this is not a whole plan: {error}") from None


def require_unexpired(plan: Plan, now: float, path: Path) -> None:
    """Refuse a plan that is too old.

    Raises:
        RemediationError: it has expired, or does not say when it does.
    """
    try:
        expires = dt.datetime.fromisoformat(plan.expires_at).timestamp()
    except (ValueError, OverflowError):
        raise _no_plan(path, "this plan does not say when it expires") from None
    if now > expires:
        raise _no_plan(path, f"this plan expired at {plan.expires_at}")


def _no_plan(path: Path, what: str) -> RemediationError:
    return RemediationError(
        what, where=str(path), mend="Make one with `orgscan remediate plan`, and apply it unchanged"
    )
