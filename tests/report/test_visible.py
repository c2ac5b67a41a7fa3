"""What cannot be seen in a name is shown, and does nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.report.visible import plain_json, visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("payments-prod", "payments-prod"),
        ("Zürich 給料 🧨", "Zürich 給料 🧨"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("two\r\nlines\t", r"two\r\nlines\t"),
        ("gpj\u202eexe\u200b", r"gpj\u202eexe\u200b"),
        ("line\u2028end", r"line\u2028end"),
        ("no\xa0break", r"no\xa0break"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("\ud800", r"\ud800"),
    ],
)
def test_an_unprintable_character_is_shown_as_its_escape(name: str, shown: str) -> None:
    """Controls, direction marks and the like become readable; letters of any script stay."""
    assert visible(name) == shown


@given(st.text())
def test_whatever_the_text_only_printable_characters_remain(text: str) -> None:
    """There is no way to a terminal escape, a line break or a direction mark."""
    assert visible(text).isprintable()


@given(st.text())
def test_json_keeps_its_value_when_it_is_made_plain(text: str) -> None:
    """The bytes are printable, and a parser reads the same string."""
    encoded = plain_json(json.dumps(text, ensure_ascii=False).encode())

    assert encoded.decode().isprintable()
    assert json.loads(encoded) == text
