"""What verification reads of a bundle's report.json: which answers each finding rests on."""

from __future__ import annotations

import msgspec

from orgscan.errors import NotGenuine
from orgscan.evidence.files import UNREADABLE, Files
from orgscan.evidence.layout import REPORT
from orgscan.model.coverage import CoverageEntry

_FORMAT, _VERSION = "orgscan.report", 1


class _Header(msgspec.Struct):
    format: object = None
    version: object = None


class _Account(msgspec.Struct, frozen=True):
    id: str


class Judged(msgspec.Struct, frozen=True):
    """A finding by its key and account, with the digests of the answers that it rests on."""

    key: str
    account: _Account
    evidence: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """The findings and the coverage ledger."""

    findings: tuple[Judged, ...]
    coverage: tuple[CoverageEntry, ...]


def read_report(files: Files) -> Report:
    """Read `data/report.json`.

    Raises:
        NotGenuine: it is no report of a version that is known here.
    """
    text = b"".join(files.parts(REPORT))
    try:
        header = msgspec.json.decode(text, type=_Header)
        if header.format != _FORMAT or header.version != _VERSION:
            said = msgspec.json.encode((header.format, header.version)).decode()[:80]
            raise NotGenuine(
                f"this is a report of another kind or version: {said}",
                where=REPORT,
                mend="Read it with the orgscan that wrote it, or a newer one",
            )
        return msgspec.json.decode(text, type=Report)
    except UNREADABLE as error:
        raise NotGenuine(f"this is no whole report: {error}", where=REPORT) from None
