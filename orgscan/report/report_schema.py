"""The JSON Schemas of `report.json` and of a diff, made from the types that write them."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from orgscan.report.diff.json_v1 import DiffV1
from orgscan.report.json_v1 import ReportV1


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `report.json`, version 1."""
    return _schema(ReportV1, "orgscan report, version 1")


def diff_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `orgscan diff --format json`, version 1."""
    return _schema(DiffV1, "orgscan diff, version 1")


def _schema(document: type[ReportV1 | DiffV1], title: str) -> dict[str, Any]:
    """Every member is always written, so every member is required.

    Members may be added within a version, so none is forbidden.
    """
    (reference,), definitions = msgspec.json.schema_components(
        [document], ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        _state_what_is_written(definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **reference,
        "$defs": dict(sorted(definitions.items())),
    }


def _state_what_is_written(definition: dict[str, Any]) -> None:
    if "description" in definition:
        definition["description"] = inspect.cleandoc(definition["description"])
    if definition.get("type") == "object":
        definition.pop("additionalProperties", None)
        definition["required"] = list(definition["properties"])
        for member in definition["properties"].values():
            member.pop("default", None)
