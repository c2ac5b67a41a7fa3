"""A service of the EXTERNAL controller that changes as AWS changes it, read by read.

It keeps AWS's rules and lags: a set at 0 % is steady at once, the computed count follows the scale
a read later, tasks start a read after that. moto has none of this: it deletes primaries, scales new
sets to 100 %, knows no counts, and calls every set steady.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.config.allowlist import Allowlist, parse_allowlist
from orgscan.model.remediation import (
    Begun,
    Direction,
    Permit,
    Place,
    Plan,
    PlannedAction,
    Proof,
)
from orgscan.remediation.actions.registry import ACTIONS, kind_for
from orgscan.remediation.carry import Hands, Seen
from orgscan.remediation.checks import LiveChecks
from orgscan.remediation.digests import digest_of
from orgscan.remediation.journal import FORMAT, VERSION, RemediationJournal
from orgscan.remediation.work import Worked, back, forward

T = TypeVar("T")
Shape = dict[str, Any]

ACCOUNT, REGION = "111122223333", "eu-west-1"
HEAD = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
CLUSTER = f"{HEAD}:cluster/prod"
SERVICE = f"{HEAD}:service/prod/api"
OLD = "ecs-svc/1000000000000000001"
NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC).timestamp()
ALLOWLIST = """
version: 1
remediate:
  - id: payments-external
    accounts: ["111122223333"]
    regions: [eu-west-1]
    clusters: [prod]
    services: ["api*"]
    actions: [replace-task-set, redeploy-codedeploy, update-service]
    owner: payments@example.org
    ticket: SEC-1234
    expires: 2027-01-31
    max_changes: 5
