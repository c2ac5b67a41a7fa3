"""The bundle that comes before is looked for among files that may be anybody's."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.evidence.previous import newest_before
from tests.evidence.forging import MakeBundle

_ORGANIZATION = "o-exampleorg"
_NEXT = "20991231T000000Z-ffffff"


def _deflated(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bag-info.txt", bytes(10 << 20))


def _encrypted(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bag-info.txt", b"")
    path.write_bytes(
        path.read_bytes().replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        )
    )


def _of_an_unknown_kind(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bag-info.txt", b"")
    raw = bytearray(path.read_bytes())
    raw[8] = raw[raw.index(b"PK\x01\x02") + 10] = 97
    path.write_bytes(raw)


def _text(path: Path) -> None:
    path.write_bytes(b"no ZIP at all")


def _directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("hostile", [_deflated, _encrypted, _of_an_unknown_kind, _text, _directory])
def test_what_is_no_bundle_is_passed_over_with_a_warning(
    make_bundle: MakeBundle,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    hostile: Callable[[Path], None],
) -> None:
    """The run that is being written is not its fault; the chain goes on with the one before."""
    runs = tmp_path / "runs"
    for run in ("20261124T020000Z-1a2b3c", "20261125T020000Z-1a2b3c"):
        (runs / run).mkdir(parents=True)
    make_bundle().rename(runs / "20261124T020000Z-1a2b3c" / "evidence.zip")
    hostile(runs / "20261125T020000Z-1a2b3c" / "evidence.zip")

    found = newest_before(runs, _NEXT, _ORGANIZATION)

    assert found is not None
    assert found[0] == "20261124T020000Z-1a2b3c"
    assert "the chain leaves it out" in caplog.text
