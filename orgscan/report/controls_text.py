"""The catalogue as plain lines: what `orgscan controls` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from orgscan.model.control import ControlEntry, Mapping, Origin
from orgscan.report.summary import counted
from orgscan.report.visible import visible

_HEADINGS = {
    Origin.VERIFIED: "Verified mappings",
    Origin.ANALOGY: "By analogy: our judgement, not the framework's",
    Origin.CONFIGURATION: "From your configuration, not verified",
    Origin.DOCUMENT: "The control document's own, unverified",
}


def control_lines(entry: ControlEntry) -> list[str]:
    """A control with its mappings, the most reliable first, and the document's mistakes."""
    lines = [f"{entry.id}  [{entry.severity}]", f"  {entry.title}"]
    for origin, heading in _HEADINGS.items():
        mappings = [mapping for mapping in entry.mappings if mapping.origin is origin]
        if mappings:
            lines += ["", f"  {heading}"]
            lines += [line for mapping in mappings for line in _mapping_lines(mapping)]
    if entry.corrections:
        lines += ["", "  Where the control document is wrong"]
        lines += [f"    - {' '.join(correction.split())}" for correction in entry.corrections]
    return list(map(visible, lines))


def check_lines(entries: Sequence[ControlEntry]) -> list[str]:
    """Every mapping with its source, a line each, and how many there are of each kind."""
    lines = []
    for entry in entries:
        lines += [entry.id, *(f"  {line}" for line in _checked(entry.mappings)), ""]
    origins = Counter(mapping.origin for entry in entries for mapping in entry.mappings)
    kinds = ", ".join(f"{origins[origin]:,} {origin}" for origin in _HEADINGS)
    total = f"{counted(origins.total(), 'mapping')} of {counted(len(entries), 'control')}: {kinds}"
    return [visible(line) for line in (*lines, total)]


def _checked(mappings: Iterable[Mapping]) -> Iterator[str]:
    for mapping in mappings:
        official = f" (officially: {mapping.official_title})" if mapping.official_title else ""
        title = f"{mapping.title}{official}"
        yield f"{mapping.origin:<16}  {_name(mapping)}  {title}  [{_source(mapping)}]"


def _mapping_lines(mapping: Mapping) -> Iterator[str]:
    if mapping.official_title:
        yield f"    {_name(mapping)}"
        yield f"      it says:         {mapping.title}"
        yield f"      official title:  {mapping.official_title}"
    else:
        yield f"    {_name(mapping)}  {mapping.title}"
    yield f"      source: {_source(mapping)}"
    if mapping.note:
        yield f"      note: {' '.join(mapping.note.split())}"


def _name(mapping: Mapping) -> str:
    return f"{mapping.framework} {mapping.version} {mapping.id}"


def _source(mapping: Mapping) -> str:
    return f"{mapping.source}: {mapping.reference}" if mapping.reference else mapping.source
