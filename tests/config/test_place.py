"""Where a text lies: what is a file, what is in AWS, and what is neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.config.load import load_settings
from orgscan.config.place import BucketObject, Parameter, Remote, absolute, is_there, remote
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ssm:/orgscan/config", Parameter("/orgscan/config")),
        ("ssm:orgscan.config:3", Parameter("orgscan.config:3")),
        ("s3://example-bucket/a/b c.yaml", BucketObject("example-bucket", "a/b c.yaml")),
        ("config/orgscan.yaml", None),
        ("./ssm:/x", None),
        ("C:/orgscan.yaml", None),
        (Path("ssm:/x"), None),
    ],
)
def test_a_place_is_a_file_unless_it_names_something_in_aws(
    written: str | Path, meant: Remote | None
) -> None:
    """And is written back as it was read."""
    assert remote(written) == meant
    assert meant is None or str(meant) == written


@pytest.mark.parametrize(
    "written",
    ["ssm:", "ssm:/a b", "ssm:/a\x1b[2J", "s3:/b/k", "s3://B/k", "s3://bucket", "s3://bucket/"],
)
def test_what_begins_like_a_place_in_aws_and_is_none_is_refused(written: str) -> None:
    """It is never looked for on the disk; nothing of it reaches a terminal."""
    with pytest.raises(ConfigError, match="names nothing in AWS") as refused:
        remote(written)

    assert str(refused.value).isprintable()


def test_settings_from_aws_have_their_problems_at_their_place() -> None:
    """Place, line and column; what is read decides like a file."""
    texts = {
        "ssm:/good": b"version: 1\nregion: [eu-*]\n",
        "ssm:/bad": b"version: 1\nregions: [eu-*]\n",
    }

    def load(place: str) -> Settings:
        return load_settings(
            file=None,
            environ={"ORGSCAN_CONFIG": place},
            options={},
            fetch=lambda named: texts[str(named)],
        )

    assert load("ssm:/good").region == ("eu-*",)
    with pytest.raises(ConfigError) as refused:
        load("ssm:/bad")
    assert str(refused.value).startswith('ssm:/bad:2:1: unknown key "regions"')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff", "s3://example-bucket/c:1:1: this is not UTF-8 text"),
        (b"", "s3://example-bucket/c: the file is empty"),
        (b"#" * (1024 * 1024 + 1), "s3://example-bucket/c: it is larger than 1 MiB"),
    ],
)
def test_what_lies_in_aws_is_read_as_carefully_as_a_file(content: bytes, says: str) -> None:
    """Size, encoding and emptiness."""
    with pytest.raises(ConfigError) as refused:
        load_settings(file="s3://example-bucket/c", environ={}, options={}, fetch=lambda _: content)

    assert str(refused.value).startswith(says)


def test_where_nothing_is_read_from_aws_that_is_said() -> None:
    """Instead of looking for such a file."""
    with pytest.raises(ConfigError, match=r"ssm:/x: nothing is read from AWS here"):
        load_settings(file="ssm:/x", environ={}, options={})


def test_an_allowlists_place_is_checked_when_settings_are(
    refusal: Callable[..., str],
) -> None:
    """With the place of the setting itself."""
    assert refusal("version: 1\nallowlist: 's3://bucket'\n") == (
        'a.yaml:2:12: "s3://bucket" names nothing in AWS. Write ssm:/path/name or '
        "s3://bucket/key; ./ before it makes it a file"
    )


def test_a_plan_names_its_allowlist_wherever_it_is_applied(here: Path) -> None:
    """A file by its whole path, a place in AWS as it is."""
    (here / "a.yaml").write_text("")

    assert absolute("a.yaml") == str(here / "a.yaml")
    assert absolute("ssm:/x") == "ssm:/x"
    assert [is_there(place) for place in ("a.yaml", "b.yaml", "ssm:/x")] == [True, False, True]
