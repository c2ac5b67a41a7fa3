"""`replace-task-set`: the public set is replaced, and every step of it can be survived."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.model.remediation import Code, Direction, PlannedAction
from orgscan.remediation.actions.copying import awsvpc_of
from orgscan.remediation.actions.replace_task_set import ReplaceTaskSet
from orgscan.remediation.allowed import Refused
from orgscan.remediation.carry import Seen
from orgscan.remediation.journal import RemediationJournal
from orgscan.remediation.live import Live, SetState
from orgscan.remediation.work import Worked, back, forward

FORWARD = [
    "ecs:CreateTaskSet",
    "ecs:UpdateTaskSet",
    "ecs:UpdateServicePrimaryTaskSet",
    "ecs:UpdateTaskSet",
    "ecs:DeleteTaskSet",
]


async def apply(bench: Any) -> Worked:  # noqa: ANN401 - the fixture's class is not importable
    """Plan and carry out, as one process."""
    with bench.begin(await bench.plan()) as journal:
        return await forward(journal, bench.hands)


async def test_a_public_set_is_replaced_by_its_private_copy(bench: Callable[..., Any]) -> None:
    """Five calls in this order, the new set serves, the old one is gone, tasks ran all along."""
    at = bench()

    worked = await apply(at)

    assert worked == Worked(True)
    assert [api for api, _ in at.ecs.writes] == FORWARD
    (left,) = at.ecs.sets
    assert (left["status"], left["scale"]["value"], left["runningCount"]) == ("PRIMARY", 100.0, 3)
    assert awsvpc_of(left)["assignPublicIp"] == "DISABLED"
    assert at.ecs.fewest_running == 3


async def test_every_setting_is_copied_and_none_is_left_to_a_default(
    bench: Callable[..., Any],
) -> None:
    """Pinned revision, security groups, platform version and tags, but AWS's own tags."""
    at = bench()

    await apply(at)

    api, members = at.ecs.writes[0]
    token = members.pop("clientToken")
    assert api == "ecs:CreateTaskSet"
    assert token.startswith("orgscan-")
    assert len(token) <= 36
    assert members == {
        "cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "service": "arn:aws:ecs:eu-west-1:111122223333:service/prod/api",
        "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "DISABLED",
            }
        },
        "scale": {"value": 0.0, "unit": "PERCENT"},
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "tags": [
            {"key": "team", "value": "=payments\u202e<b>"},
            {"key": "orgscan:action", "value": token},
        ],
    }


async def test_a_big_set_is_scaled_in_steps_of_ten_tasks(bench: Callable[..., Any]) -> None:
    """35 tasks: 28 percent is ten at most, then each step waits for the one before."""
    old = SetState({}).shape | _public(computedDesiredCount=35, runningCount=35)
    at = bench(old, desired=35)

    await apply(at)

    scales = [
        members["scale"]["value"]
        for api, members in at.ecs.writes
        if api == "ecs:UpdateTaskSet" and "2000" in members["taskSet"]
    ]
    assert scales == [28.0, 56.0, 84.0, 100.0]
    assert at.ecs.fewest_running == 35


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("when", ["before", "after", "lost"])
@pytest.mark.parametrize("then", ["resume", "rollback"])
async def test_the_process_may_die_at_any_call(
    bench: Callable[..., Any],
    processes: Callable[..., Any],
    number: int,
    when: str,
    then: str,
) -> None:
    """Killed before a call, after it, or its answer lost: both ways end in a legal state."""
    at = bench()
    run = processes(at)
    setattr(at.ecs, {"before": "kill_before", "after": "kill_after"}.get(when, "_"), number)
    if when == "lost":
        at.ecs.lose = {number}
    await run.first()

    worked = await run.again(Direction.FORWARD if then == "resume" else Direction.BACK)

    assert worked.is_done
    serving = [one for one in at.ecs.sets if one["status"] != "DRAINING"]
    assert [one["status"] for one in serving] == ["PRIMARY"]
    expected = "DISABLED" if then == "resume" else "ENABLED"
    assert awsvpc_of(serving[0])["assignPublicIp"] == expected
    assert at.ecs.fewest_running == 3
    assert at.ecs.most_new <= 1


@pytest.mark.parametrize("first", range(1, 6))
@pytest.mark.parametrize("second", range(1, 6))
async def test_a_rollback_may_die_at_any_call_too(
    bench: Callable[..., Any], processes: Callable[..., Any], first: int, second: int
) -> None:
    """The third process ends what the second began to take back."""
    at = bench()
    run = processes(at)
    at.ecs.kill_after = first
    await run.first()
    await run.killed_again(Direction.BACK, second)

    worked = await run.again(Direction.BACK)

    assert worked.is_done
    (left,) = [one for one in at.ecs.sets if one["status"] != "DRAINING"]
    assert (left["status"], awsvpc_of(left)["assignPublicIp"]) == ("PRIMARY", "ENABLED")
    assert at.ecs.fewest_running == 3
    assert at.ecs.most_new <= 1


