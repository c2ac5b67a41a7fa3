"""Every service that was changed, by its account-region; all others stay as they were built."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.changes.live_service import LiveService
from orgscan.simulator.scenario import Scenario, Trouble
from orgscan.simulator.world.workload import Cluster, Service, Workload

Place = tuple[str, str]
"""Account and region."""


class Changes:
    """Nothing is kept of a service before its first change.

    A moment passes with every read of an account-region, whatever it shows.
    """

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        self._scenario = scenario
        self._chance = chance
        self._live: defaultdict[Place, dict[str, LiveService]] = defaultdict(dict)
        self._overlays: dict[Place, Workload] = {}

    def change(self, place: Place, base: Workload, arn: str) -> LiveService:
        """The service to be changed; `base` is what was built there."""
        self._overlays.pop(place, None)
        live = self._live[place]
        if arn not in live:
            service = next(each for each in base.services() if each.arn == arn)
            troubles = tuple(self.troubles(place, service))
            live[arn] = LiveService(self._scenario, self._chance, service, base.network, troubles)
        return live[arn]

    def changed(self, place: Place, arn: str) -> LiveService | None:
        """The service, if it was ever changed."""
        return self._live[place].get(arn) if place in self._live else None

    def troubles(self, place: Place, service: Service) -> list[Trouble]:
        """What goes wrong with a service once it is changed."""
        cluster = service.cluster_arn.rpartition("/")[2]
        return [
            trouble
            for trouble in self._scenario.troubles
            if fnmatchcase(place[0], trouble.account)
            and fnmatchcase(place[1], trouble.region)
            and fnmatchcase(cluster, trouble.cluster)
            and fnmatchcase(service.name, trouble.service)
        ]

    def pass_moment(self, place: Place) -> None:
        """A read of the account-region is about to be answered."""
        if place not in self._live:
            return
        self._overlays.pop(place, None)
        for service in self._live[place].values():
            service.pass_moment()

    def overlay(self, place: Place, base: Workload) -> Workload:
        """What was built in a place, with what was changed since."""
        if place not in self._live:
            return base
        if place not in self._overlays:
            now = {arn: live.snapshot() for arn, live in self._live[place].items()}
            clusters = tuple(_with(cluster, now) for cluster in base.clusters)
            self._overlays[place] = msgspec.structs.replace(base, clusters=clusters)
        return self._overlays[place]


def _with(cluster: Cluster, changed: dict[str, Service]) -> Cluster:
    services = tuple(changed.get(service.arn, service) for service in cluster.services)
    return msgspec.structs.replace(cluster, services=services)
