"""Which files of a run's directory are sent, and under which names."""

from __future__ import annotations

from pathlib import Path

import pytest

from orgscan.delivery.deliver import _files, _plain
from orgscan.errors import DeliveryError


def test_the_runs_own_files_are_sent_and_nothing_else(tmp_path: Path) -> None:
    """No receipt, no working file, nothing of a folder that somebody put there."""
    for name in ("report.json", "evidence.zip", "delivery.json", ".report.html.partial"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "secret").touch()

    assert [path.name for path in _files(tmp_path)] == ["evidence.zip", "report.json"]


@pytest.mark.parametrize("to", ["/etc/hostname", "..", "missing"])
def test_a_link_in_a_runs_directory_is_refused_and_not_followed(tmp_path: Path, to: str) -> None:
    """It would send any file of this machine to the bucket."""
    (tmp_path / "report.json").touch()
    (tmp_path / "notes.txt").symlink_to(to)

    with pytest.raises(DeliveryError, match="this is a link, and what it leads to is not sent"):
        _files(tmp_path)


@pytest.mark.parametrize("name", ["", "..", "a/b", "../20261124", "a b", "x" * 129, "a\n", ".a"])
def test_a_report_does_not_choose_where_else_it_is_delivered_to(name: str) -> None:
    """Run and organization are parts of the key, and come from a file that may be anybody's."""
    with pytest.raises(DeliveryError, match="a run of this name is not delivered"):
        _plain(name)


@pytest.mark.parametrize("name", ["20261124T020000Z-1a2b3c", "o-exampleorg"])
def test_names_of_runs_and_organizations_are_let_through(name: str) -> None:
    """As AWS and orgscan make them."""
    assert _plain(name) == name
