"""What runs, joined: each interface with an address from outside, and the task that holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orgscan.controls.reachability import Reachability
from orgscan.controls.starters import is_of_deployment, service_name_of
from orgscan.model.ecs import EcsFacts
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.facts import RegionFacts
from orgscan.model.observation import NetworkInterface, Observation, RunningTask

# What may be reachable weighs more than what surely is not.
_WORST_FIRST = (
    Grade.REACHABLE,
    Grade.UNKNOWN,
    Grade.ADDRESSABLE,
    Grade.CONFIGURED,
    Grade.NONE,
)
_RANKS = {grade: rank for rank, grade in enumerate(_WORST_FIRST)}


class Sighting(NamedTuple):
    """An interface with a public IPv4 or a global IPv6 address; `task` is None where unknown."""

    interface: NetworkInterface
    task: RunningTask | None


class Sightings:
    """Everything seen running with such an address in one account-region.

    Attributes:
        all: one for each interface.
        reachability: judges how far they can be reached.
        interfaces_unseen: why interfaces may be missing; empty where none is.
        tasks_unseen: by cluster, why not all of its tasks were looked at, while an interface is
            left whose task was not found.
        clusters_unseen: why a cluster may be missing; empty where none is.
        evidence: digests of the pages of interfaces.
        network_evidence: digests of what tells of the network around them.
    """

    def __init__(self, observation: Observation, ecs: EcsFacts) -> None:
        holders = {
            attachment: task for task in observation.tasks for attachment in task.attachment_ids
        }
        self.all = [
            Sighting(interface, holders.get(interface.attachment_id))
            for interface in observation.interfaces
        ]
        self.reachability = Reachability(observation.network)
        self.evidence = observation.evidence
        self.network_evidence = observation.network.evidence
        unseen = observation.interfaces_unseen
        self.interfaces_unseen = unseen.reason if unseen else ""
        self._by_starter: dict[tuple[str, str], list[Sighting]] = {}
        self._by_service: dict[tuple[str, str], list[Sighting]] = {}
        for sighting in self.all:
            task = sighting.task
            if task is None:
                continue
            if task.started_by:
                key = (task.cluster_arn, task.started_by)
                self._by_starter.setdefault(key, []).append(sighting)
            # Whoever calls RunTask may name a group like a service's; ECS says it in two places.
            service = service_name_of(task) if is_of_deployment(task) else None
            if service:
                self._by_service.setdefault((task.cluster_arn, service), []).append(sighting)
        self.tasks_unseen = {
            cluster: why.reason for cluster, why in observation.tasks_unseen.items()
        }
        self._evidence: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.clusters_unseen = ecs.cut_short.reason if ecs.cut_short else ""

    def unseen(self, cluster_arn: str) -> str:
        """Why more may run in a cluster with an address than was seen; empty where all was."""
        return self.interfaces_unseen or self.tasks_unseen.get(cluster_arn, "")

    def of_task_set(self, cluster_arn: str, set_id: str) -> list[Sighting]:
        """What a task set has running; its id, `ecs-svc/…`, is who started it."""
        return self._by_starter.get((cluster_arn, set_id), [])

    def of_service(self, cluster_arn: str, name: str) -> list[Sighting]:
        """What a service has running, whichever deployment started it."""
        return self._by_service.get((cluster_arn, name), [])

    def evidence_with(self, tasks: tuple[str, ...]) -> tuple[str, ...]:
        """Digests of the responses on interfaces, on tasks and on the network, each once.

        Args:
            tasks: digests; a response describes a hundred tasks, so the same ones come again.
        """
        found = self._evidence.get(tasks)
        if found is None:
            every = (*self.evidence, *tasks, *self.network_evidence)
            found = self._evidence[tasks] = tuple(dict.fromkeys(every))
        return found

    def worst(self, sightings: Iterable[Sighting], family: int) -> Exposure:
        """The worst exposure among sightings, of which there is at least one."""
        exposures = [self.reachability.exposure(one.interface, family) for one in sightings]
        return min(exposures, key=_rank) if len(exposures) > 1 else exposures[0]


def _rank(exposure: Exposure) -> int:
    return _RANKS[exposure.grade]


def sightings_of(facts: RegionFacts) -> Sightings | None:
    """What was seen running in one account-region; None where nothing was looked for.

    Controls judge the same facts one after the other, and joining what runs and judging how far
    it can be reached is most of their work: the last account-region's is kept for the next one.
    Nobody changes it, so whoever asks sees the same.
    """
    global _latest  # noqa: PLW0603 - a cache of one; the facts cannot carry what judges them
    if facts.observed is None:
        return None
    kept, seen = _latest
    if kept is not facts or seen is None:
        seen = Sightings(facts.observed, facts.ecs)
        _latest = facts, seen
    return seen


_latest: tuple[RegionFacts | None, Sightings | None] = (None, None)


def with_public_ipv4(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """Those with a public IPv4 address."""
    return (sighting for sighting in sightings if sighting.interface.public_ips)


def with_global_ipv6(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """Those with a global IPv6 address."""
    return (sighting for sighting in sightings if sighting.interface.ipv6)
