"""The organization follows from its seed, and nothing of it is built before it is asked for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import Endpoint, Scenario, Simulator, account_id
from orgscan.simulator.world.workload import Workload

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Sign = Callable[..., dict[str, str]]
Send = Callable[..., tuple[int, dict[str, str], bytes]]

ECS = "AmazonEC2ContainerServiceV20141113"
ORGANIZATIONS = "AWSOrganizationsV20161128"


@pytest.fixture
def answers(serve: Serve, sign: Sign, send: Send) -> Callable[[Scenario], list[bytes]]:
    """The bodies and request ids of the same calls to an organization of this scenario."""

    def ask(scenario: Scenario) -> list[bytes]:
        _, endpoint = serve(scenario)
        found = []
        for service, target, body in (
            ("organizations", f"{ORGANIZATIONS}.ListAccounts", b"{}"),
            ("ecs", f"{ECS}.ListClusters", b"{}"),
            ("ecs", f"{ECS}.ListServices", b'{"cluster":"prod"}'),
            ("ecs", f"{ECS}.DescribeServices", b'{"cluster":"prod","services":["api","worker"]}'),
            ("ecs", f"{ECS}.DescribeServices", b'{"cluster":"none","services":["api"]}'),
        ):
            headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
            signed = sign(endpoint, service, "eu-west-1", endpoint, headers, body)
            _, shown, answer = send(endpoint, signed, body)
            found += [answer, shown["x-amzn-RequestId"].encode()]
        return found

    return ask


def gallery(seed: int, *, hostile: bool = False) -> Scenario:
    """The management account holds one service of every kind in eu-west-1."""
    place = (account_id(seed, 0), "eu-west-1")
    return Scenario(seed=seed, accounts=30, gallery=(place,), hostile=hostile)


def test_the_same_seed_gives_the_same_bytes(answers: Callable[[Scenario], list[bytes]]) -> None:
    """Request ids included."""
    first = answers(gallery(1, hostile=True))
    assert first == answers(gallery(1, hostile=True))
    assert all(first)


def test_another_seed_gives_another_organization(
    answers: Callable[[Scenario], list[bytes]],
) -> None:
    """Nothing but the error for a missing cluster is the same."""
    same = [a for a, b in zip(answers(gallery(1)), answers(gallery(2)), strict=True) if a == b]
    assert same == [b'{"__type":"ClusterNotFoundException","message":"Cluster not found."}']


def test_the_order_of_asking_changes_nothing() -> None:
    """Each account-region derives from itself alone."""
    scenario = Scenario(accounts=6, density=1.0)

    def build(numbers: list[int]) -> dict[int, Workload | None]:
        world = Simulator(scenario).world
        return {n: world.workload(scenario.account_id(n), "us-east-1") for n in numbers}

    assert build([0, 1, 2, 3, 4, 5]) == build([5, 3, 1, 4, 2, 0])


def test_ten_thousand_accounts_cost_nothing_until_they_are_asked_for() -> None:
    """A start builds no account-region and keeps no account but the caller's."""
    simulator = Simulator(Scenario(accounts=10_000))
    assert simulator.world.built == 0
    assert simulator.world.organization.account.cache_info().currsize == 1
    simulator.world.workload(simulator.scenario.account_id(9_999), "eu-west-1")
    assert simulator.world.built <= 1


def test_listing_accounts_makes_the_accounts_of_the_page(serve: Serve, connect: Make) -> None:
    """Twenty of ten thousand, wherever the page lies, and no account-region."""
    simulator, endpoint = serve(Scenario(accounts=10_000))
    client = connect(endpoint, "organizations")
    client.list_accounts()
    assert simulator.world.organization.account.cache_info().currsize == 20
    assert simulator.world.built == 0


