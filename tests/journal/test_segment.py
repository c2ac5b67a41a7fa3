"""A segment is a part of a journal that is carried elsewhere, and says there what it said here."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from orgscan.journal.records import Opened, Record, Spent
from orgscan.journal.segment import Segment, SegmentWriter, Usage
from orgscan.journal.spool import Block
from orgscan.model.evidence import Exchange

USAGE = Usage(spent=Spent(process="p", api_calls={"ecs:ListClusters": 1}, throttled=0, retried=0))


def _exchange(digest: str) -> Exchange:
    return Exchange(
        digest=digest,
        api="ecs:ListClusters",
        account="111122223333",
        region="eu-west-1",
        endpoint="https://ecs.eu-west-1.amazonaws.com",
        at="2026-11-26T02:00:00.000Z",
        caller="",
        request={},
        status=200,
        request_id="",
        body="{}",
    )


def test_each_line_comes_back_with_its_own_evidence(make_record: Callable[..., Record]) -> None:
    """Also one without any, and one of several exchanges, after a way over the wire."""
    writer = SegmentWriter()
    writer.append(Opened(account_id="111122223333", regions=()), [_exchange("a")])
    writer.append(make_record())
    writer.append(make_record(region="us-east-1"), [_exchange("b"), _exchange("c")])
    sent = msgspec.msgpack.encode(writer.segment(USAGE))

    segment = msgspec.msgpack.decode(sent, type=Segment)
    parts = list(segment.parts())
    digests = [
        [msgspec.json.decode(line)["digest"] for line in evidence.splitlines()]
        for _, evidence in parts
    ]
    assert digests == [["a"], [], ["b", "c"]]
    assert [type(line) for line, _ in parts] == [Opened, Record, Record]
    assert parts[1][0] == make_record()
    assert segment.usage == USAGE


def test_blocks_are_places_in_the_segments_own_evidence(make_record: Callable[..., Record]) -> None:
    """From its beginning, without a gap."""
    writer = SegmentWriter()
    writer.append(make_record(), [_exchange("a")])
    writer.append(make_record(region="us-east-1"), [_exchange("b")])
    segment = writer.segment(USAGE)

    first, second = (line.evidence for line, _ in segment.parts() if isinstance(line, Record))
    assert first is not None
    assert first == Block(0, first.length)
    assert second == Block(first.length, len(segment.evidence) - first.length)