"""
PLACE = Place(
    account_id=ACCOUNT,
    account_name='<script>alert("pay")</script>',
    ou_path="r-ab12/ou-ab12-11111111",
    region=REGION,
    cluster_arn=CLUSTER,
    service_arn=SERVICE,
    service_name="api",
    resource_arn=f"{HEAD}:task-set/prod/api/{OLD}",
    controller="EXTERNAL",
)
PERMIT = Permit(
    entry="payments-external",
    owner="payments@example.org",
    ticket="SEC-1234",
    expires="2027-01-31",
    max_changes=5,
)


class Killed(BaseException):
    """The process dies here: nothing below it may catch this."""


def task_set(**changes: object) -> Shape:
    """The public set that serves, as AWS shows it."""
    shape: Shape = {
        "id": OLD,
        "taskSetArn": f"{HEAD}:task-set/prod/api/{OLD}",
        "serviceArn": SERVICE,
        "clusterArn": CLUSTER,
        "status": "PRIMARY",
        "taskDefinition": f"{HEAD}:task-definition/api:7",
        "computedDesiredCount": 3,
        "pendingCount": 0,
        "runningCount": 3,
        "createdAt": 1764000000.0,
        "updatedAt": 1764000000.0,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "ENABLED",
            }
        },
        "loadBalancers": [],
        "serviceRegistries": [],
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE",
        "tags": [
            {"key": "team", "value": "=payments\u202e<b>"},
            {"key": "aws:cloudformation:stack-name", "value": "api"},
        ],
    }
    return {**shape, **changes}


class FakeEcs:
    """One service.

    Attributes:
        sets: its task sets as AWS shows them.
        writes: every call that changed something, in order.
        kill_before: dies before so many writes were made; `kill_after` likewise after.
        lose: numbers of writes whose answers are lost, although they happened.
        refuse: numbers of writes that AWS refuses, with code and message.
        stuck: no task of a new set ever runs.
        healthy: how many targets of each set are; None for all.
        on_read: called before each answer of DescribeServices, as `on_write`.
        on_write: called after each write, to let somebody else do something.
        fewest_running: the fewest tasks that ever ran.
        most_new: the most sets alike that were made and there at once.
    """

    def __init__(self, *sets: Shape, desired: int = 3) -> None:
        self.sets = [copy.deepcopy(one) for one in sets]
        self.desired = desired
        self.status = "ACTIVE"
        self.controller = "EXTERNAL"
        self.writes: list[tuple[str, Shape]] = []
        self.kill_before: int | None = None
        self.kill_after: int | None = None
        self.lose: set[int] = set()
        self.refuse: dict[int, tuple[str, str]] = {}
        self.stuck = False
        self.on_write: Callable[[int], None] = lambda _: None
        self.fewest_running = self.running()
        self.most_new = 0
        self.healthy: int | None = None
        self.on_read: Callable[[FakeEcs], None] = lambda _: None
        self._made: dict[str, Shape] = {}

    def running(self) -> int:
        """Tasks of all sets together."""
        return sum(one["runningCount"] for one in self.sets)

    def one(self, named: str) -> Shape:
        """By id or ARN."""
        for found in self.sets:
            if named in {found["id"], found["taskSetArn"]}:
                return found
        raise _refusal("TaskSetNotFoundException", "The specified task set wasn't found.")

    def progress(self) -> None:
        """What happens between two reads: counts follow scales, tasks follow counts."""
        for one in list(self.sets):
            if one["status"] == "DRAINING":
                if one["runningCount"] == 0:
                    self.sets.remove(one)
                one["runningCount"] = 0
                continue
            wanted = math.ceil(self.desired * one["scale"]["value"] / 100)
            if one["runningCount"] > one["computedDesiredCount"]:
                one["runningCount"] = one["computedDesiredCount"]
            elif one["runningCount"] < one["computedDesiredCount"] and not self.stuck:
                one["runningCount"] += 1
            one["computedDesiredCount"] = wanted
            steady = one["runningCount"] == wanted
            one["stabilityStatus"] = "STEADY_STATE" if steady else "STABILIZING"
        self.fewest_running = min(self.fewest_running, self.running())

    def service(self) -> Shape:
        """As DescribeServices shows it."""
        return {
            "serviceArn": SERVICE,
            "serviceName": "api",
            "clusterArn": CLUSTER,
            "status": self.status,
            "desiredCount": self.desired,
            "deploymentController": {"type": self.controller},
            "taskSets": [{**one, "tags": []} for one in self.sets],
            "deployments": [],
            "tags": [],
        }

    def answer(self, api: str, members: Shape) -> Shape:
        """What AWS answers.

        Raises:
            CallFailed: it refuses.
        """
        match api:
            case "ecs:CreateTaskSet":
                return {"taskSet": self._create(members)}
            case "ecs:UpdateTaskSet":
                one = self.one(members["taskSet"])
                one["scale"] = dict(members["scale"])
                return {"taskSet": one}
            case "ecs:UpdateServicePrimaryTaskSet":
                one = self.one(members["primaryTaskSet"])
                for other in self.sets:
                    if other["status"] == "PRIMARY":
                        other["status"] = "ACTIVE"
                one["status"] = "PRIMARY"
                return {"taskSet": one}
            case "ecs:DeleteTaskSet":
                one = self.one(members["taskSet"])
                if one["status"] == "PRIMARY":
                    raise _refusal("InvalidParameterException", "Primary TaskSet cannot be deleted")
                one["status"] = "DRAINING"
                return {"taskSet": one}
        return self._read(api, members)

    def _read(self, api: str, members: Shape) -> Shape:
        match api:
            case "ecs:DescribeServices":
                self.progress()
                self.on_read(self)
                return {"services": [copy.deepcopy(self.service())]}
            case "ecs:DescribeTaskSets":
                wanted = members["taskSets"]
                return {"taskSets": copy.deepcopy([o for o in self.sets if o["id"] in wanted])}
            case "ecs:ListTasks":
                running = self.one(members["startedBy"])["runningCount"]
                return {"taskArns": [f"{members['startedBy']}/{n}" for n in range(running)]}
            case "ecs:DescribeTasks":
                return {"tasks": [_task(arn) for arn in members["tasks"]]}
            case "elasticloadbalancing:DescribeTargetHealth":
                return {"TargetHealthDescriptions": list(self._targets())}
        raise AssertionError(f"{api} is not a call that remediation makes here")

    def _targets(self) -> Iterator[Shape]:
        for one in self.sets:
            for number in range(one["runningCount"]):
                is_healthy = self.healthy is None or number < self.healthy
                yield {
                    "Target": {"Id": f"{one['id']}/{number}"},
                    "TargetHealth": {"State": "healthy" if is_healthy else "initial"},
                }

    def _create(self, members: Shape) -> Shape:
        if members["clientToken"] in self._made:
            return self._made[members["clientToken"]]
        if len(self.sets) >= 5:
            raise _refusal(
                "InvalidParameterException",
                "5 deployments exist on the service. Unable to create new TaskSet since this "
                "exceeds the maximum limit.",
            )
        number = f"ecs-svc/{2_000_000_000_000_000_000 + len(self._made):019d}"
        made: Shape = {
            **{k: v for k, v in members.items() if k not in {"cluster", "service", "clientToken"}},
            "id": number,
            "taskSetArn": f"{HEAD}:task-set/prod/api/{number}",
            "status": "ACTIVE",
            "computedDesiredCount": 0,
            "pendingCount": 0,
            "runningCount": 0,
            "stabilityStatus": "STEADY_STATE",
        }
        self._made[members["clientToken"]] = made
        self.sets.append(made)
        new = [one for one in self.sets if one["id"] in {m["id"] for m in self._made.values()}]
        by_network = [one["networkConfiguration"] for one in new if one["status"] != "DRAINING"]
        self.most_new = max(self.most_new, *map(by_network.count, by_network))
        return made


def _task(arn: str) -> Shape:
    """Its address is its ARN here."""
    address = {"name": "privateIPv4Address", "value": arn}
    return {"lastStatus": "RUNNING", "attachments": [{"details": [address]}]}


def _refusal(code: str, message: str) -> CallFailed:
    return CallFailed(FailureKind.REFUSED, api="", code=code, message=message, status=400)


class FakeSession(RegionSession):
    """A session on the fake; one that may not write refuses every write as AWS does."""

    def __init__(self, ecs: FakeEcs, *, may_write: bool) -> None:
        self.region = REGION
        self.api_calls = 0
        self._ecs = ecs
        self._may_write = may_write

    async def call(self, operation: Operation[T], parameters: Parameters) -> Reply[T]:
        """One call, with whatever goes wrong with it."""
        ecs = self._ecs
        if not operation.changes:
            answer = ecs.answer(operation.api, parameters)
            return Reply(msgspec.convert(answer, operation.reply), digest_of(answer))
        assert self._may_write, f"{operation.api} by the read role"
        number = len(ecs.writes) + 1
        if ecs.kill_before == number:
            raise Killed
        if number in ecs.refuse:
            ecs.writes.append((operation.api, parameters))
            raise _refusal(*ecs.refuse[number])
        answer = ecs.answer(operation.api, parameters)
        ecs.writes.append((operation.api, copy.deepcopy(parameters)))
        ecs.on_write(number)
        if ecs.kill_after == number:
            raise Killed
        if number in ecs.lose:
            raise CallFailed(FailureKind.TRANSIENT, api=operation.api, message="connection reset")
        return Reply(msgspec.convert(answer, operation.reply), digest_of(answer))


class FakeClock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> float:
        """Seconds since 1970."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Pass it."""
        self.time += seconds


