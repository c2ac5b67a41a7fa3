"""Every format of a diff: what it says, and that names do nothing in it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import jsonschema_rs
import pytest

from orgscan.errors import ReportError
from orgscan.model.diff import Basis, Change, Diff, Kind
from orgscan.model.exposure import Grade
from orgscan.model.finding import Severity
from orgscan.report.diff import html, markdown, text
from orgscan.report.diff.formats import DiffFormatName
from orgscan.report.diff.html import HtmlDiff
from orgscan.report.diff.interface import DiffFormat
from orgscan.report.diff.json_v1 import JsonDiff
from orgscan.report.diff.markdown import MarkdownDiff
from orgscan.report.diff.registry import DIFF_FORMATS
from orgscan.report.diff.render import render
from orgscan.report.diff.text import TextDiff
from orgscan.report.report_schema import diff_schema
from tests.report.diff import made
from tests.report.diff.made import as_written, diff_of, finding_of


@pytest.fixture(scope="module")
def full_diff() -> Diff:
    """One change of each kind, with everything that a diff can say besides."""
    return made.full_diff()


@pytest.fixture(scope="module")
def hostile_diff(hostile_names: Sequence[str]) -> Diff:
    """Every hostile name wherever a name can stand."""
    return made.hostile_diff(hostile_names)


SHOWN = """\
1 new, 1 may be new, 1 changed, 1 replaced, 1 may be resolved, 1 resolved, 1 persisting.

Old       20261124T020000Z-1a2b3c, begun 2026-11-24T02:00:00Z
New       20261125T020000Z-4d5e6f, begun 2026-11-25T02:00:00Z
Note      The scopes differ (region: eu-*, then all).
Coverage  The new run saw less of 1 account and more of 1 account-region.

New (1): open now, and not before
  payments (111122223333)
    It passed before.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/1
        ecs-taskset-no-public-ip: FAILED, reachable

May be new (1): open now; the old run could not tell
  payments (111122223333)
    Whether it is new is not known. In the old run, its account was not seen \
(ROLE_NOT_ASSUMABLE): no role.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/4
        ecs-taskset-no-public-ip: FAILED, reachable

Changed (1): open in both runs, and not alike
  payments (111122223333)
    Not as before: status, exposure, exception.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/3
        ecs-taskset-no-public-ip: FAILED, configured, accepted until 2027-01-31 (before: WARNING)

Replaced (1): new, in services that failed alike before
  payments (111122223333)
    It was not there before. Its service failed alike before, by what is gone now.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/2
        ecs-taskset-no-public-ip: FAILED, reachable

May be resolved (1): open before; the new run could not tell
  payments (111122223333)
    Whether it is resolved is not known. In the new run, its account was not seen \
(ROLE_NOT_ASSUMABLE): no role.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/5
        ecs-taskset-no-public-ip: FAILED, reachable

Resolved (1): seen to pass, or to be gone
  payments (111122223333)
    It is not there any more.
      arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/6
        ecs-taskset-no-public-ip: FAILED, reachable

Less seen (1)
  data (444455556666), the whole account: COVERED before, ROLE_NOT_ASSUMABLE now: no role

More seen (1)
  payments (111122223333), us-east-1: DENIED_BY_SCP before, COVERED now: a policy denied it

Accounts that only the new run has (1)
  joined (777788889999)

Accounts that only the old run has (1)
  left (000011112222)
"""


def test_text_says_what_asks_for_attention_first(full_diff: Diff) -> None:
    """What persists is told by its number; a reason stands once over what it is the reason of."""
    assert as_written(TextDiff(), full_diff) == SHOWN


def test_text_of_no_change_is_a_sentence_and_the_runs() -> None:
    """Nothing is open, which is not the same as that nothing has changed."""
    assert (
        as_written(TextDiff(), diff_of())
        == """\
Nothing is open in either run.

