"""Reading the report that a bundle carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.layout import MANIFEST, REPORT
from orgscan.evidence.share import extract
from orgscan.evidence.stored_report import report_in
from tests.evidence.forging import ACCOUNTS, MakeBundle, unpacked, unzipped, zipped


@pytest.mark.parametrize("is_unpacked", [False, True])
def test_the_report_is_read_from_its_beginning_each_time(
    make_bundle: MakeBundle, tmp_path: Path, is_unpacked: bool
) -> None:
    """From the archive, or from the directory that it was unpacked into."""
    bundle = make_bundle()
    report = unzipped(bundle)[REPORT]
    if is_unpacked:
        bundle = unpacked(unzipped(bundle), tmp_path / "unpacked")

    with report_in(bundle) as opened:
        for _ in range(2):
            with opened() as lines:
                assert b"".join(lines) == report
        with opened() as lines:
            assert lines.read(7) + lines.readline() + lines.read() == report


def test_a_report_that_is_not_the_manifests_is_refused(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    """A changed byte, with the archive itself in order."""
    files = unzipped(make_bundle())
    forged = tmp_path / "forged.zip"
    zipped({**files, REPORT: files[REPORT].replace(b"FAILED", b"PASSED")}, forged)

    with (
        pytest.raises(NotGenuine, match=f"does not have its digest in {MANIFEST}"),
        report_in(forged),
    ):
        pass


@pytest.mark.parametrize("missing", [REPORT, MANIFEST])
def test_a_bundle_without_it_is_refused(
    make_bundle: MakeBundle, tmp_path: Path, missing: str
) -> None:
    """The report, or the manifest that it is held to."""
    files = unzipped(make_bundle())
    del files[missing]
    zipped(files, tmp_path / "less.zip")

    with pytest.raises(NotGenuine), report_in(tmp_path / "less.zip"):
        pass


def test_a_bundle_that_was_cut_short_is_refused(make_bundle: MakeBundle, tmp_path: Path) -> None:
    """As a copy that broke off."""
    whole = make_bundle().read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(NotGenuine, match="this is no whole ZIP"), report_in(tmp_path / "cut.zip"):
        pass


def test_an_accounts_share_has_no_report(make_bundle: MakeBundle, tmp_path: Path) -> None:
    """It tells nothing of other accounts."""
    extract(make_bundle(), ACCOUNTS[0], tmp_path / "share.zip")

    with (
        pytest.raises(EvidenceError, match="one account's share of a bundle"),
        report_in(tmp_path / "share.zip"),
    ):
        pass
