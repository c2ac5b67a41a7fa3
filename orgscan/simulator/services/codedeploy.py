"""AWS CodeDeploy: what can be read of applications, groups and deployments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from orgscan.simulator.services import codedeploy_shapes as shapes
from orgscan.simulator.services import codedeploy_writes
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.codedeploy_find import (
    deployments,
    groups,
    known_application,
    known_deployment,
    known_group,
)
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.workload import Service

_PAGE = 100
_CONFIGS: dict[str, dict[str, Tree]] = {
    "CodeDeployDefault.ECSAllAtOnce": {"type": "AllAtOnce"},
    "CodeDeployDefault.ECSLinear10PercentEvery1Minutes": {
        "type": "TimeBasedLinear",
        "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 1},
    },
    "CodeDeployDefault.ECSCanary10Percent5Minutes": {
        "type": "TimeBasedCanary",
        "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5},
    },
}


class _Page(msgspec.Struct, rename="camel"):
    next_token: str | None = None


class _Applications(msgspec.Struct, rename="camel"):
    application_names: tuple[str, ...]


class _OfApplication(_Page, rename="camel", kw_only=True):
    application_name: str


class _Groups(msgspec.Struct, rename="camel"):
    application_name: str
    deployment_group_names: tuple[str, ...]


class _Deployments(_Page, rename="camel"):
    application_name: str | None = None
    deployment_group_name: str | None = None
    include_only_statuses: tuple[str, ...] = ()


class _Deployment(msgspec.Struct, rename="camel"):
    deployment_id: str


class _Targets(msgspec.Struct, rename="camel"):
    deployment_id: str
    target_ids: tuple[str, ...]


class _Target(msgspec.Struct, rename="camel"):
    deployment_id: str
    target_id: str


class _Revision(msgspec.Struct, rename="camel"):
    application_name: str
    revision: dict[str, object]


class _Config(msgspec.Struct, rename="camel"):
    deployment_config_name: str


def _page(call: Call, names: Sequence[str], token: str | None, what: str) -> dict[str, Tree]:
    listing = f"{call.account} {call.region} codedeploy {what}"
    try:
        page, following = call.pager.page(names, token, _PAGE, listing)
    except BadPageToken:
        raise Refusal("InvalidNextTokenException", "The next token is not valid.") from None
    return {what: list(page)} | ({"nextToken": following} if following else {})


def list_applications(call: Call, request: _Page) -> Tree:
    """One for each CODE_DEPLOY service."""
    names = [group.application for group in groups(call)]
    return _page(call, names, request.next_token, "applications")


def batch_get_applications(call: Call, request: _Applications) -> Tree:
    """At most 100; one that is not there fails them all."""
    _check_batch(request.application_names, "Application")
    found = [known_application(call, name) for name in request.application_names]
    return {"applicationsInfo": [shapes.application(group) for group in found]}


def _check_batch(names: Sequence[str], what: str) -> None:
    if not names:
        raise Refusal(f"{what}NameRequiredException", f"{what} name is required")
    if len(names) > _PAGE:
        raise Refusal("BatchLimitExceededException", f"At most {_PAGE} may be named.")


def list_deployment_groups(call: Call, request: _OfApplication) -> Tree:
    """Of one application."""
    group = known_application(call, request.application_name)
    page = _page(call, [group.name], request.next_token, "deploymentGroups")
    return {"applicationName": group.application, **page}


def batch_get_deployment_groups(call: Call, request: _Groups) -> Tree:
    """At most 100, of one application; those that are not there are left out, and named."""
    _check_batch(request.deployment_group_names, "DeploymentGroup")
    group = known_application(call, request.application_name)
    known = deployments(call, group)
    names = request.deployment_group_names
    missing = [name for name in names if name != group.name]
    answer: dict[str, Tree] = {
        "deploymentGroupsInfo": [
            shapes.deployment_group(group, known) for name in names if name == group.name
        ]
    }
    if missing:
        answer["errorMessage"] = f"Deployment groups not found: {', '.join(missing)}"
    return answer


def list_deployments(call: Call, request: _Deployments) -> Tree:
    """Of one group, or of all; by status where statuses are given."""
    wanted = groups(call)
    if request.application_name is not None:
        wanted = [known_group(call, request.application_name, request.deployment_group_name)]
    statuses = request.include_only_statuses
    ids = [
        each.id
        for group in wanted
        for each in deployments(call, group)
        if not statuses or each.status in statuses
    ]
    return _page(call, ids, request.next_token, "deployments")


def get_deployment(call: Call, request: _Deployment) -> Tree:
    """By its id, which is the external id of the task set that it makes."""
    shown = known_deployment(call, request.deployment_id)
    return {"deploymentInfo": shapes.deployment(shown, bare=call.world.scenario.bare_revisions)}


def batch_get_deployment_targets(call: Call, request: _Targets) -> Tree:
    """The one target of a deployment: its service."""
    if not request.target_ids:
        raise Refusal("DeploymentTargetIdRequiredException", "A target id is required.")
    found = [_target(call, request.deployment_id, each) for each in request.target_ids]
    return {"deploymentTargets": found}


def get_deployment_target(call: Call, request: _Target) -> Tree:
    """The target, by its id `CLUSTER:SERVICE` or the service's ARN."""
    return {"deploymentTarget": _target(call, request.deployment_id, request.target_id)}


