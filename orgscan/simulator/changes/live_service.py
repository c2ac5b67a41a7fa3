"""One service that is being changed."""

from __future__ import annotations

import math

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.changes.deployment import LiveDeployment, Phase
from orgscan.simulator.changes.live_set import LiveSet, start_of
from orgscan.simulator.changes.rolling import roll
from orgscan.simulator.scenario import Scenario, Trouble, TroubleKind
from orgscan.simulator.world.network import Network
from orgscan.simulator.world.workload import Rollout, Service


class LiveService:
    """A service as it is changed; whatever changes it is one of its methods.

    Attributes:
        sets: its task sets or deployments, those that are gone left out.
        writes: how many changes were accepted, those of somebody who meddles left out.
        tokens: of each client token, the parameters and the id of the task set it made.
        deployment: of its deployment configuration, what an update stated.
        deployments: CodeDeploy's, the newest first.
    """

    def __init__(
        self,
        scenario: Scenario,
        chance: Chance,
        service: Service,
        network: Network,
        troubles: tuple[Trouble, ...],
    ) -> None:
        self.base = service
        self.network = network
        self.desired = service.desired
        self.status = service.kind.status
        self.events: list[str] = list(service.events)
        self.deployment = dict(service.deployment)
        self.deployments: list[LiveDeployment] = []
        self.writes = 0
        self.tokens: dict[str, tuple[bytes, str]] = {}
        self.troubles = troubles
        self.kinds = frozenset(trouble.kind for trouble in troubles)
        self._scenario = scenario
        self._chance = chance
        self._made = 0
        self.sets = [
            LiveSet(chance, rollout, start_of(service, rollout, network))
            for rollout in service.rollouts
        ]
        for each in self.sets:
            if each.status == "DRAINING":
                each.drain()

    @property
    def primary(self) -> LiveSet | None:
        """The one that serves."""
        return next((each for each in self.sets if each.status == "PRIMARY"), None)

    def find(self, set_id: str) -> LiveSet:
        """The set of that id, which has to be there."""
        return next(each for each in self.sets if each.rollout.id == set_id)

    def add(self, template: Rollout, now: float, *, troubled: bool = True) -> LiveSet:
        """Make another task set or deployment; its id and ARN are filled in here.

        Args:
            template: what it is to be; its setting has the status and the scale.
            now: seconds since 1970.
            troubled: whether what is to go wrong with the service's changes does so with it.
        """
        self._made += 1
        number = self._chance.number("rollout made", self.base.arn, self._made)
        set_id = f"ecs-svc/{number:019d}"[:27]
        place = self.base.arn.replace(":service/", ":task-set/")
        made = msgspec.structs.replace(
            template,
            id=set_id,
            arn="" if self.base.is_rolling else f"{place}/{set_id}",
            desired=0,
            running=0,
            pending=0,
            failed=0,
            created=int(now),
            updated=int(now),
            tasks=(),
        )
        live = LiveSet(
            self._chance,
            made,
            start_of(self.base, made, self.network),
            self.kinds if troubled else frozenset(),
        )
        lag = 0 if self.base.is_rolling else self._scenario.count_lag
        live.aim(self._share(live.scale), lag)
        self.sets.insert(0, live)
        return live

    def scale(self, live: LiveSet, percent: float, now: float) -> None:
        """What `UpdateTaskSet` does."""
        live.scale, live.updated = percent, int(now)
        live.aim(self._share(percent), self._scenario.count_lag)

    def promote(self, live: LiveSet, now: float) -> None:
        """Make a set primary; the one that was becomes ACTIVE."""
        for each in self.sets:
            if each is not live and each.status == "PRIMARY":
                each.status, each.updated = "ACTIVE", int(now)
                each.state = each.state or "COMPLETED"
        live.status, live.updated = "PRIMARY", int(now)

    def set_desired(self, desired: int) -> None:
        """The desired count of the service; each set follows by its scale."""
        self.desired = desired
        for each in self.sets:
            if each.status != "DRAINING" and (not self.base.is_rolling or each is self.primary):
                each.aim(self._share(each.scale), self._scenario.count_lag)

    def delete(self) -> None:
        """Drain the service and all of its sets."""
        self.status = "DRAINING"
        for each in self.sets:
            each.drain()

    def wrote(self, now: float) -> None:
        """A change was accepted: whoever meddles after so many of them does so now."""
        self.writes += 1
        for trouble in self.troubles:
            if trouble.after_writes == self.writes:
                self._meddle(trouble.kind, now)

    def pass_moment(self) -> None:
        """What becomes of it between two reads."""
        self.sets = [each for each in self.sets if not each.is_gone]
        for each in self.sets:
            before = each.is_steady
            each.pass_moment(self._scenario.tasks_at_once)
            if each.is_steady and not before and each.computed:
                self._say("has reached a steady state.")
        if self.base.is_rolling:
            roll(self)
        for deployment in list(self.deployments):
            deployment.pass_moment(self)
        if self.status == "DRAINING" and not self.sets:
            self.status = "INACTIVE"

    def deploy(self, deployment: LiveDeployment) -> None:
        """What `CreateDeployment` does."""
        self.deployments.insert(0, deployment)

    def new_deployment_id(self) -> str:
        """As CodeDeploy makes them."""
        count = len(self.deployments)
        return "d-" + self._chance.hex(9, "deployment made", self.base.arn, count).upper()

    def roll_back(self, failed: LiveDeployment, phase: Phase) -> None:
        """Undo a deployment by another one, which is done at once."""
        undoing = LiveDeployment(
            self.new_deployment_id(), failed.previous, None, failed.created + 60.0
        )
        undoing.triggered_by, failed.rollback_id = failed.id, undoing.id
        failed.undo(self, phase)
        undoing.end(Phase.SUCCEEDED)
        self.deploy(undoing)

    def snapshot(self) -> Service:
        """As it is now."""
        return msgspec.structs.replace(
            self.base,
            desired=self.desired,
            rollouts=tuple(each.snapshot() for each in self.sets),
            kind=msgspec.structs.replace(self.base.kind, status=self.status),
            events=tuple(reversed(self.events)),
            deployment=self.deployment,
        )

    def _share(self, percent: float) -> int:
        return math.ceil(self.desired * percent / 100)

    def _say(self, message: str) -> None:
        self.events.append(message)

    def _meddle(self, kind: TroubleKind, now: float) -> None:
        """Somebody else, who knows nothing of us."""
        newest = self.sets[0] if self.sets else None
        if kind is TroubleKind.MEDDLE_DESIRED:
            self.set_desired(self.desired + 1)
        elif kind is TroubleKind.MEDDLE_DELETE:
            self.delete()
        elif newest is None:
            return
        elif kind is TroubleKind.MEDDLE_SCALE:
            self.scale(newest, 0.0, now)
        elif kind is TroubleKind.MEDDLE_PRIMARY:
            other = next((each for each in self.sets if each is not self.primary), newest)
            self.promote(other, now)
        elif kind is TroubleKind.MEDDLE_TASK_SET:
            self._release(newest, now)

    def _release(self, newest: LiveSet, now: float) -> None:
        """Roll out what is newest once more, under a name of their own."""
        rolling = self.base.is_rolling
        setting = msgspec.structs.replace(
            newest.rollout.setting,
            status="PRIMARY" if rolling else "ACTIVE",
            scale=100.0 if rolling else 0.0,
        )
        template = msgspec.structs.replace(
            newest.rollout, setting=setting, external_id=None if rolling else "somebody-else"
        )
        live = self.add(template, now, troubled=False)
        if rolling:
            self.promote(live, now)
