"""AWS Batch: job definitions."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services import planted
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.launchers import launchers, one_page
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.world.launcher_recipes import EKS, NODES, Kind
from orgscan.simulator.world.launchers import Launcher, Place


class _DescribeJobDefinitions(msgspec.Struct, rename="camel"):
    job_definitions: tuple[str, ...] = ()
    job_definition_name: str | None = None
    status: str | None = None
    max_results: int = 100
    next_token: str | None = None


def describe_job_definitions(call: Call, request: _DescribeJobDefinitions) -> Tree:
    """All, or those named by ARN or by `name:revision`."""
    found: list[Tree] = [
        _job_definition(job)
        for job in launchers(call, Kind.JOB)
        if request.status in {None, job.state}
        and request.job_definition_name in {None, job.name}
        and (not request.job_definitions or _is_named(job, request.job_definitions))
    ]
    listing = f"jobs {request.job_definitions} {request.job_definition_name} {request.status}"
    page, token = one_page(call, found, request.next_token, request.max_results, listing)
    answer: dict[str, Tree] = {"jobDefinitions": page}
    return answer if token is None else answer | {"nextToken": token}


def _is_named(job: Launcher, named: tuple[str, ...]) -> bool:
    return job.arn in named or f"{job.name}:1" in named


def _job_definition(job: Launcher) -> Tree:
    fargate = any(place.start.launch == "FARGATE" for place in job.places)
    return {
        "jobDefinitionName": job.name,
        "jobDefinitionArn": job.arn,
        "revision": 1,
        "status": job.state,
        "type": "multinode" if job.recipe.form == NODES else "container",
        "containerOrchestrationType": "EKS" if job.recipe.form == EKS else "ECS",
        # A definition for EC2 may name no capability at all.
        **({"platformCapabilities": ["FARGATE"]} if fargate else {}),
        **_properties(job),
    }


def _properties(job: Launcher) -> dict[str, Tree]:
    match job.recipe.form:
        case "eks":
            return {"eksProperties": {"podProperties": {"containers": []}}}
        case "tasks":
            tasks: list[Tree] = [
                {"containers": [_container(job)], **_network(p)} for p in job.places
            ]
            return {"ecsProperties": {"taskProperties": tasks}}
        case "nodes":
            parts: list[Tree] = [
                {"targetNodes": f"{at}:{at}", "container": _container(job)}
                for at, _ in enumerate(job.places)
            ]
            return {"nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": parts}}
    (place,) = job.places
    return {"containerProperties": {**_container(job), **_network(place)}}


def _container(job: Launcher) -> dict[str, Tree]:
    return {"image": f"registry.example/{job.name}:1", **planted.container()}


def _network(place: Place) -> dict[str, Tree]:
    if not place.start.awsvpc:
        return {}
    assign = {"assignPublicIp": place.start.assign} if place.start.assign else {}
    return {"networkConfiguration": assign}


OPERATIONS = (
    Operation("DescribeJobDefinitions", _DescribeJobDefinitions, describe_job_definitions),
)
