"""The rules that every mapping of the catalogue keeps; docs/mappings.md says them in prose.

An auditor has to be able to follow each mapping to whoever made it, and must never meet a claim
that nobody stands behind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from orgscan.controls.frameworks import NIST, NIST_BY_SECURITY_HUB, official_title
from orgscan.model.control import ANALOGY, CONFIGURATION, DOCUMENT, ControlEntry, Mapping, Origin

LONGEST_LINE = 400

_LINES = ("framework", "version", "id", "title", "source", "official_title", "reference")
_REQUIRED = _LINES[:5]
_OURS = (DOCUMENT, CONFIGURATION, ANALOGY)


def breaches(entries: Iterable[ControlEntry]) -> list[str]:
    """Every breach of a rule, as a line that names the control and the mapping; none is best.

    Args:
        entries: the catalogue, with a company's own mappings in it or without.
    """
    return [f"{entry.id}: {breach}" for entry in entries for breach in _of_entry(entry)]


def _of_entry(entry: ControlEntry) -> Iterator[str]:
    if not entry.mappings:
        yield "it maps to no framework, not even by analogy"
    for mapping in entry.mappings:
        name = f"{mapping.framework} {mapping.version} {mapping.id}".strip() or "a mapping"
        for breach in _of_mapping(mapping):
            yield f"{name}: {breach}"
    # What the control document says may stand beside the same requirement, verified.
    claimed = (m for m in entry.mappings if m.origin is not Origin.DOCUMENT)
    counted = Counter((m.framework, m.version, m.id) for m in claimed)
    for key, count in counted.items():
        if count > 1:
            yield f"{' '.join(key)}: it is there {count} times"


def _of_mapping(mapping: Mapping) -> Iterator[str]:
    yield from _of_texts(mapping)
    yield from _of_source(mapping)
    yield from _of_title(mapping)
    yield from _of_nist(mapping)


def _of_texts(mapping: Mapping) -> Iterator[str]:
    for name in _LINES:
        text = getattr(mapping, name)
        if not text and name in _REQUIRED:
            yield f"it has no {name}"
        elif text != " ".join(text.split()) or not text.isprintable():
            yield f"its {name} is not one line of plain text"
        elif len(text) > LONGEST_LINE:
            yield f"its {name} has more than {LONGEST_LINE} characters"


def _of_source(mapping: Mapping) -> Iterator[str]:
    match mapping.origin:
        case Origin.VERIFIED:
            if mapping.source.startswith(_OURS) or not re.fullmatch(r".+, \S.*", mapping.source):
                yield "it is verified, and its source is not a document and the place in it"
        case Origin.DOCUMENT:
            if not mapping.official_title:
                yield "it quotes the control document, and does not say the official title"
        case Origin.ANALOGY:
            if not re.fullmatch(rf"{ANALOGY}\S.*", mapping.source):
                yield f'it is not verified, and its source does not begin with "{ANALOGY.strip()}"'
            elif not mapping.note:
                yield "it is made by analogy, and does not say in what it is like"
        case Origin.CONFIGURATION:
            pass


def _of_title(mapping: Mapping) -> Iterator[str]:
    """What claims to be a framework's title is it; a company words its own as it likes."""
    official = official_title(mapping.framework, mapping.version, mapping.id)
    claimed = mapping.official_title or mapping.title
    if official and claimed != official and mapping.origin is not Origin.CONFIGURATION:
        yield f"the official title is {official!r}"


def _of_nist(mapping: Mapping) -> Iterator[str]:
    """NIST ids are official only where Security Hub gives them for the control named as source."""
    if mapping.origin is not Origin.VERIFIED or not mapping.framework.startswith("NIST"):
        return
    if mapping.framework != NIST:
        yield f'the catalogue calls this framework "{NIST}"'
    found = re.search(r"\bECS\.[0-9]+\b", mapping.source)
    given = NIST_BY_SECURITY_HUB.get(found[0], frozenset()) if found else frozenset()
    if "Security Hub" not in mapping.source or mapping.id not in given:
        yield "Security Hub does not give it for the control that its source names"
