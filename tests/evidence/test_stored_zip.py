"""Archives hold their files and nothing else."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from orgscan.evidence.stored_zip import Entry, StoredZip, directory

_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=20)


def _written(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    archive = StoredZip(out)
    for name, content in files.items():
        archive.add(name, [content[:3], content[3:]])
    archive.close()
    return out.getvalue()


@given(files=st.dictionaries(_NAMES, st.binary(max_size=50), max_size=8))
def test_what_was_written_is_read_back_in_order(files: dict[str, bytes]) -> None:
    """By Python's own zipfile; the same files give the same bytes."""
    written = _written(files)

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        read = [(info.filename, archive.read(info)) for info in archive.infolist()]
    assert read == list(files.items())
    assert _written(files) == written


def test_an_archive_of_70_000_files_is_read_back() -> None:
    """More than the classic format can count."""
    written = _written({f"{number}": b"" for number in range(70_000)})

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert len(archive.infolist()) == 70_000


def test_a_file_beyond_4_gib_has_its_place_in_the_directory() -> None:
    """Offsets that need eight bytes get them."""
    far = Entry("far", 5 << 30, 0, 0)
    start = far.content
    listed = io.BytesIO(directory([far], start))

    # zipfile takes the bytes that are not there for a prefix that was cut off.
    with zipfile.ZipFile(listed) as archive:
        (info,) = archive.infolist()
    assert info.header_offset == far.offset - start
