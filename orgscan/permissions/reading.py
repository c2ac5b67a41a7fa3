"""What the caller needs to read its configuration and its allowlist where they lie in AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from orgscan.aws.stored_text import GET_OBJECT, GET_PARAMETER, fetcher_of
from orgscan.config.document import read_content
from orgscan.config.place import BucketObject, Parameter, remote
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.model.coverage import CoverageStatus
from orgscan.model.outcome import NotCollected
from orgscan.permissions.capability import Capability, Holder
from orgscan.permissions.check import Check

IN_SYSTEMS_MANAGER = Capability(
    holder=Holder.CALLER,
    name="the allowlist in Systems Manager",
    operations=(GET_PARAMETER,),
    without="the scan ends before it begins",
    asked_by="allowlist",
    essential=True,
)
IN_S3 = Capability(
    holder=Holder.CALLER,
    name="the allowlist in S3",
    operations=(GET_OBJECT,),
    without="the scan ends before it begins",
    asked_by="allowlist",
    essential=True,
)


def read_by(settings: Settings, config: str | None) -> tuple[str, ...]:
    """What a command with these settings reads in AWS.

    Args:
        settings: which may name an allowlist there.
        config: as `--config` or ORGSCAN_CONFIG names it.
    """
    return tuple(place for place in (config, settings.allowlist) if place and remote(place))


def reading_statements(places: Sequence[str], *, partition: str) -> list[dict[str, Any]]:
    """The statements of a policy that lets the caller read these places, and nothing beside them.

    Args:
        places: `ssm:/path/name` and `s3://bucket/key`.
        partition: of the ARNs, for example `aws`.

    Raises:
        ConfigError: one of them is not in AWS.
    """
    parameters, objects = [], []
    for place in places:
        match remote(place):
            case Parameter(name):
                path = name.partition(":")[0].lstrip("/")
                parameters.append(f"arn:{partition}:ssm:*:*:parameter/{path}")
            case BucketObject(bucket, key):
                objects.append(f"arn:{partition}:s3:::{bucket}/{_literal(key)}")
            case None:
                raise ConfigError(
                    "a file needs no permission of AWS",
                    where=f"--reads {place}",
                    mend="Give ssm:/path/name or s3://bucket/key",
                )
    statements = (
        ("SettingsInSystemsManager", GET_PARAMETER.api, parameters),
        ("SettingsInS3", GET_OBJECT.api, objects),
    )
    return [
        {"Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resources}
        for sid, action, resources in statements
        if resources
    ]


async def allowlist_checks(settings: Settings) -> list[Check]:
    """Whether the allowlist can be read, where it lies in AWS."""
    place = settings.allowlist
    there = remote(place) if place else None
    if place is None or there is None:
        return []
    capability = IN_SYSTEMS_MANAGER if isinstance(there, Parameter) else IN_S3
    try:
        await asyncio.to_thread(read_content, place, fetcher_of(settings))
    except ConfigError as error:
        why = NotCollected(
            status=CoverageStatus.ERROR, reason=error.what, api=capability.actions[0]
        )
        return [Check(capability=capability, place=place, why=why, mend=error.mend)]
    return [Check(capability=capability, place=place)]


def _literal(key: str) -> str:
    """A key as IAM takes it by the letter: `*`, `?` and `$` mean something there.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in key)
