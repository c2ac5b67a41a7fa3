"""A shard on disk: the journal and the evidence of its accounts, and shard.json, which binds them.

It is a part of a run and no report: `orgscan merge` makes one of all shards.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from orgscan.errors import ReportError, WorkerError
from orgscan.journal.journal import Journal
from orgscan.journal.records import Line, block_of
from orgscan.journal.run_directory import RunDirectory
from orgscan.journal.segment import Usage
from orgscan.model.organization import Account
from orgscan.model.run import Run
from orgscan.private_file import new_file
from orgscan.scan.shard import Shard

FILENAME = "shard.json"
_LINES, _EVIDENCE = "segment.ndjson", "segment-evidence.ndjson"
_LINE: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_CHUNK = 1 << 20


class ShardFile(msgspec.Struct, frozen=True, kw_only=True):
    """shard.json, version 1.

    Attributes:
        basis: what the findings depend on besides AWS; the same for all shards of a run.
        settings: JSON of the settings as used.
        allowlist: the allowlist as it was written; None where there was none.
        listed: accounts that the organization had when this shard read it.
        listed_sha256: of their sorted ids, which tells whether all shards saw the same.
        chosen: accounts of this shard that the filters chose.
        seconds: of the clock.
        lines_sha256: of segment.ndjson.
        evidence_sha256: of segment-evidence.ndjson; None where no evidence was wanted.
    """

    format: Literal["orgscan.shard"] = "orgscan.shard"
    version: Literal[1] = 1
    shard: Shard
    run: Run
    basis: dict[str, str]
    settings: str
    allowlist: bytes | None
    listed: int
    listed_sha256: str
    chosen: int
    seconds: float
    usage: Usage
    lines_sha256: str = ""
    evidence_sha256: str | None = None


class StoredShard(msgspec.Struct, frozen=True):
    """A shard as it was found."""

    directory: Path
    file: ShardFile

    def parts(self) -> Iterator[tuple[Line, bytes]]:
        """Each line with its evidence.

        Raises:
            WorkerError: it is not what it was when the shard was finished.
        """
        self._require_unchanged(_LINES, self.file.lines_sha256)
        if self.file.evidence_sha256 is None:
            yield from ((line, b"") for line in self._lines())
            return
        self._require_unchanged(_EVIDENCE, self.file.evidence_sha256)
        with (self.directory / _EVIDENCE).open("rb") as evidence:
            for line in self._lines():
                block = block_of(line)
                yield (
                    line,
                    os.pread(evidence.fileno(), block.length, block.offset) if block else b"",
                )

    def _lines(self) -> Iterator[Line]:
        with (self.directory / _LINES).open("rb") as lines:
            yield from map(_LINE.decode, lines)

    def _require_unchanged(self, name: str, digest: str) -> None:
        path = self.directory / name
        try:
            found = _sha256(path)
        except OSError as error:
            raise _unreadable(path, error.strerror or str(error)) from None
        if found != digest:
            raise WorkerError(
                "the shard is not what it was when it was finished",
                where=str(path),
                mend="Copy it again, or sweep this shard anew",
            )


def digest_of(accounts: Iterable[Account]) -> str:
    """Tells two lists of accounts apart."""
    ids = "\n".join(sorted(account.id for account in accounts))
    return hashlib.sha256(ids.encode()).hexdigest()


def write_shard(directory: RunDirectory, journal: Journal, file: ShardFile) -> str:
    """Write shard.json, and give journal and evidence the names that they keep; gives its name.

    Args:
        directory: still under its other name.
        journal: of the shard, whole.
        file: without the digests.

    Raises:
        ReportError: the disk does not take it.
    """
    has_evidence = journal.spool is not None
    file = replace(
        file,
        lines_sha256=_sha256(directory.journal),
        evidence_sha256=_sha256(directory.spool) if has_evidence else None,
    )
    path = directory.path / FILENAME
    try:
        with new_file(path) as out:
            out.write(msgspec.json.format(msgspec.json.encode(file)) + b"\n")
        if has_evidence:
            directory.spool.rename(directory.path / _EVIDENCE)
        directory.journal.rename(directory.path / _LINES)
    except OSError as error:
        raise ReportError(
            f"the shard cannot be written: {error.strerror or error}",
            where=str(path),
            mend="Free some space; what was swept is kept, and `orgscan scan --resume` goes on",
        ) from None
    return FILENAME


def read_shard(directory: Path) -> StoredShard:
    """A shard's shard.json.

    Raises:
        WorkerError: there is none, or it is none.
    """
    path = directory / FILENAME
    try:
        return StoredShard(directory, msgspec.json.decode(path.read_bytes(), type=ShardFile))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from None


def shards_below(place: Path) -> list[Path]:
    """The directories of shards that a path stands for: its own, or those in it.

    Raises:
        WorkerError: there is none.
    """
    if (place / FILENAME).exists():
        return [place]
    found = sorted(path.parent for path in place.glob(f"*/{FILENAME}"))
    if not found:
        raise WorkerError(
            f"there is no shard: neither {FILENAME} nor a directory with one",
            where=str(place),
            mend="Name directories that `orgscan scan --shard I/N` wrote",
        )
    return found


def _unreadable(path: Path, why: str) -> WorkerError:
    return WorkerError(
        f"this is no shard that can be read: {why}",
        where=str(path),
        mend="Name directories that `orgscan scan --shard I/N` wrote, and copy them whole",
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as lines:
        while chunk := lines.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
