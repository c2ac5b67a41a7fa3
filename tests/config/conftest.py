"""A working directory of its own, and a file in it, for each test of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orgscan.config.load import load_settings
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError

Load = Callable[..., Settings]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(here: Path) -> Load:
    """Loads settings of a file `a.yaml` with this text, of variables and of options."""

    def load(
        text: str | None = None, environ: Mapping[str, str] | None = None, **options: object
    ) -> Settings:
        if text is not None:
            (here / "a.yaml").write_text(text, encoding="utf-8")
        file = None if text is None else Path("a.yaml")
        return load_settings(file=file, environ=environ or {}, options=options)

    return load


@pytest.fixture
def refusal(load: Load) -> Callable[..., str]:
    """The whole message with which `load` refuses."""

    def refusal(
        text: str | None = None, environ: Mapping[str, str] | None = None, **options: object
    ) -> str:
        with pytest.raises(ConfigError) as error:
            load(text, environ, **options)
        return str(error.value)

    return refusal
