"""The controls that a scan runs, in the order in which reports show them."""

from __future__ import annotations

from orgscan.controls.ecs_service_no_public_ip import EcsServiceNoPublicIp
from orgscan.controls.ecs_taskset_no_public_ip import EcsTaskSetNoPublicIp
from orgscan.controls.interface import Control

CONTROLS: tuple[Control, ...] = (EcsTaskSetNoPublicIp(), EcsServiceNoPublicIp())
