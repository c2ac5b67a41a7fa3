"""The files of a bundle, read from a ZIP or a directory that may be anybody's making.

Nothing is ever unpacked to the disk, nothing outside is followed, and what is read at once is
bounded.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.stored_zip import LARGEST, Entry, directory, local_header

_PART = 1 << 20
_SMALL = 64 << 20

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading a file as JSON raises where it is none, or is nested without end."""


class Files(Protocol):
    """Named files."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every file's path, with `/`; in the order of the archive, if it is one."""
        ...

    @property
    def is_ordered(self) -> bool:
        """Whether the order of the names is somebody's choice."""
        ...

    def parts(self, name: str) -> Iterator[bytes]:
        """A file's content, a part at a time.

        Raises:
            NotGenuine: it is damaged.
        """
        ...


@contextmanager
def opened(path: Path) -> Iterator[Files]:
    """The files of a bundle.

    Args:
        path: a ZIP, or the directory that it was unpacked into.

    Raises:
        EvidenceError: there is nothing to read.
        NotGenuine: it is no such ZIP: cut short, compressed, with unsafe or doubled names, or with
            anything besides its files.
    """
    if path.is_dir():
        yield DirectoryFiles(path)
        return
    try:
        with path.open("rb") as file:
            yield ZipFiles(file, path)
    except OSError as error:
        raise EvidenceError(
            f"the bundle cannot be read: {error.strerror or error}",
            where=str(path),
            mend="Name evidence.zip, or the directory that it was unpacked into",
        ) from None


def small(files: Files, name: str) -> bytes:
    """A file that has to be held whole; anything but a report is small.

    Raises:
        NotGenuine: it is not there, or is larger than such a file can be.
    """
    if name not in files.names:
        raise NotGenuine("the file is missing", where=name)
    text = bytearray()
    for part in files.parts(name):
        text += part
        if len(text) > _SMALL:
            raise NotGenuine(f"the file is larger than {_SMALL >> 20} MiB", where=name)
    return bytes(text)


class DirectoryFiles:
    """The files below a directory."""

    is_ordered = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names = tuple(sorted(self._walk()))

    def _walk(self) -> Iterator[str]:
        for path in self._root.rglob("*"):
            name = path.relative_to(self._root).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise NotGenuine("this is no plain file", where=name)
            if path.is_file():
                yield name

    def parts(self, name: str) -> Iterator[bytes]:
        """As `Files.parts`."""
        try:
            with (self._root / name).open("rb") as file:
                while part := file.read(_PART):
                    yield part
        except OSError as error:
            raise EvidenceError(
                f"the file cannot be read: {error.strerror or error}", where=name
            ) from None


class ZipFiles:
    """The files of an archive that `orgscan.evidence.stored_zip` could have written."""

    is_ordered = True

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._where = str(path)
        try:
            # Held open for as long as `file` is, which is not ours to close.
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise NotGenuine(
                f"this is no whole ZIP: {error}", where=self._where, mend="Copy it again"
            ) from None
        infos = self._archive.infolist()
        for info in infos:
            _require_plain(info)
        self.names = tuple(info.filename for info in infos)
        self._require_once()
        self._require_nothing_else(file, [_entry(info) for info in infos])

    def parts(self, name: str) -> Iterator[bytes]:
        """As `Files.parts`."""
        try:
            with self._archive.open(name) as file:
                while part := file.read(_PART):
                    yield part
        except (zipfile.BadZipFile, EOFError, ValueError) as error:
            raise NotGenuine(f"the file is damaged: {error}", where=name) from None

    def _require_once(self) -> None:
        seen: set[str] = set()
        for name in self.names:
            if name in seen:
                raise NotGenuine("the ZIP holds two files of one name", where=name)
            seen.add(name)

    def _require_nothing_else(self, file: BinaryIO, entries: list[Entry]) -> None:
        """Every byte besides the contents has to follow from them; nothing hides between."""
        at = 0
        for entry in entries:
            header = local_header(entry)
            file.seek(at)
            if entry.offset != at or file.read(len(header)) != header:
                raise NotGenuine(
                    "its place in the ZIP is not as orgscan writes it", where=entry.name
                )
            at = entry.content + entry.size
        end = directory(entries, at)
        file.seek(at)
        if file.read(len(end) + 1) != end:
            raise NotGenuine(
                "the ZIP's own directory is not as orgscan writes it", where=self._where
            )


def _entry(info: zipfile.ZipInfo) -> Entry:
    return Entry(info.filename, info.header_offset, info.CRC, info.file_size)


def _require_plain(info: zipfile.ZipInfo) -> None:
    # zipfile cuts names at a NUL and turns the system's separator into a slash.
    name = info.orig_filename
    is_unsafe = (
        name != info.filename
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or any(part in {"", ".", ".."} for part in name.split("/"))
    )
    if is_unsafe:
        raise NotGenuine("the ZIP holds a path that leads elsewhere", where=repr(name))
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise NotGenuine(
            "the file is compressed by the ZIP, which orgscan never does", where=repr(name)
        )
    if info.file_size > LARGEST:
        raise NotGenuine("the ZIP says that the file is larger than 4 GiB", where=repr(name))
    if info.flag_bits & 1:
        raise NotGenuine("the file is encrypted", where=repr(name))
