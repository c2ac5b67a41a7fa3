"""AWS STS: who the caller is, and sessions in other accounts."""

from __future__ import annotations

import re
import time

import msgspec

from orgscan.simulator.record import Credentials
from orgscan.simulator.services import policy
from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.wire.credentials import Session
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.refusal import Refusal

_ROLE_ARN = re.compile(r"arn:([a-z-]+):iam::(\d{12}):role/([\w+=,.@/-]+)", re.ASCII)
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_HOUR = 3_600


class _Nothing(msgspec.Struct):
    pass


class _Tag(msgspec.Struct, rename="pascal"):
    key: str
    value: str


class _AssumeRole(msgspec.Struct, rename="pascal"):
    role_arn: str
    role_session_name: str
    duration_seconds: int = _HOUR
    policy: str | None = None
    external_id: str | None = None
    source_identity: str | None = None
    tags: list[_Tag] = []


def get_caller_identity(call: Call, _: _Nothing) -> Tree:
    """No permission is needed."""
    identity = call.identity
    return {"Arn": identity.arn, "UserId": identity.user_id, "Account": identity.account}


def assume_role(call: Call, request: _AssumeRole) -> Tree:
    """A session of the audit role or the remediate role, where its trust policy lets one in."""
    _check_parameters(call, request)
    account, role = _trusted_role(call, request)
    role_id = "AROA" + call.world.chance.hex(17, "role", account, role).upper()
    expires = int(call.now) + request.duration_seconds
    credentials = call.issuer.session(
        Session(
            access_key_id="",
            account=account,
            role=role.rpartition("/")[2],
            role_id=role_id,
            name=request.role_session_name,
            expires=expires,
            policy=request.policy or "",
            source_identity=request.source_identity or _inherited_source_identity(call),
            tags={tag.key: tag.value for tag in request.tags},
        )
    )
    call.record.issued.append(credentials)
    return _answer(call, request, credentials, role_id, expires)


def _answer(
    call: Call, request: _AssumeRole, credentials: Credentials, role_id: str, expires: int
) -> Tree:
    role = request.role_arn.rpartition("/")[2]
    name = request.role_session_name
    partition = call.scenario.partition
    answer: dict[str, Tree] = {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires)),
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:{name}",
            "Arn": f"arn:{partition}:sts::{credentials.account}:assumed-role/{role}/{name}",
        },
        "SourceIdentity": request.source_identity or _inherited_source_identity(call) or None,
    }
    if request.policy or request.tags:
        answer["PackedPolicySize"] = len(request.policy or "") * 100 // 2_048 // 2 + 1
    return answer


def _inherited_source_identity(call: Call) -> str:
    session = call.identity.session
    return session.source_identity if session else ""


def _check_parameters(call: Call, request: _AssumeRole) -> None:
    _check(request.role_session_name, _NAME, "roleSessionName")
    if request.external_id is not None:
        _check(request.external_id, _EXTERNAL_ID, "externalId")
    if request.source_identity is not None:
        _check(request.source_identity, _NAME, "sourceIdentity")
    if not 900 <= request.duration_seconds <= 43_200:
        raise _invalid(str(request.duration_seconds), "durationSeconds")
    if call.identity.session and request.duration_seconds > _HOUR:
        raise Refusal(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
        )
    if request.policy is not None:
        if len(request.policy) > 2_048:
            raise _invalid("policy", "policy")
        if not policy.is_policy(request.policy):
            raise Refusal("MalformedPolicyDocument", "This policy contains invalid Json")


def _check(value: str, pattern: re.Pattern[str], name: str) -> None:
    if not pattern.fullmatch(value):
        raise _invalid(value, name)


def _invalid(value: str, name: str) -> Refusal:
    return Refusal(
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint",
    )


def _trusted_role(call: Call, request: _AssumeRole) -> tuple[str, str]:
    """The account and the role's name with its path.

    AWS gives one answer to a missing role, a wrong external id and a missing permission.
    """
    found = _ROLE_ARN.fullmatch(request.role_arn)
    if found is None:
        raise _invalid(request.role_arn, "roleArn")
    partition, account_id, role = found.groups()
    scenario, organization = call.scenario, call.world.organization
    account = organization.by_id(account_id)
    trusted = {organization.management.id, organization.delegated.id, organization.home.id}
    if (
        account is not None
        and partition == scenario.partition
        and account.is_active
        and role in {scenario.role_name, scenario.remediate_role_name}
        and (scenario.management_role or account is not organization.management)
        and account_id not in scenario.refused
        and call.account in trusted
        and scenario.external_id in {None, request.external_id}
    ):
        return account_id, role
    raise role_refused(call, request.role_arn)


def role_refused(call: Call, role_arn: str) -> Refusal:
    """The one answer to every role that cannot be assumed."""
    return Refusal(
        "AccessDenied",
        f"User: {call.identity.arn} is not authorized to perform: sts:AssumeRole on resource: "
        f"{role_arn}",
        403,
    )


def _role_account(request: _AssumeRole) -> str | None:
    found = _ROLE_ARN.fullmatch(request.role_arn)
    return found.group(2) if found else None


OPERATIONS = (
    Operation("GetCallerIdentity", _Nothing, get_caller_identity),
    Operation(
        "AssumeRole", _AssumeRole, assume_role, _role_account, lambda _, request: request.role_arn
    ),
)
