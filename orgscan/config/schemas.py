"""JSON Schemas of the files a user writes, for editors and for checks outside orgscan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import ConfigFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema(control_ids: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of `config/orgscan.yaml`, JSON Schema 2020-12.

    Args:
        control_ids: the controls that mappings may name; without any, every name is valid.
    """
    schema = _schema(ConfigFile, "orgscan configuration, version 1")
    if control_ids:
        schema["$defs"]["UserMapping"]["properties"]["control"]["enum"] = list(control_ids)
    return schema


def allowlist_schema() -> dict[str, Any]:
    """The schema of `config/allowlist.yaml`, JSON Schema 2020-12."""
    return _schema(Allowlist, "orgscan allowlist, version 1")


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    return {"$schema": _DIALECT, **model.model_json_schema(), "title": title}
