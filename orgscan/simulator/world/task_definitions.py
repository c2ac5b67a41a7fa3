"""What task definitions hold: images, logs, secrets, storage, all by the ARN's draw."""

from __future__ import annotations

from typing import Any

from orgscan.simulator.chance import Chance
from orgscan.simulator.wire.forms import Tree


def containers(chance: Chance, arn: str) -> list[Tree]:
    """Their definitions; the second one ships the logs of the first."""
    draw = chance.digest("task definition", arn)
    app: dict[str, Tree] = {
        "name": "app",
        "image": _image(arn, draw[0]),
        "essential": True,
        "cpu": 0,
        "portMappings": [{"containerPort": 8_080, "hostPort": 8_080, "protocol": "tcp"}],
        # People put secrets here, whatever one tells them.
        "environment": [{"name": "DB_PASSWORD", "value": "hunter2 </script>"}],
        "mountPoints": [],
        "volumesFrom": [],
    }
    app |= _logs(arn, draw[1])
    if secrets := _secrets(arn, draw[2]):
        app["secrets"] = secrets
    if str(app["image"]).startswith("ghcr.io"):
        app["repositoryCredentials"] = {"credentialsParameter": _secret(arn, "registry")}
    if draw[1] % 8 != 6:
        return [app]
    router: dict[str, Tree] = {
        "name": "log-router",
        "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
        "essential": True,
        "firelensConfiguration": {"type": "fluentbit"},
    }
    return [app, router]


def surroundings(chance: Chance, arn: str, *, fargate: bool) -> dict[str, Tree]:
    """Roles, platform and storage; what was not asked for is absent."""
    draw = chance.digest("task definition around", arn)
    _, partition, _, _, account, _ = arn.split(":", 5)
    role = f"arn:{partition}:iam::{account}:role/"
    members: dict[str, Tree] = {
        "executionRoleArn": role + "ecs-execution",
        "taskRoleArn": role + "ecs-task",
    }
    if fargate:
        cpu = "ARM64" if draw[0] % 4 == 0 else "X86_64"
        members["runtimePlatform"] = {"cpuArchitecture": cpu, "operatingSystemFamily": "LINUX"}
    if fargate and draw[1] % 6 == 0:
        members["ephemeralStorage"] = {"sizeInGiB": 40}
    return members


def _parts(arn: str) -> tuple[str, str, str, str]:
    """Partition, region, account and family."""
    _, partition, _, region, account, rest = arn.split(":", 5)
    return partition, region, account, rest.rpartition("/")[2].rpartition(":")[0]


def _image(arn: str, draw: int) -> str:
    partition, region, account, family = _parts(arn)
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    own = f"{account}.dkr.ecr.{region}.{suffix}/{family}:1"
    elsewhere = (
        f"999911112222.dkr.ecr.{region}.{suffix}/base/{family}:1",
        "public.ecr.aws/nginx/nginx:1.27",
        f"example/{family}:1",
        f"ghcr.io/example/{family}@sha256:{'0' * 64}",
    )
    return own if draw % 8 < 4 else elsewhere[draw % 8 - 4]


def _logs(arn: str, draw: int) -> dict[str, Tree]:
    _, region, _, family = _parts(arn)
    kind = draw % 8
    if kind == 7:
        return {}
    if kind == 6:
        return {"logConfiguration": {"logDriver": "awsfirelens", "options": {"Name": "cloudwatch"}}}
    options: dict[str, Tree] = {
        "awslogs-group": f"/ecs/{family}",
        "awslogs-region": region,
        "awslogs-stream-prefix": "app",
    }
    return {"logConfiguration": {"logDriver": "awslogs", "options": options}}


def _secrets(arn: str, draw: int) -> list[Tree]:
    partition, region, account, family = _parts(arn)
    parameter = f"arn:{partition}:ssm:{region}:{account}:parameter/{family}/token"
    kinds: tuple[dict[str, Any] | None, ...] = (
        {"name": "TOKEN", "valueFrom": _secret(arn, "token")},
        {"name": "TOKEN", "valueFrom": parameter},
        # A parameter of the same region may be named without its ARN.
        {"name": "TOKEN", "valueFrom": f"/{family}/token"},
    )
    return [kinds[draw % 6]] if draw % 6 < len(kinds) else []


def _secret(arn: str, name: str) -> str:
    partition, region, account, family = _parts(arn)
    return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{family}/{name}-AbCdEf"
