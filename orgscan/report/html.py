"""`report.html`: one file that opens offline, made to be read by people.

The page itself is a template. Findings and ledger are data in it, which its own script shows; text
from outside reaches the page through autoescaping or through `textContent`, never as markup. A
content security policy allows this page's own style and script by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, BinaryIO

import jinja2

from orgscan.model.control import Origin
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.model.run import Run, RunRecord
from orgscan.report.columns import embedded_json
from orgscan.report.html_data import coverage_json, findings_json, guidance
from orgscan.report.summary import Tone, counted, gaps, seen_share, status_counts, verdict
from orgscan.report.visible import visible

MOST_GAPS = 12
MOST_ACCOUNTS = 3

_SCRIPTS = (
    "columns.js",
    "elements.js",
    "grid.js",
    "filters.js",
    "exposure.js",
    "guidance.js",
    "findings.js",
    "coverage.js",
)
_STYLES = ("page.css", "grid.css", "guidance.css")

_TONE_CLASSES = {
    Tone.FAILED: "failed",
    Tone.FAILED_AND_INCOMPLETE: "failed",
    Tone.INCOMPLETE: "unseen",
    Tone.UNDECIDED: "warning",
    Tone.EMPTY: "unseen",
    Tone.CLEAN: "passed",
}

_STATUS_MEANINGS = {
    Status.FAILED: "breaks the control",
    Status.WARNING: "cannot be decided",
    Status.NOT_EVALUATED: "could not be seen",
    Status.PASSED: "stated, and not contradicted",
    Status.NOT_APPLICABLE: "the control does not apply",
}

_MAPPING_GROUPS = (
    (
        Origin.DOCUMENT,
        "As the control document says",
        "Verbatim and unverified, beside the official titles.",
    ),
    (Origin.VERIFIED, "As verified", "Checked against the source named in each row."),
    (Origin.ANALOGY, "By analogy", "Our judgement; no framework says so."),
    (Origin.CONFIGURATION, "From your configuration", "As this run was configured; not verified."),
)

_EXIT_STATUSES = {
    0: "full coverage, nothing failed",
    1: "findings failed",
    4: "coverage is incomplete",
    5: "findings failed, and coverage is incomplete",
}


class HtmlReport:
    """The format `html`."""

    name = "html"
    filename = "report.html"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write the page; of the findings it holds compact columns only, about 100 bytes each.

        Raises:
            OSError: the disk's own errors.
        """
        template = _environment().get_template("report.html.j2")
        out.writelines(chunk.encode() for chunk in template.generate(_page(record)))


def _page(record: RunRecord) -> dict[str, Any]:
    """Everything the template names."""
    styles = "\n".join(_asset(name) for name in _STYLES)
    scripts = [_asset(name) for name in _SCRIPTS]
    answer = verdict(record.totals)
    found = gaps(record.coverage())
    failed: Counter[AccountRef] = Counter()
    findings = findings_json(_counting_failed(record.findings(), failed))
    return {
        "run": record.run,
        "totals": record.totals,
        "controls": record.controls,
        "mapping_groups": _MAPPING_GROUPS,
        "verdict": answer,
        "tone_class": _TONE_CLASSES[answer.tone],
        "counts": status_counts(record.totals),
        "status_meanings": _STATUS_MEANINGS,
        "failed_accounts": failed.most_common(MOST_ACCOUNTS),
        "failed_accounts_total": len(failed),
        "seen_share": seen_share(record.totals.targets),
        "bar": _bar(record),
        "gaps": [gap for gap in found if gap.is_gap],
        "most_gaps": MOST_GAPS,
        "counted": counted,
        "exit_meaning": _EXIT_STATUSES.get(record.run.exit_status, ""),
        "duration": _duration(record.run),
        "styles": styles,
        "scripts": scripts,
        "policy": _policy(styles, scripts),
        "findings_json": findings,
        "guidance_json": [embedded_json(guidance(record.controls))],
        "coverage_json": coverage_json(record.coverage()),
    }


def _counting_failed(findings: Iterable[Finding], failed: Counter[AccountRef]) -> Iterator[Finding]:
    """Count the failed findings of each account while they go by, to read them only once."""
    for finding in findings:
        if finding.status is Status.FAILED:
            failed[finding.account] += 1
        yield finding


def _bar(record: RunRecord) -> list[dict[str, Any]]:
    """The coverage bar's segments: kind, count, and left edge and width in thousandths.

    A segment that is not empty is never too thin to be seen.
    """
    targets = record.totals.targets
    counts = {
        "unseen": targets.not_covered - targets.partly_covered,
        "partly": targets.partly_covered,
    }
    widths = {
        kind: max(10, count * 1000 // targets.in_scope) if count else 0
        for kind, count in counts.items()
    }
    edge = 1000 - sum(widths.values()) if targets.in_scope else 0
    segments = [{"kind": "seen", "count": targets.covered, "left": 0, "width": max(edge, 0)}]
    for kind in ("partly", "unseen"):
        segments.append({"kind": kind, "count": counts[kind], "left": edge, "width": widths[kind]})
        edge += widths[kind]
    return segments


def _policy(styles: str, scripts: list[str]) -> str:
    script_hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; style-src {_hash(styles)}; script-src {script_hashes}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _asset(name: str) -> str:
    templates = resources.files("orgscan.report").joinpath("templates")
    return templates.joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["when"] = _when
    environment.filters["words"] = _words
    return environment


def _shown(value: object) -> object:
    """What `{{ … }}` prints: strings with their unprintable characters made visible."""
    return visible(value) if type(value) is str else value


def _words(status: Status | CoverageStatus) -> str:
    """`Not evaluated` for NOT_EVALUATED."""
    return status.replace("_", " ").capitalize().replace("scp", "SCP")


def _when(timestamp: str) -> str:
    """`24 November 2026, 02:00 UTC`; what is no timestamp is left as it is."""
    moment = _moment(timestamp)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC" if moment else timestamp


def _duration(run: Run) -> str:
    """`4 min 12 s`; empty where a time is missing."""
    start, end = _moment(run.started_at), _moment(run.finished_at)
    if start is None or end is None:
        return ""
    minutes, seconds = divmod(round((end - start).total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _moment(timestamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
