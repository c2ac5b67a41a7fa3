"""The S3 calls of a delivery, with the members that are used."""

from __future__ import annotations

import datetime as dt

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

# S3 takes thousands a second for a prefix; a run is a few files.
_S3 = Bucket("s3", burst=50, rate=50)


class HeadBucketReply(msgspec.Struct, rename="pascal"):
    """s3:HeadBucket (IAM: s3:ListBucket)."""

    bucket_region: str | None = None


class ObjectLockShape(msgspec.Struct, rename="pascal"):
    """`ObjectLockConfiguration`."""

    object_lock_enabled: str | None = None


class ObjectLockReply(msgspec.Struct, rename="pascal"):
    """s3:GetObjectLockConfiguration."""

    object_lock_configuration: ObjectLockShape | None = None


class PutObjectReply(msgspec.Struct):
    """s3:PutObject; what was stored is read back by HeadObject."""


class TaggedReply(msgspec.Struct):
    """s3:GetObject, with `Range` or without, and s3:PutObject with a condition on the tag."""

    etag: str = msgspec.field(name="ETag")
    body: bytes = msgspec.field(name="Body", default=b"")
    content_range: str = msgspec.field(name="ContentRange", default="")


class HeadObjectReply(msgspec.Struct):
    """s3:HeadObject with `ChecksumMode` (IAM: s3:GetObject)."""

    content_length: int = msgspec.field(name="ContentLength", default=-1)
    checksum: str | None = msgspec.field(name="ChecksumSHA256", default=None)
    version_id: str | None = msgspec.field(name="VersionId", default=None)
    lock_mode: str | None = msgspec.field(name="ObjectLockMode", default=None)
    retain_until: dt.datetime | None = msgspec.field(name="ObjectLockRetainUntilDate", default=None)
    legal_hold: str | None = msgspec.field(name="ObjectLockLegalHoldStatus", default=None)
    encryption: str | None = msgspec.field(name="ServerSideEncryption", default=None)


class CreateUploadReply(msgspec.Struct, rename="pascal"):
    """s3:CreateMultipartUpload."""

    upload_id: str


class UploadPartReply(msgspec.Struct):
    """s3:UploadPart."""

    etag: str = msgspec.field(name="ETag")


class PartShape(msgspec.Struct):
    """`Part` of ListParts."""

    number: int = msgspec.field(name="PartNumber")
    etag: str = msgspec.field(name="ETag")
    checksum: str | None = msgspec.field(name="ChecksumSHA256", default=None)


class ListPartsReply(msgspec.Struct, rename="pascal"):
    """s3:ListParts."""

    parts: list[PartShape] = []
    is_truncated: bool = False
    next_part_number_marker: int | None = None


class UploadShape(msgspec.Struct, rename="pascal"):
    """`MultipartUpload`."""

    key: str
    upload_id: str


class ListUploadsReply(msgspec.Struct, rename="pascal"):
    """s3:ListMultipartUploads; one key has few uploads, so that one page will do."""

    uploads: list[UploadShape] = []


HEAD_BUCKET = Operation(service="s3", name="HeadBucket", reply=HeadBucketReply, bucket=_S3)
GET_OBJECT_LOCK = Operation(
    service="s3", name="GetObjectLockConfiguration", reply=ObjectLockReply, bucket=_S3
)
PUT_OBJECT = Operation(service="s3", name="PutObject", reply=PutObjectReply, bucket=_S3)
HEAD_OBJECT = Operation(service="s3", name="HeadObject", reply=HeadObjectReply, bucket=_S3)
CREATE_UPLOAD = Operation(
    service="s3", name="CreateMultipartUpload", reply=CreateUploadReply, bucket=_S3
)
UPLOAD_PART = Operation(service="s3", name="UploadPart", reply=UploadPartReply, bucket=_S3)
COMPLETE_UPLOAD = Operation(
    service="s3", name="CompleteMultipartUpload", reply=PutObjectReply, bucket=_S3
)
LIST_UPLOADS = Operation(
    service="s3", name="ListMultipartUploads", reply=ListUploadsReply, bucket=_S3
)
LIST_PARTS = Operation(service="s3", name="ListParts", reply=ListPartsReply, bucket=_S3)
GET_TAGGED = Operation(service="s3", name="GetObject", reply=TaggedReply, bucket=_S3)
PUT_TAGGED = Operation(service="s3", name="PutObject", reply=TaggedReply, bucket=_S3)
