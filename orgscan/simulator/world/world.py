"""One simulated organization, built piece by piece as it is asked for."""

from __future__ import annotations

import functools

from orgscan.simulator.chance import Chance
from orgscan.simulator.changes.changes import Changes
from orgscan.simulator.changes.live_service import LiveService
from orgscan.simulator.scenario import Scenario
from orgscan.simulator.world.builder import Builder
from orgscan.simulator.world.launchers import Launcher, build_launchers
from orgscan.simulator.world.organization import Organization
from orgscan.simulator.world.workload import Workload


class World:
    """Everything that exists; keeps the last 2,048 account-regions that were asked for.

    Attributes:
        changes: what was changed since it was built.
        built: how many account-regions were built so far.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.chance = Chance(scenario.seed)
        self.organization = Organization(scenario, self.chance)
        self.changes = Changes(scenario, self.chance)
        self.built = 0
        self._gallery = frozenset(scenario.gallery)
        self._workload = functools.lru_cache(maxsize=2_048)(self._build)
        self._launchers = functools.lru_cache(maxsize=2_048)(self._build_launchers)

    def has_clusters(self, account: str, region: str) -> bool:
        """Whether an account-region has ECS clusters; costs one hash and builds nothing."""
        if self.chance.share("has clusters", account, region) < self.scenario.density:
            return True
        return (account, region) in self._gallery

    def workload(self, account: str, region: str) -> Workload | None:
        """What runs there now, or None where nothing does."""
        if not self.has_clusters(account, region):
            return None
        return self.changes.overlay((account, region), self._workload(account, region))

    def original(self, account: str, region: str) -> Workload | None:
        """What was built there, whatever was changed since."""
        return self._workload(account, region) if self.has_clusters(account, region) else None

    def change(self, account: str, region: str, service_arn: str) -> LiveService:
        """A service that is there, to be changed."""
        base = self._workload(account, region)
        return self.changes.change((account, region), base, service_arn)

    def launchers(self, account: str, region: str) -> tuple[Launcher, ...]:
        """What starts tasks there besides services; nothing does where there are no clusters."""
        return self._launchers(account, region) if self.has_clusters(account, region) else ()

    def _build_launchers(self, account: str, region: str) -> tuple[Launcher, ...]:
        workload = self._workload(account, region)
        member = self.organization.by_id(account)
        hostile = member is not None and self.organization.hostile(member.index)
        return build_launchers(self.scenario, self.chance, account, region, workload, hostile)

    def _build(self, account: str, region: str) -> Workload:
        self.built += 1
        member = self.organization.by_id(account)
        hostile = member is not None and self.organization.hostile(member.index)
        return Builder(
            self.scenario,
            self.chance,
            account,
            region,
            hostile=hostile,
            sharing=self.organization.sharing(account),
        ).build()
