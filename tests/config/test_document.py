"""Files that are no configuration at all: each is refused with its place and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from orgscan.config import document
from orgscan.config.document import MAX_BYTES, parse_document, read_document
from orgscan.errors import ConfigError

EMPTY = "a.yaml: the file is empty. Begin it with: version: 1"
NO_KEYS = "a.yaml:1:1: expected keys and their values. Begin the file with: version: 1"
DEEP = (
    "lists and groups are nested more than 32 deep. "
    "Nothing here needs that; remove brackets or indentation"
)
ENDLESS = "aliases repeat each other without bound. Write the values out"
NO_PLACE = "has no place in a text file. Remove it"
BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


SYNTAX = "this is not valid YAML:"
LOOK = "Look at the indentation, quotes and colons"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", EMPTY),
        ("# only a comment\n", EMPTY),
        ("---\n", NO_KEYS.replace("1:1", "2:1")),
        ("role_name", NO_KEYS),
        ("- role_name\n", NO_KEYS),
        (
            "version: 1\nregion:\n\t- eu-west-1\n",
            "a.yaml:3:1: a tab is used to indent. Indent with spaces",
        ),
        (
            "version: 1\nrole_name: 'orgscan\nprofile: audit\n",
            f"a.yaml:4:1: {SYNTAX} found unexpected end of stream. {LOOK} from line 2 on",
        ),
        (
            "version: 1\nrole_name: a: b\n",
            f"a.yaml:2:13: {SYNTAX} mapping values are not allowed in this context. {LOOK}",
        ),
        (
            "version: 1\n---\nversion: 1\n",
            f"a.yaml:2:1: {SYNTAX} but found another document. {LOOK} from line 1 on",
        ),
        ("version: 1\nou: *units\n", f"a.yaml:2:5: {SYNTAX} found undefined alias. {LOOK}"),
        ("[" * 500_000, f"a.yaml:1:33: {DEEP}"),
        ("a: &a\n  b: &b\n    c: *a\n", f"a.yaml:1:4: {ENDLESS}"),
        ("version: 1\nou: &ou [*ou]\n", f"a.yaml:2:5: {ENDLESS}"),
        (BOMB, f"a.yaml:1:26: {ENDLESS}"),
        ("version: 1\nrole_name: a\x1b[31m\n", f"a.yaml:2:13: the character U+001B {NO_PLACE}"),
        ("version: 1\nrole_name: a\x00\n", f"a.yaml:2:13: the character U+0000 {NO_PLACE}"),
    ],
)
def test_text_that_is_no_configuration_is_refused_with_its_place(
    refusal: Callable[..., str], text: str, message: str
) -> None:
    """Syntax errors, bombs and text of another kind each get one clear line."""
    assert refusal(text) == message


@pytest.mark.usefixtures("here")
def test_a_file_that_does_not_exist_is_named() -> None:
    """A mistyped path is told as it was given."""
    with pytest.raises(ConfigError) as error:
        read_document(Path("conf/orgscan.yaml"))
    assert str(error.value) == (
        "conf/orgscan.yaml: there is no such file. Give the path of a file that exists"
    )


@pytest.mark.usefixtures("here")
def test_a_file_with_a_hostile_name_is_shown_escaped() -> None:
    """A name with terminal escapes or turned text does not reach the terminal as it is."""
    with pytest.raises(ConfigError) as error:
        read_document(Path("\u202e\x1b[31m.yaml"))
    assert error.value.where == '"\\u202e\\u001b[31m.yaml"'


def test_a_directory_is_no_file(here: Path) -> None:
    """Naming the directory instead of the file is told apart from a missing file."""
    (here / "config").mkdir()
    with pytest.raises(ConfigError) as error:
        read_document(Path("config"))
    assert str(error.value) == "config: it is a directory. Give the path of a file in it"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_without_permission_is_refused_as_a_user(here: Path) -> None:
    """The system's own reason is passed on."""
    (here / "a.yaml").write_text("version: 1\n")
    (here / "a.yaml").chmod(0)
    with pytest.raises(ConfigError) as error:
        read_document(Path("a.yaml"))
    assert str(error.value) == (
        "a.yaml: it cannot be read: Permission denied. Mend its path or permissions"
    )


def test_a_path_that_the_system_refuses_gives_its_reason(here: Path) -> None:
    """A link that leads back to itself is neither missing nor a directory."""
    (here / "a.yaml").symlink_to("a.yaml")
    with pytest.raises(ConfigError) as error:
        read_document(Path("a.yaml"))
    assert str(error.value) == (
        "a.yaml: it cannot be read: Too many levels of symbolic links. Mend its path or permissions"
    )


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.yaml:1:1"),
        (b"version: 1\nprofile: caf\xe9\n", "a.yaml:2:13"),
        (b"\xef\xbb\xbfprofile: caf\xe9\n", "a.yaml:1:13"),
        ("version: 1\n".encode("utf-16"), "a.yaml:1:1"),
    ],
)
def test_bytes_that_are_not_utf8_are_refused_at_their_place(
    here: Path, content: bytes, place: str
) -> None:
    """Pictures, Latin-1 and UTF-16 are no configuration."""
    (here / "a.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as error:
        read_document(Path("a.yaml"))
    assert str(error.value) == f"{place}: this is not UTF-8 text. Save it as UTF-8 text"


def test_a_file_of_more_than_a_mebibyte_is_not_read(here: Path) -> None:
    """The bound holds before anything is parsed."""
    (here / "a.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError) as error:
        read_document(Path("a.yaml"))
    assert str(error.value) == (
        "a.yaml: it is larger than 1 MiB. "
        "Name accounts by organizational unit, or regions by glob, to make it shorter"
    )


def test_a_byte_order_mark_does_no_harm(here: Path) -> None:
    """Editors on Windows write one."""
    (here / "a.yaml").write_bytes(b"\xef\xbb\xbfversion: 1\r\nprofile: audit\r\n")
    assert read_document(Path("a.yaml")).tree.data == {"version": 1, "profile": "audit"}


def test_harmless_anchors_are_followed() -> None:
    """An alias that stands for a short list is a list."""
    text = "a: &units [x, y]\nb: *units\n"
    assert parse_document(text, "a.yaml").tree.data == {"a": ("x", "y"), "b": ("x", "y")}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, document._LOADER])
def test_the_pure_python_loader_reads_the_same(
    monkeypatch: pytest.MonkeyPatch, loader: type[yaml.SafeLoader]
) -> None:
    """PyYAML without libyaml gives the same values and the same places."""
    monkeypatch.setattr(document, "_LOADER", loader)
    parsed = parse_document("version: 1\né: [1, 0123,\n  'x']\nd: 2027-01-31\n", "a.yaml")
    assert list(parsed.tree.data) == ["version", "é", "d"]
    assert parsed.where(("é", 2)) == "a.yaml:3:3"
    assert parsed.where(("é",), key=True) == "a.yaml:2:1"
    assert parsed.written(("é", 1)) == "0123"
    assert parsed.where(("é", 9, "nowhere")) == "a.yaml:2:4"
