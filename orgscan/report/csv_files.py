"""`findings.csv` and `coverage.csv`: the run for spreadsheets.

RFC 4180 with a header line and CRLF. Both begin with a byte order mark: without one, Excel takes
UTF-8 for the machine's old code page, and what reads CSV by program skips it. A spreadsheet takes
a cell that begins like a formula for one and runs it, so such a cell gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from itertools import chain
from typing import BinaryIO

from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import RunRecord
from orgscan.report.visible import visible

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Quotes and spaces in front do not help, since programs strip them; nor does writing the sign wide.
_FORMULA = re.compile(r"""['"\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]""")

FINDING_COLUMNS = (
    "status", "severity", "control_id", "account_id", "account_name", "ou_path", "region",
    "resource_type", "resource_arn", "cluster_arn", "service_name", "resource_status",
    "deployment_controller", "launch_type", "owner", "reason", "exposure", "exposure_reason",
    "exposure_sources", "exposure_ports", "assign_public_ip", "public_ips", "ipv6", "subnets",
    "security_groups", "tags", "exception_id", "exception_owner", "exception_reason",
    "exception_ticket", "exception_expires", "key", "evidence",
)  # fmt: skip
COVERAGE_COLUMNS = (
    "status", "gap", "account_id", "account_name", "region", "reason", "api", "error_code",
    "message", "api_calls", "duration_ms",
)  # fmt: skip


class CsvFindings:
    """The findings of the format `csv`."""

    name = "csv"
    filename = "findings.csv"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one row a finding.

        Raises:
            OSError: the disk's own errors.
        """
        _write(out, FINDING_COLUMNS, map(_finding_row, record.findings()))


class CsvCoverage:
    """The ledger of the format `csv`, so that nobody takes what was not seen for clean."""

    name = "csv"
    filename = "coverage.csv"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one row a ledger entry.

        Raises:
            OSError: the disk's own errors.
        """
        _write(out, COVERAGE_COLUMNS, map(_coverage_row, record.coverage()))


def cell(value: object) -> str:
    """A value as a spreadsheet may have it: visible, and never a formula."""
    text = "" if value is None else visible(str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _write(out: BinaryIO, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    out.write(_BYTE_ORDER_MARK)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in chain([header], rows):
        writer.writerow(map(cell, row))
        out.write(buffer.getvalue().encode())
        buffer.seek(0)
        buffer.truncate()


def _finding_row(finding: Finding) -> tuple[object, ...]:
    resource, observed, account = finding.resource, finding.observed, finding.account
    return (
        finding.status, finding.severity, finding.control_id, account.id, account.name,
        account.ou_path, finding.region, resource.type, resource.arn, resource.cluster_arn,
        resource.service_name, resource.status, resource.deployment_controller,
        resource.launch_type, finding.owner, finding.reason, *_exposure_cells(finding),
        observed.assign_public_ip, _joined(observed.public_ips), _joined(observed.ipv6),
        _joined(observed.subnets), _joined(observed.security_groups),
        _joined(f"{key}={value}" for key, value in sorted(resource.tags.items())),
        *_exception_cells(finding), finding.key, _joined(finding.evidence),
    )  # fmt: skip


def _exposure_cells(finding: Finding) -> tuple[object, ...]:
    exposure = finding.exposure
    if exposure is None:
        return ("",) * 4
    return exposure.grade, exposure.reason, _joined(exposure.sources), _joined(exposure.ports)


def _exception_cells(finding: Finding) -> tuple[object, ...]:
    note = finding.exception
    return (note.id, note.owner, note.reason, note.ticket, note.expires) if note else ("",) * 5


def _coverage_row(entry: CoverageEntry) -> tuple[object, ...]:
    return (
        entry.status, "yes" if entry.is_gap else "no", entry.account_id, entry.account_name,
        entry.region, entry.reason, entry.api, entry.error_code, entry.message, entry.api_calls,
        entry.duration_ms,
    )  # fmt: skip


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)
