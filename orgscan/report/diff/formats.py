"""The names of the formats of a diff."""

from __future__ import annotations

import enum


class DiffFormatName(enum.StrEnum):
    """As `--format` takes them."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
