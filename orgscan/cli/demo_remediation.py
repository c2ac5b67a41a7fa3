"""`orgscan demo --remediate`: one public task set found, replaced, seen private, and restored."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from orgscan.cli.terminal import say

if TYPE_CHECKING:
    from orgscan.config.settings import Settings
    from orgscan.model.finding import Finding
    from orgscan.model.remediation import Plan
    from orgscan.remediation.work import Worked

_ALLOWLIST = """\
# Made by `orgscan demo --remediate`: one service, and nothing else, may be changed.
version: 1
remediate:
  - id: demo-entry
    accounts: ["{account}"]
    regions: [{region}]
    clusters: ["{cluster}"]
    services: ["{service}"]
    actions: [replace-task-set]
    owner: platform@example.org
    ticket: DEMO-1
    expires: 2099-12-31
    max_changes: 1
"""


def show_remediation(settings: Settings, run_dir: Path) -> None:
    """Plan, apply, and roll back on the organization that was just scanned.

    Args:
        settings: of the scan.
        run_dir: the run's directory; what is written goes into it.
    """
    from orgscan.remediation.apply import Order, apply_plan, plan_run, roll_back  # noqa: PLC0415 - as demo
    from orgscan.remediation.clock import SkippingClock  # noqa: PLC0415 - as demo
    from orgscan.remediation.plan_file import write_plan  # noqa: PLC0415 - as demo
    from orgscan.remediation.text import plan_lines  # noqa: PLC0415 - as demo
    from orgscan.report.read import read_report  # noqa: PLC0415 - as demo

    stored = read_report(run_dir)
    finding = next(filter(_is_replaceable, stored.findings()), None)
    if finding is None:
        say("No public task set of the EXTERNAL controller was found: take another --seed")
        return
    allowlist = run_dir / "demo-allowlist.yaml"
    allowlist.write_text(_entry(finding), encoding="utf-8")
    clock = SkippingClock()

    def unasked(_plan: Plan, _what: str) -> str:
        return "the demo"

    order = Order(
        settings=settings, approve=unasked, clock=clock, say=_indented, accept_unproven=True
    )
    _title(f"orgscan remediate plan {run_dir.name} --allowlist {allowlist.name} -o plan.json")
    made = asyncio.run(
        plan_run(
            stored.run,
            [finding],
            settings,
            allowlist_file=allowlist,
            valid_seconds=86_400,
            soak_seconds=900,
            clock=clock,
        )
    )
    write_plan(made, run_dir / "plan.json")
    for line in plan_lines(made):
        _indented(line)
    journal = run_dir / "plan.journal.ndjson"
    _title("orgscan remediate apply plan.json --yes")
    _ended(asyncio.run(apply_plan(run_dir / "plan.json", journal, order)))
    _title("orgscan remediate rollback plan.journal.ndjson --yes")
    _ended(asyncio.run(roll_back(journal, order)))


def _is_replaceable(finding: Finding) -> bool:
    resource = finding.resource
    return (
        finding.status == "FAILED"
        and resource.type == "AWS::ECS::TaskSet"
        and resource.deployment_controller == "EXTERNAL"
        and resource.status == "PRIMARY"
        and bool(finding.observed.public_ips)
    )


def _entry(finding: Finding) -> str:
    resource = finding.resource
    return _ALLOWLIST.format(
        account=finding.account.id,
        region=finding.region,
        cluster=(resource.cluster_arn or "").rpartition("/")[2],
        service=resource.service_name,
    )


def _ended(worked: Worked) -> None:
    _indented("Done" if worked.is_done else f"Not done: {worked.text}")


def _title(command: str) -> None:
    say()
    say(f"$ {command}")


def _indented(line: str) -> None:
    say(f"  {line}" if line else "")
