"""Running tasks and their network interfaces."""

from __future__ import annotations

import uuid

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.world.network import Subnet
from orgscan.simulator.world.recipes import Setting


class Task(msgspec.Struct, frozen=True):
    """One running task.

    Attributes:
        attachment: the id that the interface's description repeats.
        eni: empty, and `subnet` None, where the task has no interface of its own.
        public_ip: None where it has none.
        started: seconds since 1970.
    """

    id: str
    arn: str
    attachment: str
    eni: str
    subnet: Subnet | None
    private_ip: str
    public_ip: str | None
    mac: str
    started: int


def make_task(
    chance: Chance,
    arn: str,
    setting: Setting,
    subnets: tuple[Subnet, ...],
    what: tuple[str | int, ...],
    begun: int,
) -> Task:
    """A task that runs under a setting; `arn` is the ARN up to the id, `what` tells it apart."""
    digest = chance.digest("task", *what)
    attachment = chance.digest("attachment", *what)
    task_id = digest[:16].hex()
    # Fargate's tasks always have an interface, also where a response omits the configuration.
    own_eni = setting.awsvpc or setting.launch != "EC2"
    subnet = subnets[digest[16] % len(subnets)] if own_eni else None
    prefix = subnet.cidr.rsplit(".", 1)[0] if subnet else ""
    public = setting.assign == "ENABLED" and setting.launch != "EC2"
    return Task(
        id=task_id,
        arn=arn + task_id,
        attachment=str(uuid.UUID(bytes=attachment[:16])),
        eni=f"eni-0{digest[17:25].hex()}" if own_eni else "",
        subnet=subnet,
        private_ip=f"{prefix}.{4 + digest[25] % 250}" if subnet else "",
        # 198.18.0.0/15 belongs to nobody: a report never names somebody's real address.
        public_ip=f"198.{18 + digest[26] % 2}.{digest[27]}.{digest[28]}" if public else None,
        mac=":".join(("0a", *(f"{byte:02x}" for byte in attachment[16:21]))),
        started=begun + 120 + digest[29],
    )
