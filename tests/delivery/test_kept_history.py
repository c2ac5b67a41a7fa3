"""The history in a bucket, where several runs put theirs at once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.delivery.kept_history import KeptHistory
from orgscan.delivery.s3_operations import TaggedReply
from orgscan.delivery.tagged_object import TaggedObject
from orgscan.errors import DeliveryError


class _Bucket:
    """One object with S3's ranges and conditions; `before_put` is what happens on the way there."""

    def __init__(self) -> None:
        self.body: bytes | None = None
        self.puts = 0
        self.gets = 0
        self.before_put: Callable[[], None] = lambda: None

    async def call(self, operation: Operation[Any], parameters: Parameters) -> Reply[TaggedReply]:
        reply = self._put if operation.name == "PutObject" else self._get
        return Reply(reply(parameters), "")

    def _put(self, parameters: Parameters) -> TaggedReply:
        self.before_put()
        there = self.tag if self.body is not None else None
        if parameters.get("IfMatch") != there:
            raise _refused("PreconditionFailed")
        assert there is not None or parameters["IfNoneMatch"] == "*"
        self.put(parameters["Body"])
        return TaggedReply(etag=self.tag)

    def _get(self, parameters: Parameters) -> TaggedReply:
        self.gets += 1
        if self.body is None:
            raise _refused("NoSuchKey")
        if parameters.get("IfMatch", self.tag) != self.tag:
            raise _refused("PreconditionFailed")
        first, last = map(int, parameters["Range"].removeprefix("bytes=").split("-"))
        body = self.body[first : last + 1]
        whole = f"bytes {first}-{first + len(body) - 1}/{len(self.body)}"
        return TaggedReply(etag=self.tag, body=body, content_range=whole)

    @property
    def tag(self) -> str:
        return f'"{self.puts}"'

    def put(self, body: bytes) -> None:
        self.body = body
        self.puts += 1

    @property
    def text(self) -> str:
        return gzip.decompress(self.body or b"").decode()


def _refused(code: str) -> CallFailed:
    return CallFailed(FailureKind.REFUSED, api="s3:GetObject", code=code)


def _kept(bucket: _Bucket) -> KeptHistory:
    session = cast("RegionSession", bucket)
    return KeptHistory(TaggedObject(session, "example-audit", "orgscan/history.db.gz"))


def _files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def _adds(word: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        before = path.read_text() if path.exists() else ""
        path.write_text(before + word)

    return change


async def test_each_run_adds_itself_to_what_the_ones_before_put(tmp_path: Path) -> None:
    """The first of them puts what it has on its own disk."""
    bucket, first, second = _Bucket(), tmp_path / "first.db", tmp_path / "second.db"
    await _kept(bucket).change(first, _adds("one "))
    await _kept(bucket).change(second, _adds("two "))
    assert bucket.text == second.read_text() == "one two "
    assert second.stat().st_mode & 0o777 == 0o600
    assert _files(tmp_path) == ["first.db", "second.db"]


async def test_a_run_that_was_overtaken_takes_the_history_again(tmp_path: Path) -> None:
    """Neither loses the other's, whether there was a history or not."""
    for earlier in (None, b"before "):
        bucket = _Bucket()
        if earlier:
            bucket.put(gzip.compress(earlier))
        theirs = gzip.compress((earlier or b"") + b"theirs ")

        def overtaken(bucket: _Bucket = bucket, theirs: bytes = theirs) -> None:
            bucket.before_put = lambda: None
            bucket.put(theirs)

        bucket.before_put = overtaken
        await _kept(bucket).change(tmp_path / "mine.db", _adds("mine "))
        assert bucket.text == f"{(earlier or b'').decode()}theirs mine "
        (tmp_path / "mine.db").unlink()


async def test_a_run_that_is_overtaken_again_and_again_gives_up_and_changes_nothing(
    tmp_path: Path,
) -> None:
    """It says what to do when the others have ended."""
    bucket = _Bucket()
    bucket.before_put = lambda: bucket.put(gzip.compress(b"theirs "))
    with pytest.raises(DeliveryError, match="8 times another run was quicker"):
        await _kept(bucket).change(tmp_path / "mine.db", _adds("mine "))
    assert bucket.text == "theirs "


async def test_a_large_history_is_read_in_parts_of_one_version(tmp_path: Path) -> None:
    """Another run that puts its own in between is an error, never a mixture."""
    bucket = _Bucket()
    body = gzip.compress(bytes(range(256)) * 12_000, compresslevel=0)
    bucket.put(body)
    await _kept(bucket).take(tmp_path / "mine.db")
    assert (tmp_path / "mine.db").read_bytes() == bytes(range(256)) * 12_000
    assert bucket.gets == 3
    real = bucket.call

    async def put_in_between(operation: Operation[Any], parameters: Parameters) -> Any:  # noqa: ANN401 - as the fake's
        if bucket.gets == 4:
            bucket.put(body)
        return await real(operation, parameters)

    bucket.call = put_in_between  # type: ignore[method-assign]  # this bucket alone
    with pytest.raises(DeliveryError, match="cannot be read"):
        await _kept(bucket).take(tmp_path / "mine.db")
    assert (tmp_path / "mine.db").read_bytes() == bytes(range(256)) * 12_000


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"whole" * 1000, mtime=0)[:-20]], ids=["other", "cut"]
)
async def test_a_damaged_object_is_said_to_be_damaged_and_stays(
    tmp_path: Path, body: bytes
) -> None:
    """What lies on the disk stays too."""
    bucket, path = _Bucket(), tmp_path / "mine.db"
    bucket.put(body)
    path.write_text("mine")
    with pytest.raises(DeliveryError, match="put an earlier version of it back"):
        await _kept(bucket).change(path, _adds("more"))
    assert (bucket.body, path.read_text()) == (body, "mine")
    assert _files(tmp_path) == ["mine.db"]


async def test_what_the_bucket_refuses_names_the_permissions(tmp_path: Path) -> None:
    """Without one of them nothing is changed."""
    bucket = _Bucket()

    async def deny(operation: Operation[Any], parameters: Parameters) -> Any:  # noqa: ANN401, ARG001 - as the fake's
        raise _refused("AccessDenied")

    bucket.call = deny  # type: ignore[method-assign]  # this bucket alone
    with pytest.raises(DeliveryError, match="Allow the caller s3:GetObject and s3:PutObject"):
        await _kept(bucket).change(tmp_path / "mine.db", _adds("mine"))
    assert _files(tmp_path) == []
