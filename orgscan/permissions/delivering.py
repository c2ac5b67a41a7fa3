"""What delivery and signing take, each only where a setting asks for it."""

from __future__ import annotations

from orgscan.aws.kms import GET_PUBLIC_KEY, SIGN
from orgscan.delivery.hub_operations import BATCH_IMPORT_FINDINGS, GET_FINDINGS
from orgscan.delivery.notice import PUBLISH, PUT_EVENTS
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
)
from orgscan.permissions.capability import Capability, Holder, On

BUCKET = Capability(
    holder=Holder.CALLER,
    name="the bucket of runs",
    operations=(HEAD_BUCKET, LIST_UPLOADS),
    without="no run is begun that is to be delivered there",
    asked_by="deliver_s3",
    on=On.BUCKET,
)
OBJECTS = Capability(
    holder=Holder.CALLER,
    name="the objects of runs",
    operations=(
        PUT_OBJECT,
        HEAD_OBJECT,
        CREATE_UPLOAD,
        UPLOAD_PART,
        COMPLETE_UPLOAD,
        LIST_PARTS,
    ),
    without="the run stays where it was written",
    asked_by="deliver_s3",
    on=On.OBJECTS,
)
ENCRYPTION = Capability(
    holder=Holder.CALLER,
    name="the key of delivered objects",
    # S3 asks KMS in the caller's name; to join and to read back parts it has to decrypt.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    also=("kms:GenerateDataKey", "kms:Decrypt"),
    without="the run stays where it was written",
    asked_by="deliver_kms_key",
    on=On.DATA_KEY,
)
LOCK = Capability(
    holder=Holder.CALLER,
    name="the bucket's Object Lock",
    operations=(GET_OBJECT_LOCK,),
    without="no run is begun that is to be locked",
    asked_by="deliver_lock_mode",
    on=On.BUCKET,
)
RETENTION = Capability(
    holder=Holder.CALLER,
    name="the retention of delivered objects",
    also=("s3:PutObjectRetention",),
    without="the run stays where it was written",
    asked_by="deliver_lock_mode",
    on=On.OBJECTS,
)
HOLD_LOCK = Capability(
    holder=Holder.CALLER,
    name="the bucket's Object Lock, for legal holds",
    operations=(GET_OBJECT_LOCK,),
    without="no run is begun that is to be held",
    asked_by="deliver_legal_hold",
    on=On.BUCKET,
)
LEGAL_HOLD = Capability(
    holder=Holder.CALLER,
    name="the legal hold of delivered objects",
    also=("s3:PutObjectLegalHold",),
    without="the run stays where it was written",
    asked_by="deliver_legal_hold",
    on=On.OBJECTS,
)
SIGNATURE = Capability(
    holder=Holder.CALLER,
    name="the signature of evidence",
    operations=(GET_PUBLIC_KEY, SIGN),
    without="no run is begun that is to be signed",
    asked_by="signing_kms_key",
    on=On.SIGNING_KEY,
)
TOPIC = Capability(
    holder=Holder.CALLER,
    name="notices to people",
    operations=(PUBLISH,),
    without="the topic is not told of the run",
    asked_by="deliver_sns_topic",
    on=On.TOPIC,
)
BUS = Capability(
    holder=Holder.CALLER,
    name="notices to programs",
    operations=(PUT_EVENTS,),
    without="the bus is not told of the run",
    asked_by="deliver_event_bus",
    on=On.BUS,
)
HUB = Capability(
    holder=Holder.SECURITY_HUB_ROLE,
    name="findings in Security Hub",
    operations=(GET_FINDINGS, BATCH_IMPORT_FINDINGS),
    without="the findings of that account-region are not in Security Hub",
    asked_by="deliver_security_hub",
)

DELIVERING = (
    BUCKET,
    OBJECTS,
    ENCRYPTION,
    LOCK,
    RETENTION,
    HOLD_LOCK,
    LEGAL_HOLD,
    SIGNATURE,
    TOPIC,
    BUS,
    HUB,
)
"""In the order of the settings."""
