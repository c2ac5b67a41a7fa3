"""From what was swept to a journal record: the controls' verdicts, with their exceptions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from orgscan.config.allowlist import Allowlist
from orgscan.controls.interface import Control
from orgscan.journal.records import Record
from orgscan.model.finding import Finding
from orgscan.model.organization import Account
from orgscan.model.swept import Swept
from orgscan.scan.owner import Owners


class Judge:
    """Evaluates every control on every target's facts."""

    def __init__(
        self,
        controls: Sequence[Control],
        allowlist: Allowlist | None,
        today: dt.date,
        owner_tags: Sequence[str] = (),
    ) -> None:
        """Take what judging needs.

        Args:
            controls: in the order of the report.
            allowlist: whose exceptions are shown beside findings.
            today: the day in UTC, for the exceptions' expiry.
            owner_tags: the tags that say who owns a resource, the most telling first.
        """
        self._controls = controls
        self._allowlist = allowlist
        self._today = today
        self._owner_tags = owner_tags

    def record(self, swept: Swept) -> Record:
        """The record of one target, its findings in the order of the report."""
        if swept.facts is None or swept.entry.region is None:
            return Record(entry=swept.entry, targets=swept.targets)
        ecs = swept.facts.ecs
        if not ecs.clusters and not ecs.unseen:
            # Most of an organization: there is nothing that a control could judge.
            return Record(entry=swept.entry, targets=swept.targets)
        account, region = swept.account, swept.entry.region
        owners = Owners(self._owner_tags, swept.facts.ecs.services)
        findings = [
            self._with_owner(self._with_exception(finding, account), owners)
            for control in self._controls
            for finding in control.evaluate(account, region, swept.facts)
        ]
        services = Counter(service.deployment_controller for service in swept.facts.ecs.services)
        return Record(
            entry=swept.entry,
            findings=tuple(findings),
            services=dict(services),
            targets=swept.targets,
        )

    def _with_owner(self, finding: Finding, owners: Owners) -> Finding:
        owner = owners.of(finding.resource)
        return finding if owner is None else replace(finding, owner=owner)

    def _with_exception(self, finding: Finding, account: Account) -> Finding:
        resource = finding.resource
        if self._allowlist is None or resource.service_name is None:
            return finding
        found = self._allowlist.exception_for(
            account.id,
            account.ou_path,
            finding.region,
            (resource.cluster_arn or "").rsplit("/", 1)[-1],
            resource.service_name,
            self._today,
        )
        return replace(finding, exception=found.note()) if found else finding
