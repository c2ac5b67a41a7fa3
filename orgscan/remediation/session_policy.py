"""The inline session policy of a writing session: the calls of one action on one service.

Whatever the remediate role may do, a session that changes a service can change that one only.
"""

from __future__ import annotations

import msgspec

from orgscan.model.remediation import PlannedAction

_LONGEST = 2_048  # characters, as sts:AssumeRole takes them
_LONGEST_NAME = 100
# IAM knows no resource for these.
_ANYWHERE = frozenset(
    {
        "codedeploy:StopDeployment",
        "codedeploy:ContinueDeployment",
        "codedeploy:GetDeploymentConfig",
    }
)


def session_policy(planned: PlannedAction, writes: tuple[str, ...]) -> str:
    """JSON that `sts:AssumeRole` takes.

    Args:
        planned: names the service, and its deployment group where it has one.
        writes: the calls, as IAM names them.
    """
    place = planned.place
    partition = place.service_arn.split(":")[1]
    in_region = f"arn:{partition}:ecs:{place.region}:{place.account_id}"
    # Two names of 255 characters would leave no room: their beginning has to do.
    names = "/".join(map(_pattern, (place.cluster_name, place.service_name)))
    ecs = [name for name in writes if name.startswith("ecs:")]
    deploy = [name for name in writes if name.startswith("codedeploy:")]
    anywhere = [name for name in deploy if name in _ANYWHERE]
    statements: list[dict[str, object]] = []
    if ecs:
        resources = [f"{in_region}:service/{names}", f"{in_region}:task-set/{names}/*"]
        statements.append(_allow(ecs, resources))
    if deploy:
        head = f"arn:{partition}:codedeploy:{place.region}:{place.account_id}"
        application = _pattern(planned.before["application"])
        group = f"{head}:deploymentgroup:{application}/{_pattern(planned.before['group'])}"
        named = [name for name in deploy if name not in _ANYWHERE]
        statements.append(_allow(named, [group, f"{head}:application:{application}"]))
        statements.append(_allow(anywhere, ["*"]))
    roles = f"arn:{partition}:iam::{place.account_id}:role/*"
    statements.append(
        _allow(["iam:PassRole"], [roles])
        | {"Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}
    )
    text = msgspec.json.encode({"Version": "2012-10-17", "Statement": statements}).decode()
    if len(text) > _LONGEST:
        raise AssertionError("unreachable: names are cut so that it fits")
    return text


def _allow(actions: list[str], resources: list[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _pattern(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}*"
