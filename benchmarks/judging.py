"""Task sets judged per second of CPU, with what runs and how far it can be reached.

`python -m benchmarks.judging [--sets N] [--rounds N]` makes the facts of account-regions in memory
and lets every control judge them, as a scan does. Half of the sets are public, with two running
tasks each; security groups, subnets and network ACLs are as many as a real account-region has. A
second figure is for security groups of 100,000 rules together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import msgspec

from orgscan.controls.interface import Control
from orgscan.controls.reachability import Reachability
from orgscan.controls.registry import CONTROLS
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts, Service, TaskSet
from orgscan.model.facts import RegionFacts
from orgscan.model.observation import (
    AclEntry,
    InboundRule,
    Network,
    NetworkAcl,
    NetworkInterface,
    Observation,
    Route,
    RouteTable,
    RunningTask,
    SecurityGroup,
    Subnet,
)
from orgscan.model.organization import Account

_ACCOUNT = Account(id="111122223333", name="payments", state="ACTIVE", ou_path="r-ab12/ou-ab12-1")
_ARN = "arn:aws:ecs:eu-west-1:111122223333"
_CLUSTER = f"{_ARN}:cluster/prod"
_SUBNETS, _GROUPS, _RULES = 6, 200, 20
_PER_REGION = 500
_CROWD = 100_000


ALL = "all together"


class Judging(msgspec.Struct, frozen=True):
    """What judging costs.

    Attributes:
        sets: how many task sets were judged.
        regions: in how many account-regions.
        seconds: of CPU, by control, each alone with the joining and the reachability that it
            needs; and under `ALL` for all of them one after the other, as in a scan.
        rules: in the large security group.
        crowded: seconds of CPU to judge that group, once for a subnet.
    """

    sets: int
    regions: int
    seconds: dict[str, float]
    rules: int
    crowded: float

    def lines(self) -> Iterator[str]:
        """The figures for a terminal."""
        yield (
            f"{self.sets:,} task sets in {self.regions} account-regions, "
            "half of them with public tasks"
        )
        for name, seconds in self.seconds.items():
            yield f"  {name:30} {self.sets / seconds:14,.0f} sets/s"
        yield f"a security group of {self.rules:,} rules: {self.crowded:.2f} s once for a subnet"


def main() -> None:
    """Print sets per second of CPU, control by control and for all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for line in measure_judging(options.sets, options.rounds).lines():
        print(line)