class Bench:
    """A service with a plan for it, a journal, and everything to carry it out.

    Attributes:
        seen: what the control says of what runs now.
        proof: what the pre-flight says.
        allowlist: as it is now.
    """

    def __init__(self, ecs: FakeEcs, journal: Path) -> None:
        self.ecs = ecs
        self.path = journal
        self.clock = FakeClock()
        self.seen = Seen(True, "it states DISABLED")
        self.proof = Proof(verdict="PASS")
        self.allowlist: Allowlist = parse_allowlist(ALLOWLIST, "a.yaml")
        self.said: list[str] = []
        self.place = PLACE
        self.permit = PERMIT

    async def planned(self) -> PlannedAction:
        """The plan for the set that was found."""
        kind = kind_for(self.place.controller)
        assert kind is not None
        action = ACTIONS[kind]
        live = await action.read(FakeSession(self.ecs, may_write=False), self.place)
        made = action.plan(live, self.place, PERMIT)
        assert isinstance(made, PlannedAction), made
        return made

    async def plan(self, soak: int = 600) -> Plan:
        """A plan of this one action."""
        return Plan(
            id="20261126T120000Z-abcdef",
            made_at="2026-11-26T12:00:00Z",
            expires_at="2026-11-27T12:00:00Z",
            made_by="arn:aws:iam::999999999999:user/ada",
            run_id="20261126T110000Z-123456",
            management_account_id="999999999999",
            allowlist="/allowlist.yaml",
            soak_seconds=soak,
            actions=(await self.planned(),),
            none=(),
        )

    def begin(self, plan: Plan) -> RemediationJournal:
        """Its journal."""
        begun = Begun(
            format=FORMAT,
            version=VERSION,
            at="2026-11-26T12:00:00Z",
            plan=plan,
            plan_digest=digest_of(plan),
            approved_by="arn:aws:iam::999999999999:user/ada",
            approved_how="--yes",
        )
        return RemediationJournal.create(self.path, begun)

    def hands_of(self, planned: PlannedAction) -> Hands:
        """As `hands`, where a plan is about several sets."""
        self.place = planned.place
        return self.hands(planned)

    def hands(self, _: PlannedAction) -> Hands:
        """The session, the checks and the clock."""

        async def observe(planned: PlannedAction, id_of: str) -> Seen:
            assert (planned.place, bool(id_of)) == (self.place, True)
            return self.seen

        async def prove(session: RegionSession, planned: PlannedAction) -> Proof:
            del session, planned
            return self.proof

        reader = FakeSession(self.ecs, may_write=False)
        return Hands(
            reader=reader,
            writer=FakeSession(self.ecs, may_write=True),
            checks=LiveChecks(
                allowlist=lambda: self.allowlist,
                reader=lambda _: reader,
                prove=prove,
                clock=self.clock,
                accept_unproven=False,
            ),
            observe=observe,
            clock=self.clock,
            say=self.said.append,
        )


