"""What a remediation takes: reads besides those of a scan, and the writes of each action."""

from __future__ import annotations

from orgscan.permissions.capability import Capability, Holder, On
from orgscan.remediation import writes
from orgscan.remediation.deploy_operations import (
    BATCH_GET_APPLICATIONS,
    BATCH_GET_DEPLOYMENT_GROUPS,
    GET_APPLICATION_REVISION,
    GET_DEPLOYMENT,
    GET_OBJECT,
    LIST_APPLICATIONS,
    LIST_DEPLOYMENT_GROUPS,
    LIST_DEPLOYMENTS,
)
from orgscan.remediation.operations import DESCRIBE_TARGET_HEALTH
from orgscan.remediation.preflight.operations import (
    DESCRIBE_NAT_GATEWAYS,
    DESCRIBE_TASK_DEFINITION,
    DESCRIBE_VPC_ENDPOINTS,
)

REMEDIATE = "remediate"
"""What asks for them: a command, and no setting."""

REMEDIATING = (
    Capability(
        holder=Holder.READ_ROLE,
        name="the way out of subnets",
        operations=(DESCRIBE_NAT_GATEWAYS, DESCRIBE_VPC_ENDPOINTS, DESCRIBE_TASK_DEFINITION),
        without="that private tasks would start cannot be proved, and nothing is changed unasked",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="the health of targets",
        operations=(DESCRIBE_TARGET_HEALTH,),
        without="services behind load balancers are not changed",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="CodeDeploy as it is",
        operations=(
            LIST_APPLICATIONS,
            BATCH_GET_APPLICATIONS,
            LIST_DEPLOYMENT_GROUPS,
            BATCH_GET_DEPLOYMENT_GROUPS,
            LIST_DEPLOYMENTS,
            GET_DEPLOYMENT,
            GET_APPLICATION_REVISION,
        ),
        without="services under CodeDeploy are not changed",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.READ_ROLE,
        name="AppSpecs that lie in S3",
        operations=(GET_OBJECT,),
        without="services whose AppSpec lies in S3 are not changed",
        asked_by=REMEDIATE,
        on=On.APPSPECS,
    ),
    Capability(
        holder=Holder.REMEDIATE_ROLE,
        name="task sets",
        operations=writes.OF_TASK_SETS,
        # Copies have the tags of what they replace.
        also=("ecs:TagResource",),
        without="`replace-task-set` changes nothing",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.REMEDIATE_ROLE,
        name="services",
        operations=writes.OF_SERVICES,
        without="`update-service` changes nothing",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.REMEDIATE_ROLE,
        name="deployments of CodeDeploy",
        operations=writes.OF_DEPLOYMENTS,
        # CodeDeploy asks for these of whoever creates a deployment.
        # https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
        also=(
            "codedeploy:GetDeploymentConfig",
            "codedeploy:GetApplicationRevision",
            "codedeploy:RegisterApplicationRevision",
        ),
        without="`redeploy-codedeploy` changes nothing",
        asked_by=REMEDIATE,
    ),
    Capability(
        holder=Holder.REMEDIATE_ROLE,
        name="the roles of tasks",
        also=("iam:PassRole",),
        without="tasks with roles are not started anew",
        asked_by=REMEDIATE,
        on=On.TASK_ROLES,
    ),
)
