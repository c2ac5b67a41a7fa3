"""Running tasks and their network interfaces."""

from __future__ import annotations

import uuid

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.network import Subnet
from orgscan.simulator.world.recipes import MIXED, PUBLIC, Setting


class Start(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How tasks were started: what all of one start have in common.

    Attributes:
        arn: of a task, up to its id.
        group: `service:` or `family:` and a name, or what a user chose.
        started_by: a rollout's id, a rule or schedule, a user's words, or None.
        service_arn: None for a task of no service.
        task_set_arn: None for a task of no task set.
        launch: FARGATE or EC2.
        subnets: where they may run; none for tasks without an interface of their own.
        begun: seconds since 1970.
    """

    cluster_arn: str
    arn: str
    group: str
    started_by: str | None
    service_arn: str | None = None
    task_set_arn: str | None = None
    task_definition: str
    launch: str
    provider: str | None = None
    subnets: tuple[Subnet, ...] = ()
    groups: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    begun: int


class Task(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One running task.

    Attributes:
        attachment: the id that the interface's description repeats.
        eni: empty, and `subnet` None, where the task has no interface of its own.
        public_ip: None where it has none.
        ipv6: its addresses; at most one.
        denies_gateways: whether the interface drops what comes in through an internet gateway.
        started: seconds since 1970.
    """

    start: Start
    id: str
    arn: str
    attachment: str
    eni: str
    subnet: Subnet | None
    private_ip: str
    public_ip: str | None
    ipv6: tuple[str, ...]
    denies_gateways: bool
    mac: str
    started: int


def runs_public(setting: Setting, number: int) -> bool:
    """Whether task number so and so of a rollout on Fargate has a public address."""
    runs = setting.runs or (PUBLIC if setting.assign == "ENABLED" else "")
    return runs == PUBLIC or (runs == MIXED and number % 2 == 0)


def make_task(
    chance: Chance, start: Start, what: tuple[str | int, ...], *, public: bool = False
) -> Task:
    """One task; `what` tells it apart from all others of the organization."""
    digest = chance.digest("task", *what)
    attachment = chance.digest("attachment", *what)
    task_id = digest[:16].hex()
    subnet = start.subnets[digest[16] % len(start.subnets)] if start.subnets else None
    prefix = subnet.cidr.rsplit(".", 1)[0] if subnet else ""
    ipv6: tuple[str, ...] = ()
    if subnet and subnet.ipv6_cidr:
        ipv6 = (subnet.ipv6_cidr.replace("::/64", f":{attachment[21:29].hex(':', 2)}"),)
    return Task(
        start=start,
        id=task_id,
        arn=start.arn + task_id,
        attachment=str(uuid.UUID(bytes=attachment[:16])),
        eni=f"eni-0{digest[17:25].hex()}" if subnet else "",
        subnet=subnet,
        private_ip=f"{prefix}.{4 + digest[25] % 250}" if subnet else "",
        # 198.18.0.0/15 belongs to nobody: a report never names somebody's real address.
        public_ip=f"198.{18 + digest[26] % 2}.{digest[27]}.{digest[28]}" if public else None,
        ipv6=ipv6,
        denies_gateways=bool(ipv6) and digest[30] < 32,
        mac=":".join(("0a", *(f"{byte:02x}" for byte in attachment[16:21]))),
        started=start.begun + 120 + digest[29],
    )
