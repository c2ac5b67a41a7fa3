"""JSON Schemas: editors accept what orgscan accepts, and explain every key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from orgscan.config.schemas import allowlist_schema, config_schema

ENTRY: dict[str, object] = {
    "id": "a",
    "accounts": ["111122223333"],
    "regions": ["eu-west-1"],
    "clusters": ["prod-*"],
    "services": ["api"],
    "owner": "o",
    "reason": "r",
    "ticket": "t",
    "expires": "2027-01-31",
}


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of a schema and of its definitions."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part["properties"].items()


@pytest.mark.parametrize("schema", [config_schema(), allowlist_schema()])
def test_a_schema_is_valid_and_explains_every_key(schema: dict[str, Any]) -> None:
    """What an editor shows on hovering is never empty, and the version is the first dialect's."""
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert [key for key, each in properties(schema) if not each.get("description")] == []


@pytest.mark.parametrize(
    ("schema", "title", "first"),
    [
        (config_schema(), "orgscan configuration, version 1", "orgscan's configuration file."),
        (allowlist_schema(), "orgscan allowlist, version 1", "orgscan's allowlist:"),
    ],
)
def test_a_schema_says_what_it_is_for(schema: dict[str, Any], title: str, first: str) -> None:
    """Title and description name the file, and unknown keys are errors in the editor too."""
    assert schema["title"] == title
    assert schema["description"].startswith(first)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("config", "valid"),
    [
        ({"version": 1}, True),
        ({"version": 1, "account": ["111122223333"], "progress": None}, True),
        ({"version": 1, "region": ["eu-*"], "format": ["json"], "output": "/out"}, True),
        ({"version": 1, "session_tags": {"team": "a"}, "tag": ["a=b"]}, True),
        ({}, False),
        ({"version": 2}, False),
        ({"version": 1, "regions": []}, False),
        ({"version": 1, "account": [111122223333]}, False),
        ({"version": 1, "account": ["1111-2222-3333"]}, False),
        ({"version": 1, "role_name": "a b"}, False),
        ({"version": 1, "role_name": "team/audit"}, True),
        ({"version": 1, "external_id": "x"}, False),
        ({"version": 1, "ou": ["workloads"]}, False),
        ({"version": 1, "tag": ["production"]}, False),
        ({"version": 1, "concurrency": 0}, False),
        ({"version": 1, "format": []}, False),
        ({"version": 1, "format": ["htlm"]}, False),
        ({"version": 1, "output": ""}, False),
    ],
)
def test_the_configuration_schema_agrees_with_orgscan(
    config: dict[str, object], *, valid: bool
) -> None:
    """An editor marks what orgscan would refuse."""
    assert jsonschema_rs.is_valid(config_schema(), config) is valid


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({}, True),
        ({"accounts": ["1111*"]}, True),
        ({"accounts": None, "ous": ["ou-ab12-11111111"]}, True),
        ({"ous": ["ou-ab12-11111111"]}, False),
        ({"accounts": None}, False),
        ({"accounts": ["1111"]}, False),
        ({"services": ["a/b"]}, False),
        ({"services": []}, False),
        ({"id": "a b"}, False),
        ({"expires": None}, False),
        ({"actions": ["update-service"]}, False),
    ],
)
def test_the_allowlist_schema_agrees_with_orgscan(
    changes: dict[str, object], *, valid: bool
) -> None:
    """An editor marks what orgscan would refuse, accounts and units in one entry included."""
    entry = {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}
    document = {"version": 1, "exceptions": [entry]}
    assert jsonschema_rs.is_valid(allowlist_schema(), document) is valid


def test_a_schema_names_the_defaults() -> None:
    """The default shows in the editor where it is not null."""
    defaults = {
        key: each["default"] for key, each in properties(config_schema()) if "default" in each
    }
    assert defaults["role_name"] == "orgscan-audit"
    assert defaults["output"] == "reports"
    assert defaults["format"] == ["html", "json"]
