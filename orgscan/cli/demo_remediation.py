"""`orgscan demo --remediate`: one public task set found, replaced, seen private, and restored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orgscan.cli.terminal import say

if TYPE_CHECKING:
    from orgscan.config.settings import Settings
    from orgscan.model.finding import Finding
    from orgscan.model.remediation import Plan
    from orgscan.remediation.apply import Order
    from orgscan.report.read import StoredRun

Beside = Callable[[str, str, Iterable[str]], list[str]]
"""Private subnets in the VPC of given ones, by account and region."""

_HOW_MANY = 30


def show_remediation(settings: Settings, run_dir: Path, beside: Beside) -> None:
    """Plan, apply, and roll back on the organization that was just scanned.

    Args:
        settings: of the scan.
        run_dir: the run's directory; what is written goes into it.
        beside: which subnets may replace others.
    """
    from orgscan.report.read import read_report  # noqa: PLC0415 - only a demo needs it

    shown = _Shown(settings, run_dir, read_report(run_dir))
    finding = shown.choose(beside)
    if finding is None:
        say("No public task set of the EXTERNAL controller was found: take another --seed")
        return
    shown.plan("First without other subnets", [_entry(finding, [])])
    subnets = beside(finding.account.id, finding.region, finding.observed.subnets)
    shown.plan("Then with private subnets of the same VPC", [_entry(finding, subnets)])
    shown.apply()
    shown.roll_back()


class _Shown:
    """The steps, each under the command that does it for a user."""

    def __init__(self, settings: Settings, run_dir: Path, stored: StoredRun) -> None:
        from orgscan.remediation.clock import SkippingClock  # noqa: PLC0415 - only a demo needs it

        self._settings = settings
        self._dir = run_dir
        self._stored = stored
        self._clock = SkippingClock()

    def choose(self, beside: Beside) -> Finding | None:
        """The first public set that serves and can be moved to private subnets of its VPC."""
        known = {one.key: one for one in self._stored.findings() if _is_replaceable(one)}
        entries = [
            _entry(one, beside(one.account.id, one.region, one.observed.subnets))
            for one in list(known.values())[:_HOW_MANY]
        ]
        made = self._make(entries)
        proved = (one for one in made.actions if one.proof.verdict == "PASS")
        first = next(proved, None)
        return known[first.finding_key] if first else None

    def plan(self, title: str, entries: list[dict[str, object]]) -> None:
        """`orgscan remediate plan`, for the entries of this demo."""
        from orgscan.remediation.plan_file import write_plan  # noqa: PLC0415 - only a demo needs it
        from orgscan.remediation.text import plan_lines  # noqa: PLC0415 - as above

        say()
        say(f"{title}:")
        _command(f"plan {self._dir.name} --allowlist demo-allowlist.yaml -o plan.json")
        made = self._make(entries)
        write_plan(made, self._dir / "plan.json")
        for line in plan_lines(made):
            if "NOT_ALLOWLISTED" not in line:
                _indented(line)

    def apply(self) -> None:
        """`orgscan remediate apply`."""
        from orgscan.remediation.apply import apply_plan  # noqa: PLC0415 - only a demo needs it

        _command("apply plan.json --yes")
        plan, journal = self._dir / "plan.json", self._dir / "plan.journal.ndjson"
        asyncio.run(apply_plan(plan, journal, self._order()))

    def roll_back(self) -> None:
        """`orgscan remediate rollback`."""
        from orgscan.remediation.apply import roll_back  # noqa: PLC0415 - only a demo needs it

        _command("rollback plan.journal.ndjson --yes")
        asyncio.run(roll_back(self._dir / "plan.journal.ndjson", self._order()))

    def _make(self, entries: list[dict[str, object]]) -> Plan:
        from orgscan.remediation.apply import plan_run  # noqa: PLC0415 - only a demo needs it

        allowlist = self._dir / "demo-allowlist.yaml"
        _write(allowlist, entries)
        services = {str(one["id"]) for one in entries}
        return asyncio.run(
            plan_run(
                self._stored.run,
                [one for one in self._stored.findings() if _id(one) in services],
                self._settings,
                allowlist_place=str(allowlist),
                valid_seconds=86_400,
                soak_seconds=900,
                clock=self._clock,
            )
        )

    def _order(self) -> Order:
        from orgscan.remediation.apply import Order  # noqa: PLC0415 - only a demo needs it

        return Order(
            settings=self._settings,
            approve=lambda _plan, _what: "the demo",
            clock=self._clock,
            say=_indented,
        )


def _is_replaceable(finding: Finding) -> bool:
    resource = finding.resource
    return (
        finding.status == "FAILED"
        and resource.type == "AWS::ECS::TaskSet"
        and resource.deployment_controller == "EXTERNAL"
        and resource.status == "PRIMARY"
        and bool(finding.observed.public_ips)
    )


def _id(finding: Finding) -> str:
    """An entry's id from what a finding is about."""
    return (finding.resource.id or "").replace("/", "-")


def _entry(finding: Finding, subnets: list[str]) -> dict[str, object]:
    """An allowlist entry for one service."""
    resource = finding.resource
    entry: dict[str, object] = {
        "id": _id(finding),
        "accounts": [finding.account.id],
        "regions": [finding.region],
        "clusters": [(resource.cluster_arn or "").rpartition("/")[2]],
        "services": [resource.service_name],
        "actions": ["replace-task-set"],
        "owner": "platform@example.org",
        "ticket": "DEMO-1",
        "max_changes": 1,
    }
    return entry | ({"subnets": subnets} if subnets else {})


def _write(file: Path, entries: list[dict[str, object]]) -> None:
    """As YAML, of which JSON is a part; a date has to stand without quotes."""
    lines = [f'  - {json.dumps(entry)[:-1]}, "expires": 2099-12-31}}' for entry in entries]
    file.write_text("\n".join(["version: 1", "remediate:", *lines, ""]), encoding="utf-8")


def _command(arguments: str) -> None:
    say()
    say(f"$ orgscan remediate {arguments}")


def _indented(line: str) -> None:
    say(f"  {line}" if line else "")
