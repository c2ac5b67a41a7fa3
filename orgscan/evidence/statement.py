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
from orgscan.evidence.files import UNREADABLE
from orgscan.evidence.layout import STATEMENT, TAGMANIFEST
from orgscan.evidence.local_key import key_id, load_public_key
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
        predicate={
            **predicate,
            "signer": {"key_id": signer.key_id, "algorithm": signer.algorithm},
        },
    )
    payload = msgspec.json.encode(statement, order="deterministic")
    signature = await signer.sign(_authenticated(payload))
    envelope = _Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=_PAYLOAD_TYPE,
        signatures=(_signature(signer.public_key_pem(), signature),),
    )
    return msgspec.json.encode(envelope)


def read_statement(envelope: bytes, tagmanifest: bytes, public_key: bytes) -> tuple[bytes, bytes]:
    """The message that was signed, and its signature.

    Args:
        envelope: as `signed_statement` gives it.
        tagmanifest: the bundle's.
        public_key: PEM of the key that it names.

    Raises:
        NotGenuine: it is no such envelope, or is about another bundle.
    """
    try:
        read = msgspec.json.decode(envelope, type=_Envelope)
        payload = base64.b64decode(read.payload, validate=True)
        signature = base64.b64decode(read.signatures[0].sig, validate=True)
        statement = msgspec.json.decode(payload, type=Statement)
    except (binascii.Error, *UNREADABLE) as error:
        raise NotGenuine(f"this is no signed statement: {error}", where=STATEMENT) from None
    # One spelling only, so that no byte of the file can change unseen.
    exact = msgspec.structs.replace(
        read,
        payload=base64.b64encode(payload).decode(),
        signatures=(_signature(public_key, signature),),
    )
    if msgspec.json.encode(exact) != envelope:
        raise NotGenuine("the statement is not spelled as orgscan spells it", where=STATEMENT)
    if statement.subject != (_subject(tagmanifest),):
        raise NotGenuine("the statement is about another bundle", where=STATEMENT)
    return _authenticated(payload), signature


def _signature(public_key: bytes, signature: bytes) -> _Signature:
    # DSSE does not sign the id that it gives to a key: only what follows from the key is said.
    named = key_id(load_public_key(public_key, STATEMENT))
    return _Signature(named, base64.b64encode(signature).decode())


def _subject(tagmanifest: bytes) -> Subject:
    return Subject(TAGMANIFEST, {"sha256": hashlib.sha256(tagmanifest).hexdigest()})


def _authenticated(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = _PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
