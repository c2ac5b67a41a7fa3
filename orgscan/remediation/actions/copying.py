"""A task set as the request that makes another one like it, without a public address.

Every member that `CreateTaskSet` takes is copied: what is left out gets a default that may be
another one (security groups: the VPC's default group; platform version: LATEST; a family without a
revision: the latest). `fargateEphemeralStorage` is in the answer and in no request.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
"""

from __future__ import annotations

from orgscan.model.remediation import Place, Shape
from orgscan.remediation.live import MARKER, SetState

_COPIED = ("externalId", "loadBalancers", "serviceRegistries", "platformVersion")
_MOST_TAGS = 50


def creation(place: Place, shape: Shape, awsvpc: Shape) -> Shape:
    """The members of `CreateTaskSet` but for the token; the set begins at 0 %.

    Args:
        place: the service.
        shape: the set to copy; `why_uncopyable` has nothing against it.
        awsvpc: the whole awsvpc configuration of the new set.
    """
    members: Shape = {
        "cluster": place.cluster_arn,
        "service": place.service_arn,
        "taskDefinition": shape["taskDefinition"],
        "networkConfiguration": {"awsvpcConfiguration": awsvpc},
        "scale": {"value": 0.0, "unit": "PERCENT"},
        "tags": own_tags(shape),
    }
    members |= {name: shape[name] for name in _COPIED if shape.get(name)}
    # One or the other; an answer may show a launch type that was derived from the strategy.
    if shape.get("capacityProviderStrategy"):
        members["capacityProviderStrategy"] = shape["capacityProviderStrategy"]
    else:
        members["launchType"] = shape["launchType"]
    return members


def with_token(members: Shape, token: str) -> Shape:
    """The request with what makes it idempotent, and marks the set that it makes as orgscan's."""
    marker = {"key": MARKER, "value": token}
    return {**members, "clientToken": token, "tags": [*members["tags"], marker]}


def own_tags(shape: Shape) -> list[Shape]:
    """Its tags, but for AWS's own and an earlier marker, neither of which may be copied."""
    tags: list[Shape] = shape.get("tags") or []
    return [tag for tag in tags if tag["key"] != MARKER and not _is_of_aws(tag["key"])]


def _is_of_aws(key: str) -> bool:
    return key.lower().startswith("aws:")


def private(shape: Shape, subnets: tuple[str, ...]) -> Shape:
    """The awsvpc configuration without a public address; `subnets` replace the present ones."""
    awsvpc = awsvpc_of(shape)
    return {
        "subnets": list(subnets) or list(awsvpc.get("subnets") or ()),
        "securityGroups": list(awsvpc.get("securityGroups") or ()),
        "assignPublicIp": "DISABLED",
    }


def awsvpc_of(shape: Shape) -> Shape:
    """The awsvpc configuration that a set, service or deployment states; empty where none."""
    found: Shape = (shape.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return found


def same_network(one: Shape, other: Shape) -> bool:
    """Whether two awsvpc configurations say the same; AWS promises no order of its lists."""
    return all(
        sorted(one.get(name) or ()) == sorted(other.get(name) or ())
        for name in ("subnets", "securityGroups")
    ) and one.get("assignPublicIp") == other.get("assignPublicIp")


def why_uncopyable(of: SetState) -> str:
    """What keeps a set from being made again as it is; empty where nothing does."""
    shape = of.shape
    if not awsvpc_of(shape).get("securityGroups"):
        return "its answer states no security groups, and left out they become the VPC's default"
    if ":" not in str(shape.get("taskDefinition", "")).rpartition("/")[2]:
        return "its answer states no revision of the task definition"
    if not shape.get("capacityProviderStrategy") and not shape.get("launchType"):
        return "its answer states neither launch type nor capacity providers"
    if shape.get("fargateEphemeralStorage"):
        return "CreateTaskSet does not take its Fargate ephemeral storage"
    if len(shape.get("loadBalancers") or ()) > 1:
        return "it is in several target groups, which CreateTaskSet does not take"
    if shape.get("serviceRegistries") and shape.get("externalId"):
        return "its external id is known to service discovery, and two sets would share it"
    if len(own_tags(shape)) >= _MOST_TAGS:
        return "it has as many tags as AWS allows, and none is left for orgscan's"
    return ""