def measure_judging(sets: int, rounds: int) -> Judging:
    """The least of several rounds; a machine that does other things as well only adds to it."""
    regions = [_region(number) for number in range(sets // _PER_REGION)]
    ways = {control.entry.id: (control,) for control in CONTROLS} | {ALL: CONTROLS}
    return Judging(
        sets=len(regions) * _PER_REGION,
        regions=len(regions),
        seconds={
            name: min(_judge(controls, regions) for _ in range(rounds))
            for name, controls in ways.items()
        },
        rules=_CROWD,
        crowded=_crowded(),
    )


def _judge(controls: tuple[Control, ...], regions: list[RegionFacts]) -> float:
    started = time.process_time()
    for facts in regions:
        for control in controls:
            for _ in control.evaluate(_ACCOUNT, "eu-west-1", facts):
                pass
    return time.process_time() - started


def _region(number: int) -> RegionFacts:
    sets = [_task_set(number, at) for at in range(_PER_REGION)]
    public = [one for one in sets if one.awsvpc and one.awsvpc.assign_public_ip == "ENABLED"]
    tasks = list(_tasks(public))
    return RegionFacts(
        ecs=EcsFacts(
            clusters=(_CLUSTER,),
            services=tuple(
                Service(
                    arn=one.service_arn,
                    name=one.service_name,
                    cluster_arn=_CLUSTER,
                    deployment_controller="EXTERNAL",
                    status="ACTIVE",
                    task_sets=(one,),
                )
                for one in sets
            ),
        ),
        observed=Observation(
            interfaces=tuple(interface for interface, _ in tasks),
            counted=2 * len(sets),
            tasks=tuple(task for _, task in tasks),
            network=_network(),
            evidence=("sha256:interfaces",),
        ),
    )


def _task_set(region: int, at: int) -> TaskSet:
    set_id = f"ecs-svc/{region:09d}{at:09d}"
    return TaskSet(
        arn=f"{_ARN}:task-set/prod/service-{at}/{set_id}",
        id=set_id,
        cluster_arn=_CLUSTER,
        service_arn=f"{_ARN}:service/prod/service-{at}",
        service_name=f"service-{at}",
        deployment_controller="EXTERNAL",
        status="PRIMARY",
        awsvpc=AwsvpcConfiguration(
            subnets=("subnet-0", "subnet-1"),
            security_groups=(f"sg-{at % _GROUPS}",),
            assign_public_ip="ENABLED" if at % 2 else "DISABLED",
        ),
        launch_type="FARGATE",
        running_count=2,
        evidence=("sha256:services",),
    )


def _tasks(sets: list[TaskSet]) -> Iterator[tuple[NetworkInterface, RunningTask]]:
    for number, of in enumerate(one for one in sets for _ in range(2)):
        interface = NetworkInterface(
            id=f"eni-{number}",
            attachment_id=f"attachment-{number}",
            subnet_id=f"subnet-{number % _SUBNETS}",
            vpc_id="vpc-1",
            public_ips=(f"198.18.{number // 250}.{number % 250}",),
            security_groups=of.awsvpc.security_groups if of.awsvpc else (),
            evidence=("sha256:interfaces",),
        )
        task = RunningTask(
            arn=f"{_ARN}:task/prod/{number:032x}",
            cluster_arn=_CLUSTER,
            attachment_ids=(interface.attachment_id,),
            group=f"service:{of.service_name}",
            started_by=of.id,
            evidence=("sha256:tasks",),
        )
        yield interface, task


def _network(rules: tuple[InboundRule, ...] = ()) -> Network:
    ordinary = tuple(
        InboundRule(protocol="tcp", from_port=port, to_port=port, ipv4=(source,))
        for port in range(8_000, 8_000 + _RULES // 2)
        for source in ("10.0.0.0/8", "203.0.113.0/24")
    )
    names = tuple(f"subnet-{number}" for number in range(_SUBNETS))
    routes = (
        Route(destination="10.0.0.0/16", target="local"),
        Route(destination="0.0.0.0/0", target="igw-1"),
        Route(destination="pl-1", target="vpce-1"),
    )
    return Network(
        subnets=tuple(Subnet(id=name) for name in names),
        route_tables=(
            RouteTable(id="rtb-1", vpc_id="vpc-1", is_main=False, subnets=names, routes=routes),
        ),
        security_groups=tuple(
            SecurityGroup(id=f"sg-{number}", inbound=rules or ordinary) for number in range(_GROUPS)
        ),
        network_acls=(
            NetworkAcl(
                id="acl-1",
                subnets=names,
                entries=tuple(
                    AclEntry(number=100, egress=out, allow=True, protocol="all", cidr="0.0.0.0/0")
                    for out in (False, True)
                ),
            ),
        ),
        evidence=("sha256:subnets", "sha256:tables", "sha256:groups", "sha256:acls"),
    )


def _crowded() -> float:
    rules = tuple(
        InboundRule(
            protocol="tcp",
            from_port=1 + number % 60_000,
            to_port=1 + number % 60_000,
            ipv4=(f"{20 + number // 65_536}.{number // 256 % 256}.{number % 256}.0/24",),
        )
        for number in range(_CROWD)
    )
    judge = Reachability(_network(rules))
    interface = NetworkInterface(
        id="eni-1",
        attachment_id="a",
        subnet_id="subnet-0",
        vpc_id="vpc-1",
        security_groups=("sg-0",),
    )
    started = time.process_time()
    judge.exposure(interface, 4)
    return time.process_time() - started


if __name__ == "__main__":
    main()
