"""IAM policies made of the table of permissions: to print, to deploy, to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from orgscan.permissions.capabilities import CAPABILITIES, Capability, Holder, wanted

Policy = dict[str, Any]
"""A policy document, in the order in which IAM's own editor shows its members."""

EVERYTHING: tuple[str, ...] = tuple(
    dict.fromkeys(capability.asked_by for capability in CAPABILITIES if capability.asked_by)
)
"""All that a scan may be asked for beyond what it always does."""


def read_role_policy(asked: Sequence[str]) -> Policy:
    """What the role in each member account needs.

    Its calls are allowed on every resource: lists take no other, and to name clusters in advance
    would hide those that nobody named.

    Args:
        asked: as `wanted` takes it.
    """
    return _document(
        {
            "Sid": _sid(capability),
            "Effect": "Allow",
            "Action": list(capability.actions),
            "Resource": "*",
        }
        for capability in wanted(Holder.READ_ROLE, asked)
    )


def caller_policy(asked: Sequence[str], *, partition: str, role_name: str, org_id: str) -> Policy:
    """What the principal that orgscan runs as needs.

    Args:
        asked: as `wanted` takes it.
        partition: of the roles' ARNs, for example `aws`.
        role_name: the read role, with its path if it has one.
        org_id: keeps AssumeRole within the organization (`aws:ResourceOrgID`); empty leaves that
            to the roles' own trust policies.
    """
    statements = []
    for capability in wanted(Holder.CALLER, asked):
        statement: Policy = {
            "Sid": _sid(capability),
            "Effect": "Allow",
            "Action": list(capability.actions),
            "Resource": "*",
        }
        if "sts:AssumeRole" in capability.actions:
            statement["Resource"] = f"arn:{partition}:iam::*:role/{role_name}"
            if org_id:
                statement["Condition"] = {"StringEquals": {"aws:ResourceOrgID": org_id}}
        statements.append(statement)
    return _document(statements)


def trust_policy(*, principal: str, org_id: str, external_id: str | None) -> Policy:
    """Whom the read role lets in: one principal, of one organization.

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


def _document(statements: Iterable[Policy]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _sid(capability: Capability) -> str:
    """Letters and digits are all that a statement's id may hold."""
    words = "".join(char if char.isalnum() else " " for char in capability.name.replace("'", ""))
    return "".join(word[:1].upper() + word[1:] for word in words.split())
