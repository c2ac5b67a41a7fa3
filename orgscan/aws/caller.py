"""Who runs the scan, and the way from that caller into member accounts."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Awaitable, Callable

import msgspec
from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError

from orgscan.aws.credentials import Credentials, RefreshedCredentials, can_be_sent
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.errors import CallerError

# AWS allows 600 a second for each calling account and region, shared with all that runs there.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_STS = Bucket("sts", burst=200, rate=400)
# What a session may hold after role chaining, whatever the role allows.
_SESSION_SECONDS = 3600

READ_ONLY_ACTIONS = (
    "ecs:List*",
    "ecs:Describe*",
    "ec2:Describe*",
    "events:ListEventBuses",
    "events:ListRules",
    "events:ListTargetsByRule",
    "scheduler:ListSchedules",
    "scheduler:GetSchedule",
    "pipes:ListPipes",
    "pipes:DescribePipe",
    "states:ListStateMachines",
    "states:DescribeStateMachine",
    "batch:DescribeJobDefinitions",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeLoadBalancers",
)
"""What the inline session policy leaves of whatever the read role may do."""

IMPORT_POLICY = msgspec.json.encode(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["securityhub:BatchImportFindings", "securityhub:GetFindings"],
                "Resource": "*",
            }
        ],
    }
).decode()
"""What the inline session policy leaves of the role that imports findings."""

_DEFAULT_REGIONS = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


class CallerIdentity(msgspec.Struct, frozen=True, rename="pascal"):
    """`sts:GetCallerIdentity`."""

    account: str
    arn: str


class _IssuedCredentials(msgspec.Struct, rename="pascal"):
    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: str


class _AssumedRoleUser(msgspec.Struct, rename="pascal"):
    arn: str


class _AssumedRole(msgspec.Struct, rename="pascal"):
    credentials: _IssuedCredentials
    assumed_role_user: _AssumedRoleUser


GET_CALLER_IDENTITY = Operation(
    service="sts", name="GetCallerIdentity", reply=CallerIdentity, bucket=_STS, lean=True
)
ASSUME_ROLE = Operation(
    service="sts", name="AssumeRole", reply=_AssumedRole, bucket=_STS, lean=True
)


class RoleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """How member accounts are entered (`sts:AssumeRole`).

    Attributes:
        session_name: shows in every member's CloudTrail.
        read_only: whether an inline session policy cuts the role down to reading.
        also_reads: actions that this leaves too.
        policy: an inline session policy to set instead, as JSON of 2,048 characters at most.
    """

    role_name: str
    session_name: str
    external_id: str | None = None
    source_identity: str | None = None
    session_tags: dict[str, str] = {}
    read_only: bool = True
    also_reads: tuple[str, ...] = ()
    policy: str = ""


def open_session(profile: str | None) -> AioSession:
    """A botocore session of the caller's environment.

    Raises:
        CallerError: the profile does not exist, or the AWS configuration cannot be read.
    """
    session = AioSession(profile=profile)
    try:
        # botocore itself reads AWS_DEFAULT_REGION alone; containers have the newer name.
        if region := os.environ.get("AWS_REGION"):
            session.set_config_variable("region", region)
        session.get_scoped_config()
    except BotoCoreError as error:
        raise CallerError(
            str(error),
            where=f"profile {profile}" if profile else "the AWS configuration",
            mend="Name a profile that `aws configure list-profiles` shows",
        ) from None
    return session


def home_region(session: AioSession, partition: str = "aws") -> str:
    """The region for calls that belong to no region: the caller's own, or the partition's main."""
    return session.get_config_variable("region") or _DEFAULT_REGIONS.get(partition, "us-east-1")


async def known_regions(session: AioSession, region: str) -> tuple[str, ...]:
    """ECS regions of `region`'s partition as botocore lists them; the list ages with it."""
    partition = session.get_partition_for_region(region)
    return tuple(sorted(await session.get_available_regions("ecs", partition_name=partition)))