@pytest.mark.parametrize("line", range(1, 14))
@pytest.mark.parametrize("then", list(Direction))
async def test_the_process_may_die_at_any_line_of_the_journal(
    bench: Callable[..., Any],
    processes: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    line: int,
    then: Direction,
) -> None:
    """Thirteen lines follow the first one; none of them is missed by resume or by rollback."""
    at = bench()
    run = processes(at)
    with monkeypatch.context() as patched:
        patched.setattr(RemediationJournal, "append", run.dying(RemediationJournal.append, line))
        await run.first()

    worked = await run.again(then)

    assert worked.is_done
    (left,) = [one for one in at.ecs.sets if one["status"] != "DRAINING"]
    expected = "DISABLED" if then is Direction.FORWARD else "ENABLED"
    assert (left["status"], awsvpc_of(left)["assignPublicIp"]) == ("PRIMARY", expected)
    assert at.ecs.fewest_running == 3
    assert at.ecs.most_new <= 1


async def test_behind_a_target_group_the_targets_have_to_be_healthy(
    bench: Callable[..., Any],
) -> None:
    """Two of three are not enough: nothing is made primary, and it is taken back."""
    at = bench(_public(loadBalancers=[GROUP]))
    at.ecs.healthy = 2

    worked = await apply(at)

    assert worked == Worked(
        False,
        "api: the targets of task set ecs-svc/2000000000000000000 did not become healthy; it was "
        "taken back",
    )
    assert "ecs:UpdateServicePrimaryTaskSet" not in {api for api, _ in at.ecs.writes}


async def test_a_set_that_does_not_serve_is_replaced_without_a_switch(
    bench: Callable[..., Any],
) -> None:
    """A canary of 50 %: the primary is not touched."""
    private = {**NETWORKS, "assignPublicIp": "DISABLED"}
    serving = _public(
        id="ecs-svc/9", taskSetArn="arn:9", networkConfiguration={"awsvpcConfiguration": private}
    )
    scale = {"value": 50.0, "unit": "PERCENT"}
    canary = _public(status="ACTIVE", scale=scale, computedDesiredCount=2, runningCount=2)
    at = bench(serving, canary)

    assert await apply(at) == Worked(True)
    assert "ecs:UpdateServicePrimaryTaskSet" not in {api for api, _ in at.ecs.writes}
    assert [(one["status"], one["scale"]["value"]) for one in at.ecs.sets] == [
        ("PRIMARY", 100.0),
        ("ACTIVE", 50.0),
    ]


async def test_a_set_that_never_settles_is_taken_back(bench: Callable[..., Any]) -> None:
    """The old one has served all along; nothing of the new one is left."""
    at = bench()
    at.ecs.stuck = True

    worked = await apply(at)

    assert worked == Worked(
        False,
        "api: task set ecs-svc/2000000000000000000 did not settle at 100 %: 0 of 3 run; it was "
        "taken back",
    )
    assert [(one["id"], one["status"]) for one in at.ecs.sets if one["status"] != "DRAINING"] == [
        ("ecs-svc/1000000000000000001", "PRIMARY")
    ]
    assert at.ecs.fewest_running == 3


async def test_fixed_means_observed(bench: Callable[..., Any]) -> None:
    """Where a task of the new set has a public address, it is taken back before anything goes."""
    at = bench()
    at.seen = Seen(False, "a task has 203.0.113.7")

    worked = await apply(at)

    assert worked == Worked(
        False, "api: the control fails on what runs now: a task has 203.0.113.7; it was taken back"
    )
    (left,) = [one for one in at.ecs.sets if one["status"] != "DRAINING"]
    assert (left["id"], left["scale"]["value"]) == ("ecs-svc/1000000000000000001", 100.0)
    assert at.ecs.fewest_running == 3


async def test_what_cannot_be_observed_is_left_to_be_resumed(bench: Callable[..., Any]) -> None:
    """The old set still runs whole, and a later look goes on from there."""
    at = bench()
    at.seen = Seen(None, "access denied")

    worked = await apply(at)
    assert worked == Worked(False, "api: what runs could not be observed: access denied")
    assert [(one["status"], one["scale"]["value"]) for one in at.ecs.sets] == [
        ("ACTIVE", 100.0),
        ("PRIMARY", 100.0),
    ]

    at.seen = Seen(True, "it states DISABLED")
    with RemediationJournal.reopen(at.path) as journal:
        assert await forward(journal, at.hands) == Worked(True)


