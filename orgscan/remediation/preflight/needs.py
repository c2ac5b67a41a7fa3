"""Whom a task calls to start, by its task definition and platform.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from orgscan.remediation.preflight.facts import Container, Definition
from orgscan.remediation.preflight.interface import PreflightRequest

_ECR = re.compile(
    r"\d{12}\.dkr(?P<dual>\.ecr|-ecr)(-fips)?\.(?P<region>[a-z0-9-]+)"
    r"\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)/",
    re.ASCII,
)
_ARN_SERVICE, _ARN_REGION = 2, 3


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has to be reached before a task runs.

    Attributes:
        name: for people.
        services: interface endpoints, by the end of their service's name; without any of them it
            is reached over the internet.
        s3: whether image layers or files come from S3, for which there is a gateway endpoint.
        perhaps: endpoints that are needed only where a key of the customer's own is used.
        unknown: whether only the task itself knows whom it calls.
        ipv6: whether it answers over IPv6.
    """

    name: str
    services: tuple[str, ...] = ()
    s3: bool = False
    perhaps: tuple[str, ...] = ()
    unknown: bool = False
    ipv6: bool = False


def needs_of(definition: Definition, request: PreflightRequest, region: str) -> list[Need]:
    """Each once, in the order in which a task meets them."""
    found: dict[str, Need] = {}
    old = is_old_platform(request.platform_version, definition)
    for container in definition.containers:
        for need in _of_container(container, region, old=old):
            found.setdefault(need.name, need)
    if request.execute_command:
        found["ECS Exec"] = Need(name="ECS Exec", services=("ssmmessages",))
    return list(found.values())


def is_old_platform(version: str | None, definition: Definition | None) -> bool:
    """Whether Fargate still has an interface of its own for logins and secrets: before 1.4.0.

    Windows counts its platform versions from 1.0.0 on, and has none such.
    """
    system = definition.operating_system if definition else None
    if version is None or version.upper() == "LATEST" or (system or "").startswith("WINDOWS"):
        return False
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version, re.ASCII)
    return numbers is not None and tuple(map(int, numbers.groups())) < (1, 4, 0)


def _of_container(container: Container, region: str, *, old: bool) -> Iterator[Need]:
    yield _image(container.image, region, old=old)
    if not old:
        yield from (_secret(named, region) for named in container.secrets)
    if container.environment_files:
        yield Need(name="S3 for environment files", s3=True)
    if container.log_driver == "awslogs":
        yield _regional("CloudWatch Logs", "logs", container.log_region or region, region)
    elif container.log_driver is not None:
        yield Need(name=f"logs by {container.log_driver}", unknown=True)


def _image(image: str, region: str, *, old: bool) -> Need:
    found = _ECR.match(image)
    if found is None:
        return Need(name=f"images of {_registry(image)}")
    if found["region"] != region:
        return Need(name=f"images of ECR in {found['region']}")
    is_dual = found["dual"] == "-ecr"
    return Need(
        name="images of ECR (dual-stack)" if is_dual else "images of ECR",
        services=("ecr.dkr",) if old else ("ecr.api", "ecr.dkr"),
        s3=True,
        ipv6=is_dual,
    )


def _registry(image: str) -> str:
    """The host of an image; a name without one is Docker Hub's."""
    host, slash, _ = image.partition("/")
    is_host = slash and ("." in host or ":" in host or host == "localhost")
    return host if is_host else "docker.io"


def _secret(named: str, region: str) -> Need:
    """A parameter of the same region may be named without its ARN."""
    parts = named.split(":")
    is_arn = parts[0] == "arn" and len(parts) > _ARN_REGION
    where = (parts[_ARN_REGION] if is_arn else "") or region
    if is_arn and parts[_ARN_SERVICE] == "secretsmanager":
        return _regional("Secrets Manager", "secretsmanager", where, region, perhaps=("kms",))
    return _regional("Parameter Store", "ssm", where, region, perhaps=("kms",))


def _regional(
    name: str, service: str, where: str, region: str, perhaps: tuple[str, ...] = ()
) -> Need:
    """An endpoint leads to the services of its own region only."""
    if where != region:
        return Need(name=f"{name} in {where}")
    return Need(name=name, services=(service,), perhaps=perhaps)
