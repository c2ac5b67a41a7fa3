"""The resource of a Security Hub finding, in AWS's own details where there are such."""

from __future__ import annotations

from typing import Final

from orgscan.model.finding import Finding
from orgscan.report.json_lines import present
from orgscan.report.limited import limited
from orgscan.report.terms import partition_of

# Security Hub has no type for task sets, rules, schedules and the like.
_TYPES: Final = {
    "AWS::ECS::Service": "AwsEcsService",
    "AWS::ECS::Task": "AwsEcsTask",
    "AWS::ECS::Cluster": "AwsEcsCluster",
    "AWS::EC2::NetworkInterface": "AwsEc2NetworkInterface",
}
# The partitions that Security Hub's model knows.
_PARTITIONS: Final = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-us-iso", "aws-us-iso-b"})

_MOST_TAGS = 50


def resource_of(finding: Finding) -> dict[str, object]:
    """One entry of `Resources`.

    A tag without a value is left out, since Security Hub refuses empty texts.
    """
    resource = finding.resource
    partition = partition_of(resource.arn)
    return present(
        {
            "Type": _TYPES.get(resource.type, "Other"),
            "Id": limited(resource.arn, 2048),
            "Partition": partition if partition in _PARTITIONS else None,
            "Region": finding.region,
            "Tags": _tags(resource.tags),
            "Details": {**_typed(finding), "Other": _other(finding)},
        }
    )


def _tags(tags: dict[str, str]) -> dict[str, str]:
    visible_ones = {limited(key, 128): limited(value, 256) for key, value in sorted(tags.items())}
    filled = [(key, value) for key, value in visible_ones.items() if key and value]
    return dict(filled[:_MOST_TAGS])


def _typed(finding: Finding) -> dict[str, object]:
    resource, observed = finding.resource, finding.observed
    if resource.type == "AWS::ECS::Service":
        return {"AwsEcsService": _service(finding)}
    if resource.type == "AWS::ECS::Task":
        details = {
            "ClusterArn": resource.cluster_arn,
            "TaskDefinitionArn": observed.task_definition,
            "CreatedAt": resource.created_at,
            "StartedBy": limited(observed.started_by or "", 1024),
        }
        return {"AwsEcsTask": present(dict(details))}
    if resource.type == "AWS::ECS::Cluster":
        return {"AwsEcsCluster": {"ClusterArn": resource.arn}}
    return {}


def _service(finding: Finding) -> dict[str, object]:
    resource, observed = finding.resource, finding.observed
    controller = {"Type": resource.deployment_controller}
    network = present(
        {
            "AssignPublicIp": observed.assign_public_ip,
            "SecurityGroups": list(observed.security_groups),
            "Subnets": list(observed.subnets),
        }
    )
    return present(
        {
            "Cluster": resource.cluster_arn,
            "DeploymentController": controller if resource.deployment_controller else None,
            "DesiredCount": observed.desired_count,
            "LaunchType": resource.launch_type,
            "Name": limited(resource.service_name or "", 255),
            "NetworkConfiguration": {"AwsVpcConfiguration": network} if network else None,
            "PlatformVersion": observed.platform_version,
            "ServiceArn": resource.arn,
            "TaskDefinition": observed.task_definition,
        }
    )


def _other(finding: Finding) -> dict[str, object]:
    resource, observed, exposure = finding.resource, finding.observed, finding.exposure
    details = {
        "ResourceType": resource.type,
        "ResourceId": resource.id,
        "ClusterArn": resource.cluster_arn,
        "ServiceArn": resource.service_arn,
        "ServiceName": resource.service_name,
        "DeploymentController": resource.deployment_controller,
        "Status": resource.status,
        "LaunchType": resource.launch_type,
        "CreatedAt": resource.created_at,
        "AssignPublicIp": observed.assign_public_ip,
        "Subnets": ", ".join(observed.subnets),
        "SecurityGroups": ", ".join(observed.security_groups),
        "PublicIps": ", ".join(observed.public_ips),
        "Ipv6": ", ".join(observed.ipv6),
        "TaskDefinition": observed.task_definition,
        "Exposure": exposure.grade.value if exposure else None,
        "ExposureSources": ", ".join(exposure.sources) if exposure else None,
        "ExposurePorts": ", ".join(exposure.ports) if exposure else None,
    }
    return present({name: limited(value, 1024) for name, value in details.items() if value})
