"""AWS's documented token buckets, per account and region.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

from collections import OrderedDict

_CLUSTER = ("cluster read", 50, 20)
_SERVICE = ("service read", 100, 20)
_RESOURCE = ("cluster resource read", 100, 20)
_TASK_DEFINITION = ("task definition read", 50, 20)
# The documents do not list the task-set calls: the slowest listed rate is assumed.
_TASK_SET = ("task set", 5, 5)
_STS = ("sts", 600, 600)
_EC2 = ("ec2 describe", 100, 20)
_EC2_UNFILTERED = ("ec2 describe unfiltered", 50, 10)

_BUCKETS = {
    "ecs:ListClusters": _CLUSTER,
    "ecs:DescribeClusters": _CLUSTER,
    "ecs:ListServices": _SERVICE,
    "ecs:DescribeServices": _SERVICE,
    "ecs:DescribeServiceRevisions": ("service revision", 50, 20),
    "ecs:ListTasks": _RESOURCE,
    "ecs:DescribeTasks": _RESOURCE,
    "ecs:DescribeTaskDefinition": _TASK_DEFINITION,
    "ecs:DescribeTaskSets": _TASK_SET,
    "ecs:CreateTaskSet": _TASK_SET,
    "ecs:UpdateTaskSet": _TASK_SET,
    "ecs:DeleteTaskSet": _TASK_SET,
    "ecs:UpdateServicePrimaryTaskSet": _TASK_SET,
    "ecs:UpdateService": ("service modify", 50, 5),
    "sts:AssumeRole": _STS,
    "sts:GetCallerIdentity": _STS,
}
_KEPT = 50_000


class Buckets:
    """The tokens left; only the 50,000 buckets used last are kept, older ones are full again."""

    def __init__(self) -> None:
        self._levels: OrderedDict[tuple[str, str, str], tuple[float, float]] = OrderedDict()

    def take(
        self, account: str, region: str, api: str, now: float, *, unfiltered: bool = False
    ) -> bool:
        """Take one token; False where none is left. `account` is the one that pays.

        `unfiltered` is an EC2 call with neither filter nor page size.
        """
        bucket = _BUCKETS.get(api)
        if bucket is None and api.startswith("ec2:"):
            small = unfiltered and api == "ec2:DescribeNetworkInterfaces"
            bucket = _EC2_UNFILTERED if small else _EC2
        if bucket is None:
            return True
        name, burst, rate = bucket
        key = (account, region, name)
        level, since = self._levels.pop(key, (float(burst), now))
        level = min(burst, level + (now - since) * rate)
        taken = level >= 1
        self._levels[key] = (level - 1 if taken else level, now)
        if len(self._levels) > _KEPT:
            self._levels.popitem(last=False)
        return taken
