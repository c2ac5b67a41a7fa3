"""One object of the delivery bucket that several runs change: put over what was read, or not.

S3 knows a version of an object by its tag, and puts on a condition: over what has the tag
(`If-Match`), or where nothing is (`If-None-Match: *`).
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from orgscan.aws.entrance import Entrance
from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Parameters
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.delivery.bucket import Keeping, RunBucket
from orgscan.delivery.s3_operations import GET_TAGGED, PUT_TAGGED, TaggedReply

_NOT_THERE = frozenset({"NoSuchKey", "404"})
_OVERTAKEN = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


class TaggedObject:
    """The object.

    Attributes:
        where: it lies: `s3://bucket/key`.
    """

    def __init__(
        self, session: RegionSession, bucket: str, key: str, kms_key: str | None = None
    ) -> None:
        """Name it.

        Args:
            session: the caller's, in the bucket's region.
            bucket: its name.
            key: the object's.
            kms_key: encrypts it; None leaves that to the bucket.
        """
        self.where = f"s3://{bucket}/{key}"
        self._session = session
        self._place: Parameters = {"Bucket": bucket, "Key": key}
        self._encryption = Keeping(kms_key=kms_key).members()

    async def get(self, parameters: Parameters | None = None) -> TaggedReply | None:
        """What lies there; None where nothing does.

        Args:
            parameters: further ones of GetObject: which part, of what tag.

        Raises:
            CallFailed: S3 does not give it.
        """
        try:
            return (
                await self._session.call(GET_TAGGED, {**self._place, **(parameters or {})})
            ).data
        except CallFailed as failed:
            if failed.code in _NOT_THERE:
                return None
            raise

    async def put(self, body: bytes, over: str | None) -> str | None:
        """Put it over what has the tag, or where nothing is; gives its own tag.

        None where that is no longer so: somebody else was quicker.

        Raises:
            CallFailed: S3 does not take it.
        """
        condition = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        try:
            reply = await self._session.call(
                PUT_TAGGED,
                {
                    **self._place,
                    "Body": body,
                    "ChecksumAlgorithm": "SHA256",
                    **condition,
                    **self._encryption,
                },
            )
        except CallFailed as failed:
            if failed.code in _OVERTAKEN:
                return None
            raise
        return reply.data.etag


async def tagged_object(
    way_in: Entrance, settings: Settings, name: str, *, checked_by: RegionSession
) -> TaggedObject:
    """An object at the prefix of `deliver_s3`, which has to be set.

    Args:
        way_in: the caller.
        settings: where runs are delivered to.
        name: the object's.
        checked_by: looks whether the bucket is there, and where.

    Raises:
        DeliveryError: the bucket is not there, or may not be used.
    """
    bucket, _, prefix = (settings.deliver_s3 or "").removeprefix("s3://").partition("/")
    region = await RunBucket(checked_by, bucket, Keeping()).check() or way_in.home_region
    key = "/".join([*filter(None, prefix.split("/")), name])
    return TaggedObject(way_in.caller_in(region), bucket, key, settings.deliver_kms_key)
