"""The form that AWS's query protocols send; they differ in how the items of a list are named."""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import quote_plus

from orgscan.aws.operation import Parameters

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


def encoded_form(
    operation: str, version: str, parameters: Parameters, items_of: Callable[[str], str]
) -> bytes:
    """A call as a form.

    Args:
        operation: AWS's name of it.
        version: of the API.
        parameters: its members. Names are AWS's own, and hold nothing that would be encoded.
        items_of: what the items of a list are numbered behind, by the list's name.
    """
    form = [f"Action={operation}&Version={version}"]
    for name, value in parameters.items():
        _add_fields(form, name, value, items_of)
    return "&".join(form).encode()


# A session policy is long, and the same for every account.
_quoted = functools.lru_cache(maxsize=64)(quote_plus)


def _add_fields(form: list[str], name: str, value: object, items_of: Callable[[str], str]) -> None:
    match value:
        case dict():
            for member, held in value.items():
                _add_fields(form, f"{name}.{member}", held, items_of)
        case list():
            items = items_of(name)
            for number, held in enumerate(value, 1):
                _add_fields(form, f"{items}.{number}", held, items_of)
        case bool():
            form.append(f"{name}={'true' if value else 'false'}")
        case _:
            form.append(f"{name}={_quoted(str(value))}")
