"""The report that a bundle carries, read without unpacking anything."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.files import Files, opened, small
from orgscan.evidence.layout import MANIFEST, PROOF, REPORT, manifest_line

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@contextmanager
def report_in(bundle: Path) -> Iterator[Callable[[], BinaryIO]]:
    """What opens the report of a bundle, from its beginning each time.

    The report is held to its digest in the manifest, and nothing else is checked: `verify` does.

    Args:
        bundle: `evidence.zip`, or the directory that it was unpacked into.

    Raises:
        EvidenceError: there is nothing to read, or it is one account's share, which has no report.
        NotGenuine: it is no whole bundle.
    """
    with opened(bundle) as files:
        if PROOF in files.names:
            raise EvidenceError(
                "this is one account's share of a bundle, which has no report",
                where=str(bundle),
                mend="Name the whole bundle",
            )
        _require_digest(files, bundle)
        yield partial(_opened, files)


def _require_digest(files: Files, bundle: Path) -> None:
    known = small(files, MANIFEST).splitlines(keepends=True)
    if REPORT not in files.names:
        raise NotGenuine("the bundle holds no report", where=str(bundle))
    digest = hashlib.sha256()
    for part in files.parts(REPORT):
        digest.update(part)
    if manifest_line(REPORT, digest.hexdigest()).encode() not in known:
        raise NotGenuine(f"the report does not have its digest in {MANIFEST}", where=str(bundle))


def _opened(files: Files) -> BinaryIO:
    # A buffered reader has everything of BinaryIO; typeshed does not make it one.
    return cast("BinaryIO", io.BufferedReader(_Parts(files.parts(REPORT)), 1 << 20))


class _Parts(io.RawIOBase):
    """A file's parts as a file to read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """As `io.RawIOBase.readinto`; 0 where there is no more."""
        room = memoryview(buffer).cast("B")
        if not self._left:
            self._left = memoryview(next(self._parts, b""))
        taken, self._left = self._left[: len(room)], self._left[len(room) :]
        room[: len(taken)] = taken
        return len(taken)
