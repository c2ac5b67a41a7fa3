"""What the report says to do about a finding, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from orgscan.controls.registry import CONTROLS
from orgscan.model.control import CONFIGURATION, Mapping
from orgscan.model.finding import AccountRef, Finding, Observed, Status
from orgscan.report.guidance import commands, console_links, plan
from orgscan.report.read import StoredRun
from orgscan.scan.catalogue import catalogue

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Page]
MakeFinding = Callable[..., Finding]
MakeRecord = Callable[..., StoredRun]

ENTRIES = {entry.id: entry for entry in catalogue(CONTROLS)}
ARN = "arn:aws:ecs:eu-west-1:111122223333"
TYPES = sorted({kind for entry in ENTRIES.values() for kind in entry.resource_types})


def _with(finding: Finding, **members: Any) -> Finding:  # noqa: ANN401 - members are of any type
    """The finding with members of its resource changed."""
    resource = msgspec.structs.replace(finding.resource, **members)
    return msgspec.structs.replace(finding, resource=resource)


def _of_every_type(make_finding: MakeFinding) -> list[Finding]:
    """A failed finding of each control on each type of its resources, for each controller."""
    observed = Observed(subnets=("subnet-1", "subnet-2"), interfaces=("eni-1",))
    return [
        _with(
            make_finding(control_id=entry.id, observed=observed),
            type=kind,
            arn=f"{ARN}:thing/group/{controller}",
            deployment_controller=controller,
        )
        for entry in ENTRIES.values()
        for kind in entry.resource_types
        for controller in ("ECS", "EXTERNAL", "CODE_DEPLOY", None)
    ]


def _odd_ones(make_finding: MakeFinding, hostile_names: tuple[str, ...]) -> list[Finding]:
    """Names that end words, links and hosts; other partitions; what is missing."""
    names = (*hostile_names, "a'b", "$(id)", "-rf", "file:///x", "a b", "x@y.example/", "é(!*)'~")
    found = [
        make_finding(name, cluster=name, region=name, account=AccountRef(name, name, ""))
        for name in names
    ]
    plain = make_finding()
    found += [_with(plain, id=name) for name in names]
    found += [
        _with(plain, arn=f"arn:{partition}:ecs:r:1:task-set/a/b/c") for partition in PARTITIONS
    ]
    found += [
        _with(plain, status="DRAINING"),
        _with(plain, service_arn=None, service_name=None, cluster_arn=None),
        msgspec.structs.replace(plain, observed=Observed()),
        make_finding(status=Status.PASSED),
        make_finding(control_id="a-control-of-another-version"),
    ]
    return found


PARTITIONS = ("aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "")


def test_the_page_fills_the_templates_as_python_does(
    open_report: OpenReport,
    make_record: MakeRecord,
    make_finding: MakeFinding,
    hostile_names: tuple[str, ...],
) -> None:
    """Links, commands and plans are the same, finding by finding, whatever the names."""
    findings = (*_of_every_type(make_finding), *_odd_ones(make_finding, hostile_names))
    page = open_report(make_record(findings, controls=tuple(ENTRIES.values())))

    for row, finding in enumerate(findings):
        entry = ENTRIES.get(finding.control_id)
        shown = page.evaluate(
            """row => [
                consoleLinks(row),
                commandsFor(row).map(([title, words]) => [title, words.join(' ')]),
                planFor(row)?.steps ?? null,
            ]""",
            row,
        )
        if entry is None:
            assert shown == [[], [], None]
            continue
        found = plan(entry, finding)
        assert shown == [
            [list(link) for link in console_links(entry, finding)],
            [list(command) for command in commands(entry, finding)],
            list(found.steps) if found else None,
        ], finding


@pytest.fixture
def panel(
    open_report: OpenReport, make_record: MakeRecord, make_finding: MakeFinding
) -> Callable[..., Page]:
    """Opens a report with one finding, and its panel."""

    def open_(finding: Finding | None = None, **how: Any) -> Page:  # noqa: ANN401 - as open_report
        record = make_record((finding or make_finding(),), controls=tuple(ENTRIES.values()))
        page = open_report(record, **how)
        page.locator("#findings-view .grid-body .grid-row").click()
        return page

    return open_


def test_a_failed_task_set_has_its_plan_and_what_does_not_work(panel: Callable[..., Page]) -> None:
    """The steps that AWS permits, and the control document's command that it does not."""
    detail = panel().locator("#detail")

    steps = detail.locator("ol.steps > li")
    expect(steps).to_have_count(7)
    expect(steps.nth(2)).to_contain_text("CreateTaskSet with every setting copied")
    expect(detail.locator(".impossible")).to_contain_text(
        'Does not work: "aws ecs update-task-set --network-configuration"'
    )


