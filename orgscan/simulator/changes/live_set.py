"""One task set, or one deployment of a rolling service, of a service that is being changed."""

from __future__ import annotations

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.scenario import TroubleKind
from orgscan.simulator.world.network import Network, Subnet
from orgscan.simulator.world.recipes import PRIVATE
from orgscan.simulator.world.tasks import Start, Task, make_task, runs_public
from orgscan.simulator.world.workload import Rollout, Service

_NEVER_STEADY = frozenset(
    {TroubleKind.NEVER_STABLE, TroubleKind.UNHEALTHY, TroubleKind.NO_CAPACITY}
)


class Age(msgspec.Struct):
    """A running task, and how many reads ago it started."""

    task: Task
    reads: int


class LiveSet:
    """A rollout whose scale, tasks and status change from read to read.

    Attributes:
        rollout: what does not change of it.
        status: PRIMARY, ACTIVE or DRAINING.
        scale: percent, as it was asked for.
        computed: the count that it works towards; follows `target` with a lag.
        failed: tasks that could not be started, or did not become healthy.
        state: of a rolling deployment, IN_PROGRESS, COMPLETED or FAILED.
        troubles: what goes wrong with it; nothing does with what was there before the change.
    """

    def __init__(
        self,
        chance: Chance,
        rollout: Rollout,
        start: Start,
        troubles: frozenset[TroubleKind] = frozenset(),
    ) -> None:
        self.rollout = rollout
        self.status = rollout.setting.status
        self.scale = rollout.setting.scale
        self.computed = rollout.desired
        self.failed = rollout.failed
        self.state = rollout.rollout_state
        self.updated = rollout.updated
        self.troubles = troubles
        self._chance = chance
        self._start = start
        self._running = [Age(task, 1) for task in rollout.tasks]
        self._pending = 0
        self._target = rollout.desired
        self._lag = 0
        self._started = 0
        self._is_leaving = False

    @property
    def running(self) -> int:
        """How many tasks of it run."""
        return len(self._running)

    @property
    def is_steady(self) -> bool:
        """As AWS defines it; a set of which nothing is asked is steady at once."""
        unsettled = self.rollout.balancer and not all(age.reads for age in self._running)
        if unsettled or (self.computed and self.troubles & _NEVER_STEADY):
            return False
        return self.running == self.computed and not self._pending

    @property
    def is_settled(self) -> bool:
        """Whether it is steady at what it was last asked for."""
        return self.is_steady and self.computed == self._target

    def aim(self, target: int, lag: int = 0) -> None:
        """Work towards so many tasks, after so many reads."""
        if target != self._target and not self._is_leaving:
            self._target, self._lag = target, lag

    @property
    def is_leaving(self) -> bool:
        """Whether it was left to stop its tasks."""
        return self._is_leaving

    @property
    def is_gone(self) -> bool:
        """Whether it has stopped all its tasks, and is shown no longer."""
        return self._is_leaving and not self.running and not self._lag and not self.computed

    def drain(self) -> None:
        """Be DRAINING for a read at least, and then be gone."""
        self.status = "DRAINING"
        self.leave()

    def leave(self) -> None:
        """Stop all tasks, and be gone without any; a rolling deployment keeps its status."""
        if not self._is_leaving:
            self._is_leaving = True
            self._target, self._lag = 0, 1

    def health(self, task: Task) -> str:
        """Of a task as a load balancer's target: initial, healthy or unhealthy."""
        if TroubleKind.UNHEALTHY in self.troubles:
            return "unhealthy"
        is_new = any(age.task is task and not age.reads for age in self._running)
        return "initial" if is_new else "healthy"

    def pass_moment(self, at_once: int) -> None:
        """What becomes of it between two reads."""
        for age in self._running:
            age.reads += 1
        self._start_pending()
        if self._lag:
            self._lag -= 1
        else:
            self.computed = self._target
        missing = self.computed - self.running
        if missing < 0:
            del self._running[max(self.computed, self.running - at_once) :]
        lacks_capacity = TroubleKind.NO_CAPACITY in self.troubles
        self._pending = 0 if lacks_capacity else max(0, min(missing, at_once))
        if self.computed and self.troubles & _NEVER_STEADY:
            self.failed += 1

    def snapshot(self) -> Rollout:
        """As it is now."""
        return msgspec.structs.replace(
            self.rollout,
            setting=msgspec.structs.replace(
                self.rollout.setting, status=self.status, scale=self.scale
            ),
            desired=self.computed,
            running=self.running,
            pending=self._pending,
            failed=self.failed,
            steady=self.is_steady,
            rollout_state=self.state,
            updated=self.updated,
            tasks=tuple(age.task for age in self._running),
        )

    def _start_pending(self) -> None:
        fargate = self.rollout.runs_on == "FARGATE"
        for _ in range(self._pending):
            what = ("started", self.rollout.id, self._started)
            public = fargate and runs_public(self.rollout.setting, self._started)
            self._running.append(Age(make_task(self._chance, self._start, what, public=public), 0))
            self._started += 1


def start_of(service: Service, rollout: Rollout, network: Network) -> Start:
    """How the tasks of a rollout are started."""
    cluster = service.cluster_arn.rpartition("/")[2]
    setting = rollout.setting
    return Start(
        cluster_arn=service.cluster_arn,
        arn=f"{service.arn.partition(':service/')[0]}:task/{cluster}/",
        group=f"service:{service.name}",
        started_by=rollout.id,
        service_arn=service.arn,
        task_set_arn=rollout.arn or None,
        task_definition=rollout.task_definition,
        launch=rollout.runs_on,
        provider=setting.launch if setting.provider else None,
        subnets=_subnets(rollout, network),
        groups=rollout.groups,
        tags=rollout.tags,
        begun=rollout.created,
    )


def _subnets(rollout: Rollout, network: Network) -> tuple[Subnet, ...]:
    """Fargate's tasks have an interface, also where the configuration was left out."""
    if not rollout.subnets and rollout.runs_on == "FARGATE":
        return network.subnets(PRIVATE)
    known = {subnet.id: subnet for vpc in network.vpcs for subnet in vpc.subnets}
    return tuple(known[subnet] for subnet in rollout.subnets)
