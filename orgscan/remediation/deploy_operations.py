"""The calls of AWS CodeDeploy, with what is read of their answers.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.model.remediation import Shape

# Not documented by call: starts low and finds out.
_DEPLOY = Bucket("codedeploy", burst=10, rate=5, ceiling=20)


class ApplicationsReply(msgspec.Struct, rename="camel"):
    """codedeploy:ListApplications."""

    applications: list[str] = []
    next_token: str | None = None


class ApplicationInfosReply(msgspec.Struct, rename="camel"):
    """codedeploy:BatchGetApplications."""

    applications_info: list[Shape] = []


class GroupsReply(msgspec.Struct, rename="camel"):
    """codedeploy:ListDeploymentGroups."""

    deployment_groups: list[str] = []
    next_token: str | None = None


class GroupInfosReply(msgspec.Struct, rename="camel"):
    """codedeploy:BatchGetDeploymentGroups."""

    deployment_groups_info: list[Shape] = []


class DeploymentReply(msgspec.Struct, rename="camel"):
    """codedeploy:GetDeployment."""

    deployment_info: Shape = {}


class DeploymentsReply(msgspec.Struct, rename="camel"):
    """codedeploy:ListDeployments."""

    deployments: list[str] = []
    next_token: str | None = None


class RevisionReply(msgspec.Struct, rename="camel"):
    """codedeploy:GetApplicationRevision."""

    revision: Shape = {}


class CreatedReply(msgspec.Struct, rename="camel"):
    """codedeploy:CreateDeployment."""

    deployment_id: str = ""


class StoppedReply(msgspec.Struct, rename="camel"):
    """codedeploy:StopDeployment and ContinueDeployment."""

    status: str = ""


class ObjectReply(msgspec.Struct, rename="pascal"):
    """s3:GetObject."""

    body: bytes = b""


GET_OBJECT = Operation(
    service="s3", name="GetObject", reply=ObjectReply, bucket=Bucket("s3", burst=10, rate=10)
)
LIST_APPLICATIONS = Operation(
    service="codedeploy",
    name="ListApplications",
    reply=ApplicationsReply,
    bucket=_DEPLOY,
    lean=True,
)
BATCH_GET_APPLICATIONS = Operation(
    service="codedeploy",
    name="BatchGetApplications",
    reply=ApplicationInfosReply,
    bucket=_DEPLOY,
    lean=True,
)
LIST_DEPLOYMENT_GROUPS = Operation(
    service="codedeploy",
    name="ListDeploymentGroups",
    reply=GroupsReply,
    bucket=_DEPLOY,
    lean=True,
)
BATCH_GET_DEPLOYMENT_GROUPS = Operation(
    service="codedeploy",
    name="BatchGetDeploymentGroups",
    reply=GroupInfosReply,
    bucket=_DEPLOY,
    lean=True,
)
GET_DEPLOYMENT = Operation(
    service="codedeploy", name="GetDeployment", reply=DeploymentReply, bucket=_DEPLOY, lean=True
)
LIST_DEPLOYMENTS = Operation(
    service="codedeploy",
    name="ListDeployments",
    reply=DeploymentsReply,
    bucket=_DEPLOY,
    lean=True,
)
GET_APPLICATION_REVISION = Operation(
    service="codedeploy",
    name="GetApplicationRevision",
    reply=RevisionReply,
    bucket=_DEPLOY,
    lean=True,
)

CREATE_DEPLOYMENT = Operation(
    service="codedeploy",
    name="CreateDeployment",
    reply=CreatedReply,
    bucket=_DEPLOY,
    changes=True,
)
STOP_DEPLOYMENT = Operation(
    service="codedeploy",
    name="StopDeployment",
    reply=StoppedReply,
    bucket=_DEPLOY,
    changes=True,
)
CONTINUE_DEPLOYMENT = Operation(
    service="codedeploy",
    name="ContinueDeployment",
    reply=StoppedReply,
    bucket=_DEPLOY,
    changes=True,
)
