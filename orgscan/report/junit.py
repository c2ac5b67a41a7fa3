"""`report.junit.xml`: JUnit, for build servers that show and gate on test results.

One suite for each account-region, one case for each resource and control, and before them a suite
`coverage` with one case for each gap. A build fails where `orgscan scan` exits with 1, 4 or 5:
FAILED is a failure, what could not be seen an error; an accepted failure, WARNING and
NOT_APPLICABLE are skipped, with their reason.

Findings are read twice side by side: one reading counts a suite, which its first line has to say,
and the other writes it, so that no suite is ever held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import BinaryIO

from orgscan.model.coverage import CoverageEntry
from orgscan.model.finding import Finding
from orgscan.model.run import RunRecord
from orgscan.report.terms import JUNIT_OUTCOME, acceptance, accepted, exposure_sentence
from orgscan.report.visible import visible

COVERAGE_SUITE = "coverage"


class JunitReport:
    """The format `junit`."""

    name = "junit"
    filename = "report.junit.xml"

    def write(self, record: RunRecord, out: BinaryIO) -> None:
        """Write one case at a time.

        Raises:
            OSError: the disk's own errors.
        """
        out.writelines(f"{line}\n".encode() for line in _lines(record))


def _lines(record: RunRecord) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<testsuites name="orgscan">'
    yield from _coverage(record)
    counting, writing = _suites(record), _suites(record)
    for (name, counted), (_, written) in zip(counting, writing, strict=True):
        counts = Counter(outcome(finding) for finding in counted)
        yield _suite(name, counts, record.run.started_at)
        yield from map(_case, written)
        yield "</testsuite>"
    yield "</testsuites>"


def outcome(finding: Finding) -> str:
    """`failure`, `error`, `skipped`, or nothing for a case that passes."""
    return "skipped" if accepted(finding) else JUNIT_OUTCOME[finding.status]


def _suites(record: RunRecord) -> Iterator[tuple[str, Iterator[Finding]]]:
    for (account, region), findings in groupby(
        record.findings(), key=lambda finding: (finding.account.id, finding.region)
    ):
        yield f"{account} {region}", findings


def _coverage(record: RunRecord) -> Iterator[str]:
    """The gaps as errors; one case that passes where there is none, so that nothing looks unrun."""
    missed = sum(line.is_gap for line in record.coverage())
    counts = Counter({"error": missed} if missed else {"": 1})
    yield _suite(COVERAGE_SUITE, counts, record.run.started_at)
    for line in record.coverage():
        if line.is_gap:
            yield _gap_case(line)
    if not missed:
        yield _element(COVERAGE_SUITE, "every account-region in scope was seen", "", "", "")
    yield "</testsuite>"


def _suite(name: str, counts: Counter[str], when: str) -> str:
    tests, failed, errors = counts.total(), counts["failure"], counts["error"]
    return (
        f"<testsuite name={_attribute(name)} "
        f'tests="{tests}" failures="{failed}" errors="{errors}" skipped="{counts["skipped"]}" '
        f"timestamp={_attribute(when.removesuffix('Z'))}>"
    )


def _case(finding: Finding) -> str:
    told = [finding.reason, exposure_sentence(finding), acceptance(finding)]
    account = finding.account
    told += [
        f"Account: {account.name} ({account.id})",
        f"Resource: {finding.resource.type} {finding.resource.arn}",
        f"Key: {finding.key}",
    ]
    message = f"{finding.status}: {finding.reason}"
    # Build servers nest by the dots: account, then region, then control.
    classname = f"{finding.account.id}.{finding.region}.{finding.control_id}"
    return _element(
        classname,
        finding.resource.arn,
        outcome(finding),
        message,
        "\n".join(_text(part) for part in told if part),
    )


def _gap_case(line: CoverageEntry) -> str:
    where = f"{line.account_id} {line.region}" if line.region else line.account_id
    cause = " ".join(filter(None, (line.api, line.error_code, line.message)))
    told = "\n".join(
        _text(part) for part in (line.reason, cause, f"Account: {line.account_name}") if part
    )
    return _element(COVERAGE_SUITE, where, "error", f"{line.status}: {line.reason}", told)


def _element(classname: str, name: str, kind: str, message: str, told: str) -> str:
    head = f"<testcase classname={_attribute(classname)} name={_attribute(name)}"
    if not kind:
        return f"{head}/>"
    inner = f"<{kind} message={_attribute(message)}>{told}</{kind}>"
    return f"{head}>{inner}</testcase>"


def _attribute(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    r"""XML 1.0 has no way to write most control characters: they are shown, as `\x1b`."""
    return escape(visible(text))
