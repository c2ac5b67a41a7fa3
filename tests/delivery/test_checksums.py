"""Checksums are those that S3 gives back."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from orgscan.delivery.checksums import PART_SIZE, checksums_of, part_of


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@pytest.mark.parametrize("data", [b"", b"report", b"x" * PART_SIZE])
def test_a_file_of_one_part_has_its_own_digest(tmp_path: Path, data: bytes) -> None:
    """An empty file is one empty part."""
    path = tmp_path / "file"
    path.write_bytes(data)
    sums = checksums_of(path)

    assert (sums.size, sums.sha256) == (len(data), _digest(data).hex())
    assert sums.of_object == base64.b64encode(_digest(data)).decode()
    assert not sums.is_multipart


def test_a_file_of_several_parts_has_the_digest_of_their_digests(tmp_path: Path) -> None:
    """With or without the count behind it, as S3's answers have it."""
    path = tmp_path / "file"
    parts = (b"a" * PART_SIZE, b"b" * PART_SIZE, b"c")
    path.write_bytes(b"".join(parts))
    sums = checksums_of(path)
    expected = base64.b64encode(_digest(b"".join(map(_digest, parts)))).decode()

    assert sums.of_object == expected
    assert [part_of(path, number) for number in (1, 2, 3)] == list(parts)
    assert sums.are_those_of(2 * PART_SIZE + 1, f"{expected}-3")
    assert sums.are_those_of(2 * PART_SIZE + 1, expected)


@pytest.mark.parametrize(
    ("size", "checksum"),
    [(6, None), (6, ""), (6, "AAAA"), (7, base64.b64encode(_digest(b"report")).decode())],
)
def test_what_s3_does_not_vouch_for_is_not_the_file(
    tmp_path: Path, size: int, checksum: str | None
) -> None:
    """Another size, another checksum, or none at all."""
    path = tmp_path / "file"
    path.write_bytes(b"report")

    assert not checksums_of(path).are_those_of(size, checksum)
