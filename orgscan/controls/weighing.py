"""What is stated, weighed against what runs: the same for task sets and for services."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from orgscan.controls.assign_public_ip import DISABLED, ENABLED
from orgscan.controls.in_front import with_in_front
from orgscan.controls.sightings import Sighting, Sightings, with_public_ipv4
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.finding import Observed, Status
from orgscan.model.load_balancer import LoadBalancers

NONE = Exposure(grade=Grade.NONE, reason="No task of it runs with a public IPv4 address.")
CONFIGURED = Exposure(
    grade=Grade.CONFIGURED,
    reason="No task of it runs with a public IPv4 address; one started now would get one.",
)
UNDECIDED = Exposure(
    grade=Grade.UNKNOWN,
    reason="No task of it runs, and nothing states whether one would get a public IPv4 address.",
)


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on what is configured.

    Attributes:
        reason: its sentence.
        assign_public_ip: ENABLED, DISABLED, or None where neither is stated.
        cluster_arn: where its tasks run.
        running_count: how many tasks ECS says run.
        load_balancers: what forwards to its tasks, as ECS says: target groups' ARNs.
    """

    status: Status
    reason: str
    assign_public_ip: str | None
    cluster_arn: str
    running_count: int | None
    load_balancers: tuple[str, ...] = ()


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on what is configured and what runs.

    Attributes:
        exposure: None where nothing was looked for, or the control does not apply.
        public: what runs of it with a public IPv4 address.
        is_all_seen: whether there is surely no more than that.
        evidence: digests of the responses that say what runs, and what is in front of it.
    """

    status: Status
    reason: str
    exposure: Exposure | None = None
    public: tuple[Sighting, ...] = ()
    is_all_seen: bool = False
    evidence: tuple[str, ...] = ()


def weigh(
    stated: Stated,
    running: Sequence[Sighting],
    seen: Sightings | None,
    in_front: LoadBalancers | None,
) -> Weighed:
    """Weigh a verdict on configuration against what was seen running.

    A public address fails whatever is stated. That what runs is private excuses nothing: only a
    stated DISABLED passes.

    Args:
        stated: the verdict on what is configured.
        running: what was seen running of it.
        seen: everything that was seen running; None where nothing was looked for.
        in_front: the load balancers there; None where nobody asked.
    """
    if seen is None:
        return Weighed(status=stated.status, reason=stated.reason)
    public = tuple(with_public_ipv4(running))
    unseen = seen.unseen(stated.cluster_arn)
    status, reason = _verdict(stated, len(public), unseen)
    return Weighed(
        status=status,
        reason=reason,
        exposure=with_in_front(
            _exposure(stated, public, seen, unseen), stated.load_balancers, in_front
        ),
        public=public,
        is_all_seen=not unseen,
        evidence=(
            *evidence_of(public, seen),
            *(in_front.evidence if in_front and stated.load_balancers else ()),
        ),
    )


def _verdict(stated: Stated, public: int, unseen: str) -> tuple[Status, str]:
    if public:
        running = "1 task runs" if public == 1 else f"{public} tasks run"
        off = ": configured off, observed on" if stated.assign_public_ip == DISABLED else ""
        return (
            Status.FAILED,
            f"{stated.reason} Observed: {running} with a public IPv4 address{off}.",
        )
    if stated.status is not Status.WARNING:
        return stated.status, stated.reason
    if unseen:
        told = "Whether its tasks run with public IPv4 addresses could not be seen"
    elif stated.running_count:
        told = "Observed: all of its running tasks have private IPv4 addresses only"
    else:
        told = "No task of it runs that could tell"
    return stated.status, f"{stated.reason} {told}."


def _exposure(
    stated: Stated, public: Sequence[Sighting], seen: Sightings, unseen: str
) -> Exposure | None:
    if public:
        return seen.worst(public, 4)
    if stated.status is Status.NOT_APPLICABLE:
        return None
    if unseen:
        return Exposure(grade=Grade.UNKNOWN, reason=f"What runs could not be seen: {unseen}.")
    if stated.assign_public_ip == ENABLED:
        return CONFIGURED
    is_settled = stated.status is Status.PASSED or stated.running_count
    return NONE if is_settled else UNDECIDED


def with_addresses(
    observed: Observed, sightings: Sequence[Sighting], *, is_all_seen: bool
) -> Observed:
    """`observed` with the addresses and images of what runs, each once and in order."""
    if not sightings:
        return replace(observed, interfaces_seen=is_all_seen)
    public: list[str] = []
    ipv6: list[str] = []
    interfaces: list[str] = []
    images: list[str] = []
    for interface, task in sightings:
        public += interface.public_ips
        ipv6 += interface.ipv6
        interfaces.append(interface.id)
        images += task.images if task else ()
    return replace(
        observed,
        public_ips=_in_order(public),
        ipv6=_in_order(ipv6),
        interfaces=_in_order(interfaces),
        interfaces_seen=is_all_seen,
        images=_in_order(images),
    )


def _in_order(values: list[str]) -> tuple[str, ...]:
    """Every value once, sorted."""
    return tuple(sorted(set(values)) if len(values) > 1 else values)


def evidence_of(sightings: Sequence[Sighting], seen: Sightings) -> tuple[str, ...]:
    """Digests of the responses that say what runs; of the network's only where it was judged."""
    if not sightings:
        return seen.evidence
    tasks = [digest for _, task in sightings if task for digest in task.evidence]
    return seen.evidence_with(tuple(tasks))
