"""The spool never leaves a journal's line without its evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from orgscan.errors import ReportError
from orgscan.journal.journal import Journal
from orgscan.journal.records import Begun, Opened, Record
from orgscan.journal.spool import Block, Spool
from orgscan.model.evidence import Exchange

_BEGUN = Begun(run_id="20261124T020000Z-1a2b3c", started_at="2026-11-24T02:00:00Z", basis={})
MakeRecord = Callable[..., Record]


def _exchange(account: str, body: str) -> Exchange:
    return Exchange(
        digest="sha256:00",
        api="ecs:ListClusters",
        account=account,
        region="eu-west-1",
        endpoint="https://ecs.eu-west-1.amazonaws.com/",
        at="2026-11-24T02:00:01.250Z",
        caller="",
        request={},
        status=200,
        request_id="",
        body=body,
    )


def test_blocks_come_back_by_account_and_region_and_the_organizations_last(
    tmp_path: Path,
) -> None:
    """Whatever order they were written in; a block that nobody noted is not read."""
    with Spool(tmp_path / "s") as spool:
        for account, region, name in (
            ("222222222222", "b", "2b"),
            ("", None, "organization"),
            ("111111111111", "a", "1a"),
            ("222222222222", None, "2"),
            ("222222222222", "a", "2a"),
        ):
            spool.note(account, region, spool.append([_exchange(account, name)]))
        spool.append([_exchange("333333333333", "of a process that was killed")])
        spool.note("444444444444", "a", spool.append([]))

        found = {account: b"".join(lines) for account, lines in spool.by_account()}

    assert list(found) == ["111111111111", "222222222222", ""]
    lines = found["222222222222"].splitlines()
    assert [line.partition(b'"body":')[2] for line in lines] == [b'"2"}', b'"2a"}', b'"2b"}']


def test_a_line_whose_evidence_was_lost_is_dropped_with_what_follows(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """A machine that lost power may have kept the journal and not the spool's end."""
    with Spool(tmp_path / "s") as spool, Journal.create(tmp_path / "j", _BEGUN) as journal:
        journal.spool = spool
        blocks = [spool.append([_exchange("111111111111", region)]) for region in "abc"]
        for region, block in zip("abc", blocks, strict=True):
            journal.append(replace(make_record("111111111111", region), evidence=block))
        kept = spool.read(blocks[-1])
    whole = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(whole[: len(whole) - len(kept) - 1])

    with Spool(tmp_path / "s") as spool, Journal.reopen(tmp_path / "j") as journal:
        journal.spool = spool
        lines = list(journal.replay())
        assert journal.torn
        assert [line.entry.region for line in lines if isinstance(line, Record)] == ["a"]
        assert journal.known() == {("111111111111", "a")}
        assert [account for account, _ in spool.by_account()] == ["111111111111"]


def test_a_replayed_journal_knows_its_evidence_again(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    """Of records and of opened accounts."""
    with Spool(tmp_path / "s") as spool, Journal.create(tmp_path / "j", _BEGUN) as journal:
        journal.spool = spool
        block = spool.append([_exchange("111111111111", "regions")])
        journal.append(Opened(account_id="111111111111", regions=(), evidence=block))
        block = spool.append([_exchange("111111111111", "clusters")])
        journal.append(replace(make_record("111111111111", "a"), evidence=block))
        before = [(account, b"".join(lines)) for account, lines in spool.by_account()]

    with Spool(tmp_path / "s") as spool, Journal.reopen(tmp_path / "j") as journal:
        journal.spool = spool
        list(journal.replay())
        assert [(account, b"".join(lines)) for account, lines in spool.by_account()] == before


def test_a_block_that_is_not_there_any_more_is_an_error(tmp_path: Path) -> None:
    """Somebody cut the file while it was in use."""
    with Spool(tmp_path / "s") as spool, pytest.raises(ReportError, match="was cut short"):
        spool.read(Block(0, 10))


def test_a_spool_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ReportError, match=r"cannot be written.*--output"):
        Spool(tmp_path / "absent" / "s")
