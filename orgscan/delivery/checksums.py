"""SHA-256 checksums of a file as S3 keeps them: one for small files, one of its parts' for large.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

PART_SIZE = 16 * 2**20


class Checksums(msgspec.Struct, frozen=True, kw_only=True):
    """What a file's checksums are.

    Attributes:
        size: bytes.
        sha256: hex digest of the whole file, as `sha256sum` prints it.
        parts: base64 digests of each part of `PART_SIZE` bytes; one where the file is no larger.
    """

    size: int
    sha256: str
    parts: tuple[str, ...]

    @property
    def is_multipart(self) -> bool:
        """Whether the file is sent in parts."""
        return len(self.parts) > 1

    @property
    def of_object(self) -> str:
        """What S3 has for the object: of several parts, the digest of their digests."""
        if not self.is_multipart:
            return self.parts[0]
        return _base64_sha256(b"".join(base64.b64decode(part) for part in self.parts))

    def are_those_of(self, size: int, checksum: str | None) -> bool:
        """Whether an object is this file, by what S3 says of it.

        Args:
            size: bytes.
            checksum: `ChecksumSHA256`; of parts it ends with a dash and how many there are, which
                not every answer has. None where S3 has none, which proves nothing.
        """
        return size == self.size and (checksum or "").partition("-")[0] == self.of_object


def checksums_of(path: Path) -> Checksums:
    """Read a file once.

    Raises:
        OSError: the disk's own errors.
    """
    whole, parts, size = hashlib.sha256(), [], 0
    for part in parts_of(path):
        whole.update(part)
        parts.append(_base64_sha256(part))
        size += len(part)
    return Checksums(size=size, sha256=whole.hexdigest(), parts=tuple(parts))


def parts_of(path: Path) -> Iterator[bytes]:
    """A file in parts, one of them at a time; an empty file is one empty part."""
    with path.open("rb") as file:
        yield file.read(PART_SIZE)
        while part := file.read(PART_SIZE):
            yield part


def part_of(path: Path, number: int) -> bytes:
    """Part `number` of a file, counted from 1 as S3 does."""
    with path.open("rb") as file:
        file.seek((number - 1) * PART_SIZE)
        return file.read(PART_SIZE)


def _base64_sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
