"""The lock in a bucket where two jobs write at once, or S3's answer is lost."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any, cast

import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.delivery.run_lock import BucketLock
from orgscan.delivery.s3_operations import TaggedReply
from orgscan.delivery.tagged_object import TaggedObject
from orgscan.errors import AlreadyRunning, DeliveryError

_HOURS = dt.timedelta(hours=12)


class _Bucket:
    """One object with S3's conditions; `before_write` is what happens on the way there."""

    def __init__(self) -> None:
        self.body: bytes | None = None
        self.writes = 0
        self.before_write: Callable[[Parameters], None] = lambda _: None

    async def call(self, operation: Operation[Any], parameters: Parameters) -> Reply[TaggedReply]:
        if operation.name == "PutObject":
            self.before_write(parameters)
            there = self.tag if self.body is not None else None
            if parameters.get("IfMatch") != there:
                raise CallFailed(FailureKind.REFUSED, api="s3:PutObject", code="PreconditionFailed")
            self.put(parameters["Body"])
        elif self.body is None:
            raise CallFailed(FailureKind.REFUSED, api="s3:GetObject", code="NoSuchKey")
        return Reply(TaggedReply(etag=self.tag, body=self.body or b""), "")

    @property
    def tag(self) -> str:
        return f'"{self.writes}"'

    def put(self, body: bytes) -> None:
        self.body = body
        self.writes += 1


def _lock(bucket: _Bucket) -> BucketLock:
    session = cast("RegionSession", bucket)
    return BucketLock(TaggedObject(session, "example-audit", "orgscan/run-lock.json"))


async def test_of_two_that_look_at_once_one_gets_the_lock() -> None:
    """The other's write finds that what it read is no longer there."""
    bucket, theirs = _Bucket(), _Bucket()
    await _lock(theirs).take("theirs", _HOURS)

    def overtaken(_: Parameters) -> None:
        bucket.before_write = lambda _: None
        bucket.put(theirs.body or b"")

    bucket.before_write = overtaken
    with pytest.raises(AlreadyRunning, match="another orgscan is scanning for this place: run the"):
        await _lock(bucket).take("ours", _HOURS)
    assert bucket.body == theirs.body


async def test_a_lock_whose_answer_was_lost_is_ours_all_the_same() -> None:
    """The call was made again, and met what the first had written."""
    bucket = _Bucket()

    def written_before(parameters: Parameters) -> None:
        bucket.before_write = lambda _: None
        bucket.put(parameters["Body"])

    bucket.before_write = written_before
    lock = _lock(bucket)
    await lock.release(await lock.take("ours", _HOURS))

    assert b'"is_free":true' in (bucket.body or b"")


async def test_a_resumed_run_takes_the_lock_of_its_own_killed_process() -> None:
    """It need not wait until that expires."""
    bucket = _Bucket()
    await _lock(bucket).take("ours", _HOURS)
    await _lock(bucket).take("ours", _HOURS)

    with pytest.raises(AlreadyRunning):
        await _lock(bucket).take("theirs", _HOURS)


async def test_a_lock_that_another_has_taken_over_is_not_let_go_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who outlives its lock leaves the next one's alone, and says so."""
    bucket = _Bucket()
    lock = _lock(bucket)
    tag = await lock.take("ours", dt.timedelta(seconds=-1))
    await _lock(bucket).take("theirs", _HOURS)
    theirs = bucket.body
    with caplog.at_level(logging.WARNING):
        await lock.release(tag)

    assert bucket.body == theirs
    assert "the lock had expired, and another run has taken it" in caplog.text


async def test_a_lock_that_cannot_be_let_go_costs_the_run_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said until when others have to wait; taking it is another matter."""
    bucket = _Bucket()
    lock = _lock(bucket)
    tag = await lock.take("ours", _HOURS)

    def denied(_: Parameters) -> None:
        raise CallFailed(FailureKind.DENIED, api="s3:PutObject", code="AccessDenied")

    bucket.before_write = denied
    with caplog.at_level(logging.WARNING):
        await lock.release(tag)
    assert "The lock is held until " in caplog.text
    with pytest.raises(DeliveryError, match="the lock cannot be written"):
        await lock.take("ours", _HOURS)
