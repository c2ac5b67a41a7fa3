"""The controls that a scan runs, in the order in which reports show them."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.controls.ecs_launcher_no_public_ip import EcsLauncherNoPublicIp
from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.controls.ecs_task_ipv6_exposure import EcsTaskIpv6Exposure
from orgscan.controls.ecs_task_no_public_ip import EcsTaskNoPublicIp
from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.controls.interface import Control

CONTROLS: tuple[Control, ...] = (
    EcsTaskSetNoPublicIp(),
    EcsServiceNoPublicIp(),
    EcsTaskNoPublicIp(),
    EcsTaskIpv6Exposure(),
    EcsLauncherNoPublicIp(),
)

# What a control judges that is read only where the setting `collect` asks for it.
_OPTIONAL = {"ecs-launcher-no-public-ip": "launchers"}


def controls_for(collect: Sequence[str]) -> tuple[Control, ...]:
    """The controls that have something to judge: "no findings" never means "nobody looked".

    Args:
        collect: as the setting of this name.
    """
    asked = {name.partition(".")[0] for name in collect}
    return tuple(
        control for control in CONTROLS if _OPTIONAL.get(control.entry.id) in {None, *asked}
    )
