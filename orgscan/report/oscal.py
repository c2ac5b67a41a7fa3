"""`assessment-results.json`: OSCAL assessment results 1.2.1, for GRC platforms.

One OSCAL finding for each control, with OSCAL's two words, resting on one observation for each of
our findings, which keeps the five. What could not be seen is an observation too. Uuids follow from
the run and the keys (version 5), so that the same run gives the same file.

Lists are written as the findings go by, which are read once more for each list and control; only
uuids, which follow from keys, join them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from orgscan.model.control import ControlEntry
from orgscan.model.run import RunRecord
from orgscan.report.inert import words
from orgscan.report.json_lines import encoded, present, write_list
from orgscan.report.oscal_parts import Parts, markup, prop
from orgscan.report.summary import verdict

VERSION = "1.2.1"


class OscalReport:
    """The format `oscal`."""

    name = "oscal"
    filename = "assessment-results.json"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write assessment results with one result: this run.

        Raises:
            OSError: the disk's own errors.
        """
        parts = Parts(record.run)
        out.write(b'{"assessment-results":{"uuid":%s,\n' % encoded(parts.uuid("document")))
        out.write(b'"metadata":' + encoded(_metadata(record, parts)) + b",\n")
        out.write(b'"import-ap":' + encoded(_plan(parts)) + b",\n")
        out.write(b'"results":[' + encoded(_result(record, parts))[:-1])
        _write_lists(record, parts, out)
        out.write(b"}],\n")
        out.write(b'"back-matter":' + encoded(_back_matter(parts)) + b"}}\n")


def _write_lists(record: RunRecord, parts: Parts, out: BinaryIO) -> None:
    """OSCAL wants a list left out that would be empty."""
    _write_member(
        out,
        b',\n"local-definitions":{"inventory-items":',
        lambda: parts.inventory(record.findings()),
        b"}",
    )
    _write_member(out, b',\n"observations":', lambda: _observations(record, parts), b"")
    separator = b',\n"findings":[\n'
    for entry in record.controls:
        finding = parts.finding(entry, record.totals.findings.get(entry.id, {}), _gaps(record))
        out.write(separator + encoded(finding)[:-1])
        related = partial(_related, record, parts, entry)
        _write_member(out, b',"related-observations":', related, b"")
        out.write(b"}")
        separator = b",\n"
    out.write(b"]" if record.controls else b"")


def _write_member(
    out: BinaryIO, before: bytes, values: Callable[[], Iterator[object]], after: bytes
) -> None:
    if next(values(), None) is not None:
        out.write(before)
        write_list(out, values())
        out.write(after)


def _metadata(record: RunRecord, parts: Parts) -> dict[str, object]:
    run = record.run
    return {
        "title": markup(f"orgscan {run.id}"),
        "last-modified": run.finished_at,
        "version": run.id,
        "oscal-version": VERSION,
        "props": [prop("tool-version", run.tool.version)],
        "roles": [{"id": "assessor", "title": "Assessor"}],
        "parties": [
            {
                "uuid": parts.uuid("caller"),
                "type": "organization",
                "name": run.caller.arn,
                "remarks": "The AWS identity that orgscan ran with.",
            }
        ],
        "responsible-parties": [{"role-id": "assessor", "party-uuids": [parts.uuid("caller")]}],
    }


def _plan(parts: Parts) -> dict[str, object]:
    return {
        "href": f"#{parts.uuid('plan')}",
        "remarks": "There is no separate plan: the scope of the run stands for it.",
    }


def _result(record: RunRecord, parts: Parts) -> dict[str, object]:
    run, answer = record.run, verdict(record.totals)
    selected = [{"control-id": entry.id} for entry in record.controls]
    return present(
        {
            "uuid": parts.uuid("result"),
            "title": markup(f"Sweep of {run.organization.id or 'an organization'}"),
            "description": f"{answer.sentence} {answer.services}",
            "start": run.started_at,
            "end": run.finished_at,
            "props": [
                prop("organization-id", run.organization.id or "unknown"),
                prop("account-regions-in-scope", str(record.totals.targets.in_scope)),
                prop("account-regions-covered", str(record.totals.targets.covered)),
                prop("exit-status", str(run.exit_status)),
            ],
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": selected} if selected else {"include-all": {}}
                ]
            },
            "remarks": "\n".join(words(note) for note in run.notes),
        }
    )


def _back_matter(parts: Parts) -> dict[str, object]:
    return {
        "resources": [
            {
                "uuid": parts.uuid("plan"),
                "title": "The scope of the run",
                "description": markup(parts.scope()),
            }
        ]
    }


def _gaps(record: RunRecord) -> bool:
    return record.totals.targets.not_covered > 0


def _observations(record: RunRecord, parts: Parts) -> Iterator[dict[str, object]]:
    for finding in record.findings():
        yield parts.observation(finding)
    for line in record.coverage():
        if line.is_gap:
            yield parts.gap(line)


def _related(record: RunRecord, parts: Parts, entry: ControlEntry) -> Iterator[dict[str, object]]:
    for finding in record.findings():
        if finding.control_id == entry.id:
            yield {"observation-uuid": parts.uuid(finding.key)}
