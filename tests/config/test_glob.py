"""Globs match whole values, and `*` and `?` alone are special."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.config.glob import glob_matches, is_glob, names_nothing

LETTERS = st.text(alphabet="ab*?[].\n", max_size=12)


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("prod", "prod", True),
        ("prod", "nonprod", False),
        ("prod", "production", False),
        ("prod-*", "prod-", True),
        ("prod-*", "prod-eu/west", True),
        ("*prod", "nonprod", True),
        ("prod?", "prod", False),
        ("prod?", "prod1", True),
        ("Prod", "prod", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("a[bc]", "ab", False),
        ("a[bc]", "a[bc]", True),
        ("a.c", "abc", False),
        ("a*", "a\n\x1b[31m", True),
        ("a", "a\n", False),
        ("", "", True),
        ("*", "", True),
    ],
)
def test_a_glob_matches_the_whole_value(pattern: str, value: str, *, matches: bool) -> None:
    """`prod` never means nonprod, case counts, and brackets are just brackets."""
    assert glob_matches(pattern, value) is matches


@given(pattern=LETTERS, value=LETTERS)
def test_a_glob_means_what_the_plain_regular_expression_means(pattern: str, value: str) -> None:
    """The quick form (atomic groups) agrees with the obvious one for every pattern and value."""
    plain = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    assert glob_matches(pattern, value) == bool(re.fullmatch(plain, value, re.DOTALL))


@given(value=st.text(max_size=40))
def test_a_text_without_wildcards_matches_itself_alone(value: str) -> None:
    """Whatever is in a name, it is matched as it is."""
    pattern = value.replace("*", "").replace("?", "")
    assert glob_matches(pattern, value) is (pattern == value)


@pytest.mark.parametrize("stars", [10, 60])
def test_a_glob_of_many_stars_is_decided(stars: int) -> None:
    """A pattern made to go back and forth without end would hang this test."""
    assert not glob_matches("*a" * stars + "b", "a" * 255)


@pytest.mark.parametrize("pattern", ["*", "**", "?*", "*?", "????", "*-*", "?-*_*"])
def test_a_glob_without_letter_or_digit_names_nothing(pattern: str) -> None:
    """It would match everything there is, or everything of some length."""
    assert names_nothing(pattern)


@pytest.mark.parametrize("pattern", ["a*", "*1", "prod", "-", ""])
def test_what_has_a_letter_or_digit_or_no_wildcard_names_something(pattern: str) -> None:
    """A plain text stands for itself, however short."""
    assert not names_nothing(pattern)
    assert is_glob(pattern) is ("*" in pattern)
