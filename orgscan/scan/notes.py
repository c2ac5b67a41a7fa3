"""What a reader has to know of a run before believing its report, one sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from orgscan.collect.launchers.registry import COLLECTORS, collectors_named
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.model.organization import RegionSource
from orgscan.scan.book import Book


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """How a run came to its end.

    Attributes:
        surroundings: what is said of where its calls went.
        stopped: why it ended early; empty where it did not.
        resumed: whether it broke off before.
        torn: whether the journal's last record was lost.
        central_refusal: why regions were not told centrally; empty where they were.
    """

    surroundings: tuple[str, ...]
    stopped: str
    resumed: bool
    torn: bool
    central_refusal: str


def notes(
    how: Circumstances,
    book: Book,
    settings: Settings,
    allowlist: Allowlist | None,
    today: dt.date,
) -> Iterator[str]:
    """The sentences.

    Args:
        how: the run came to its end.
        book: of the run.
        settings: of the run.
        allowlist: whose exceptions are shown beside findings.
        today: the day in UTC.
    """
    yield from how.surroundings
    if how.stopped:
        yield f"The run was stopped before its end: {how.stopped}"
    if how.resumed:
        yield "The run broke off and was resumed; what had been journaled was not asked again"
    if how.torn:
        yield "The journal's last record was torn and dropped; its target was asked again"
    yield from _on_regions(how.central_refusal, book)
    yield from _on_settings(settings)
    for entry in allowlist.expired(today) if allowlist else ():
        yield f"Allowlist entry {entry.id!r} expired on {entry.expires} and excuses nothing"


def _on_regions(central_refusal: str, book: Book) -> Iterator[str]:
    refusals = [central_refusal, *book.central_refusals()]
    if refusal := next(filter(None, refusals), ""):
        yield f"Regions were not told centrally: {refusal}"
    for source in (RegionSource.EC2_API, RegionSource.BOTOCORE):
        if accounts := book.region_sources[source]:
            yield f"The regions of {accounts} accounts are those of {source}"


def _on_settings(settings: Settings) -> Iterator[str]:
    if not settings.corroborate_task_sets:
        yield "Task sets were not asked for by id (corroborate_task_sets: false)"
    collectors = collectors_named(settings.collect)
    if collectors and collectors != COLLECTORS:
        asked = ", ".join(collector.name for collector in collectors)
        yield f"Of what starts tasks only a part was asked for (collect: {asked})"
    if not settings.session_policy:
        yield "Sessions were not cut down to reading (session_policy: false)"
