"""Texts of a fixed form: one pattern for the check, its message and the JSON Schema."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from orgscan.config.problems import shown


class RefusedError(ValueError):
    """Why a value is refused, and what to write instead."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclasses.dataclass(frozen=True)
class Shape:
    """A text of a fixed form, for use in `Annotated[str, Shape(...)]`.

    Attributes:
        pattern: the whole text has to match, as ASCII, which is how AWS means it.
        meaning: completes "... is not".
        example: a text that matches.
        advise: what to write instead of a text that does not; None for the example alone.
    """

    pattern: str
    meaning: str
    example: str
    advise: Callable[[str], str] | None = None

    def check(self, text: str) -> str:
        """Return the text.

        Raises:
            RefusedError: if it has not this form.
        """
        if re.fullmatch(self.pattern, text, re.ASCII):
            return text
        mend = (self.advise(text) if self.advise else "") or f"For example: {shown(self.example)}"
        raise RefusedError(f"{shown(text)} is not {self.meaning}", mend)

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after pydantic has seen that it is text."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The same rule for editors."""
        return {
            **handler(schema),
            "pattern": f"^(?:{self.pattern})$",
            "examples": [self.example],
            "errorMessage": f"This is not {self.meaning}.",
        }
