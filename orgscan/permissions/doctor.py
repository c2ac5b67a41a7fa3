"""What a scan would not see, told before it runs: every call of the table, tried on a sample."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orgscan.aws.caller import ASSUME_ROLE
from orgscan.aws.engine import Limits
from orgscan.aws.entrance import Entrance, entrance
from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.operation import Parameters
from orgscan.aws.session import RegionSession
from orgscan.aws.token import settle_refused_token
from orgscan.collect.ecs_operations import LIST_CLUSTERS
from orgscan.config.settings import Settings
from orgscan.model.organization import Account
from orgscan.organization.accounts import read_organization
from orgscan.organization.operations import (
    DESCRIBE_REGIONS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_TAGS,
    LIST_UNITS,
)
from orgscan.organization.regions import RegionReader, regions_from_within, regions_offline
from orgscan.organization.select import in_regions, require_regions, scope_of, select_accounts
from orgscan.permissions.capabilities import asked_by, wanted
from orgscan.permissions.capability import Holder
from orgscan.permissions.check import Check, first_refusal
from orgscan.permissions.destinations import destination_checks
from orgscan.permissions.probes import probe
from orgscan.permissions.reading import allowlist_checks
from orgscan.permissions.scanning import SCANNING
from orgscan.permissions.security_hub import security_hub_checks

_ACCOUNTS_AT_ONCE = 4
_REGIONS_AT_ONCE = 8


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried, and what came of it.

    Attributes:
        caller_arn: who asked.
        accounts: of the scope, and how many of them were tried.
    """

    caller_arn: str
    organization_id: str
    accounts: int
    sampled: tuple[Account, ...]
    targets: int
    checks: tuple[Check, ...]

    @property
    def missing(self) -> tuple[Check, ...]:
        """What a scan would not see."""
        return tuple(check for check in self.checks if check.why is not None)


async def diagnose(settings: Settings, sample: int, limits: Limits | None = None) -> Diagnosis:
    """Try every call that a scan with these settings may make; nothing is changed or kept.

    Args:
        settings: as the scan would have them.
        sample: how many accounts to enter; they are spread over the scope.
        limits: how patient to be with AWS.

    Raises:
        OrgscanError: the caller cannot even begin; what is missing is named.
    """
    async with entrance(settings, limits or Limits()) as way_in:
        require_regions(settings.region, way_in.known_regions)
        organization = await read_organization(way_in.caller)
        chosen = await select_accounts(way_in.caller, organization, scope_of(settings))
        active = [account for account in chosen if account.is_active]
        some = _spread(active, sample)
        doctor = _Doctor(settings, way_in)
        own = await doctor.of_the_caller(organization.management_account_id)
        own += await allowlist_checks(settings)
        own += await destination_checks(way_in, settings)
        found = await few_at_once(_ACCOUNTS_AT_ONCE, [doctor.of_an_account(one) for one in some])
    return Diagnosis(
        caller_arn=way_in.identity.arn,
        organization_id=organization.id,
        accounts=len(chosen),
        sampled=tuple(some),
        targets=doctor.targets,
        checks=(*own, *(check for checks in found for check in checks)),
    )


class _Doctor:
    def __init__(self, settings: Settings, way_in: Entrance) -> None:
        asked = asked_by(settings)
        self.targets = 0
        self._settings = settings
        self._way_in = way_in
        self._reader = RegionReader(way_in.caller, way_in.identity.account)
        self._source_of = way_in.sources(settings, "orgscan-doctor")
        self._of_caller = [one for one in wanted(Holder.CALLER, asked) if one in SCANNING]
        self._of_role = wanted(Holder.READ_ROLE, asked)

    async def of_the_caller(self, account_id: str) -> list[Check]:
        """What is asked centrally; AssumeRole is tried account by account.

        Args:
            account_id: one to read the tags of.
        """
        caller, checks = self._way_in.caller, []
        members: dict[str, Parameters] = {
            LIST_TAGS.api: {"ResourceId": account_id},
            LIST_ACCOUNTS_FOR_PARENT.api: {"ParentId": "r-0000"},
            LIST_UNITS.api: {"ParentId": "r-0000"},
        }
        for capability in self._of_caller:
            if ASSUME_ROLE in capability.operations:
                continue
            calls = [
                caller.call(operation, members.get(operation.api, {}))
                for operation in capability.operations
            ]
            checks.append(Check(capability=capability, why=await first_refusal(calls)))
        return checks

    async def of_an_account(self, account: Account) -> list[Check]:
        """Whether it can be entered, and what may be asked in each of its regions."""
        source, engine = self._source_of(account, None), self._way_in.engine
        entering = next(one for one in self._of_caller if ASSUME_ROLE in one.operations)
        why = await first_refusal([source.current()])
        checks = [Check(capability=entering, account=account, why=why)]
        if why is not None:
            return checks
        home = RegionSession(engine, source, self._way_in.home_region)
        from_within = next(one for one in self._of_role if DESCRIBE_REGIONS in one.operations)
        why = await first_refusal([home.call(DESCRIBE_REGIONS, {"AllRegions": True})])
        checks.append(Check(capability=from_within, account=account, why=why))
        told = await self._reader.centrally(account) or await regions_from_within(home)
        regions = in_regions(
            told or regions_offline(self._way_in.known_regions), self._settings.region
        )
        names = [region.name for region in regions if region.is_enabled]
        self.targets += len(names)
        found = await few_at_once(
            _REGIONS_AT_ONCE,
            [
                self._of_a_target(account, home, RegionSession(engine, source, name))
                for name in names
            ],
        )
        checks += [check for checks_there in found for check in checks_there]
        return checks + await security_hub_checks(self._way_in, self._settings, account, names)

    async def _of_a_target(
        self, account: Account, home: RegionSession, session: RegionSession
    ) -> list[Check]:
        checks = []
        for capability in self._of_role:
            if DESCRIBE_REGIONS in capability.operations:
                continue  # belongs to no region, and is asked once an account
            why = await first_refusal(
                session.call(
                    operation,
                    probe(operation, self._way_in.partition, session.region, account.id),
                )
                for operation in capability.operations
            )
            if why is not None:
                why = await settle_refused_token(home, why, session.region)
            checks.append(
                Check(capability=capability, account=account, region=session.region, why=why)
            )
            if why is not None and why.api == LIST_CLUSTERS.api:
                break  # a scan asks nothing more where it is not told the clusters
        return checks


def _spread(accounts: Sequence[Account], sample: int) -> list[Account]:
    """So many of them, the first included, at equal distances."""
    count = min(sample, len(accounts))
    return [accounts[at * len(accounts) // count] for at in range(count)]
