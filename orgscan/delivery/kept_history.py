"""The history of runs in the delivery bucket, for jobs whose disk does not outlive them.

It is one object, gzipped, which every run takes, adds itself to and puts back: over what it took
(`If-Match`), or where nothing was (`If-None-Match: *`). Whoever was overtaken takes it again, so
that no run loses another's. Object Lock does not stand in the way: it keeps versions, and what is
put is a new one.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from orgscan.aws.entrance import Entrance
from orgscan.aws.failure import CallFailed
from orgscan.config.settings import Settings
from orgscan.delivery.tagged_object import TaggedObject, tagged_object
from orgscan.errors import DeliveryError
from orgscan.private_file import new_file

NAME = "history.db.gz"

_ATTEMPTS = 8
_PART = 1 << 20
_QUICK = 1

T = TypeVar("T")


class KeptHistory:
    """The object."""

    def __init__(self, kept: TaggedObject) -> None:
        self._kept = kept

    async def change(self, path: Path, change: Callable[[Path], T]) -> T:
        """Take the history, change it and put it back; on the disk it is then the same.

        Args:
            path: where it lies on the disk; what lies there counts only where the bucket has none.
            change: makes of the file it is given, which need not be there, what is to be put. It is
                called once more wherever another run was quicker.

        Raises:
            DeliveryError: S3 does not give or take it, or other runs were quicker too often.
            OrgscanError: `change` does.
        """
        for _ in range(_ATTEMPTS):
            tag = await self.take(path)
            result = await asyncio.to_thread(change, path)
            if await self._put(path, tag):
                return result
        raise DeliveryError(
            f"{_ATTEMPTS} times another run was quicker to put the history",
            where=self._kept.where,
            mend="Run `orgscan history rebuild` when the others have ended",
        )

    async def take(self, path: Path) -> str | None:
        """Put the history on the disk; gives its tag, or None where there is none to put.

        Raises:
            DeliveryError: S3 does not give it, or it is damaged.
        """
        waiting = path.with_name(f".{path.name}.partial")
        packed = path.with_name(f".{path.name}.gz.partial")
        try:
            tag = await self._get(packed)
            if tag is not None:
                await asyncio.to_thread(_unpack, packed, waiting)
                _replace(path, waiting)
        except (OSError, EOFError, zlib.error) as error:
            raise DeliveryError(
                f"the history cannot be taken from the bucket: {error}",
                where=self._kept.where,
                mend="Free some space; if the object is damaged, put an earlier version of it back",
            ) from None
        finally:
            waiting.unlink(missing_ok=True)
            packed.unlink(missing_ok=True)
        return tag

    async def _get(self, packed: Path) -> str | None:
        """Write the object to a file, a part at a time, all of one version."""
        part = await self._part(0, None)
        if part is None:
            return None
        packed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with new_file(packed) as out:
            at = out.write(part.body)
            while at < part.size:
                following = await self._part(at, part.tag)
                if following is None or not following.body:
                    raise EOFError("the object ended early")
                at += out.write(following.body)
        return part.tag

    async def _part(self, at: int, tag: str | None) -> _Part | None:
        condition = {"IfMatch": tag} if tag else {}
        try:
            reply = await self._kept.get({"Range": f"bytes={at}-{at + _PART - 1}", **condition})
        except CallFailed as failed:
            raise self._failed("the history cannot be read", failed) from None
        if reply is None:
            return None
        size = reply.content_range.rpartition("/")[2]
        return _Part(reply.body, reply.etag, int(size) if size.isdigit() else len(reply.body))

    async def _put(self, path: Path, tag: str | None) -> bool:
        """Put it over what has the tag, or where nothing is; False where that is no longer so."""
        body = await asyncio.to_thread(_packed, path)
        try:
            return await self._kept.put(body, over=tag) is not None
        except CallFailed as failed:
            raise self._failed("the history cannot be written", failed) from None

    def _failed(self, what: str, failed: CallFailed) -> DeliveryError:
        detail = f" ({failed.message})" if failed.message else ""
        return DeliveryError(
            f"{what}: {failed.why.reason}{detail}",
            where=self._kept.where,
            mend="Allow the caller s3:GetObject and s3:PutObject there, or leave out "
            "deliver_history",
        )


class _Part(NamedTuple):
    """Bytes of an object, its tag, and how many bytes it has."""

    body: bytes
    tag: str
    size: int


def _unpack(packed: Path, waiting: Path) -> None:
    with gzip.open(packed) as source, new_file(waiting) as out:
        shutil.copyfileobj(source, out)


def _replace(path: Path, by: Path) -> None:
    """Put one store in the place of another, of which SQLite may have left something beside it."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    by.replace(path)


def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), _QUICK, mtime=0)


async def kept_history(way_in: Entrance, settings: Settings) -> KeptHistory:
    """The history of `deliver_s3`, which has to be set.

    Raises:
        DeliveryError: the bucket is not there, or may not be used.
    """
    # That the bucket was looked at is no evidence of any run: the history is taken outside of them.
    checked_by = way_in.caller_in(way_in.home_region)
    return KeptHistory(await tagged_object(way_in, settings, NAME, checked_by=checked_by))
