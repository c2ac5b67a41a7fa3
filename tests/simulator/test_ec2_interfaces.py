"""EC2 shows who has a public address now, whatever was stated when it was started."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.simulator import Credentials, Endpoint, Fault, FaultKind, Scenario, Simulator
from orgscan.simulator.world.workload import Rollout, Workload

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

REGION = "eu-west-1"
ATTACHED = {"Name": "description", "Values": ["arn:*:ecs:*:attachment/*"]}


def exhibit(simulator: Simulator) -> Workload:
    """What exists in the gallery, from the simulator itself."""
    workload = simulator.world.workload(simulator.scenario.account_id(0), REGION)
    assert workload
    return workload


def public_by_rollout(client: Any, workload: Workload) -> list[tuple[Rollout, list[bool]]]:  # noqa: ANN401 - botocore has no types
    """For each rollout of which something runs, whether each task's interface is public."""
    enis = client.describe_network_interfaces(Filters=[ATTACHED])["NetworkInterfaces"]
    public = {eni["NetworkInterfaceId"]: "Association" in eni for eni in enis}
    return [
        (rollout, [public[task.eni] for task in rollout.tasks if task.eni])
        for service in workload.services()
        for rollout in service.rollouts
        if any(task.eni for task in rollout.tasks)
    ]