Old       20261124T020000Z-1a2b3c, begun 2026-11-24T02:00:00Z
New       20261125T020000Z-4d5e6f, begun 2026-11-25T02:00:00Z
"""
    )


@pytest.mark.parametrize("form", [TextDiff(), MarkdownDiff()])
def test_on_a_terminal_and_in_markdown_every_line_is_printable(
    hostile_diff: Diff, form: DiffFormat
) -> None:
    """No escape, no direction mark, no line break out of a name."""
    for line in as_written(form, hostile_diff).splitlines():
        assert line.isprintable()


# A code span as CommonMark finds it: the same number of ticks on both sides.
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def test_markdown_holds_names_in_code_spans_alone(hostile_diff: Diff) -> None:
    """Outside of them there is no markup that a name brought along."""
    for line in as_written(MarkdownDiff(), hostile_diff).splitlines():
        outside = SPAN.sub("", line)
        assert not re.search(r"[<>\[\]{}@\\=`]|://", outside.removeprefix("> "))


def test_markdown_is_tables_of_what_changed(full_diff: Diff) -> None:
    """A heading for each section, with its number, and no section for what persists."""
    shown = as_written(MarkdownDiff(), full_diff)

    assert re.findall(r"^## .*", shown, re.MULTILINE) == [
        "## New (1)",
        "## May be new (1)",
        "## Changed (1)",
        "## Replaced (1)",
        "## May be resolved (1)",
        "## Resolved (1)",
        "## Less seen (1)",
        "## More seen (1)",
    ]
    assert (
        "| FAILED, reachable | `payments` `111122223333` | `eu-west-1` | "
        "`arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/1` | "
        "`ecs-taskset-no-public-ip` | It passed before. |"
    ) in shown.splitlines()


def many(count: int) -> Diff:
    """So many new findings, the last of which is the gravest."""
    return diff_of(
        *(
            Change(
                kind=Kind.NEW,
                basis=Basis.NOT_THERE,
                why="It was not there before.",
                before=None,
                after=finding_of(
                    number,
                    severity=Severity.CRITICAL if number == count else Severity.HIGH,
                    grade=Grade.CONFIGURED,
                ),
            )
            for number in range(1, count + 1)
        )
    )


@pytest.mark.parametrize(
    ("form", "most", "rest"),
    [
        (TextDiff(), text.MOST_SHOWN, "  and 5 more: --format json has all of them"),
        (MarkdownDiff(), markdown.MOST_SHOWN, "… and 5 more."),
        (HtmlDiff(), html.MOST_ROWS, "and 5 more, of the same gravity or less"),
    ],
    ids=["text", "markdown", "html"],
)
def test_where_there_are_too_many_the_gravest_are_shown_and_the_rest_counted(
    form: DiffFormat,
    most: int,
    rest: str,
) -> None:
    """What is left out is said."""
    shown = as_written(form, many(most + 5))

    assert rest in shown
    listed = set(re.findall(r"ecs-svc/(\d+)", shown))
    assert listed == {*(str(number) for number in range(1, most)), str(most + 5)}


def test_json_has_everything_and_keeps_its_schema(full_diff: Diff, hostile_diff: Diff) -> None:
    """By another implementation's judgement, whatever the names hold."""
    validator = jsonschema_rs.Draft202012Validator(diff_schema())
    for diff in (full_diff, hostile_diff):
        shown = as_written(JsonDiff(), diff)
        assert all(line.isprintable() for line in shown.splitlines())
        document = json.loads(shown)
        assert [error.message for error in validator.iter_errors(document)] == []
        assert sum(document["totals"].values()) == len(document["changes"]) == len(diff.changes)


def test_a_change_in_json_has_both_states(full_diff: Diff) -> None:
    """As each of the runs has it, with its evidence."""
    document = json.loads(as_written(JsonDiff(), full_diff))

    assert (document["format"], document["version"]) == ("orgscan.diff", 1)
    assert document["totals"] == {
        "NEW": 2,
        "CHANGED": 1,
        "PERSISTING": 1,
        "RESOLVED": 1,
        "UNKNOWN": 2,
    }
    changed = document["changes"][2]
    assert (changed["before"]["status"], changed["before"]["exposure"]) == ("WARNING", None)
    assert changed["after"] == {
        "status": "FAILED",
        "severity": "HIGH",
        "exposure": "configured",
        "exception": {
            "id": "bastion",
            "owner": "net@example.org",
            "reason": "needed",
            "ticket": "SEC-1",
            "expires": "2027-01-31",
        },
        "reason": "It states ENABLED.",
        "evidence": ["sha256:" + "0" * 63 + "3"],
    }
    assert document["changes"][1]["follows"] == document["changes"][5]["key"]


class _Elements(HTMLParser):
    """The elements of a page, as a browser would see them, and all of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.names.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data


def test_the_page_has_no_script_and_names_are_only_text(
    hostile_diff: Diff, hostile_names: Sequence[str]
) -> None:
    """Its policy allows its own style alone."""
    page = as_written(HtmlDiff(), hostile_diff)
    elements = _Elements()
    elements.feed(page)

    assert not {"script", "img", "iframe", "form"} & set(elements.names)
    assert all(line.isprintable() for line in page.splitlines())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert (
        f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;; "
        "script-src &#39;none&#39;;"
    ) in page
    for name in hostile_names:
        if name.isprintable():
            assert name in elements.text


def test_the_page_tells_the_sums_by_control_and_account(full_diff: Diff) -> None:
    """A row for each, with a cell for each section."""
    page = as_written(HtmlDiff(), full_diff)

    rows = re.findall(r'<th scope="row">.*?</tr>', page, re.DOTALL)
    assert [re.findall(r"<td[^>]*>(\d+)</td>", row) for row in rows] == [["1"] * 7, ["1"] * 7]
    assert "2 findings are new, and 1 more may be." in page


def test_every_format_has_its_name() -> None:
    """As `--format` takes it."""
    assert {name: form.name for name, form in DIFF_FORMATS.items()} == {
        name: name.value for name in DiffFormatName
    }


def test_a_disk_that_is_full_leaves_what_was_there(full_diff: Diff, tmp_path: Path) -> None:
    """And nothing half written beside it."""
    file = tmp_path / "diff.txt"
    file.write_text("of yesterday")

    class Full(TextDiff):
        def write(self, diff: Diff, out: object) -> None:
            del diff, out
            raise OSError(28, "No space left on device")

    with pytest.raises(ReportError, match="the diff cannot be written: No space left on device"):
        render(full_diff, Full(), io.BytesIO(), file)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("diff.txt", "of yesterday")
    ]


def test_a_pipe_is_written_to_and_not_replaced(full_diff: Diff, tmp_path: Path) -> None:
    """Nor is a device, such as /dev/stdout."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    render(full_diff, TextDiff(), io.BytesIO(), pipe)

    assert os.read(reader, 1 << 16).decode() == as_written(TextDiff(), full_diff)
    os.close(reader)
    assert pipe.is_fifo()


def test_a_directory_is_no_file_to_write(full_diff: Diff, tmp_path: Path) -> None:
    """It says so."""
    with pytest.raises(ReportError, match="the diff cannot be written: Is a directory"):
        render(full_diff, TextDiff(), io.BytesIO(), tmp_path)