async def test_the_soak_begins_anew_where_the_new_set_does_not_stay_settled(
    bench: Callable[..., Any],
) -> None:
    """A task dies in the middle of it: the old set is kept for the whole time after that."""
    at = bench()
    reads = 0

    def die(ecs: Any) -> None:  # noqa: ANN401 - the fixture's class
        nonlocal reads
        reads += any("soaking" in line for line in at.said)
        if reads == 5:
            ecs.sets[-1]["runningCount"] = 2

    at.ecs.on_read = die

    assert await apply(at) == Worked(True)

    assert [line.partition(":")[0] for line in at.said if "soak" in line] == [
        "soaking",
        "waiting",
        "soaking",
        "waiting",
    ]


async def test_a_set_that_dies_again_and_again_is_taken_back_within_hours(
    bench: Callable[..., Any],
) -> None:
    """Each time it settles in between, so that no single wait is too long."""
    at = bench()
    reads = 0

    def die(ecs: Any) -> None:  # noqa: ANN401 - the fixture's class
        nonlocal reads
        reads += 1
        if reads % 5 == 0 and any("soaking" in line for line in at.said) and len(ecs.sets) > 1:
            ecs.sets[-1]["runningCount"] = 2

    at.ecs.on_read = die

    worked = await apply(at)

    assert worked == Worked(False, "api: it did not come to rest for hours; it was taken back")


async def test_somebody_elses_release_stops_it_where_it_is(bench: Callable[..., Any]) -> None:
    """A task set that appears half-way is not ours: nothing more is changed, nor taken back."""
    at = bench()
    strange = _public(id="ecs-svc/3", taskSetArn="arn:x/ecs-svc/3", status="ACTIVE", tags=[])
    at.ecs.on_write = lambda number: at.ecs.sets.append(strange) if number == 1 else None

    worked = await apply(at)

    assert worked == Worked(
        False, "api: task set ecs-svc/3 has appeared: somebody else is releasing"
    )
    assert [api for api, _ in at.ecs.writes] == ["ecs:CreateTaskSet"]


async def test_a_new_set_that_somebody_else_deletes_is_not_made_again(
    bench: Callable[..., Any],
) -> None:
    """One change makes one set: it is taken back, and the old one has served all along."""
    at = bench()

    def delete(number: int) -> None:
        if number == 2:
            at.ecs.sets.pop()

    at.ecs.on_write = delete

    worked = await apply(at)

    assert worked == Worked(
        False,
        "api: the new task set is gone: somebody else has deleted it; it was taken back",
    )
    assert [api for api, _ in at.ecs.writes] == ["ecs:CreateTaskSet", "ecs:UpdateTaskSet"]
    assert at.ecs.fewest_running == 3


async def test_a_plan_on_another_state_changes_nothing(bench: Callable[..., Any]) -> None:
    """The set was given other security groups, that is, it was replaced by hand."""
    at = bench()
    plan = await at.plan()
    at.ecs.sets[0]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = ["sg-2"]

    with at.begin(plan) as journal:
        worked = await forward(journal, at.hands)

    assert worked == Worked(
        False,
        "api: ecs:CreateTaskSet was not called: the plan is stale: the service is not as it was "
        "when it was planned. Plan again",
    )
    assert at.ecs.writes == []


async def test_who_takes_the_entry_out_stops_what_is_under_way(bench: Callable[..., Any]) -> None:
    """The allowlist is read again before each call; taking back needs no permission."""
    at = bench()

    def forbid(number: int) -> None:
        if number == 2:
            at.allowlist = at.allowlist.model_copy(update={"remediate": ()})

    at.ecs.on_write = forbid
    with at.begin(await at.plan()) as journal:
        stopped = await forward(journal, at.hands)
        assert stopped.text == (
            "api: ecs:UpdateServicePrimaryTaskSet was not called: the allowlist does not permit it "
            "now: no entry of the allowlist names this service"
        )
        assert await back(journal, at.hands) == Worked(True)
    assert [one["id"] for one in at.ecs.sets if one["status"] == "PRIMARY"] == [
        "ecs-svc/1000000000000000001"
    ]


async def test_awss_refusal_is_told_in_its_own_words(bench: Callable[..., Any]) -> None:
    """Somebody made four sets between plan and call: the limit of five."""
    at = bench()
    at.ecs.refuse = {1: ("InvalidParameterException", "5 deployments exist on the service.")}

    worked = await apply(at)

    assert worked == Worked(
        False,
        "api: AWS refused ecs:CreateTaskSet: 5 deployments exist on the service.; it was taken "
        "back",
    )
    assert len(at.ecs.sets) == 1


