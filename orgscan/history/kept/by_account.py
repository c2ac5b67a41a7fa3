"""Findings and ledger of a run, an account at a time, as they stand in a report's order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from orgscan.errors import HistoryError
from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import RunRecord


class AccountShare(NamedTuple):
    """What a run says of one account; only one account's is held at a time."""

    account_id: str
    ledger: list[CoverageEntry]
    findings: list[Finding]


def by_account(record: RunRecord) -> Iterator[AccountShare]:
    """Each account that the run names, by id.

    Raises:
        HistoryError: the accounts are not in order, as those of every report are.
    """
    ledgers = groupby(record.coverage(), key=lambda entry: entry.account_id)
    groups = groupby(record.findings(), key=lambda finding: finding.account.id)
    ledger, group = next(ledgers, None), next(groups, None)
    last = ""
    while ledger is not None or group is not None:
        account = min(each[0] for each in (ledger, group) if each is not None)
        if account <= last:
            raise HistoryError(
                f"the accounts of run {record.run.id} are not in order: {account} after {last}",
                mend="Give the report as orgscan wrote it",
            )
        last = account
        share = AccountShare(account, [], [])
        if ledger is not None and ledger[0] == account:
            share.ledger.extend(ledger[1])
            ledger = next(ledgers, None)
        if group is not None and group[0] == account:
            share.findings.extend(group[1])
            group = next(groups, None)
        yield share