def test_what_has_not_failed_has_commands_and_no_plan(
    panel: Callable[..., Page], make_finding: MakeFinding
) -> None:
    """Anything can be looked at; only what failed is fixed."""
    detail = panel(make_finding(status=Status.WARNING)).locator("#detail")

    expect(detail.locator(".steps")).to_have_count(0)
    expect(detail.locator(".command")).to_have_count(4)
    expect(detail).to_contain_text("credentials of the account payments (111122223333).")


def test_a_command_is_copied_whole(panel: Callable[..., Page]) -> None:
    """By one button; where the browser gives no clipboard, it is selected."""
    page = panel()
    first = page.locator("#detail .command").first

    first.get_by_role("button").click()

    expect(first.get_by_role("button")).to_have_text(re.compile("^(Copied|Selected)$"))
    selected = page.evaluate("getSelection().toString()")
    assert selected == first.locator("code").inner_text()
    assert selected.startswith("aws ecs describe-services --region eu-west-1 --cluster arn:aws:")


def test_the_console_opens_beside_the_report_and_is_told_nothing(
    panel: Callable[..., Page],
) -> None:
    """No referrer and no handle to this page go with it; the title says what it shows."""
    link = panel().locator("#detail a")

    expect(link).to_have_text("The service in the ECS console, which has no page for task sets")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute(
        "href",
        "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/api/health"
        "?region=eu-west-1",
    )


def test_the_panel_says_who_owns_it_how_many_run_and_when_it_changed(
    panel: Callable[..., Page], make_finding: MakeFinding
) -> None:
    """Running and desired counts stand together; a last change only where there was one."""
    observed = Observed(running_count=3, desired_count=1200, task_definition=f"{ARN}:td/api:7")
    finding = make_finding(observed=observed, created_at="2026-11-20T08:00:00Z")
    finding = _with(finding, updated_at="2026-11-21T09:30:15Z")
    page = panel(msgspec.structs.replace(finding, owner="ann@example.org"))

    facts = {
        group.locator("dt").inner_text(): group.locator("dd").all_inner_texts()
        for group in page.locator("#detail .facts > div").all()
    }
    assert facts["Owner"] == ["ann@example.org"]
    assert facts["Tasks"] == ["3 running, 1,200 desired"]
    assert facts["Created"] == ["2026-11-20 08:00:00 UTC"]
    assert facts["Updated"] == ["2026-11-21 09:30:15 UTC"]
    assert facts["Task definition"] == [f"{ARN}:td/api:7"]


@pytest.mark.parametrize(
    ("running", "desired", "text"),
    [
        (2, 2, ["2 running, 2 desired"]),
        (0, 0, ["0 running, 0 desired"]),
        (None, None, None),
        (None, 4, ["4 desired"]),
        (4, None, ["4 running"]),
    ],
)
def test_counts_that_are_alike_or_unknown_are_told_as_they_are(
    panel: Callable[..., Page],
    make_finding: MakeFinding,
    running: int | None,
    desired: int | None,
    text: list[str] | None,
) -> None:
    """The page keeps one number where both are the same, and shows both."""
    counts = Observed(running_count=running, desired_count=desired)
    page = panel(make_finding(observed=counts))

    shown = page.locator(
        "dialog .facts > div", has=page.locator("dt", has_text=re.compile("^Tasks$"))
    )
    if text is None:
        expect(shown).to_have_count(0)
    else:
        assert shown.locator("dd").all_inner_texts() == text


