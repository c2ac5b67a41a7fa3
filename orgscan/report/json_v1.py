"""`report.json`, version 1: the run as programs read it.

The file is JSON with one finding and one ledger entry per line, so that it can be streamed, read
by eye and compared line by line. The same run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Literal

import msgspec

from orgscan.model.control import ControlEntry
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import Metrics, Run, RunRecord, Totals
from orgscan.report.visible import plain_json

FORMAT = "orgscan.report"
VERSION = 1

_CONTROLLERS = ("ECS", "EXTERNAL", "CODE_DEPLOY")
_STATUSES = ("PASSED", "FAILED", "WARNING", "NOT_APPLICABLE", "NOT_EVALUATED")


class ReportV1(msgspec.Struct, frozen=True, kw_only=True):
    """A whole `report.json`: what is read back, and what its JSON Schema is made from."""

    format: Literal["orgscan.report"]
    version: Literal[1]
    run: Run
    totals: Totals
    controls: tuple[ControlEntry, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[CoverageEntry, ...]
    metrics: Metrics | None = None


class JsonReport:
    """The format `json`."""

    name = "json"
    filename = "report.json"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write `report.json`, holding one finding at a time.

        Raises:
            OSError: the disk's own errors.
        """
        out.write(b'{"format":"%s","version":%d,\n' % (FORMAT.encode(), VERSION))
        out.write(b'"run":' + _line(record.run) + b",\n")
        out.write(b'"totals":' + _totals_line(record.totals) + b",\n")
        _write_list(out, "controls", record.controls)
        out.write(b",\n")
        _write_list(out, "findings", record.findings())
        out.write(b",\n")
        _write_list(out, "coverage", record.coverage())
        out.write(b',\n"metrics":' + _line(record.metrics) + b"}\n")


# Sorts the keys of maps (tags); the members of a struct keep their own order.
_encoder = msgspec.json.Encoder(order="deterministic")


def _line(value: object) -> bytes:
    return plain_json(_encoder.encode(value))


def _totals_line(totals: Totals) -> bytes:
    """Totals with the contract's order of controllers and statuses, which is not the alphabet's."""
    ordered = msgspec.structs.replace(
        totals,
        services_by_controller=_ordered(totals.services_by_controller, _CONTROLLERS),
        findings={
            control: _ordered(counts, _STATUSES)
            for control, counts in sorted(totals.findings.items())
        },
        api_calls=_ordered(totals.api_calls, ()),
    )
    return plain_json(msgspec.json.encode(ordered))


def _ordered(counts: dict[str, int], first: tuple[str, ...]) -> dict[str, int]:
    """`first`, zeros included, then whatever else there is by name."""
    return {key: counts.get(key, 0) for key in (*first, *sorted(counts.keys() - set(first)))}


def _write_list(out: BinaryIO, name: str, values: Iterable[object]) -> None:
    out.write(b'"%s":[' % name.encode())
    separator = b"\n"
    for value in values:
        out.write(separator + _line(value))
        separator = b",\n"
    out.write(b"]" if separator == b"\n" else b"\n]")
