"""The JSON Schema of `orgscan history --format json`, made from the types that write it."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from orgscan.history.asked.answer import Answer


def answer_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a history, version 1.

    Every member is always written, so every member is required. Members may be added within a
    version, so none is forbidden.
    """
    (reference,), definitions = msgspec.json.schema_components(
        [Answer], ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        definition["description"] = inspect.cleandoc(definition.get("description", ""))
        definition["required"] = list(definition["properties"])
        for member in definition["properties"].values():
            member.pop("default", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "orgscan history, version 1",
        **reference,
        "$defs": dict(sorted(definitions.items())),
    }