async def test_a_finished_change_is_taken_back_by_making_the_old_set_anew(
    bench: Callable[..., Any],
) -> None:
    """After the deletion only a new id is possible; everything else is as it was."""
    at = bench()
    before = copy.deepcopy(at.ecs.sets[0])
    with at.begin(await at.plan()) as journal:
        assert await forward(journal, at.hands) == Worked(True)
        assert await back(journal, at.hands) == Worked(True)

    (left,) = [one for one in at.ecs.sets if one["status"] != "DRAINING"]
    same = ("taskDefinition", "networkConfiguration", "launchType", "platformVersion", "scale")
    assert {name: left[name] for name in same} == {name: before[name] for name in same}
    assert left["status"] == "PRIMARY"
    assert left["id"] != before["id"]
    assert at.ecs.fewest_running == 3


def _public(**changes: object) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "id": "ecs-svc/1000000000000000001",
        "taskSetArn": "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/"
        "ecs-svc/1000000000000000001",
        "status": "PRIMARY",
        "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7",
        "computedDesiredCount": 3,
        "pendingCount": 0,
        "runningCount": 3,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "ENABLED",
            }
        },
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE",
        "tags": [],
    }
    return shape | changes


NETWORKS = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
GROUP = {"targetGroupArn": "arn:tg/1", "containerName": "app", "containerPort": 80}
OTHER = {"targetGroupArn": "arn:tg/2", "containerName": "app", "containerPort": 80}
NETWORK = "networkConfiguration"
REFUSALS: list[tuple[str, list[dict[str, Any]], Code]] = [
    ("gone", [_public(id="ecs-svc/9", taskSetArn="arn:9")], Code.GONE),
    ("draining", [_public(status="DRAINING")], Code.DRAINING),
    ("five sets", [_public(), *(_public(id=f"s{n}", taskSetArn=f"a{n}") for n in range(4))],
     Code.TOO_MANY_SETS),
    ("stabilising", [_public(stabilityStatus="STABILIZING")], Code.STABILISING),
    ("scaled to zero", [_public(computedDesiredCount=0)], Code.SCALED_TO_ZERO),
    ("ephemeral storage", [_public(fargateEphemeralStorage={"kmsKeyId": "k"})], Code.UNCOPYABLE),
    ("two groups", [_public(loadBalancers=[GROUP, OTHER])], Code.UNCOPYABLE),
    ("weighted groups", [_public(loadBalancers=[GROUP]),
     _public(id="s", taskSetArn="a", status="ACTIVE", loadBalancers=[OTHER])], Code.UNCOPYABLE),
    ("discovery", [_public(serviceRegistries=[{"registryArn": "r"}], externalId="blue")],
     Code.UNCOPYABLE),
    ("no groups stated", [_public(**{NETWORK: {"awsvpcConfiguration": {"subnets": ["s"],
     "assignPublicIp": "ENABLED"}}})], Code.UNCOPYABLE),
    ("family only", [_public(taskDefinition="api")], Code.UNCOPYABLE),
    ("no launch type", [_public(launchType=None)], Code.UNCOPYABLE),
    ("private by now", [_public(**{NETWORK: {"awsvpcConfiguration": {"subnets": ["s"],
     "securityGroups": ["g"], "assignPublicIp": "DISABLED"}}})], Code.ALREADY_DISABLED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sets", "code"), [row[1:] for row in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_what_cannot_be_done_as_it_was_is_not_planned(
    bench: Callable[..., Any], sets: list[dict[str, Any]], code: Code
) -> None:
    """Each with its own code."""
    at = bench()
    service = {"status": "ACTIVE", "desiredCount": 3, "deploymentController": {"type": "EXTERNAL"}}
    live = Live(service=service, sets=tuple(map(SetState, sets)))

    made = ReplaceTaskSet().plan(live, at.place, at.permit)

    assert isinstance(made, Refused)
    assert made.code is code


async def test_a_plan_is_the_same_whenever_the_same_is_planned(bench: Callable[..., Any]) -> None:
    """And names the stack that would undo it, and what it doubles."""
    at = bench()

    first, second = await at.planned(), await at.planned()

    assert isinstance(first, PlannedAction)
    assert first == second
    assert (first.starting.tasks, first.minutes) == (3, 6)
    assert first.warnings[0] == (
        "CloudFormation stack 'api' manages it and will undo this: change its template too"
    )
    assert [request.api for request in first.requests] == FORWARD
