"""EC2 shows the networks that ECS runs in, and who has a public address now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orgscan.simulator import DEFAULT_REGIONS, Endpoint, Scenario, Simulator
from orgscan.simulator.world.workload import Workload

Serve = Callable[[Scenario], tuple[Simulator, Endpoint]]
Make = Callable[..., Any]
Refusal = Callable[..., tuple[str, str]]

REGION = "eu-west-1"
GALLERY = Scenario(density=0.0, gallery=((Scenario().account_id(0), REGION),))
ATTACHED = {"Name": "description", "Values": ["arn:aws:ecs:*:attachment/*"]}
PUBLIC = {"Name": "association.public-ip", "Values": ["*"]}


def exhibit(simulator: Simulator) -> Workload:
    """What exists there, from the simulator itself."""
    workload = simulator.world.workload(simulator.scenario.account_id(0), REGION)
    assert workload
    return workload


def test_only_enabled_regions_are_described_unless_all_are_wanted(
    serve: Serve, connect: Make, refusal: Refusal
) -> None:
    """The others are not-opted-in."""
    _, endpoint = serve(Scenario(disabled_regions=("af-south-1",)))
    client = connect(endpoint, "ec2")
    enabled = client.describe_regions()["Regions"]
    assert {r["RegionName"]: r["OptInStatus"] for r in enabled} == dict.fromkeys(
        DEFAULT_REGIONS, "opt-in-not-required"
    )
    regions = client.describe_regions(
        AllRegions=True, Filters=[{"Name": "opt-in-status", "Values": ["not-opted-in"]}]
    )["Regions"]
    assert [r["RegionName"] for r in regions] == ["af-south-1"]
    assert refusal(client.describe_regions, RegionNames=["nowhere"])[0] == "InvalidParameterValue"


def test_where_nothing_runs_there_is_no_network(serve: Serve, connect: Make) -> None:
    """Every list is empty, and nothing was built."""
    simulator, endpoint = serve(Scenario(density=0.0))
    client = connect(endpoint, "ec2", REGION)
    assert client.describe_vpcs()["Vpcs"] == []
    assert client.describe_subnets()["Subnets"] == []
    assert client.describe_network_interfaces()["NetworkInterfaces"] == []
    assert simulator.world.built == 0


def test_every_subnet_of_a_task_set_exists_in_a_vpc(serve: Serve, connect: Make) -> None:
    """What ECS names, EC2 describes: subnets, groups, and one default VPC."""
    simulator, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    rollouts = [r for s in exhibit(simulator).services() for r in s.rollouts]
    subnets = sorted({subnet for r in rollouts for subnet in r.subnets})
    groups = sorted({group for r in rollouts for group in r.groups})
    shown = client.describe_subnets(SubnetIds=subnets)["Subnets"]
    assert sorted(s["SubnetId"] for s in shown) == subnets
    shown_groups = client.describe_security_groups(GroupIds=groups)["SecurityGroups"]
    assert sorted(g["GroupId"] for g in shown_groups) == groups
    vpcs = {s["VpcId"] for s in shown}
    assert vpcs == {g["VpcId"] for g in shown_groups}
    found = client.describe_vpcs(VpcIds=sorted(vpcs))["Vpcs"]
    assert sorted(v["Tags"][0]["Value"] for v in found) == ["default", "shared", "workloads"]
    filters = [{"Name": "is-default", "Values": ["true"]}]
    assert len(client.describe_vpcs(Filters=filters)["Vpcs"]) == 1


def test_public_subnets_have_a_route_to_an_internet_gateway(serve: Serve, connect: Make) -> None:
    """Private ones have no association: they follow the main table, which has none."""
    simulator, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    network = exhibit(simulator).network

    def tables(name: str, value: str) -> list[dict[str, Any]]:
        filters = [{"Name": name, "Values": [value]}]
        found: list[dict[str, Any]] = client.describe_route_tables(Filters=filters)["RouteTables"]
        return found

    def default_routes(table: dict[str, Any]) -> list[str]:
        return [
            str(route.get("GatewayId") or route.get("NatGatewayId"))[:4]
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == "0.0.0.0/0"
        ]

    for subnet in network.subnets("public"):
        (table,) = tables("association.subnet-id", subnet.id)
        assert default_routes(table) == ["igw-"]
    for subnet in network.subnets("private"):
        assert tables("association.subnet-id", subnet.id) == []
    (main,) = (t for t in tables("association.main", "true") if t["VpcId"] == network.workloads.id)
    assert default_routes(main) == (["nat-"] if network.workloads.nat_gateway else [])


def test_nat_gateways_and_endpoints_take_filters_by_vpc(serve: Serve, connect: Make) -> None:
    """Over an organization some VPCs have a NAT gateway, and the others the endpoints instead."""
    simulator, endpoint = serve(Scenario(density=1.0, clusters=1, services=0))
    ways = set()
    for region in simulator.scenario.regions:
        client = connect(endpoint, "ec2", region)
        workload = simulator.world.workload(simulator.scenario.account_id(0), region)
        assert workload
        filters = [{"Name": "vpc-id", "Values": [workload.network.workloads.id]}]
        gateways = client.describe_nat_gateways(Filter=filters)["NatGateways"]
        shown = client.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
        services = {each["ServiceName"].partition(f"{region}.")[2] for each in shown}
        ways.add((len(gateways), frozenset(services)))
        gateway = next(each for each in shown if each["VpcEndpointType"] == "Gateway")
        assert len(gateway["RouteTableIds"]) == len(workload.network.workloads.route_tables)
    assert ways == {
        (1, frozenset({"s3"})),
        (0, frozenset({"s3", "ecr.api", "ecr.dkr", "logs"})),
    }


def test_one_query_finds_every_task_with_a_public_address(serve: Serve, connect: Make) -> None:
    """Two filters with wildcards: the interfaces of public Fargate tasks and no others."""
    simulator, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    paginator = client.get_paginator("describe_network_interfaces")
    pages = list(paginator.paginate(Filters=[ATTACHED, PUBLIC], PaginationConfig={"PageSize": 5}))
    shown = [eni for page in pages for eni in page["NetworkInterfaces"]]
    assert len(pages) > 1
    workload = exhibit(simulator)
    running = (*workload.tasks(), *workload.orphans)
    expected = {task.eni: task.public_ip for task in running if task.public_ip}
    assert {eni["NetworkInterfaceId"]: eni["Association"]["PublicIp"] for eni in shown} == expected
    assert {eni["Association"]["IpOwnerId"] for eni in shown} == {"amazon"}
    assert {eni["OwnerId"] for eni in shown} == {simulator.scenario.account_id(0)}
    assert all(eni["Attachment"]["InstanceOwnerId"] != eni["OwnerId"] for eni in shown)


def test_an_interface_is_joined_to_its_task_by_the_attachment(serve: Serve, connect: Make) -> None:
    """By the id in its description; bridge tasks have none, and some interfaces have no task."""
    simulator, endpoint = serve(GALLERY)
    interfaces = connect(endpoint, "ec2", REGION).describe_network_interfaces(Filters=[ATTACHED])
    by_attachment = {
        eni["Description"].rpartition("/")[2]: eni["NetworkInterfaceId"]
        for eni in interfaces["NetworkInterfaces"]
    }
    ecs = connect(endpoint, "ecs", REGION)
    joined = {}
    for cluster in ecs.list_clusters()["clusterArns"]:
        for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster):
            for task in ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"]:
                for attachment in task["attachments"]:
                    details = {d["name"]: d["value"] for d in attachment["details"]}
                    joined[attachment["id"]] = details["networkInterfaceId"]
    workload = exhibit(simulator)
    orphans = {orphan.attachment: orphan.eni for orphan in workload.orphans}
    assert len(orphans) == 2
    assert joined | orphans == by_attachment
    assert 0 < len(joined) < len(list(workload.tasks()))


def test_an_id_that_is_not_there_is_refused(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """By each resource's own error."""
    _, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    for call, parameters, code in (
        (client.describe_subnets, {"SubnetIds": ["subnet-1"]}, "InvalidSubnetID.NotFound"),
        (client.describe_vpcs, {"VpcIds": ["vpc-1"]}, "InvalidVpcID.NotFound"),
        (client.describe_security_groups, {"GroupIds": ["sg-1"]}, "InvalidGroup.NotFound"),
        (
            client.describe_network_interfaces,
            {"NetworkInterfaceIds": ["eni-1"]},
            "InvalidNetworkInterfaceID.NotFound",
        ),
    ):
        assert refusal(call, **parameters)[0] == code


@pytest.mark.parametrize("size", [4, 1_001])
def test_a_page_has_from_5_to_1000_entries(
    serve: Serve, connect: Make, refusal: Refusal, size: int
) -> None:
    """Route tables only 100."""
    _, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    assert refusal(client.describe_subnets, MaxResults=size)[0] == "InvalidParameterValue"
    assert refusal(client.describe_route_tables, MaxResults=101)[0] == "InvalidParameterValue"


def test_an_unknown_filter_is_refused(serve: Serve, connect: Make, refusal: Refusal) -> None:
    """Rather than ignored, which would answer another question."""
    _, endpoint = serve(GALLERY)
    client = connect(endpoint, "ec2", REGION)
    filters = [{"Name": "colour", "Values": ["red"]}]
    assert refusal(client.describe_subnets, Filters=filters) == (
        "InvalidParameterValue",
        "The filter 'colour' is invalid",
    )
