"""Whatever somebody calls an account, a service or a tag, every format keeps its shape.

The formats come from the registry: a new one is held to this as soon as it is there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from orgscan.delivery.notice import notice_of
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Observed
from orgscan.model.run import Caller, RunRecord, Scope
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun
from orgscan.report.registry import FORMATS

HARMLESS = "payments"
# Beside the names that every test has: what breaks out of XML, Markdown, shells and workflows.
MORE = (
    "]]><system-out>",
    "-->",
    "`| x | [here](javascript:alert(1)) ![](https://example.org/x)",
    "$(touch /tmp/owned); `id` && \"'",
    "::error file=a::b",
    "${jndi:ldap://example.org/a}",
    "+1-1",
    "@SUM(A1)",
    "-2+3",
    "\t=1+1",
    "%s%n{0}",
    "\r\nSet-Cookie: a=b",
    "\x00",
    "\\",
    "null",
    "😀‍👩‍👧",
    "x" * 10_000,
)
Written = Callable[[Format, RunRecord], bytes]


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


def _html(text: str) -> object:
    parser = _Elements()
    parser.feed(text)
    return parser.found


def _json(text: str) -> object:
    return [_shape(msgspec.json.decode(line)) for line in text.splitlines()]


def _shape(value: Any) -> object:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            # The key of a tag is a name as well.
            return sorted(
                (key if re.fullmatch(r"[\w.$ -]{1,60}", key) else HARMLESS, _shape(one))
                for key, one in value.items()
                if not key.lower().endswith("tags")
            )
        case list():
            return [_shape(one) for one in value]
        case _:
            return type(value).__name__


def _xml(text: str) -> object:
    return [(one.tag, sorted(one.keys())) for one in ET.fromstring(text).iter()]  # noqa: S314 - our own


def _csv(text: str) -> object:
    rows = list(csv.reader(io.StringIO(text)))
    # What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
    assert [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")] == []
    return [len(row) for row in rows]


def _markdown(text: str) -> object:
    bare = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"<[a-z!/]|\]\(|!\[|https?://", bare, re.IGNORECASE)
    return [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines()]


READERS: dict[str, Callable[[str], object]] = {
    "html": _html,
    "json": lambda text: _json(text.replace("\n", "")),
    "ndjson": _json,
    "sarif": lambda text: _json(text.replace("\n", "")),
    "csv": _csv,
    "xml": _xml,
    "md": _markdown,
}


def _named(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], name: str
) -> StoredRun:
    """A run in which everything that somebody outside may write is this name."""
    account = AccountRef("444455556666", name, name)
    exception = ExceptionNote(id=name, owner=name, reason=name, ticket=name, expires="2027-03-31")
    finding = make_finding(
        name, account=account, cluster=name, tags={name: name}, exception=exception, reason=name
    )
    observed = Observed(assign_public_ip=name, subnets=(name,), task_definition=name)
    line = CoverageEntry(
        account_id="777788889999",
        account_name=name,
        region="eu-west-1",
        status=CoverageStatus.DENIED,
        reason=name,
        api="ecs:ListClusters",
        error_code=name,
        message=name,
        ou_path=name,
    )
    run = {
        "notes": (name,),
        "caller": Caller("999988887777", name),
        "scope": Scope(tag=(name,), role_name=name),
    }
    named = msgspec.structs.replace(finding, observed=observed, owner=name)
    return make_record((named,), (line,), run=run)


@pytest.fixture(scope="session")
def hostile(hostile_names: tuple[str, ...]) -> tuple[str, ...]:
    """All of them."""
    return (*hostile_names, *MORE)


@pytest.mark.parametrize("report", FORMATS, ids=lambda report: report.filename)
def test_no_name_changes_the_shape_of_a_report(
    report: Format,
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    hostile: tuple[str, ...],
) -> None:
    """Elements, keys, columns and lines are as if everything were called payments."""
    read = READERS[report.filename.rpartition(".")[2]]
    expected = read(
        written(report, _named(make_record, make_finding, HARMLESS)).decode("utf-8-sig")
    )

    for name in hostile:
        text = written(report, _named(make_record, make_finding, name)).decode("utf-8-sig")
        assert read(text) == expected, name[:80]


def test_a_notice_has_no_name_of_somebody_elses(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """Mail and events go where nobody can tell how they are read: counts and places alone."""
    name = "<b>owned</b>"
    notice = msgspec.json.encode(notice_of(_named(make_record, make_finding, name), "s3://runs/1/"))

    assert b"owned" not in notice