class Processes:
    """The processes that carry out one plan, each with nothing but the journal of the last."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @staticmethod
    def dying(append: Callable[..., None], line: int) -> Callable[..., None]:
        """`RemediationJournal.append` that dies instead of writing its line of this number."""
        left = [line]

        def dies(journal: RemediationJournal, written: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            append(journal, written)

        return dies

    async def first(self) -> None:
        """Plan and apply, until the end or the kill."""
        plan = await self._bench.plan()
        with self._bench.begin(plan) as journal, contextlib.suppress(Killed):
            await forward(journal, self._bench.hands)

    async def again(self, direction: Direction) -> Worked:
        """Another process: resume, or rollback; it is not killed."""
        self._bench.ecs.kill_before = self._bench.ecs.kill_after = None
        return await self._go_on(direction)

    async def killed_again(self, direction: Direction, number: int) -> None:
        """Another process, which is killed after so many writes more."""
        ecs = self._bench.ecs
        ecs.kill_before, ecs.kill_after = None, len(ecs.writes) + number
        with contextlib.suppress(Killed):
            await self._go_on(direction)

    async def _go_on(self, direction: Direction) -> Worked:
        with RemediationJournal.reopen(self._bench.path) as journal:
            way = forward if direction is Direction.FORWARD else back
            return await way(journal, self._bench.hands)


@pytest.fixture
def processes() -> type[Processes]:
    """Carries out a plan in more than one process."""
    return Processes


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    """Makes a bench on task sets: `bench(task_set())`."""

    def make(*sets: Shape, desired: int = 3) -> Bench:
        return Bench(
            FakeEcs(*(sets or (task_set(),)), desired=desired), tmp_path / "journal.ndjson"
        )

    return make
