"""A control's catalogue entry: what it asks, and which frameworks say so."""

from __future__ import annotations

import msgspec

from orgscan.model.finding import Severity


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One framework requirement a control maps to.

    Attributes:
        framework: for example `CIS Controls`.
        version: for example `v8`.
        id: the framework's own id.
        title: the title the source gives.
        source: who says that the control maps to it.
        verified: whether id, title and relevance were checked against the framework.
        note: what a reader has to know, above all where the title is not the official one.
    """

    framework: str
    version: str
    id: str
    title: str
    source: str
    verified: bool
    note: str = ""


class ControlEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A control as the catalogue, the reports and `orgscan controls` show it."""

    id: str
    title: str
    severity: Severity
    description: str
    rationale: str
    impact: str
    remediation: str
    corrections: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
