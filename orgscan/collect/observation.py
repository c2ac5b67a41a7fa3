"""What runs in one account-region: interfaces first, and more only where one has an address."""

from __future__ import annotations

from orgscan.aws.session import RegionSession
from orgscan.collect.network import collect_network
from orgscan.collect.network_interfaces import collect_interfaces
from orgscan.collect.tasks import collect_tasks
from orgscan.model.observation import Observation
from orgscan.model.outcome import NotCollected


async def observe(session: RegionSession, clusters: tuple[str, ...]) -> Observation:
    """The running tasks that have addresses which the internet routes, and the network there.

    Where no interface has one, that is proved by the interfaces alone, and nothing else is asked.

    Args:
        session: the account-region.
        clusters: ARNs of its clusters, at least one.
    """
    account_id = clusters[0].split(":")[4]
    seen = await collect_interfaces(session, account_id)
    attachments = frozenset(interface.attachment_id for interface in seen.addressed)
    tasks = await collect_tasks(session, clusters, attachments)
    return Observation(
        interfaces=seen.addressed,
        counted=seen.counted,
        tasks=tasks.found,
        network=await collect_network(session, seen.addressed),
        interfaces_unseen=seen.unseen,
        tasks_unseen=tasks.unseen,
        evidence=seen.evidence,
    )


def missing_of(observation: Observation) -> tuple[NotCollected, ...]:
    """Why parts of it could not be seen, one entry a part."""
    interfaces = observation.interfaces_unseen
    return (
        *(() if interfaces is None else (interfaces,)),
        *dict.fromkeys(observation.tasks_unseen.values()),
        *observation.network.refused.values(),
    )
