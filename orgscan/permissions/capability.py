"""What a capability is: something that orgscan can do, given its calls."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from orgscan.aws.operation import Operation

# Where IAM's action has another name than the call; everywhere else they are the same.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_IAM_NAMES = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
}


class Holder(enum.StrEnum):
    """Who has to be allowed it."""

    CALLER = "caller"
    READ_ROLE = "read role"
    SECURITY_HUB_ROLE = "Security Hub role"
    REMEDIATE_ROLE = "remediate role"


class On(enum.Enum):
    """What a capability is allowed on; a policy names it as narrowly as the settings do."""

    EVERYTHING = enum.auto()
    ROLES = enum.auto()
    BUCKET = enum.auto()
    OBJECTS = enum.auto()
    DATA_KEY = enum.auto()
    SIGNING_KEY = enum.auto()
    TOPIC = enum.auto()
    BUS = enum.auto()
    APPSPECS = enum.auto()
    TASK_ROLES = enum.auto()


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that orgscan can do, given its calls.

    Attributes:
        name: for people.
        also: actions that AWS asks for besides, for members of the calls or on behalf of them.
        without: what a report lacks, or what is not done, where one of the calls is denied.
        asked_by: the value of the setting `collect` that asks for it, or the setting that does, or
            `remediate`; empty where every scan does it.
        essential: whether nothing is seen without it.
        on: what it is allowed on.
    """

    holder: Holder
    name: str
    operations: tuple[Operation[Any], ...] = ()
    also: tuple[str, ...] = ()
    without: str
    asked_by: str = ""
    essential: bool = False
    on: On = On.EVERYTHING

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions, each once."""
        named = (_IAM_NAMES.get(operation.api, operation.api) for operation in self.operations)
        return tuple(dict.fromkeys((*named, *self.also)))
