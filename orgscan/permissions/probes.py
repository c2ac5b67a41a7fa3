"""What to ask to learn whether a call is allowed: for something that nobody has, and few results.

AWS decides whether a call is allowed before it looks for what the call names, so that a thing that
is not there is as good as one that is.
"""

from __future__ import annotations

from typing import Any

from orgscan.aws.operation import Operation, Parameters

NOBODYS = "orgscan-doctor"

_FEW = {"MaxResults": 5}
_PLAIN: dict[str, Parameters] = {
    "ecs:ListServices": {"cluster": NOBODYS},
    "ecs:DescribeServices": {"cluster": NOBODYS, "services": [NOBODYS]},
    "ecs:DescribeTaskSets": {
        "cluster": NOBODYS,
        "service": NOBODYS,
        "taskSets": ["ecs-svc/0000000000000000000"],
    },
    "ecs:ListTasks": {"cluster": NOBODYS},
    "ecs:DescribeTasks": {"cluster": NOBODYS, "tasks": ["0" * 32]},
    "ec2:DescribeNetworkInterfaces": {
        "Filters": [{"Name": "description", "Values": [NOBODYS]}],
        **_FEW,
    },
    "ec2:DescribeSubnets": _FEW,
    "ec2:DescribeRouteTables": _FEW,
    "ec2:DescribeSecurityGroups": _FEW,
    "ec2:DescribeNetworkAcls": _FEW,
    "events:ListRules": {"Limit": 1},
    "events:ListTargetsByRule": {"Rule": NOBODYS},
    "scheduler:GetSchedule": {"Name": NOBODYS},
    "pipes:DescribePipe": {"Name": NOBODYS},
    "batch:DescribeJobDefinitions": {"maxResults": 1},
}


def probe(operation: Operation[Any], partition: str, region: str, account_id: str) -> Parameters:
    """Members that make the call a question of permission alone.

    Args:
        operation: a read.
        partition: for ARNs, which some calls take and nothing else.
        region: where it is asked.
        account_id: whose it is.
    """
    place = f"{region}:{account_id}"
    match operation.api:
        case "ecs:DescribeServiceRevisions":
            name = f"service-revision/{NOBODYS}/{NOBODYS}/0000000000000000000"
            return {"serviceRevisionArns": [f"arn:{partition}:ecs:{place}:{name}"]}
        case "states:DescribeStateMachine":
            return {"stateMachineArn": f"arn:{partition}:states:{place}:stateMachine:{NOBODYS}"}
        case api:
            return _PLAIN.get(api, {})
