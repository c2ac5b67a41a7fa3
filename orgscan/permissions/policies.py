"""IAM policies made of the table of permissions: to print, to deploy, to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.permissions.capabilities import asked_by, wanted
from orgscan.permissions.capability import Capability, Holder, On
from orgscan.permissions.remediating import REMEDIATE
from orgscan.permissions.scanning import SCANNING

Policy = dict[str, Any]
"""A policy document, in the order in which IAM's own editor shows its members."""

EVERYTHING: tuple[str, ...] = tuple(
    dict.fromkeys(capability.asked_by for capability in SCANNING if capability.asked_by)
)
"""All that a scan may be asked to look at beyond what it always does."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy is to be printed for, besides the settings.

    Attributes:
        everything: with all that a scan may be asked to look at.
        remediate: with what a remediation takes.
        appspec_buckets: where AppSpecs lie; without any, none is read.
        principal: whom a role trusts.
    """

    settings: Settings
    everything: bool = False
    remediate: bool = False
    appspec_buckets: tuple[str, ...] = ()
    partition: str = "aws"
    org_id: str = ""
    principal: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """As `wanted` takes it."""
        return (
            *asked_by(self.settings),
            *(EVERYTHING if self.everything else ()),
            *((REMEDIATE,) if self.remediate else ()),
        )


def policy_of(name: str, wish: Wish) -> Policy:
    """The policy of a name, as `orgscan iam` takes it.

    Raises:
        ConfigError: a trust policy without a principal or an organization.
    """
    match name:
        case "read-role":
            heads = (f"arn:{wish.partition}:s3:::{bucket}/*" for bucket in wish.appspec_buckets)
            return read_role_policy(wish.asked, tuple(heads))
        case "caller":
            return caller_policy(
                wish.asked, wish.settings, partition=wish.partition, org_id=wish.org_id
            )
        case "security-hub-role":
            return security_hub_role_policy()
        case "remediate-role":
            return remediate_role_policy()
    if not (wish.principal and wish.org_id):
        raise ConfigError(
            "a trust policy names one principal of one organization",
            where="orgscan iam trust",
            mend="Give --principal and --org-id",
        )
    return trust_policy(
        principal=wish.principal, org_id=wish.org_id, external_id=wish.settings.external_id
    )


def read_role_policy(asked: Sequence[str], appspecs: Sequence[str] = ()) -> Policy:
    """What the role in each member account needs.

    Its calls are allowed on every resource: lists take no other, and to name clusters in advance
    would hide those that nobody named. Objects in S3 are another matter.

    Args:
        asked: as `wanted` takes it.
        appspecs: ARNs of the objects that a remediation may read AppSpecs from.
    """
    where = {On.EVERYTHING: ("*",), On.APPSPECS: tuple(appspecs)}
    return _document(_statements(wanted(Holder.READ_ROLE, asked), where))


def caller_policy(
    asked: Sequence[str], settings: Settings, *, partition: str, org_id: str
) -> Policy:
    """What the principal that orgscan runs as needs.

    Args:
        asked: as `wanted` takes it.
        settings: the roles to be assumed, and where runs are delivered to.
        partition: of the roles' ARNs, for example `aws`.
        org_id: keeps AssumeRole within the organization (`aws:ResourceOrgID`); empty leaves that
            to the roles' own trust policies.
    """
    where = _resources(settings, partition, assumed_roles(settings, asked))
    # What it reads of its own account, it reads as itself, unless it assumes the role there too.
    own = wanted(Holder.READ_ROLE, asked) if settings.own_account == "credentials" else ()
    statements = list(_statements((*wanted(Holder.CALLER, asked), *own), where))
    for statement in statements:
        if org_id and statement["Action"] == ["sts:AssumeRole"]:
            statement["Condition"] = {"StringEquals": {"aws:ResourceOrgID": org_id}}
    return _document(statements)


