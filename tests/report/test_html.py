"""`report.html` as a file: self-contained, inert, and small enough. Its looks: tests/browser."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
import pytest

from orgscan.model.control import ControlEntry, Mapping
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Severity, Status
from orgscan.report.html import HtmlReport
from orgscan.report.read import StoredRun


class _Page(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[str, str | None, str]] = []
        self.words: list[str] = []
        self._open: tuple[str, str | None] | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._open = (tag, dict(attrs).get("type"))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inline.append((*self._open, data))
        else:
            self.words.append(data)


def _written(record: StoredRun) -> str:
    out = io.BytesIO()
    HtmlReport().write(record, out)
    return out.getvalue().decode()


def _line(status: CoverageStatus, region: str | None = "eu-west-1", **more: str) -> CoverageEntry:
    entry = CoverageEntry(
        account_id="111122223333", account_name="payments", region=region, status=status
    )
    return msgspec.structs.replace(entry, **more)


def test_only_the_pages_own_style_and_script_may_run(
    make_record: Callable[..., StoredRun],
) -> None:
    """The policy names each by its hash and forbids everything else."""
    page = _Page(_written(make_record()))

    hashes = {"style": [], "script": []}  # type: dict[str, list[str]]
    for tag, kind, text in page.inline:
        if kind is None:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            hashes[tag].append(f"'sha256-{digest}'")
    (policy,) = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        f"default-src 'none'; style-src {' '.join(hashes['style'])}; "
        f"script-src {' '.join(hashes['script'])}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_fetched_and_nothing_is_styled_or_handled_inline(
    make_record: Callable[..., StoredRun],
) -> None:
    """No address but the page's own anchors and its icon; no attribute that the policy refuses."""
    page = _Page(_written(make_record()))

    addresses = {
        str(value)[:5]
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "action", "srcset", "poster"}
    }
    inline = {
        name
        for _, attributes in page.elements
        for name in attributes
        if name == "style" or name.startswith("on")
    }
    assert {address for address in addresses if not address.startswith("#")} == {"data:"}
    assert inline == set()
    assert not re.search(r"@import|url\((?!#)", _written(make_record()))


def _control_named(names: tuple[str, ...]) -> ControlEntry:
    """A control with a name in every place where a catalogue of one's own could put it."""
    mapping = Mapping(
        framework=names[0],
        version=names[1],
        id=names[2],
        title=names[3],
        source=names[4],
        verified=False,
        note=names[5],
    )
    return ControlEntry(
        id=names[6],
        title=names[0],
        severity=Severity.HIGH,
        description=names[1],
        rationale=names[2],
        impact="",
        remediation=names[3],
        corrections=(names[4],),
        mappings=(mapping,),
    )


def _line_named(name: str) -> CoverageEntry:
    """A ledger line with a name in every place."""
    return _line(
        CoverageStatus.ERROR,
        name,
        account_name=name,
        reason=name,
        api=name,
        error_code=name,
        message=name,
    )


