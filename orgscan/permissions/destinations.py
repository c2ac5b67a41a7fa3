"""Whether a run could be signed and delivered, tried without writing, sending or signing anything.

What S3 and KMS are asked ends in an error of its own if it is allowed: an upload that was never
begun has no parts to add to, an object that nobody wrote is not there, and KMS has dry runs.
https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from orgscan.aws.entrance import Entrance
from orgscan.aws.kms import SIGN, open_signer, region_of_key
from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.delivery.s3_operations import (
    GET_OBJECT_LOCK,
    HEAD_BUCKET,
    HEAD_OBJECT,
    LIST_PARTS,
    LIST_UPLOADS,
    UPLOAD_PART,
)
from orgscan.errors import EvidenceError
from orgscan.model.coverage import CoverageStatus
from orgscan.model.outcome import NotCollected
from orgscan.permissions import delivering
from orgscan.permissions.capability import Capability
from orgscan.permissions.check import Check, refusal_but_for
from orgscan.permissions.probes import NOBODYS

_NOT_THERE = ("404", "NoSuchKey", "NotFound")
_NO_UPLOAD = "NoSuchUpload"
_WOULD_WORK = "DryRunOperationException"
_KEY_MEND = "allow the caller {} on the key, by the key's policy too"


class _DataKey(msgspec.Struct):
    """kms:GenerateDataKey; a dry run gives nothing."""


_GENERATE_DATA_KEY = Operation(
    service="kms", name="GenerateDataKey", reply=_DataKey, bucket=Bucket("kms", burst=5, rate=5)
)


async def destination_checks(way_in: Entrance, settings: Settings) -> list[Check]:
    """One line for each part of signing and delivery that the settings ask for."""
    checks = []
    if settings.deliver_s3:
        checks += [check async for check in _bucket(way_in, settings, settings.deliver_s3)]
    if key := settings.deliver_kms_key:
        checks.append(await _data_key(way_in, key))
    if settings.evidence and (key := settings.signing_kms_key):
        checks.append(await _signature(way_in, key))
    if topic := settings.deliver_sns_topic:
        checks.append(_untried(delivering.TOPIC, topic, "it would tell people"))
    if bus := settings.deliver_event_bus:
        checks.append(_untried(delivering.BUS, bus, "it would start whatever waits for it"))
    return checks


async def _bucket(way_in: Entrance, settings: Settings, uri: str) -> AsyncIterator[Check]:
    name, _, prefix = uri.removeprefix("s3://").rstrip("/").partition("/")
    session = way_in.caller_in(way_in.home_region)
    in_bucket = {"Bucket": name}
    key = f"{prefix}/{NOBODYS}".lstrip("/")
    upload = in_bucket | {"Key": key, "UploadId": NOBODYS}
    why = await refusal_but_for(session.call(HEAD_BUCKET, in_bucket))
    if why is None:
        why = await refusal_but_for(session.call(LIST_UPLOADS, in_bucket | {"Prefix": key}))
    yield Check(capability=delivering.BUCKET, place=uri, why=why, mend=_bucket_mend(why))
    if why is not None:
        return
    why = await refusal_but_for(
        session.call(UPLOAD_PART, upload | {"PartNumber": 1, "Body": b""}), _NO_UPLOAD
    )
    if why is None:
        why = await refusal_but_for(session.call(LIST_PARTS, upload), _NO_UPLOAD)
    if why is None:
        there = in_bucket | {"Key": key}
        why = await refusal_but_for(session.call(HEAD_OBJECT, there), *_NOT_THERE)
    yield Check(capability=delivering.OBJECTS, place=uri, why=why)
    for check in await _keeping(session, settings, name):
        yield msgspec.structs.replace(check, place=uri)


async def _keeping(session: RegionSession, settings: Settings, name: str) -> list[Check]:
    wanted = []
    if settings.deliver_lock_mode:
        wanted.append((delivering.LOCK, delivering.RETENTION))
    if settings.deliver_legal_hold:
        wanted.append((delivering.HOLD_LOCK, delivering.LEGAL_HOLD))
    checks = []
    for lock, kept in wanted:
        why = await refusal_but_for(session.call(GET_OBJECT_LOCK, {"Bucket": name}))
        mend = "turn Object Lock on for the bucket" if why and "NotFound" in why.error_code else ""
        checks.append(Check(capability=lock, why=why, mend=mend))
        checks.append(Check(capability=kept, untried="it takes an object that stays"))
    return checks


def _bucket_mend(why: NotCollected | None) -> str:
    is_missing = why is not None and why.error_code in {"404", "NoSuchBucket", "NotFound"}
    return "make the bucket, or correct deliver_s3" if is_missing else ""


async def _data_key(way_in: Entrance, key: str) -> Check:
    session = way_in.caller_in(region_of_key(key, way_in.home_region))
    given = {"KeyId": key, "KeySpec": "AES_256", "DryRun": True}
    why = await refusal_but_for(session.call(_GENERATE_DATA_KEY, given), _WOULD_WORK)
    mend = _KEY_MEND.format("kms:GenerateDataKey and kms:Decrypt")
    return Check(capability=delivering.ENCRYPTION, place=key, why=why, mend=mend)


async def _signature(way_in: Entrance, key: str) -> Check:
    session = way_in.caller_in(region_of_key(key, way_in.home_region))
    try:
        signer = await open_signer(session, key)
    except EvidenceError as error:
        why = NotCollected(status=CoverageStatus.ERROR, reason=error.what, api="kms:GetPublicKey")
        return Check(capability=delivering.SIGNATURE, place=key, why=why, mend=error.mend)
    given = {
        "KeyId": signer.key_id,
        "Message": NOBODYS.encode(),
        "MessageType": "RAW",
        "SigningAlgorithm": "ECDSA_SHA_256",
        "DryRun": True,
    }
    refused = await refusal_but_for(session.call(SIGN, given), _WOULD_WORK)
    mend = _KEY_MEND.format("kms:GetPublicKey and kms:Sign")
    return Check(capability=delivering.SIGNATURE, place=key, why=refused, mend=mend)


def _untried(capability: Capability, place: str, why: str) -> Check:
    return Check(capability=capability, place=place, untried=why)
