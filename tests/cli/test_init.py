"""`orgscan init` writes what a user edits, and takes nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orgscan.cli.app import app
from orgscan.config.allowlist import load_allowlist
from orgscan.config.load import load_settings
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError

CONFIG = Path(__file__).parents[2] / "config"


def _init(directory: Path) -> str:
    result = CliRunner().invoke(app, ["init", str(directory)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_new_directory_gets_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration of defaults, an allowlist that permits nothing, and the templates."""
    monkeypatch.chdir(tmp_path)
    shown = _init(tmp_path / "new")

    shipped = sorted(str(path.relative_to(CONFIG)) for path in CONFIG.rglob("*") if path.is_file())
    written = sorted(
        str(path.relative_to(tmp_path / "new")) for path in tmp_path.rglob("*") if path.is_file()
    )
    assert written == shipped
    assert shown.count("Wrote") == len(shipped)
    settings = load_settings(file=tmp_path / "new" / "orgscan.yaml", environ={}, options={})
    assert settings == Settings()
    assert load_allowlist(tmp_path / "new" / "allowlist.yaml").remediate == ()


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """The rest is written beside it."""
    (tmp_path / "orgscan.yaml").write_text("version: 1\n")
    shown = _init(tmp_path)

    assert (tmp_path / "orgscan.yaml").read_text() == "version: 1\n"
    assert f"Kept   {tmp_path / 'orgscan.yaml'}" in shown
    assert (tmp_path / "allowlist.yaml").exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """A file where the directory would be."""
    (tmp_path / "config").write_text("")

    with pytest.raises(ConfigError, match="cannot be written"):
        CliRunner().invoke(app, ["init", str(tmp_path / "config")], catch_exceptions=False)
