"""Findings into Security Hub, each from the account and the region that it is about.

The same finding of the next run updates the one of this: its id is that of its key. What an earlier
run imported and this one no longer has is archived, and only in an account-region that this run
covered in full: what could not be seen may be there all the same.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from orgscan.aws.credentials import CredentialSource
from orgscan.aws.engine import Engine
from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.delivery.hub_operations import (
    BATCH_IMPORT_FINDINGS,
    GET_FINDINGS,
    FailedFinding,
    StoredFinding,
)
from orgscan.delivery.receipt import HubResult
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.run import RunRecord
from orgscan.report.asff import GENERATOR, MOST_IN_A_BATCH, batches

_ACCOUNTS_AT_ONCE = 16
_MOST_REFUSALS = 20
# Its own word for an account or region where nobody has turned it on.
_NOT_ENABLED = "InvalidAccessException"

Asff = dict[str, object]


class AccountShare(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a run: its findings by region, and its line of the ledger for each region."""

    account_id: str
    findings: Mapping[str, list[Asff]]
    regions: Mapping[str, CoverageStatus]


def shares(record: RunRecord) -> Iterator[AccountShare]:
    """A run account by account, holding one account at a time."""
    found = itertools.groupby(_located(record), key=lambda each: each[0])
    waiting = next(found, None)
    for account_id, entries in itertools.groupby(
        record.coverage(), key=lambda entry: entry.account_id
    ):
        of_account: dict[str, list[Asff]] = {}
        if waiting is not None and waiting[0] == account_id:
            for _, region, finding in waiting[1]:
                of_account.setdefault(region, []).append(finding)
            waiting = next(found, None)
        yield AccountShare(account_id=account_id, findings=of_account, regions=_statuses(entries))


def _located(record: RunRecord) -> Iterator[tuple[str, str, Asff]]:
    for batch in batches(record):
        for finding in batch:
            # arn:aws:securityhub:REGION:ACCOUNT:product/…
            yield str(finding["AwsAccountId"]), str(finding["ProductArn"]).split(":")[3], finding


def _statuses(entries: Iterable[CoverageEntry]) -> dict[str, CoverageStatus]:
    return {entry.region: entry.status for entry in entries if entry.region is not None}


async def import_findings(
    engine: Engine, record: RunRecord, source_of: Callable[[str], CredentialSource]
) -> HubResult:
    """Import a run into Security Hub, and archive what it no longer has.

    Args:
        engine: makes the calls.
        record: the run.
        source_of: a session in an account that may import findings there.
    """
    hub = _Hub(engine, source_of, record.run.finished_at)
    pending = shares(record)

    async def take() -> None:
        for share in pending:
            await hub.take(share)

    async with asyncio.TaskGroup() as group:
        for _ in range(_ACCOUNTS_AT_ONCE):
            group.create_task(take())
    return hub.result()


class _Hub:
    def __init__(
        self, engine: Engine, source_of: Callable[[str], CredentialSource], finished_at: str
    ) -> None:
        self._engine = engine
        self._source_of = source_of
        self._finished_at = finished_at
        self._imported = self._archived = self._refused_count = 0
        self._refused: list[str] = []
        self._unreached: Counter[str] = Counter()

    def result(self) -> HubResult:
        """The sums."""
        return HubResult(
            imported=self._imported,
            archived=self._archived,
            refused_count=self._refused_count,
            refused=tuple(self._refused),
            unreached=dict(sorted(self._unreached.items())),
        )

    async def take(self, share: AccountShare) -> None:
        """One account, region by region."""
        source = self._source_of(share.account_id)
        try:
            # Once here rather than once a region: a refused role is refused for all of them.
            await source.current()
        except CallFailed as failed:
            self._unreached[failed.why.reason] += len(share.regions)
            return
        for region, status in share.regions.items():
            findings = share.findings.get(region, [])
            covered = status is CoverageStatus.COVERED
            if not findings and not covered:
                continue
            session = RegionSession(self._engine, source, region)
            try:
                await self._take_region(session, findings, covered=covered)
            except CallFailed as failed:
                if failed.code == _NOT_ENABLED and not findings:
                    continue  # nothing to import, and nothing that could be archived
                reason = (
                    "Security Hub is not enabled there"
                    if failed.code == _NOT_ENABLED
                    else failed.why.reason
                )
                self._unreached[reason] += 1

    async def _take_region(
        self, session: RegionSession, findings: list[Asff], *, covered: bool
    ) -> None:
        stored = await self._stored(session)
        for finding in findings:
            known = stored.pop(str(finding["Id"]), None)
            if known is not None:
                finding["CreatedAt"] = known.created_at
        self._imported += await self._send(session, findings)
        if covered and stored:
            gone = [_archived(one, self._finished_at) for one in stored.values()]
            self._archived += await self._send(session, gone)

    async def _stored(self, session: RegionSession) -> dict[str, StoredFinding]:
        """What earlier runs imported and nobody has archived, by id."""
        filters = {
            "GeneratorId": [{"Value": GENERATOR, "Comparison": "PREFIX"}],
            "AwsAccountId": [{"Value": session.account_id, "Comparison": "EQUALS"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
        }
        pages = session.pages(
            GET_FINDINGS,
            {"Filters": filters, "MaxResults": 100},
            cursor_member="NextToken",
            next_token=lambda page: page.next_token,
        )
        return {one.id: one async for page in pages for one in page.data.findings}

    async def _send(self, session: RegionSession, findings: list[Asff]) -> int:
        taken = 0
        left = iter(findings)
        while batch := list(itertools.islice(left, MOST_IN_A_BATCH)):
            reply = (await session.call(BATCH_IMPORT_FINDINGS, {"Findings": batch})).data
            taken += len(batch) - len(reply.failed_findings)
            self._note(reply.failed_findings)
        return taken

    def _note(self, failed: list[FailedFinding]) -> None:
        self._refused_count += len(failed)
        room = _MOST_REFUSALS - len(self._refused)
        self._refused += [
            f"{one.id}: {one.error_code}: {one.error_message[:300]}" for one in failed[:room]
        ]


def _archived(stored: StoredFinding, updated_at: str) -> Asff:
    """The least that an update has to say, with the record's new state."""
    return {
        "SchemaVersion": stored.schema_version,
        "Id": stored.id,
        "ProductArn": stored.product_arn,
        "GeneratorId": stored.generator_id,
        "AwsAccountId": stored.aws_account_id,
        "Types": stored.types,
        "CreatedAt": stored.created_at,
        "UpdatedAt": updated_at,
        "Severity": stored.severity,
        "Title": stored.title,
        "Description": stored.description,
        "Resources": stored.resources,
        "RecordState": "ARCHIVED",
    }
