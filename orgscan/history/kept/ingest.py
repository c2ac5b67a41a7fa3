"""Takes a run into the store: what is as it was costs nothing but the look."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from orgscan.history.kept.by_account import AccountShare, by_account
from orgscan.history.kept.findings import Findings, Key
from orgscan.history.kept.ledger import Ledger
from orgscan.history.kept.names import Names
from orgscan.history.kept.runs import Place, add_run, controls_of, place_of
from orgscan.history.kept.sight import ALWAYS_ASKED, Sight, is_seen, services_asked, sight_of
from orgscan.history.kept.story import GONE, UNSEEN, Story, story
from orgscan.history.kept.timeline import Row, Series
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import Finding
from orgscan.model.run import RunRecord

_ALIKE = 4096


def ingest(store: sqlite3.Connection, record: RunRecord) -> bool:
    """Take a run in; gives whether it was not there yet. In which order runs come does not matter.

    Args:
        store: within a transaction (`orgscan.history.kept.file.writing`).
        record: the run; of its findings one account's are held at a time.

    Raises:
        HistoryError: its id or its order are not a run's.
        sqlite3.Error: the file is damaged, or the disk does not take it.
    """
    place = place_of(store, record.run)
    if place.is_known:
        return False
    names = Names(store)
    add_run(store, names, place, record)
    one = _Ingest(store, names, place, record)
    left = one.known_accounts()
    for share in by_account(record):
        left.discard(share.account_id)
        one.take(share)
    for account in sorted(left):
        one.take(AccountShare(account, [], []))
    return True


class _Ingest:
    """One run on its way into the store."""

    def __init__(
        self, store: sqlite3.Connection, names: Names, place: Place, record: RunRecord
    ) -> None:
        self._store = store
        self._names = names
        self._place = place
        self._asked = services_asked(record.totals.api_calls)
        self._controls = {at: controls_of(store, place, at) for at in (place.at, *place.later)}
        self._gone, self._unseen = names.absent(GONE), names.absent(UNSEEN)
        self._empty = names.covered(
            CoverageStatus.COVERED, Sight(tuple(sorted(self._asked & ALWAYS_ASKED)))
        )
        self._not_there = names.ledger.number("", "")
        self._is_seen = lru_cache(_ALIKE)(is_seen)
        # What is new, and what has gone, is mostly so alike.
        self._tell = lru_cache(_ALIKE)(self._story)
        self._accounts: dict[str, tuple[int, int]] = {
            account_id: (number, named_at)
            for number, account_id, named_at in store.execute(
                "SELECT id, account_id, named_at FROM account WHERE series = ?", (place.series,)
            )
        }

    def _story(self, timeline: tuple[Row, ...]) -> Story:
        return story(timeline, self._names.kind)

    def known_accounts(self) -> set[str]:
        """The ids of those that earlier runs had."""
        return set(self._accounts)

    def take(self, share: AccountShare) -> None:
        """Take in what the run says of one account, which may be nothing."""
        is_new = share.account_id not in self._accounts
        account = self._account(share)
        ledger = Ledger(self._store, account, is_new=is_new)
        not_there = self._not_there
        series = Series(self._place.later, lambda _: not_there, not_there, not_there)
        ledger.take(self._place.at, self._covered(share), series)
        gone = None if self._place.later else self._gone
        findings = Findings(self._store, account, self._tell, gone=gone, is_new=is_new)
        self._take_findings(share, findings, ledger)
        findings.write()

    def _account(self, share: AccountShare) -> int:
        """The account's number; it is called what the newest run calls it."""
        at = self._place.at
        number, named_at = self._accounts.get(share.account_id, (None, -1))
        if number is not None and (at < named_at or not (share.ledger or share.findings)):
            return number
        name, ou_path = _called(share)
        if number is None:
            made = self._store.execute(
                "INSERT INTO account (series, account_id, name, ou_path, named_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (self._place.series, share.account_id, name, ou_path, at),
            )
            number = made.lastrowid or 0
        else:
            self._store.execute(
                "UPDATE account SET name = ?, ou_path = ?, named_at = ? WHERE id = ?",
                (name, ou_path, at, number),
            )
        self._accounts[share.account_id] = (number, at)
        return number

    def _covered(self, share: AccountShare) -> dict[int, int]:
        names, findings = self._names, defaultdict[str | None, list[Finding]](list)
        for finding in share.findings:
            findings[finding.region].append(finding)
        return {
            names.regions.number(entry.region or ""): self._state_of(
                entry, findings.get(entry.region, [])
            )
            for entry in share.ledger
        }

    def _state_of(self, entry: CoverageEntry, findings: Sequence[Finding]) -> int:
        if entry.status is CoverageStatus.COVERED and not findings:
            return self._empty  # most regions of most accounts
        return self._names.covered(entry.status, sight_of(entry, self._asked, findings))

    def _take_findings(self, share: AccountShare, findings: Findings, ledger: Ledger) -> None:
        at, names = self._place.at, self._names
        missing = dict(findings.known)
        for finding in share.findings:
            control = names.controls.number(finding.control_id)
            key = Key(control, names.regions.number(finding.region), finding.resource.arn)
            row = Row(at, names.state_of(finding))
            known = missing.pop(key, None) or findings.one(key)
            if known is not None:
                findings.see(key, known, row, self._series(key, ledger))
            elif key not in findings.known:
                findings.add(key, row, self._series(key, ledger))
        for key, known in missing.items():
            row = Row(at, self._absent(key, ledger, at))
            findings.see(key, known, row, self._series(key, ledger))

    def _series(self, key: Key, ledger: Ledger) -> Series:
        return Series(
            self._place.later,
            lambda at: self._absent(key, ledger, at),
            self._gone,
            self._unseen,
        )

    def _absent(self, key: Key, ledger: Ledger, at: int) -> int:
        """What a finding is in a run that does not have it."""
        state = ledger.state(key.region, at)
        if state is None or key.control not in self._controls[at]:
            return self._unseen
        is_gone = self._is_seen(key.arn, self._names.sight(state))
        return self._gone if is_gone else self._unseen


def _called(share: AccountShare) -> tuple[str, str]:
    """The account's name and place, as the run has them."""
    if share.ledger:
        return share.ledger[0].account_name, share.ledger[0].ou_path
    if share.findings:
        return share.findings[0].account.name, share.findings[0].account.ou_path
    return "", ""
