"""`findings.ndjson`: the run for programs that read line by line.

Each line is a JSON object with a `type`: first one `run` line, which names the format and its
version, then the `control`, `finding` and `coverage` lines, and last an `end` line with their
numbers, by which a file that was cut off is told from a whole one. The members are those of
report.json.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from orgscan.model.run import RunRecord
from orgscan.report.visible import plain_json

FORMAT = "orgscan.findings"
VERSION = 1

_encoder = msgspec.json.Encoder(order="deterministic")


class NdjsonReport:
    """The format `ndjson`."""

    name = "ndjson"
    filename = "findings.ndjson"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one line for the run and for each control, finding and ledger entry.

        Raises:
            OSError: the disk's own errors.
        """
        head = {"format": FORMAT, "version": VERSION, "run": record.run, "totals": record.totals}
        out.write(_line("run", head))
        written = dict.fromkeys(("control", "finding", "coverage"), 0)
        for kind, values in (
            ("control", record.controls),
            ("finding", record.findings()),
            ("coverage", record.coverage()),
        ):
            for value in values:
                out.write(_line(kind, value))
                written[kind] += 1
        out.write(_line("end", written))


def _line(kind: str, value: object) -> bytes:
    """The members of `value` behind a `type`."""
    return b'{"type":"%s",%s\n' % (kind.encode(), plain_json(_encoder.encode(value))[1:])
