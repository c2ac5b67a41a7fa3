"""The report formats there are, in the order `--help` names them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from orgscan.errors import ConfigError
from orgscan.report.asff import AsffReport
from orgscan.report.csv_files import CsvCoverage, CsvFindings
from orgscan.report.html import HtmlReport
from orgscan.report.interface import Format
from orgscan.report.json_v1 import JsonReport
from orgscan.report.junit import JunitReport
from orgscan.report.markdown import MarkdownSummary
from orgscan.report.ndjson import NdjsonReport
from orgscan.report.ocsf import OcsfReport
from orgscan.report.oscal import OscalReport
from orgscan.report.sarif import SarifReport

# A format of two files is two of these with one name.
FORMATS: tuple[Format, ...] = (
    HtmlReport(),
    JsonReport(),
    NdjsonReport(),
    CsvFindings(),
    CsvCoverage(),
    OcsfReport(),
    AsffReport(),
    SarifReport(),
    OscalReport(),
    JunitReport(),
    MarkdownSummary(),
)


def formats_named(names: Iterable[str]) -> tuple[Format, ...]:
    """Return what writes the files of each format, in the order of the names, each once.

    Raises:
        ConfigError: there is no such format; the nearest match is named.
    """
    return tuple(each for name in dict.fromkeys(names) for each in _named(name))


def _named(name: str) -> list[Format]:
    found = [each for each in FORMATS if each.name == name]
    if found:
        return found
    known = list(dict.fromkeys(each.name for each in FORMATS))
    nearest = difflib.get_close_matches(name, known, n=1)
    guess = f"Did you mean `{nearest[0]}`? " if nearest else ""
    raise ConfigError(
        f"there is no report format `{name}`",
        where="--format",
        mend=f"{guess}There are {', '.join(known)}",
    )
