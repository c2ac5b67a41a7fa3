"""Settings as JSON, for another process, and back; every value is checked again."""

from __future__ import annotations

import json
from collections.abc import Collection

from orgscan.config.settings import Settings


def settings_as_json(settings: Settings, names: Collection[str] | None = None) -> str:
    """The settings of these names, or all of them."""
    return settings.model_dump_json(include=None if names is None else set(names))


def settings_of_json(text: str) -> Settings:
    """The settings; what is not there is as by default.

    Raises:
        pydantic.ValidationError: it was not made by `settings_as_json`.
    """
    values = {name: _with_tuples(value) for name, value in json.loads(text).items()}
    return Settings.model_validate(values)


def _with_tuples(value: object) -> object:
    """JSON has lists where settings have tuples."""
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value