def test_account_regions_are_built_once_while_they_are_remembered() -> None:
    """And dropped again when many others were asked for."""
    scenario = Scenario(accounts=300, density=1.0, clusters=1, services=0)
    world = Simulator(scenario).world

    def ask(number: int) -> None:
        region = scenario.regions[number % 10]
        world.workload(scenario.account_id(number // 10), region)

    for _ in range(3):
        ask(0)
    assert world.built == 1
    for number in range(2_049):
        ask(number)
    ask(0)
    assert world.built == 2_050


def test_every_account_has_an_id_of_its_own() -> None:
    """Twelve digits, some with a zero in front, and the number is found again."""
    scenario = Scenario(accounts=10_000, seed=5)
    ids = [scenario.account_id(number) for number in range(10_000)]
    assert len(set(ids)) == 10_000
    assert {len(each) for each in ids} == {12}
    assert any(each.startswith("0") for each in ids)
    assert [scenario.index_of(each) for each in ids[::100]] == list(range(0, 10_000, 100))
    assert scenario.index_of(scenario.account_id(10_000)) is None
    assert scenario.index_of("12345678901x") is None
    assert scenario.index_of("1") is None


@pytest.mark.parametrize("density", [0.0, 0.1, 0.5, 1.0])
def test_density_is_the_share_of_busy_account_regions(density: float) -> None:
    """Within a few percent."""
    scenario = Scenario(accounts=200, density=density)
    world = Simulator(scenario).world
    busy = sum(
        world.has_clusters(scenario.account_id(n), region)
        for n in range(200)
        for region in scenario.regions
    )
    assert abs(busy / (200 * 17) - density) < 0.03


def test_every_kind_of_service_comes_without_being_asked_for() -> None:
    """Over a hundred accounts each controller, status and setting is there."""
    scenario = Scenario(accounts=100, density=0.5)
    world = Simulator(scenario).world
    kinds: Counter[tuple[str, str, str | None, str]] = Counter()
    for number in range(100):
        for region in scenario.regions[:5]:
            workload = world.workload(scenario.account_id(number), region)
            for service in workload.services() if workload else ():
                kinds.update(
                    (service.controller, r.setting.status, r.setting.assign, r.setting.launch)
                    for r in service.rollouts
                )
    assert {kind[0] for kind in kinds} == {"ECS", "EXTERNAL", "CODE_DEPLOY"}
    assert {kind[1] for kind in kinds} == {"PRIMARY", "ACTIVE", "DRAINING"}
    assert {kind[2] for kind in kinds} == {"ENABLED", "DISABLED", None}
    assert {kind[3] for kind in kinds} == {"FARGATE", "FARGATE_SPOT", "EC2", "asg-workers"}


def test_hostile_names_are_in_a_few_accounts_and_within_awss_limits(
    serve: Serve, connect: Make
) -> None:
    """Markup, escapes, right-to-left marks and newlines, in names, units and tags."""
    simulator, endpoint = serve(Scenario(accounts=300, hostile=True))
    client = connect(endpoint, "organizations")
    accounts = [a for p in client.get_paginator("list_accounts").paginate() for a in p["Accounts"]]
    names = "".join(account["Name"] for account in accounts)
    for text in ("</script>", "\x1b[31m", "\u202e", "\n", '"', "\u2028", "{{"):
        assert text in names
    assert max(len(account["Name"]) for account in accounts) == 128
    assert "</script>" in accounts[2]["Name"]
    plain = sum(a["Name"].isascii() and "-" in a["Name"] for a in accounts)
    assert plain > 250
    tags = client.list_tags_for_resource(ResourceId=accounts[2]["Id"])["Tags"]
    assert max(len(tag["Key"]) for tag in tags) == 128
    assert max(len(tag["Value"]) for tag in tags) == 256
    assert any("<script>" in unit.name for unit in simulator.world.organization.units.values())


def test_hostile_tags_arrive_whole(serve: Serve, connect: Make, assume: Make) -> None:
    """A service's and a task set's tags come through JSON as they are."""
    account = Scenario(seed=9).account_id(2)
    scenario = Scenario(seed=9, hostile=True, gallery=((account, "eu-west-1"),))
    simulator, endpoint = serve(scenario)
    client = connect(endpoint, "ecs", "eu-west-1", assume(endpoint, account))
    arn = client.list_services(cluster="prod")["serviceArns"][0]
    (service,) = client.describe_services(cluster="prod", services=[arn], include=["TAGS"])[
        "services"
    ]
    workload = simulator.world.workload(account, "eu-west-1")
    assert workload
    tags = {tag["key"]: tag["value"] for tag in service["tags"]}
    assert tags == workload.clusters[0].services[0].tags
    assert "</script>" in json.dumps(tags)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"accounts": 2}, "accounts must be from 3 to 10,000, not 2"),
        ({"accounts": 10_001}, "accounts must be from 3 to 10,000, not 10001"),
        ({"density": 1.5}, "density must be from 0 to 1, not 1.5"),
        ({"home_region": "moon"}, "the home region moon is not among the regions"),
        ({"disabled_regions": ("eu-west-1",)}, "regions both enabled and disabled: eu-west-1"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused(wrong: dict[str, Any], why: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(ValueError, match=f"^{why}$"):
        Scenario(**wrong)
