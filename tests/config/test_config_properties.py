"""Whatever is in a file or a variable: settings, or an error that can be shown; nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orgscan.config import document
from orgscan.config.allowlist import Allowlist, parse_allowlist
from orgscan.config.load import load_settings
from orgscan.config.settings import ConfigFile, Settings
from orgscan.errors import ConfigError

KEYS = st.sampled_from([*ConfigFile.model_fields, *Allowlist.model_fields, "id", "accounts", "x"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=8),
    st.text(max_size=20),
    st.sampled_from(["*", "111122223333", "eu-west-1", "a=b", "json", "{", "{value}"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, SCALARS), inner, max_size=5)
    ),
    max_leaves=12,
)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "version: 1",
                "\n",
                "account",
                "exceptions",
                "id",
                ": ",
                "- ",
                "  ",
                "[",
                "]",
                "{",
                "}",
            ),
            *(", ", "&a ", "*a", "'", '"', "!!str ", "!!int ", "!!binary ", "!x ", "? ", "<<: "),
            *('"\\e[2J"', '"\\u202e"', '"\\n"', "!!bool ", "!!float ", "!!null ", "!!timestamp "),
            *("# ", "|", ">", "---\n", "...\n", "%YAML 1.1\n", "0123", "1_0", "1:30", ".inf", "~"),
            *(
                "2027-02-30",
                "2027-01-31",
                "yes",
                "=",
                "\t",
                "\x00",
                "\x1b",
                "\u2028",
                "\ud7ff",
                "é",
            ),
        ]
    ),
    max_size=40,
).map("".join)
# The temporary directory is the same for all examples of a test; each overwrites the file.
SAME_PLACE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,  # a busy machine is no failure
)


def outcome(text: str) -> Allowlist | str:
    """What a text gives as an allowlist, or the message."""
    try:
        return parse_allowlist(text, "a.yaml")
    except ConfigError as error:
        return str(error)


def is_fit_to_show(message: str) -> bool:
    """Whether a message is lines of visible characters that say where they are about."""
    return all(line.isprintable() and line.strip() for line in message.split("\n"))


def check_both(text: str, directory: Path) -> None:
    """Read a text as either kind of file."""
    file = directory / "a.yaml"
    file.write_bytes(text.encode())
    found: list[object] = [outcome(text)]
    try:
        found.append(load_settings(file=file, environ={}, options={}))
    except ConfigError as error:
        found.append(str(error))
    for each in found:
        assert isinstance(each, (Allowlist, Settings)) or is_fit_to_show(str(each))


@SAME_PLACE
@given(text=st.text(max_size=200))
@example(text="\ufeff")
@example(text="\r")
def test_any_text_gives_settings_or_a_clear_error(text: str, tmp_path: Path) -> None:
    """No text, however odd, ends in another exception or in a message that cannot be shown."""
    check_both(text, tmp_path)


@SAME_PLACE
@given(text=FRAGMENTS)
@example(text="version: 1\naccount: [!!int x]")
@example(text="version: 1\n? [a, b]\n: 1")
@example(text="!!map {version: 1}")
@example(text="!!omap [version: 1]")
@example(text="version: !!timestamp x")
@example(text="version: !!bool x")
@example(text="version: 9999999999999999999999999999")
def test_any_yaml_text_gives_settings_or_a_clear_error(text: str, tmp_path: Path) -> None:
    """Pieces of YAML's syntax in any order, tags, anchors and directives included."""
    check_both(text, tmp_path)


@SAME_PLACE
@given(data=st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_data_gives_settings_or_a_clear_error(data: dict[str, Any], tmp_path: Path) -> None:
    """Well-formed YAML of any types under the keys that there are."""
    check_both(yaml.dump({"version": 1, **data}, allow_unicode=True), tmp_path)


@SAME_PLACE
@given(text=FRAGMENTS)
def test_both_parsers_agree(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml no text ends otherwise than in data or an error, and data is the same.

    The parsers differ in what they take (only libyaml allows a tab before a comment or line end).
    """
    quick = outcome(text)
    with monkeypatch.context() as patch:
        patch.setattr(document, "_LOADER", yaml.SafeLoader)
        slow = outcome(text)
    assert quick == slow or isinstance(quick, str) or isinstance(slow, str)
    assert isinstance(slow, Allowlist) or is_fit_to_show(slow)


@pytest.mark.usefixtures("here")
@SAME_PLACE
@given(
    environ=st.dictionaries(
        st.one_of(
            st.sampled_from([f"ORGSCAN_{key.upper()}" for key in Settings.model_fields]),
            st.text(max_size=10).map("ORGSCAN_".__add__),
        ),
        st.one_of(st.text(max_size=20), st.sampled_from(["1", "true", "a=b", "eu-*", "json"])),
        max_size=4,
    )
)
def test_any_environment_gives_settings_or_a_clear_error(environ: dict[str, str]) -> None:
    """Variables can hold anything but a null character."""
    try:
        found: object = load_settings(file=None, environ=environ, options={})
    except ConfigError as error:
        found = str(error)
    assert isinstance(found, Settings) or is_fit_to_show(str(found))
