"""A pre-flight as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.remediation.preflight.interface import Preflight


def preflight_lines(found: Preflight) -> Iterator[str]:
    """The verdict, then each check with what was seen, and what mends it."""
    yield f"Way out without a public address: {found.verdict}"
    for check in found.checks:
        yield ""
        yield f"{check.verdict:<9} {check.name}"
        yield f"          {check.seen}"
        if check.mend:
            yield f"          -> {check.mend}"
