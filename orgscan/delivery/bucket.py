"""One bucket: whether it can take a run, and each file put there once and read back.

Nothing is overwritten (`If-None-Match: *`). What is there already with the same checksum counts as
delivered, which is how a delivery that failed goes on; another object under the name is an error.
An object is delivered when S3 itself has given its checksum back.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Parameters
from orgscan.aws.session import RegionSession
from orgscan.delivery.checksums import Checksums, checksums_of, part_of
from orgscan.delivery.s3_operations import (
    COMPLETE_UPLOAD,
    CREATE_UPLOAD,
    GET_OBJECT_LOCK,
    HEAD_BUCKET,
    HEAD_OBJECT,
    LIST_PARTS,
    LIST_UPLOADS,
    PUT_OBJECT,
    UPLOAD_PART,
    HeadObjectReply,
    PartShape,
)
from orgscan.errors import DeliveryError

_NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
# HEAD has no body, so that S3 can only give a status.
_NO_BUCKET = frozenset({"404", "NoSuchBucket", "NotFound"})
_IS_THERE = frozenset({"PreconditionFailed", "412"})
_NO_LOCK = "ObjectLockConfigurationNotFoundError"


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How objects are kept.

    Attributes:
        kms_key: the key that S3 encrypts with; None leaves that to the bucket's own default.
        lock_mode: GOVERNANCE or COMPLIANCE; None locks nothing.
        retain_until: until when, where something is locked.
        legal_hold: whether a legal hold is put on each object as well.
    """

    kms_key: str | None = None
    lock_mode: str | None = None
    retain_until: dt.datetime | None = None
    legal_hold: bool = False

    @property
    def needs_lock(self) -> bool:
        """Whether the bucket has to have Object Lock."""
        return self.lock_mode is not None or self.legal_hold

    def members(self) -> Parameters:
        """The members of PutObject and CreateMultipartUpload that say so."""
        given: Parameters = {}
        if self.kms_key:
            given |= {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": self.kms_key,
                "BucketKeyEnabled": True,
            }
        if self.lock_mode:
            given |= {
                "ObjectLockMode": self.lock_mode,
                "ObjectLockRetainUntilDate": self.retain_until,
            }
        if self.legal_hold:
            given["ObjectLockLegalHoldStatus"] = "ON"
        return given


class StoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it lies in the bucket, read back from there.

    Attributes:
        sha256: hex digest of the file; `checksum` is S3's own, of its parts where it has several.
        version_id: None where the bucket keeps no versions.
        was_there: whether an earlier delivery had put it there.
    """

    file: str
    uri: str
    size: int
    sha256: str
    checksum: str
    version_id: str | None = None
    retain_until: str | None = None
    was_there: bool = False


class RunBucket:
    """A bucket, called in its own region."""

    def __init__(self, session: RegionSession, name: str, keeping: Keeping) -> None:
        self._session = session
        self._name = name
        self._keeping = keeping

    async def check(self) -> str | None:
        """Whether the bucket can take what is asked for; gives its region, where S3 tells.

        Raises:
            DeliveryError: it is not there, may not be used, or has no Object Lock.
        """
        try:
            region = (await self._session.call(HEAD_BUCKET, {"Bucket": self._name})).data
        except CallFailed as failed:
            if failed.code in _NO_BUCKET:
                raise self._error(
                    "there is no such bucket", "Make it, or correct its name"
                ) from None
            raise self._failed("the bucket cannot be used", failed) from None
        if self._keeping.needs_lock and not await self._has_lock():
            raise self._error(
                "Object Lock is asked for, and the bucket does not have it",
                "Turn Object Lock on for the bucket, or leave out deliver_lock_mode and "
                "deliver_legal_hold",
            )
        return region.bucket_region

    async def _has_lock(self) -> bool:
        try:
            reply = await self._session.call(GET_OBJECT_LOCK, {"Bucket": self._name})
        except CallFailed as failed:
            if failed.code == _NO_LOCK:
                return False
            raise self._failed("its Object Lock cannot be read", failed) from None
        configuration = reply.data.object_lock_configuration
        return configuration is not None and configuration.object_lock_enabled == "Enabled"

    async def store(self, path: Path, key: str) -> StoredObject:
        """Put a file under a key, once, and read its checksum back.

        Raises:
            DeliveryError: S3 does not take it, something else lies there, or what lies there is
                not what was sent.
        """
        sums = await asyncio.to_thread(checksums_of, path)
        there = await self._head(key)
        was_there = there is not None
        if there is None:
            await self._send(path, key, sums)
            there = await self._head(key)
        if there is None or not sums.are_those_of(there.content_length, there.checksum):
            raise self._error(
                "something else lies under this name"
                if was_there
                else "what was read back is not what was sent",
                "Nothing was overwritten. Look at the object, and deliver to another prefix",
                key,
            )
        self._require_kept(there, key)
        return StoredObject(
            file=path.name,
            uri=f"s3://{self._name}/{key}",
            size=sums.size,
            sha256=sums.sha256,
            checksum=sums.of_object,
            version_id=there.version_id,
            retain_until=there.retain_until.isoformat() if there.retain_until else None,
            was_there=was_there,
        )

    def _require_kept(self, there: HeadObjectReply, key: str) -> None:
        keeping = self._keeping
        if keeping.kms_key and not (there.encryption or "").startswith("aws:kms"):
            raise self._error(
                "the object is there, and not encrypted with KMS as asked for",
                "Look at how it came there, and deliver to another prefix",
                key,
            )
        kept = there.retain_until is not None and keeping.retain_until is not None
        if (keeping.lock_mode and not (kept and there.lock_mode == keeping.lock_mode)) or (
            keeping.legal_hold and there.legal_hold != "ON"
        ):
            raise self._error(
                "the object is there, and not locked as asked for",
                "Allow the caller s3:PutObjectRetention and s3:PutObjectLegalHold, and lock it",
                key,
            )

    async def _head(self, key: str) -> HeadObjectReply | None:
        try:
            reply = await self._session.call(
                HEAD_OBJECT, {"Bucket": self._name, "Key": key, "ChecksumMode": "ENABLED"}
            )
        except CallFailed as failed:
            if failed.code in _NOT_THERE:
                return None
            raise self._failed("the object cannot be read back", failed, key) from None
        return reply.data

    async def _send(self, path: Path, key: str, sums: Checksums) -> None:
        try:
            if sums.is_multipart:
                await self._send_parts(path, key, sums)
            else:
                await self._session.call(
                    PUT_OBJECT,
                    {
                        "Bucket": self._name,
                        "Key": key,
                        "Body": await asyncio.to_thread(path.read_bytes),
                        "ChecksumAlgorithm": "SHA256",
                        "ChecksumSHA256": sums.parts[0],
                        "IfNoneMatch": "*",
                        **self._keeping.members(),
                    },
                )
        except CallFailed as failed:
            # Somebody else put it there meanwhile; whether it is the same is read back next.
            if failed.code not in _IS_THERE:
                raise self._failed("the file is not taken", failed, key) from None

    async def _send_parts(self, path: Path, key: str, sums: Checksums) -> None:
        upload = await self._upload_begun(key) or await self._begin_upload(key)
        named = {"Bucket": self._name, "Key": key, "UploadId": upload}
        sent = {part.number: part for part in await self._parts_sent(named)}
        parts = []
        for number, checksum in enumerate(sums.parts, 1):
            part = sent.get(number)
            if part is None or part.checksum != checksum:
                body = await asyncio.to_thread(part_of, path, number)
                reply = await self._session.call(
                    UPLOAD_PART,
                    {
                        **named,
                        "PartNumber": number,
                        "Body": body,
                        "ChecksumAlgorithm": "SHA256",
                        "ChecksumSHA256": checksum,
                    },
                )
                part = PartShape(number, reply.data.etag, checksum)
            parts.append({"PartNumber": number, "ETag": part.etag, "ChecksumSHA256": checksum})
        await self._session.call(
            COMPLETE_UPLOAD, {**named, "MultipartUpload": {"Parts": parts}, "IfNoneMatch": "*"}
        )

    async def _upload_begun(self, key: str) -> str | None:
        """An upload that an earlier delivery did not end; its parts need not be sent again."""
        reply = await self._session.call(LIST_UPLOADS, {"Bucket": self._name, "Prefix": key})
        return next((one.upload_id for one in reply.data.uploads if one.key == key), None)

    async def _begin_upload(self, key: str) -> str:
        reply = await self._session.call(
            CREATE_UPLOAD,
            {
                "Bucket": self._name,
                "Key": key,
                "ChecksumAlgorithm": "SHA256",
                "ChecksumType": "COMPOSITE",
                **self._keeping.members(),
            },
        )
        return reply.data.upload_id

    async def _parts_sent(self, named: Parameters) -> list[PartShape]:
        parts: list[PartShape] = []
        marker: Parameters = {}
        while True:
            page = (await self._session.call(LIST_PARTS, {**named, **marker})).data
            parts += page.parts
            if not page.is_truncated or page.next_part_number_marker is None:
                return parts
            marker = {"PartNumberMarker": page.next_part_number_marker}

    def _failed(self, what: str, failed: CallFailed, key: str = "") -> DeliveryError:
        detail = f" ({failed.message})" if failed.message else ""
        return self._error(
            f"{what}: {failed.why.reason}{detail}",
            "What is there stays there; `orgscan deliver` goes on",
            key,
        )

    def _error(self, what: str, mend: str, key: str = "") -> DeliveryError:
        return DeliveryError(what, where=f"s3://{self._name}/{key}", mend=mend)
