"""What writes each format of a diff."""

from __future__ import annotations

from orgscan.report.diff.formats import DiffFormatName
from orgscan.report.diff.html import HtmlDiff
from orgscan.report.diff.interface import DiffFormat
from orgscan.report.diff.json_v1 import JsonDiff
from orgscan.report.diff.markdown import MarkdownDiff
from orgscan.report.diff.text import TextDiff

DIFF_FORMATS: dict[DiffFormatName, DiffFormat] = {
    DiffFormatName.TEXT: TextDiff(),
    DiffFormatName.JSON: JsonDiff(),
    DiffFormatName.MARKDOWN: MarkdownDiff(),
    DiffFormatName.HTML: HtmlDiff(),
}


def diff_format(name: DiffFormatName) -> DiffFormat:
    """What writes that format."""
    return DIFF_FORMATS[name]
