"""One scan at a time for one delivery prefix, for jobs that share no disk.

The lock is an object, written only if nobody else has written it meanwhile (`If-None-Match: *`
where there is none, `If-Match` of what was read where there is one). It expires, so that a job that
was killed locks nobody out for good. It is let go by writing that it is free, and not by deleting
it: the caller needs no s3:DeleteObject.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec

from orgscan.aws.entrance import Entrance
from orgscan.aws.failure import CallFailed
from orgscan.config.settings import Settings
from orgscan.delivery.tagged_object import TaggedObject, tagged_object
from orgscan.errors import AlreadyRunning, ConfigError, DeliveryError
from orgscan.model.holder import Holder, this_process

NAME = "run-lock.json"
_FORMAT = "orgscan.run-lock"

_log = logging.getLogger(__name__)


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """What the object says.

    Attributes:
        expires: with its time zone; from then on it locks nobody out.
        is_free: whether the holder has let it go.
    """

    format: str = _FORMAT
    holder: Holder
    expires: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    is_free: bool = False

    def holds_at(self, now: dt.datetime) -> bool:
        """Whether it keeps others away."""
        return not self.is_free and now < self.expires


@asynccontextmanager
async def bucket_held(way_in: Entrance, settings: Settings, run_id: str) -> AsyncIterator[None]:
    """Hold the lock of `deliver_s3` while this lasts, if `run_lock` asks for it.

    Raises:
        AlreadyRunning: another run holds it.
        ConfigError: there is no bucket to hold it in.
        DeliveryError: the bucket does not take it.
    """
    if settings.run_lock != "bucket":
        yield
        return
    lock = await _lock(way_in, settings)
    tag = await lock.take(run_id, dt.timedelta(hours=settings.run_lock_hours))
    try:
        yield
    finally:
        await lock.release(tag)


async def _lock(way_in: Entrance, settings: Settings) -> BucketLock:
    if not settings.deliver_s3:
        raise ConfigError(
            "there is no bucket to hold the lock in",
            where="run_lock",
            mend="Set deliver_s3, or leave out run_lock",
        )
    return BucketLock(await tagged_object(way_in, settings, NAME, checked_by=way_in.caller))


class _Read(msgspec.Struct, frozen=True):
    """What lies in the bucket, and the tag that S3 knows it by."""

    lease: Lease
    tag: str


class BucketLock:
    """The lock object of one prefix."""

    def __init__(self, lock: TaggedObject) -> None:
        self._lock = lock
        self._mine: Lease | None = None

    async def take(self, run_id: str, last: dt.timedelta) -> str:
        """Lock it; gives the tag to release it by.

        Args:
            run_id: whose.
            last: after which it locks nobody out, should this process die.

        Raises:
            AlreadyRunning: another run has it.
            DeliveryError: S3 does not take it, or something else lies there.
        """
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        found = await self._read()
        if found is not None:
            self._require_free(found.lease, run_id, now)
        mine = Lease(holder=this_process(run_id, now), expires=now + last)
        tag = await self._write(mine, over=found.tag if found else None)
        if tag is None:
            # Either somebody was quicker, or S3's answer to us was lost and the call made again.
            there = await self._read()
            if there is None or there.lease != mine:
                raise self._taken(str(there.lease.holder) if there else "another run")
            tag = there.tag
        self._mine = mine
        return tag

    async def release(self, tag: str) -> None:
        """Let it go. What fails here costs the run nothing, because the lock expires."""
        if self._mine is None:
            return
        try:
            released = await self._write(msgspec.structs.replace(self._mine, is_free=True), tag)
        except DeliveryError as error:
            _log.warning("The lock is held until %s: %s", self._mine.expires, error)
            return
        if released is None:
            _log.warning("%s: the lock had expired, and another run has taken it", self._lock.where)

    def _require_free(self, lease: Lease, run_id: str, now: dt.datetime) -> None:
        # A resumed run finds the lock of the process that was killed.
        if lease.holder.run_id == run_id or lease.is_free:
            return
        if lease.holds_at(now):
            raise self._taken(
                f"{lease.holder}, until {lease.expires:%Y-%m-%dT%H:%M:%SZ} at the latest"
            )
        _log.warning("%s: %s never let go, and its time is over", self._lock.where, lease.holder)

    def _taken(self, whose: str) -> AlreadyRunning:
        return AlreadyRunning(
            f"another orgscan is scanning for this place: {whose}",
            where=self._lock.where,
            mend="Wait for it to end, or deliver to another prefix",
        )

    async def _read(self) -> _Read | None:
        try:
            reply = await self._lock.get()
        except CallFailed as failed:
            raise self._failed("the lock cannot be read", failed) from None
        if reply is None:
            return None
        try:
            lease = msgspec.json.decode(reply.body, type=Lease)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            lease = None
        if lease is None or lease.format != _FORMAT:
            raise DeliveryError(
                "something else lies under the lock's name",
                where=self._lock.where,
                mend="Nothing was overwritten. Look at the object, and deliver to another prefix",
            )
        return _Read(lease, reply.etag)

    async def _write(self, lease: Lease, over: str | None) -> str | None:
        """Put it over what has the tag, or where nothing is; None where that is no longer so."""
        try:
            return await self._lock.put(msgspec.json.encode(lease), over=over)
        except CallFailed as failed:
            raise self._failed("the lock cannot be written", failed) from None

    def _failed(self, what: str, failed: CallFailed) -> DeliveryError:
        detail = f" ({failed.message})" if failed.message else ""
        return DeliveryError(
            f"{what}: {failed.why.reason}{detail}",
            where=self._lock.where,
            mend="Allow the caller s3:GetObject and s3:PutObject there, or leave out run_lock",
        )
