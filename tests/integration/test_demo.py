"""`orgscan demo` ends with a report that says the truth of what it served, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.model.exposure import Grade
from orgscan.model.finding import Status
from orgscan.simulator import Simulator, Truth, demo_scenario

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("accounts", "seed"), [(3, 1), (8, 2), (40, 1)])
def test_the_report_names_every_failed_task_set_and_every_gap_and_none_other(
    orgscan: Callable[..., Any], accounts: int, seed: int
) -> None:
    """The simulator's own truth and report.json agree, task set by task set, gap by gap."""
    done = orgscan("demo", "--accounts", str(accounts), "--seed", str(seed), environ={})
    truth = Simulator(demo_scenario(accounts=accounts, seed=seed)).truth()

    assert done.err == ""
    assert done.status == 0
    assert _verdicts(done.report, "ecs-taskset-no-public-ip", "AWS::ECS::TaskSet") == {
        (one.account, one.region, one.arn): one.expected for one in truth.visible()
    }
    assert _owners(done.report) == {one.arn: one.owner for one in truth.visible()}
    assert _verdicts(done.report, "ecs-launcher-no-public-ip") == {
        (one.account, one.region, one.arn): one.expected
        for one in truth.launchers
        if not one.hidden
    }
    assert _of_services(done.report) == _true_of_services(truth)
    gaps = {
        (entry["account_id"], entry["region"]): entry["status"]
        for entry in done.report["coverage"]
        if entry["status"] != "COVERED"
    }
    assert gaps == {
        (gap.account, gap.region): gap.status for gap in (*truth.gaps, *truth.launcher_gaps)
    }
    unseen = {
        (finding["resource"]["type"], finding["resource"]["arn"])
        for finding in done.report["findings"]
        if finding["status"] == "NOT_EVALUATED"
        and finding["control_id"] == "ecs-taskset-no-public-ip"
    }
    assert unseen == {(one.resource_type, one.arn) for one in truth.unseen}
    assert done.report["totals"]["services_by_controller"] == truth.services_by_controller


def test_the_report_grades_everything_that_runs(orgscan: Callable[..., Any]) -> None:
    """Task sets, tasks, interfaces and clusters: status and grade are the simulator's."""
    done = orgscan("demo", "--accounts", "10", "--seed", "3", environ={})
    truth = Simulator(demo_scenario(accounts=10, seed=3)).truth()

    assert _graded(done.report, "ecs-task-no-public-ip") == truth.on_tasks()
    assert _graded(done.report, "ecs-task-ipv6-exposure") == truth.on_ipv6()
    unseen = {one.arn for one in truth.unseen}
    of_sets = _graded(done.report, "ecs-taskset-no-public-ip")
    assert {arn: verdict for arn, verdict in of_sets.items() if arn not in unseen} == {
        one.arn: (one.expected, one.grade) for one in truth.visible()
    }
    assert {grade for _, grade in of_sets.values()} == {*Grade, None}


def test_the_readme_answers_the_three_questions_as_the_demo_does(
    orgscan: Callable[..., Any],
) -> None:
    """Of one task set: what it states, what it has, and who reaches it."""
    done = orgscan("demo", "--accounts", "12", environ={})
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

    shown = [
        finding
        for finding in done.report["findings"]
        if finding["control_id"] == "ecs-taskset-no-public-ip"
        and finding["exposure"]
        and _three_answers(finding) in readme
    ]
    assert [finding["exposure"]["grade"] for finding in shown] == ["reachable"]


def _three_answers(finding: dict[str, Any]) -> str:
    """In the words of README's example."""
    observed, exposure = finding["observed"], finding["exposure"]
    stated = finding["reason"].partition(".")[0].replace("This", "this", 1)
    return (
        f"configured   {observed['assign_public_ip']}: {stated}\n"
        f"has one now  {', '.join(observed['public_ips'])} on {', '.join(observed['interfaces'])}\n"
        f"{exposure['grade']}    from {', '.join(exposure['sources'])} on "
        f"{', '.join(exposure['ports'])}\n"
    )


def _graded(report: dict[str, Any], control: str) -> dict[str, tuple[str, str | None]]:
    """Status and grade of a control's findings, by ARN."""
    return {
        finding["resource"]["arn"]: (
            finding["status"],
            finding["exposure"] and finding["exposure"]["grade"],
        )
        for finding in report["findings"]
        if finding["control_id"] == control
    }


def _verdicts(
    report: dict[str, Any], control: str, resource_type: str = ""
) -> dict[tuple[str, str, str], str]:
    """The statuses of a control's findings, by account, region and ARN."""
    return {
        (finding["account"]["id"], finding["region"], finding["resource"]["arn"]): finding["status"]
        for finding in report["findings"]
        if finding["control_id"] == control
        and finding["resource"]["type"].startswith(resource_type)
    }


def _owners(report: dict[str, Any]) -> dict[str, str | None]:
    """Who owns each task set, by its ARN."""
    return {
        finding["resource"]["arn"]: finding["owner"]
        for finding in report["findings"]
        if finding["resource"]["type"] == "AWS::ECS::TaskSet"
    }


def _of_services(report: dict[str, Any]) -> dict[tuple[str, str, str], str]:
    """The statuses of the control on services, by place and ARN."""
    return {
        (finding["account"]["id"], finding["region"], finding["resource"]["arn"]): finding["status"]
        for finding in report["findings"]
        if finding["control_id"] == "ecs-service-no-public-ip"
    }


def _true_of_services(truth: Truth) -> dict[tuple[str, str, str], str]:
    """What they have to be: a verdict on what is seen, NOT_EVALUATED on what is only known of."""
    seen = {
        (one.account, one.region, one.arn): one.expected for one in truth.services if not one.hidden
    }
    unseen = {(one.account, one.region, one.arn): Status.NOT_EVALUATED for one in truth.unseen}
    return {**seen, **unseen}


def test_the_terminal_shows_no_control_character_of_a_hostile_name(
    orgscan: Callable[..., Any],
) -> None:
    """Names with escapes are shown, not obeyed."""
    done = orgscan("demo", "--accounts", "12", environ={})

    assert done.status == 0
    assert all(line.isprintable() for line in done.out.splitlines())


def test_the_summary_ends_with_the_path_of_the_report(orgscan: Callable[..., Any]) -> None:
    """The first line is the verdict after the greeting, the last ones are the files."""
    done = orgscan("demo", "--accounts", "3", environ={})

    lines = done.out.splitlines()
    assert lines[0].startswith(
        "A simulated organization of 3 accounts (seed 1) at http://127.0.0.1"
    )
    assert lines[-2].startswith("Report    reports/")
    assert lines[-2].endswith("/report.html")
