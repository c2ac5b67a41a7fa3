"""One CodeDeploy deployment: green beside blue, traffic over to green, blue away.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from orgscan.simulator.world.deploy import Revision
from orgscan.simulator.world.workload import Rollout

if TYPE_CHECKING:
    from orgscan.simulator.changes.live_service import LiveService
    from orgscan.simulator.changes.live_set import LiveSet

_PATIENCE = 8
"""How many reads green may take to become steady."""
_TERMINATION_WAIT = 2
"""How many reads blue is kept after traffic went over."""


class Phase(enum.StrEnum):
    """How far a deployment is; the values are its statuses, of which some come twice."""

    CREATED = "Created"
    INSTALLING = "InProgress"
    READY = "Ready"
    SHIFTED = "InProgress: traffic has gone over"
    TERMINATING = "InProgress: the original tasks are stopped"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"


_OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.STOPPED})


class LiveDeployment:
    """A deployment that goes on from read to read.

    Attributes:
        revision: its AppSpec.
        previous: the one before it.
        template: the green set; None where the AppSpec was no good.
        error: code and message, once it has failed.
        rolls_back: whether a failure undoes it.
        rollback_id: the deployment that undid it.
        triggered_by: the deployment that it undoes.
        created, ended: seconds since 1970.
    """

    def __init__(
        self,
        deployment_id: str,
        revision: Revision | None,
        template: Rollout | None,
        created: float,
        *,
        gate: bool = False,
        error: tuple[str, str] | None = None,
        rolls_back: bool = False,
        description: str = "",
    ) -> None:
        self.id = deployment_id
        self.revision = revision
        self.template = template
        self.phase = Phase.CREATED
        self.error = error
        self.rolls_back = rolls_back
        self.description = description
        self.created = int(created)
        self.ended: int | None = None
        self.rollback_id: str | None = None
        self.triggered_by: str | None = None
        self.green: LiveSet | None = None
        self.blue: LiveSet | None = None
        self.previous: Revision | None = None
        self._gate = gate
        self._reads = 0

    @property
    def status(self) -> str:
        """As `DeploymentInfo` has it."""
        return self.phase.value.partition(":")[0]

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.phase in _OVER

    def pass_moment(self, service: LiveService) -> None:
        """What becomes of it between two reads."""
        self._reads += 1
        if self.phase is Phase.CREATED:
            self._install(service)
        elif self.phase is Phase.INSTALLING:
            self._wait_for_green(service)
        elif self.phase is Phase.SHIFTED and self._reads > _TERMINATION_WAIT:
            self._terminate_blue()
        elif self.phase is Phase.TERMINATING and (self.blue is None or self.blue.is_gone):
            self.end(Phase.SUCCEEDED)

    def shift(self, service: LiveService) -> None:
        """Let traffic over to green."""
        if self.green is not None:
            service.promote(self.green, float(self.created))
        self._go(Phase.SHIFTED)

    def terminate_now(self) -> None:
        """Wait no longer before blue is stopped."""
        self._terminate_blue()

    def undo(self, service: LiveService, phase: Phase) -> None:
        """End in failure or by a stop, with traffic back on blue and green gone."""
        if self.blue is not None and not self.blue.is_leaving:
            service.promote(self.blue, float(self.created))
            if self.green is not None:
                self.green.drain()
        self.end(phase)

    def end(self, phase: Phase) -> None:
        """Nothing comes after it."""
        self.phase, self.ended = phase, self.created + 60 + self._reads

    def _install(self, service: LiveService) -> None:
        if self.template is None:
            self.end(Phase.FAILED)
            return
        self.blue = service.primary
        self.green = service.add(self.template, float(self.created))
        self._go(Phase.INSTALLING)

    def _wait_for_green(self, service: LiveService) -> None:
        if self.green is not None and self.green.is_settled:
            if self._gate:
                self._go(Phase.READY)
            else:
                self.shift(service)
        elif self._reads > _PATIENCE:
            self.error = ("HEALTH_CONSTRAINTS", "The ECS service did not become stable in time.")
            if self.rolls_back:
                service.roll_back(self, Phase.FAILED)
            else:
                self.end(Phase.FAILED)

    def _terminate_blue(self) -> None:
        if self.blue is not None:
            self.blue.drain()
        self._go(Phase.TERMINATING)

    def _go(self, phase: Phase) -> None:
        self.phase, self._reads = phase, 0