def test_what_runs_may_differ_from_what_is_stated(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """DISABLED sets with public tasks left over; silent sets with public, private and both."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    seen: defaultdict[str | None, set[frozenset[bool]]] = defaultdict(set)
    for rollout, public in public_by_rollout(client, exhibit(simulator)):
        seen[rollout.setting.assign].add(frozenset(public))
    private, opened, mixed = frozenset({False}), frozenset({True}), frozenset({True, False})
    assert seen["ENABLED"] == {opened}
    assert {private, opened} <= seen["DISABLED"]
    assert {private, opened} <= seen[None]
    assert mixed in seen["DISABLED"] | seen[None]


def test_a_public_address_is_assigned_also_where_no_gateway_leads_out(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """ENABLED in private subnets, and behind a route whose gateway is gone."""
    simulator, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    kinds = {
        rollout.setting.subnets
        for rollout, public in public_by_rollout(client, exhibit(simulator))
        if all(public)
    }
    assert {"private", "blackhole", "transit", "shared", "default"} <= kinds


def test_tasks_in_dual_stack_subnets_have_a_global_ipv6_address(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Of the subnet's range, whatever their public IPv4 address is; others have none."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    subnets = {
        subnet["SubnetId"]: subnet["Ipv6CidrBlockAssociationSet"]
        for subnet in client.describe_subnets()["Subnets"]
    }
    wish = {"Name": "ipv6-addresses.ipv6-address", "Values": ["*"]}
    everybody = client.describe_network_interfaces(Filters=[ATTACHED])["NetworkInterfaces"]
    with_ipv6 = client.describe_network_interfaces(Filters=[ATTACHED, wish])["NetworkInterfaces"]
    for eni in with_ipv6:
        (shown,), (block,) = eni["Ipv6Addresses"], subnets[eni["SubnetId"]]
        address = ipaddress.ip_address(shown["Ipv6Address"])
        assert address in ipaddress.ip_network(block["Ipv6CidrBlock"])
        assert address in ipaddress.ip_network("2000::/3")
    assert {"Association" in eni for eni in with_ipv6} == {True, False}
    ids = {eni["NetworkInterfaceId"] for eni in with_ipv6}
    others = [eni for eni in everybody if eni["NetworkInterfaceId"] not in ids]
    assert others
    assert not any(eni["Ipv6Addresses"] or subnets[eni["SubnetId"]] for eni in others)


def test_the_filter_for_attachments_leaves_out_who_only_looks_like_one(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """NAT gateways and load balancers are public too, and one description is a lie."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    wish = {"Name": "association.public-ip", "Values": ["*"]}
    public = client.describe_network_interfaces(Filters=[wish])["NetworkInterfaces"]
    ours = client.describe_network_interfaces(Filters=[wish, ATTACHED])["NetworkInterfaces"]
    place = f"arn:aws:ecs:{REGION}:{gallery.account_id(0)}:attachment/"
    assert all(eni["Description"].startswith(place) for eni in ours)
    others = {eni["Description"] for eni in public} - {eni["Description"] for eni in ours}
    assert any(text.startswith("ELB app/") for text in others)
    assert any(text.startswith("arn:aws:ecs looks like") for text in others)


@pytest.mark.parametrize("name", ["subnet-id", "group-id", "vpc-id"])
def test_interfaces_are_found_by_where_they_are(
    serve: Serve, connect: Make, gallery: Scenario, name: str
) -> None:
    """By subnet, group and VPC, exactly or with a wildcard."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    everybody = client.describe_network_interfaces()["NetworkInterfaces"]
    readers: dict[str, Callable[[dict[str, Any]], set[str]]] = {
        "subnet-id": lambda eni: {eni["SubnetId"]},
        "group-id": lambda eni: {group["GroupId"] for group in eni["Groups"]},
        "vpc-id": lambda eni: {eni["VpcId"]},
    }
    held = readers[name]
    wanted = min(held(everybody[0]))
    expected = [eni["NetworkInterfaceId"] for eni in everybody if wanted in held(eni)]
    for value in (wanted, f"{wanted[:-1]}?"):
        wish = {"Name": name, "Values": [value]}
        found = client.describe_network_interfaces(Filters=[wish])["NetworkInterfaces"]
        assert [eni["NetworkInterfaceId"] for eni in found] == expected
    assert 0 < len(expected) < len(everybody)


def test_an_old_endpoint_refuses_the_parameter_it_does_not_know(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """A newer one takes it; both answer without it."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    wanted = {"Filters": [ATTACHED], "IncludeManagedResources": True}
    assert client.describe_network_interfaces(**wanted)["NetworkInterfaces"]
    _, endpoint = serve(msgspec.structs.replace(gallery, old_endpoints=True))
    client = connect(endpoint, "ec2", REGION)
    assert refusal(client.describe_network_interfaces, **wanted) == (
        "UnknownParameter",
        "The parameter IncludeManagedResources is not recognized",
    )
    assert client.describe_network_interfaces(Filters=[ATTACHED])["NetworkInterfaces"]


def test_pages_have_no_gaps_and_foreign_tokens_are_refused(
    serve: Serve, connect: Make, refusal: Refusal, gallery: Scenario
) -> None:
    """From 5 to 1,000 a page; a token holds for the filters it was given with."""
    _, endpoint = serve(gallery)
    client = connect(endpoint, "ec2", REGION)
    whole = client.describe_network_interfaces(Filters=[ATTACHED])["NetworkInterfaces"]
    found: list[str] = []
    wanted: dict[str, Any] = {"Filters": [ATTACHED], "MaxResults": 7}
    while True:
        page = client.describe_network_interfaces(**wanted)
        found += [eni["NetworkInterfaceId"] for eni in page["NetworkInterfaces"]]
        if "NextToken" not in page:
            break
        wanted["NextToken"] = page["NextToken"]
    assert found == [eni["NetworkInterfaceId"] for eni in whole]
    call = client.describe_network_interfaces
    stolen = {"MaxResults": 7, "NextToken": wanted["NextToken"]}
    assert refusal(call, **stolen)[0] == "InvalidNextToken"
    assert refusal(call, MaxResults=4)[0] == "InvalidParameterValue"
    assert refusal(call, MaxResults=1_001)[0] == "InvalidParameterValue"


def test_an_interface_may_be_gone_when_its_page_is_read(
    serve: Serve, connect: Make, gallery: Scenario
) -> None:
    """Some are; their tasks still name them."""
    fault = Fault(FaultKind.DETACH, probability=0.3)
    simulator, endpoint = serve(msgspec.structs.replace(gallery, faults=(fault,)))
    client = connect(endpoint, "ec2", REGION)
    shown = client.describe_network_interfaces(Filters=[ATTACHED])["NetworkInterfaces"]
    ids = {eni["NetworkInterfaceId"] for eni in shown}
    existing = {task.eni for task in exhibit(simulator).tasks() if task.eni}
    assert 0.5 < len(ids & existing) / len(existing) < 0.9
    ecs = connect(endpoint, "ecs", REGION)
    gone = next(t for t in exhibit(simulator).tasks() if t.eni and t.eni not in ids)
    (task,) = ecs.describe_tasks(cluster=gone.start.cluster_arn, tasks=[gone.arn])["tasks"]
    details = {each["name"]: each["value"] for each in task["attachments"][0]["details"]}
    assert details["networkInterfaceId"] == gone.eni


def test_in_a_shared_subnet_both_accounts_see_the_interface(
    serve: Serve, connect: Make, assume: Make
) -> None:
    """It belongs to the account that runs the task, the subnet to the one that shares it."""
    plain = Scenario()
    user, owner = plain.account_id(2), plain.account_id(1)
    places = ((user, REGION), (owner, REGION))
    _, endpoint = serve(Scenario(density=0.0, gallery=places))

    def interfaces(account: str) -> tuple[dict[str, str], set[str]]:
        session: Credentials = assume(endpoint, account)
        client = connect(endpoint, "ec2", REGION, session)
        found = client.describe_subnets()["Subnets"]
        shared = {s["SubnetId"] for s in found if s["Tags"][0]["Value"] == "shared-a"}
        enis = client.describe_network_interfaces()["NetworkInterfaces"]
        owners = {s["OwnerId"] for s in found if s["SubnetId"] in shared}
        ids = {e["NetworkInterfaceId"]: e["OwnerId"] for e in enis if e["SubnetId"] in shared}
        return ids, owners

    seen_by_user, owners = interfaces(user)
    assert (set(seen_by_user.values()), owners) == ({user}, {owner})
    seen_by_owner, owners = interfaces(owner)
    assert (set(seen_by_owner.values()), owners) == ({user, owner}, {owner})
    assert seen_by_user.items() <= seen_by_owner.items()
