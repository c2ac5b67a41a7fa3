"""The files in `config/`, which users copy: valid as they are, and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orgscan.config.allowlist import Allowlist, load_allowlist, parse_allowlist
from orgscan.config.load import load_settings
from orgscan.config.settings import ConfigFile, Settings

CONFIG = Path(__file__).parents[2] / "config"


def uncommented(text: str) -> str:
    """The text with its commented-out keys and entries made real; prose has a space after #."""
    return re.sub(r"^#(?=[a-z0-9_]+:)", "", text, flags=re.MULTILINE)


@pytest.mark.usefixtures("here")
def test_the_configuration_changes_nothing_as_it_stands() -> None:
    """A user who copies it has the defaults."""
    file = CONFIG / "orgscan.yaml"
    assert load_settings(file=file, environ={}, options={}) == Settings()


def test_the_configuration_shows_every_key_with_its_default(here: Path) -> None:
    """With every comment sign before a key taken away, it is still the defaults, key by key."""
    text = uncommented((CONFIG / "orgscan.yaml").read_text(encoding="utf-8"))
    (here / "all.yaml").write_text(text, encoding="utf-8")
    settings = load_settings(file=Path("all.yaml"), environ={}, options={})
    assert settings == Settings()
    assert settings.model_fields_set | {"version"} == set(ConfigFile.model_fields)


def test_the_allowlist_permits_and_excuses_nothing_as_it_stands() -> None:
    """Whoever copies it has permitted nothing."""
    assert load_allowlist(CONFIG / "allowlist.yaml") == Allowlist(version=1)


def test_the_examples_in_the_allowlist_are_valid() -> None:
    """With the comment signs taken away, both examples load and show every key."""
    text = (CONFIG / "allowlist.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^#(?=  (?:- |  )[a-z_]+:)", "", text, flags=re.MULTILINE)
    text = text.replace("remediate: []", "remediate:").replace("exceptions: []", "exceptions:")
    allowlist = parse_allowlist(text, "allowlist.yaml")
    (permission,), (exception,) = allowlist.remediate, allowlist.exceptions
    assert permission.model_fields_set == set(type(permission).model_fields) - {"ous"}
    assert exception.model_fields_set == set(type(exception).model_fields) - {"ous"}