def security_hub_role_policy() -> Policy:
    """What the role that imports findings needs, in each member account."""
    asked = ("deliver_security_hub",)
    return _document(_statements(wanted(Holder.SECURITY_HUB_ROLE, asked), {On.EVERYTHING: ("*",)}))


def remediate_role_policy(task_roles: str = "*") -> Policy:
    """What the role that changes something needs; its sessions are cut down to one service.

    Args:
        task_roles: ARN of the roles that tasks may be started with; may hold wildcards.
    """
    where = {On.EVERYTHING: ("*",), On.TASK_ROLES: (task_roles,)}
    statements = list(_statements(wanted(Holder.REMEDIATE_ROLE, (REMEDIATE,)), where))
    for statement in statements:
        if statement["Action"] == ["iam:PassRole"]:
            passed_to = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
            statement["Condition"] = {"StringEquals": passed_to}
    return _document(statements)


def trust_policy(*, principal: str, org_id: str, external_id: str | None) -> Policy:
    """Whom a role lets in: one principal, of one organization.

    Args:
        principal: the ARN of the role that orgscan runs as.
        org_id: the organization's id (`aws:PrincipalOrgID`).
        external_id: what else the caller has to know; None asks for nothing.
    """
    equals = {"aws:PrincipalOrgID": org_id}
    if external_id:
        equals["sts:ExternalId"] = external_id
    return _document(
        [
            {
                "Sid": "OrgscanAlone",
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": equals},
            }
        ]
    )


def assumed_roles(settings: Settings, asked: Sequence[str]) -> tuple[str, ...]:
    """The names of the roles that the caller assumes, each once."""
    names = [settings.role_name, settings.management_role]
    if settings.deliver_security_hub:
        names.append(settings.deliver_security_hub_role)
    if REMEDIATE in asked:
        names.append(settings.remediate_role)
    return tuple(dict.fromkeys(names))


def _resources(
    settings: Settings, partition: str, roles: Iterable[str]
) -> Mapping[On, tuple[str, ...]]:
    """The ARNs of everything that the settings name; what they do not name has none."""
    path = (settings.deliver_s3 or "").removeprefix("s3://").rstrip("/")
    name = path.partition("/")[0]
    bucket = f"arn:{partition}:s3:::{name}" if name else ""
    named = {
        On.BUCKET: bucket,
        On.OBJECTS: f"arn:{partition}:s3:::{path}/*" if path else "",
        On.DATA_KEY: settings.deliver_kms_key or "",
        On.SIGNING_KEY: settings.signing_kms_key or "",
        On.TOPIC: settings.deliver_sns_topic or "",
        On.BUS: settings.deliver_event_bus or "",
    }
    return {
        On.EVERYTHING: ("*",),
        On.ROLES: tuple(f"arn:{partition}:iam::*:role/{role}" for role in roles),
        **{kind: (arn,) for kind, arn in named.items() if arn},
    }


def _statements(
    capabilities: Iterable[Capability], where: Mapping[On, tuple[str, ...]]
) -> Iterable[Policy]:
    """One for each capability; what would be allowed on nothing is left out."""
    for capability in capabilities:
        resources = where.get(capability.on, ())
        if resources:
            yield {
                "Sid": _sid(capability),
                "Effect": "Allow",
                "Action": list(capability.actions),
                **_on(resources),
            }


def _on(resources: tuple[str, ...]) -> Policy:
    """IAM knows keys by their own ARNs; by an alias, through a condition.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    if len(resources) > 1:
        return {"Resource": list(resources)}
    head, alias, name = resources[0].partition(":alias/")
    if not alias:
        return {"Resource": head}
    has_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{name}"}}
    return {"Resource": f"{head}:key/*", "Condition": has_alias}


def _document(statements: Iterable[Policy]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _sid(capability: Capability) -> str:
    """Letters and digits are all that a statement's id may hold."""
    words = "".join(char if char.isalnum() else " " for char in capability.name.replace("'", ""))
    return "".join(word[:1].upper() + word[1:] for word in words.split())
