"""`report.html`: one file that opens offline, made to be read by people.

The page itself is a template. Findings and ledger are data in it, which its own script shows; text
from outside reaches the page through autoescaping or through `textContent`, never as markup. A
content security policy allows this page's own style and script by their hashes, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from orgscan.model.control import Origin
from orgscan.model.exposure import Grade
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.model.run import Run, RunRecord
from orgscan.report.columns import embedded_json
from orgscan.report.html_data import coverage_json, findings_json, guidance
from orgscan.report.mend import permissions
from orgscan.report.novelty import Novelty, novelty
from orgscan.report.page import asset, environment, moment, policy
from orgscan.report.reach import reach_sentence
from orgscan.report.summary import (
    Gap,
    GapCounter,
    Tone,
    counted,
    seen_share,
    status_counts,
    verdict,
)
from orgscan.report.trend import trend_bars

MOST_GAPS = 12
MOST_ACCOUNTS = 3

# The first stands in the head, before there is anything to see; the others at the end.
_FIRST_SCRIPT = "first.js"
_SCRIPTS = (
    "columns.js",
    "elements.js",
    "copy.js",
    "router.js",
    "rows.js",
    "grid.js",
    "search.js",
    "choices.js",
    "view.js",
    "exposure.js",
    "guidance.js",
    "findings.js",
    "past.js",
    "findings_view.js",
    "coverage.js",
    "heat_data.js",
    "heat.js",
    "print.js",
    "keys.js",
)
_STYLES = ("page.css", "overview.css", "grid.css", "panel.css", "guidance.css", "heat.css")

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

_GRADE_MEANINGS = {
    Grade.REACHABLE: "a public address that traffic is let in to",
    Grade.ADDRESSABLE: "a public address, and nothing lets traffic in",
    Grade.CONFIGURED: "would get a public address; nothing runs with one",
    Grade.UNKNOWN: "what decides it could not be seen",
    Grade.NONE: "no public address, and none to come",
}

# How a count of findings says what they are on.
_RESOURCE_NOUNS = {
    "AWS::ECS::TaskSet": "task set",
    "AWS::ECS::Service": "service",
    "AWS::ECS::Task": "task",
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
        template = environment().get_template("report.html.j2")
        out.writelines(chunk.encode() for chunk in template.generate(_page(record)))


class _Tally:
    """What is counted while the findings go by, so that they are read only once."""

    def __init__(self, started_at: str) -> None:
        self._started_at = started_at
        self.novelties: Counter[Novelty | None] = Counter()
        self.failed: Counter[AccountRef] = Counter()
        self.grades: Counter[tuple[Grade, str]] = Counter()

    def counting(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The same findings."""
        for finding in findings:
            if finding.status is Status.FAILED:
                self.failed[finding.account] += 1
                self.novelties[novelty(finding, self._started_at)] += 1
            if finding.exposure is not None:
                self.grades[finding.exposure.grade, finding.resource.type] += 1
            yield finding

    def exposures(self) -> list[dict[str, Any]]:
        """Grades with their number of findings and what these are on; empty where none was made."""
        if not self.grades:
            return []
        return [self._exposure(grade, meaning) for grade, meaning in _GRADE_MEANINGS.items()]

    def _exposure(self, grade: Grade, meaning: str) -> dict[str, Any]:
        kinds: Counter[str] = Counter()
        for (each, kind), number in self.grades.items():
            if each is grade:
                kinds[_RESOURCE_NOUNS.get(kind, "other")] += number
        nouns = [*_RESOURCE_NOUNS.values(), "other"]
        return {
            "grade": grade,
            "count": kinds.total(),
            "meaning": meaning,
            "kinds": ", ".join(counted(kinds[noun], noun) for noun in nouns if kinds[noun]),
        }


def _page(record: RunRecord) -> dict[str, Any]:
    """Everything the template names."""
    styles = "\n".join(asset(name) for name in _STYLES)
    first, scripts = asset(_FIRST_SCRIPT), [asset(name) for name in _SCRIPTS]
    tally = _Tally(record.run.started_at)
    findings = findings_json(tally.counting(record.findings()), record.run.started_at)
    not_covered = GapCounter()
    coverage = coverage_json(not_covered.counting(record.coverage()))
    return {
        **_answers(record, not_covered.gaps()),
        **_figures(record, tally),
        "run": record.run,
        "totals": record.totals,
        "controls": record.controls,
        "mapping_groups": _MAPPING_GROUPS,
        "trend": trend_bars(record.run.trend),
        "novelties": tally.novelties,
        "counted": counted,
        "exit_meaning": _EXIT_STATUSES.get(record.run.exit_status, ""),
        "duration": _duration(record.run),
        "styles": styles,
        "first_script": first,
        "scripts": scripts,
        "policy": policy(styles, [first, *scripts]),
        "findings_json": findings,
        "guidance_json": [embedded_json(guidance(record.controls))],
        "coverage_json": coverage,
    }


def _answers(record: RunRecord, not_covered: Iterable[Gap]) -> dict[str, Any]:
    """What was found and what was seen, in words."""
    answer = verdict(record.totals)
    found = [gap for gap in not_covered if gap.is_gap]
    return {
        "verdict": answer,
        "tone_class": _TONE_CLASSES[answer.tone],
        "reach": reach_sentence(record.totals.targets, found),
        "gaps": found,
        "most_gaps": MOST_GAPS,
        "permissions": permissions,
    }


def _figures(record: RunRecord, tally: _Tally) -> dict[str, Any]:
    """The same in numbers."""
    return {
        "counts": status_counts(record.totals),
        "status_meanings": _STATUS_MEANINGS,
        "exposures": tally.exposures(),
        "failed_accounts": tally.failed.most_common(MOST_ACCOUNTS),
        "failed_accounts_total": len(tally.failed),
        "seen_share": seen_share(record.totals.targets),
        "bar": _bar(record),
    }


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


def _duration(run: Run) -> str:
    """`4 min 12 s`; empty where a time is missing."""
    start, end = moment(run.started_at), moment(run.finished_at)
    if start is None or end is None:
        return ""
    minutes, seconds = divmod(round((end - start).total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