async def own_credentials(session: AioSession) -> RefreshedCredentials:
    """The caller's own credentials, kept fresh by botocore.

    Raises:
        CallerError: there are none, or they cannot be loaded.
    """
    try:
        held = await session.get_credentials()
        if held is None:
            raise CallerError(
                "no AWS credentials were found",
                mend="Set AWS_PROFILE, sign in (`aws sso login`), or run where a role is attached",
            )
    except BotoCoreError as error:
        raise _no_longer(error) from None

    async def fetch() -> Credentials:
        try:
            frozen = await held.get_frozen_credentials()
        except BotoCoreError as error:
            raise _no_longer(error) from None
        if not frozen.access_key or not frozen.secret_key:
            raise CallerError("the AWS credentials have no access key or no secret key")
        if not can_be_sent(frozen.access_key, frozen.secret_key, frozen.token):
            raise CallerError(
                "the AWS credentials hold a line break, or another character that none has",
                mend="Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or "
                "at the profile: they were pasted wrongly",
            )
        return Credentials(
            account_id="",
            access_key=frozen.access_key,
            secret_key=frozen.secret_key,
            token=frozen.token,
            # botocore refreshes what expires; asking it each minute costs nothing.
            expires_at=time.time() + RefreshedCredentials.MARGIN_SECONDS + 60,
        )

    return RefreshedCredentials("", fetch, time.time)


def _no_longer(error: BotoCoreError) -> CallerError:
    return CallerError(
        f"the AWS credentials cannot be loaded: {error}",
        mend="Check the profile, or sign in again (`aws sso login`)",
    )


async def identify(session: RegionSession) -> CallerIdentity:
    """Who the caller is.

    Raises:
        CallerError: AWS does not accept the credentials, or cannot be reached.
    """
    try:
        return (await session.call(GET_CALLER_IDENTITY, {})).data
    except CallFailed as failed:
        raise CallerError(
            f"AWS does not say who the caller is: {failed.why.reason}"
            + (f" ({failed.message})" if failed.message else ""),
            where=failed.api,
            mend="Check that the credentials are valid and the network reaches AWS",
        ) from None


def assumed_role(
    sts: RegionSession, account_id: str, partition: str, request: RoleRequest
) -> RefreshedCredentials:
    """Credentials of the read role in one member account, had once and shared by all regions."""
    return RefreshedCredentials(account_id, _assume(sts, account_id, partition, request), time.time)


def _assume(
    sts: RegionSession, account_id: str, partition: str, request: RoleRequest
) -> Callable[[], Awaitable[Credentials]]:
    parameters = assume_parameters(account_id, partition, request)

    async def fetch() -> Credentials:
        given = (await sts.call(ASSUME_ROLE, parameters)).data
        actual = given.assumed_role_user.arn.split(":")[4]
        if actual != account_id:
            raise CallFailed(
                FailureKind.REFUSED,
                api=ASSUME_ROLE.api,
                code="WrongAccount",
                message=f"asked for a session in {account_id}, was given one in {actual}",
            )
        issued = given.credentials
        try:
            expires_at = dt.datetime.fromisoformat(issued.expiration).timestamp()
        except (ValueError, OverflowError):
            raise _malformed("the session's expiration is no time") from None
        if not can_be_sent(issued.access_key_id, issued.secret_access_key, issued.session_token):
            raise _malformed("the session's credentials hold characters that none has")
        return Credentials(
            account_id=account_id,
            arn=given.assumed_role_user.arn,
            access_key=issued.access_key_id,
            secret_key=issued.secret_access_key,
            token=issued.session_token,
            expires_at=expires_at,
        )

    return fetch


def _malformed(message: str) -> CallFailed:
    """What answered in the place of STS; nothing of it is shown, since it may be a secret."""
    return CallFailed(
        FailureKind.REFUSED, api=ASSUME_ROLE.api, code="MalformedAnswer", message=message
    )


def assume_parameters(account_id: str, partition: str, request: RoleRequest) -> Parameters:
    """The members of `sts:AssumeRole` for one account.

    Args:
        account_id: the member account.
        partition: as the caller's ARN names it.
        request: the role, and what goes with it.
    """
    parameters: Parameters = {
        "RoleArn": f"arn:{partition}:iam::{account_id}:role/{request.role_name}",
        "RoleSessionName": request.session_name,
        "DurationSeconds": _SESSION_SECONDS,
    }
    if request.external_id:
        parameters["ExternalId"] = request.external_id
    if request.source_identity:
        parameters["SourceIdentity"] = request.source_identity
    if request.session_tags:
        parameters["Tags"] = [
            {"Key": key, "Value": value} for key, value in sorted(request.session_tags.items())
        ]
    if request.policy or request.read_only:
        parameters["Policy"] = request.policy or _session_policy(request.also_reads)
    return parameters


def _session_policy(also: tuple[str, ...]) -> str:
    statement = {"Effect": "Allow", "Action": [*READ_ONLY_ACTIONS, *also], "Resource": "*"}
    return msgspec.json.encode({"Version": "2012-10-17", "Statement": [statement]}).decode()
