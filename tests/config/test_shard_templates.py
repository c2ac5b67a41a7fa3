"""The templates of array jobs: they run what orgscan understands, and nobody gets in."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orgscan.cli.merge import merge
from orgscan.cli.scan import scan
from orgscan.config.settings import Settings

AWS = Path(__file__).parents[2] / "config" / "aws"
TEMPLATES = sorted(AWS.glob("shards-*.yaml"))


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` and the like as what they are about."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def _walk(value: object) -> Iterator[tuple[str, object]]:
    """Every key with its value, however deep."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield key, below
            yield from _walk(below)
    elif isinstance(value, list):
        for below in value:
            yield from _walk(below)


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def entries(request: pytest.FixtureRequest) -> list[tuple[str, object]]:
    """Of one template."""
    text = request.param.read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with one more tag
    return list(_walk(loaded["Resources"]))


def test_the_commands_are_orgscans(entries: list[tuple[str, object]]) -> None:
    """First the shards, then the merge, with options that each has."""
    known = {
        name: {f"--{option.replace('_', '-')}" for option in inspect.signature(command).parameters}
        for name, command in (("scan", scan), ("merge", merge))
    }
    commands = [value for key, value in entries if key == "Command"]

    assert [command[0] for command in commands if isinstance(command, list)] == ["scan", "merge"]
    for command in commands:
        assert isinstance(command, list)
        assert {word for word in command if word.startswith("--")} <= known[command[0]]


def test_the_variables_are_settings(entries: list[tuple[str, object]]) -> None:
    """A misspelled one would stop every shard; all shards and the merge are told their run."""
    names = [value for key, value in entries if key == "Name" and str(value).startswith("ORGSCAN_")]

    assert set(names) <= {f"ORGSCAN_{name.upper()}" for name in Settings.model_fields}
    assert names.count("ORGSCAN_SHARD_GROUP") == 2


def test_no_task_has_a_public_address_or_can_be_reached(
    entries: list[tuple[str, object]],
) -> None:
    """Each would be its own finding."""
    assert {value for key, value in entries if key == "AssignPublicIp"} == {"DISABLED"}
    (nobody,) = [value for key, value in entries if key == "NoWayIn"]
    assert not re.search("Ingress", str(nobody))


def test_the_disk_is_encrypted_at_rest_and_on_the_way(entries: list[tuple[str, object]]) -> None:
    """Shards hold what AWS answered."""
    assert ("Encrypted", True) in entries
    assert {value for key, value in entries if key == "TransitEncryption"} == {"ENABLED"}
