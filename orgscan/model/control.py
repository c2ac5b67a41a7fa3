"""A control's catalogue entry: what it asks, which frameworks say so, and what to do about it."""

from __future__ import annotations

import enum

import msgspec

from orgscan.model.finding import Severity

DOCUMENT = "control document (verbatim, unverified)"
CONFIGURATION = "configuration"
ANALOGY = "by analogy with "


class Origin(enum.StrEnum):
    """How far a mapping can be relied on; reports keep the four apart."""

    VERIFIED = "verified"
    DOCUMENT = "control document"
    ANALOGY = "by analogy"
    CONFIGURATION = "configuration"


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One framework requirement a control maps to (docs/mappings.md has the rules).

    Attributes:
        framework: for example `CIS Controls`.
        version: for example `v8`.
        id: the framework's own id.
        title: the title the source gives.
        source: who says that the control maps to it: a document and the place in it, or one of
            `DOCUMENT`, `CONFIGURATION` and `ANALOGY` with what it is like.
        verified: whether id, title and relevance were checked against the source.
        note: what a reader has to know.
        official_title: the framework's own title of this id, for what the control document says;
            elsewhere `title` is the official one, and this is empty.
        reference: where a company's own mapping says that it comes from.
    """

    framework: str
    version: str
    id: str
    title: str
    source: str
    verified: bool
    note: str = ""
    official_title: str = ""
    reference: str = ""

    @property
    def origin(self) -> Origin:
        """Which of the four it is; what is not verified and names no other source, an analogy."""
        if self.verified:
            return Origin.VERIFIED
        return {DOCUMENT: Origin.DOCUMENT, CONFIGURATION: Origin.CONFIGURATION}.get(
            self.source, Origin.ANALOGY
        )


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the AWS console shows a resource; `{placeholders}` in the URL are percent-encoded."""

    resource_type: str
    title: str
    url: str


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to look at a resource by hand, with the AWS CLI.

    Attributes:
        words: the command's words, with `{placeholders}` (docs/findings.md) in them.
    """

    resource_type: str
    title: str
    words: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What fixes a failed finding. The first plan that fits it holds; an empty member fits all.

    Attributes:
        steps: in order, a sentence or two each.
        impossible: what is written elsewhere and does not work.
    """

    control_id: str = ""
    resource_type: str = ""
    resource_status: str = ""
    deployment_controller: str = ""
    steps: tuple[str, ...]
    impossible: str = ""


class ControlEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A control as the catalogue, the reports and `orgscan controls` show it.

    Attributes:
        corrections: what the control document says that is not so.
        resource_types: what its findings can be on, what could not be seen included.
        pages, commands, plans: what a person does about a finding, for these types.
    """

    id: str
    title: str
    severity: Severity
    description: str
    rationale: str
    impact: str
    remediation: str
    corrections: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    resource_types: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
    commands: tuple[Command, ...] = ()
    plans: tuple[Plan, ...] = ()