def test_owners_narrow_the_rows(
    open_report: OpenReport, make_record: MakeRecord, make_finding: MakeFinding
) -> None:
    """One of them, or what has none; whoever owns it can be searched for as well."""
    names = {"api": "ann", "web": "</script>\x1b[2J", "etl": None}
    findings = tuple(
        msgspec.structs.replace(make_finding(service, number=at), owner=owner)
        for at, (service, owner) in enumerate(names.items())
    )
    page = open_report(make_record(findings))
    view = page.locator("#findings-view")
    rows = view.locator(".grid-body .cell-resource .main")

    found = {}
    for label in ("ann", r"</script>\x1b[2J", "no owner known"):
        view.get_by_label("Owner").select_option(label=label)
        found[label] = rows.all_inner_texts()
    view.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Search findings").fill("ann")

    assert found == {"ann": ["api"], r"</script>\x1b[2J": ["web"], "no owner known": ["etl"]}
    assert rows.all_inner_texts() == ["api"]


def test_without_owners_there_is_no_such_filter(
    open_report: OpenReport, make_record: MakeRecord, make_finding: MakeFinding
) -> None:
    """A choice between one thing is none."""
    page = open_report(make_record((make_finding(),)))

    expect(page.locator("#findings-view").get_by_label("Owner")).to_have_count(0)


def test_the_documents_titles_stand_beside_the_official_ones(
    open_report: OpenReport, make_record: MakeRecord
) -> None:
    """On a wide page in one line, so that they are compared at a glance."""
    page = open_report(make_record(controls=tuple(ENTRIES.values())), at="#controls")
    row = page.locator(".mapping-document .mapping").first

    said, official = row.locator(".titles > div").all()
    expect(said).to_have_text(
        "The document says"
        "Encrypt Data on End-User Devices \u2013 Ensure data encryption during file system access."
    )
    expect(official).to_have_text("The official titleEnforce Data Retention")
    expect(page.locator(".mapping-analogy h3").first).to_have_text("By analogy")


def test_a_companys_own_framework_stands_apart_and_inert(
    open_report: OpenReport, make_record: MakeRecord, hostile_names: tuple[str, ...]
) -> None:
    """Whatever the configuration holds is text, under a heading that says whose it is."""
    own = tuple(
        Mapping(
            framework=name,
            version=name,
            id=name,
            title=name,
            source=CONFIGURATION,
            verified=False,
            reference=name,
        )
        for name in hostile_names
    )
    entry = next(iter(ENTRIES.values()))
    record = make_record(controls=(msgspec.structs.replace(entry, mappings=own),))
    page = open_report(record, at="#controls")

    group = page.locator(".mapping-configuration")
    expect(group.locator("h3")).to_have_text("From your configuration")
    assert group.locator(".mapping-title").first.inner_text() == hostile_names[0]
    assert group.locator("img, script, svg").count() == 0


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_of_the_panel_or_of_the_mappings(
    panel: Callable[..., Page],
    make_finding: MakeFinding,
    hostile_names: tuple[str, ...],
    width: int,
    scheme: str,
) -> None:
    """The longest names, commands and titles break."""
    name = hostile_names[-1]
    finding = msgspec.structs.replace(make_finding(name, cluster=name), owner=name)
    page = panel(finding, width=width, scheme=scheme)

    expect(page.locator("#detail .command")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.getElementById('detail').scrollWidth") <= width


def test_every_type_of_resource_has_its_guidance_in_the_page(
    open_report: OpenReport, make_record: MakeRecord
) -> None:
    """Nothing that the catalogue offers is lost on the way."""
    page = open_report(make_record(controls=tuple(ENTRIES.values())))

    kinds = page.evaluate(
        "Object.values(GUIDANCE.controls).flatMap((of) => of.commands.map((c) => c.resource_type))"
    )
    assert sorted(set(kinds)) == TYPES
