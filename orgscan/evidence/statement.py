"""The in-toto statement about a bundle, in its DSSE envelope.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Literal

import msgspec

from orgscan.errors import NotGenuine
from orgscan.evidence.layout import STATEMENT, TAGMANIFEST
from orgscan.evidence.signing import Signer

_PAYLOAD_TYPE: Literal["application/vnd.in-toto+json"] = "application/vnd.in-toto+json"
_PREDICATE: Literal["urn:orgscan:evidence-bundle:v1"] = "urn:orgscan:evidence-bundle:v1"


class Subject(msgspec.Struct, frozen=True):
    """What a statement is about."""

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """An in-toto Statement, version 1; its predicate is the run that the bundle is of."""

    type: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    subject: tuple[Subject, ...]
    predicate_type: Literal["urn:orgscan:evidence-bundle:v1"] = msgspec.field(name="predicateType")
    predicate: dict[str, object]


class _Signature(msgspec.Struct, frozen=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    payload: str
    payload_type: Literal["application/vnd.in-toto+json"] = msgspec.field(name="payloadType")
    signatures: tuple[_Signature]


async def signed_statement(
    tagmanifest: bytes, predicate: dict[str, object], signer: Signer
) -> bytes:
    """The envelope of the statement about a bundle.

    Args:
        tagmanifest: the bundle's.
        predicate: facts of the run.
        signer: the key.

    Raises:
        EvidenceError: the key does not sign.
    """
    statement = Statement(
        type="https://in-toto.io/Statement/v1",
        subject=(_subject(tagmanifest),),
        predicate_type=_PREDICATE,
        predicate=predicate,
    )
    payload = msgspec.json.encode(statement)
    signature = await signer.sign(_authenticated(payload))
    envelope = _Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=_PAYLOAD_TYPE,
        signatures=(_Signature(signer.key_id, base64.b64encode(signature).decode()),),
    )
    return msgspec.json.encode(envelope)


def read_statement(envelope: bytes, tagmanifest: bytes) -> tuple[bytes, bytes]:
    """The message that was signed, and its signature.

    Raises:
        NotGenuine: it is no such envelope, or is about another bundle.
    """
    try:
        read = msgspec.json.decode(envelope, type=_Envelope)
        payload = base64.b64decode(read.payload, validate=True)
        signature = base64.b64decode(read.signatures[0].sig, validate=True)
        statement = msgspec.json.decode(payload, type=Statement)
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError) as error:
        raise NotGenuine(f"this is no signed statement: {error}", where=STATEMENT) from None
    # One spelling only, so that no byte of the file can change unseen.
    exact = msgspec.structs.replace(
        read,
        payload=base64.b64encode(payload).decode(),
        signatures=(_Signature(read.signatures[0].keyid, base64.b64encode(signature).decode()),),
    )
    if msgspec.json.encode(exact) != envelope:
        raise NotGenuine("the statement is not spelled as orgscan spells it", where=STATEMENT)
    if statement.subject != (_subject(tagmanifest),):
        raise NotGenuine("the statement is about another bundle", where=STATEMENT)
    return _authenticated(payload), signature


def statement_key_id(envelope: bytes) -> str:
    """The id of the key that an envelope names."""
    return msgspec.json.decode(envelope, type=_Envelope).signatures[0].keyid


def _subject(tagmanifest: bytes) -> Subject:
    return Subject(TAGMANIFEST, {"sha256": hashlib.sha256(tagmanifest).hexdigest()})


def _authenticated(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = _PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