def list_deployment_targets(call: Call, request: _Deployment) -> Tree:
    """The one target's id."""
    shown = known_deployment(call, request.deployment_id)
    return {"targetIds": [shapes.target_id(shown.group.service)]}


def _target(call: Call, deployment_id: str, target_id: str) -> Tree:
    shown = known_deployment(call, deployment_id)
    service = _now(call, shown.group.service)
    if target_id not in {shapes.target_id(service), service.arn}:
        raise Refusal(
            "DeploymentTargetDoesNotExistException",
            f"The deployment target {target_id} could not be found",
        )
    return shapes.target(shown, service)


def _now(call: Call, service: Service) -> Service:
    workload = call.world.workload(call.account, call.region)
    return (
        next((s for s in workload.services() if s.arn == service.arn), service)
        if workload
        else service
    )


def get_application_revision(call: Call, request: _Revision) -> Tree:
    """A revision that one of the application's deployments had."""
    group = known_application(call, request.application_name)
    for each in deployments(call, group):
        if each.revision and _same(each.revision.location, request.revision):
            return {
                "applicationName": group.application,
                "revision": each.revision.location,
                "revisionInfo": {
                    "deploymentGroups": [group.name],
                    "registerTime": each.created,
                    "firstUsedTime": each.created,
                    "lastUsedTime": each.created,
                },
            }
    raise Refusal("RevisionDoesNotExistException", "The revision does not exist.")


def _same(known: dict[str, object], asked: dict[str, object]) -> bool:
    """Whether it is the same revision: by its digest, or by its place in a bucket."""
    read: tuple[Callable[[dict[str, object]], object], ...] = (
        lambda location: _member(location, "appSpecContent", "sha256"),
        lambda location: _member(location, "string", "sha256"),
        lambda location: (
            _member(location, "s3Location", "bucket"),
            _member(location, "s3Location", "key"),
        ),
    )
    return known.get("revisionType") == asked.get("revisionType") and all(
        each(known) == each(asked) for each in read
    )


def _member(location: dict[str, object], kind: str, name: str) -> object:
    held = location.get(kind)
    return held.get(name) if isinstance(held, dict) else None


def get_deployment_config(_: Call, request: _Config) -> Tree:
    """AWS's own."""
    name = request.deployment_config_name
    if name not in _CONFIGS:
        raise Refusal(
            "DeploymentConfigDoesNotExistException",
            f"No Deployment Configuration found for name: {name}",
        )
    return {
        "deploymentConfigInfo": {
            "deploymentConfigName": name,
            "computePlatform": "ECS",
            "trafficRoutingConfig": _CONFIGS[name],
        }
    }


OPERATIONS = (
    Operation("ListApplications", _Page, list_applications),
    Operation("BatchGetApplications", _Applications, batch_get_applications),
    Operation("ListDeploymentGroups", _OfApplication, list_deployment_groups),
    Operation("BatchGetDeploymentGroups", _Groups, batch_get_deployment_groups),
    Operation("ListDeployments", _Deployments, list_deployments),
    Operation("GetDeployment", _Deployment, get_deployment),
    Operation("ListDeploymentTargets", _Deployment, list_deployment_targets),
    Operation("BatchGetDeploymentTargets", _Targets, batch_get_deployment_targets),
    Operation("GetDeploymentTarget", _Target, get_deployment_target),
    Operation("GetApplicationRevision", _Revision, get_application_revision),
    Operation("GetDeploymentConfig", _Config, get_deployment_config),
    *codedeploy_writes.OPERATIONS,
)