def test_hostile_names_add_no_element_and_no_unprintable_character(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> None:
    """Wherever outside text goes, the page has the same elements as with plain names."""

    def finding(name: str) -> Finding:
        account = AccountRef("111122223333", name, name)
        return make_finding(
            name,
            account=account,
            region=name,
            cluster=name,
            reason=name,
            tags={name: name},
            evidence=(name,),
        )

    def report(names: tuple[str, ...]) -> str:
        record = make_record(
            tuple(finding(name) for name in names),
            tuple(_line_named(name) for name in names),
            controls=(_control_named(names),),
            run={"id": names[5], "notes": names},
        )
        return _written(record)

    plain = report(tuple(f"plain-{number}" for number in range(len(hostile_names))))
    hostile = report(hostile_names)

    assert _Page(hostile).elements == _Page(plain).elements
    assert [row for row in hostile.split("\n") if not row.isprintable()] == []


def test_the_verdict_and_what_was_not_seen_are_in_the_page_itself(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """A reader without JavaScript has the answer, its reach, and what mends the gaps."""
    text = _Page(
        _written(
            make_record(
                (make_finding(),),
                (
                    _line(CoverageStatus.COVERED),
                    _line(CoverageStatus.THROTTLED, "us-east-1", reason="It would not stop."),
                ),
                run={"notes": ("The list of regions came from EC2.",)},
            )
        )
    ).text

    assert "1 task set can get a public IP; 1 of 2 account-regions could not be seen." in text
    assert "12 of 312 services use task sets." in text
    assert "Failed findings lie in 1 account: payments 111122223333 1" in text
    assert "It would not stop. Scan again, with a lower --concurrency." in text
    assert "The list of regions came from EC2." in text
    assert "The tables need JavaScript." in text


def test_the_control_documents_mapping_and_the_verified_one_stand_side_by_side(
    make_record: Callable[..., StoredRun],
) -> None:
    """Each with its source and note, and the document's mistakes below."""
    text = _Page(_written(make_record())).text

    said = text.index("As the control document says")
    verified = text.index("As verified")
    mistakes = text.index("Where the control document is wrong (1)")
    assert (
        "3.4 CIS Controls v8 The document says Encrypt Data on End-User Devices "
        "The official title Enforce Data Retention Neither is about addresses."
    ) in text[said:verified]
    assert "3.3 CIS Controls v8 Configure Data Access Control Lists" in text[verified:mistakes]
    assert "The document's update-task-set command does not exist." in text[mistakes:]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            (_line(CoverageStatus.COVERED),),
            (
                "There is no finding to list. "
                "No task set was found, and every account-region was seen."
            ),
        ),
        (
            (_line(CoverageStatus.COVERED), _line(CoverageStatus.DENIED)),
            (
                "There is no finding to list. No task set was found in what could be seen; "
                "what could not be seen may hold some."
            ),
        ),
        (
            (_line(CoverageStatus.DENIED),),
            (
                "There is no finding to list. Nothing could be seen, "
                "so this says nothing about what there is."
            ),
        ),
    ],
)
def test_a_report_without_findings_says_what_that_means(
    make_record: Callable[..., StoredRun], lines: tuple[CoverageEntry, ...], sentence: str
) -> None:
    """Nothing found, partly seen and not seen at all are three different things."""
    assert sentence in _Page(_written(make_record((), lines))).text


def test_a_gap_in_coverage_is_never_too_thin_to_be_seen(
    make_record: Callable[..., StoredRun],
) -> None:
    """One account-region of a thousand still has its place in the bar."""
    lines = [_line(CoverageStatus.COVERED, f"region-{number}") for number in range(999)]
    html = _written(make_record((), (*lines, _line(CoverageStatus.DENIED))))

    assert '<rect class="bar-seen" x="0" width="990" height="28"/>' in html
    assert '<rect class="bar-unseen" x="990" width="10" height="28"/>' in html


def test_the_same_run_gives_the_same_bytes(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """No clock, no random ids."""
    record = make_record((make_finding(tags={"b": "1", "a": "2"}),))

    assert _written(record) == _written(record)


def test_a_control_has_its_findings_by_status_the_urgent_ones_first(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """In whatever order the totals count them, and with nothing for what there is none of."""
    statuses = (Status.PASSED, Status.NOT_EVALUATED, Status.FAILED, Status.FAILED)
    page = _written(make_record(tuple(make_finding(status=status) for status in statuses)))

    assert re.findall(
        r'href="#findings\?status=(\w+)&amp;control=ecs-taskset-no-public-ip"', page
    ) == [
        "FAILED",
        "NOT_EVALUATED",
        "PASSED",
    ]
    assert "2 failed 1 not evaluated 1 passed" in _Page(page).text


def test_a_hundred_thousand_findings_fit_into_twelve_megabytes(
    make_large_record: Callable[[int], StoredRun],
) -> None:
    """Each with its ARNs, tags, subnets and evidence digests."""
    out = io.BytesIO()

    HtmlReport().write(make_large_record(100_000), out)

    assert out.tell() <= 12_000_000
