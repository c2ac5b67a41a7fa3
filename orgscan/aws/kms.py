"""Signing with a key that never leaves KMS: ECDSA on P-256 over SHA-256.

KMS gives signatures in DER, so that `openssl dgst -sha256 -verify` reads them as they are.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.errors import EvidenceError

# AWS shares 1,000 elliptic curve operations a second out over a region.
# https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
_KMS = Bucket("kms", burst=20, rate=20)
_SPEC = "ECC_NIST_P256"
_USAGE = "SIGN_VERIFY"
_ALGORITHM = "ECDSA_SHA_256"
# `Message` of kms:Sign takes no more.
_RAW_LIMIT = 4096
_OTHER_KIND = (
    f"Use an asymmetric key for signing: aws kms create-key --key-spec {_SPEC} --key-usage {_USAGE}"
)
_MENDS = {
    "NotFoundException": "Name a key that is there by its ARN, which has its region",
    "InvalidArnException": "Name the key by its ARN, as `aws kms describe-key` shows it",
    "DisabledException": "Enable the key, or name another",
    "KMSInvalidStateException": "Enable the key, or cancel its deletion",
    "UnsupportedOperationException": _OTHER_KIND,
}
_ALLOW = "Allow the caller kms:GetPublicKey and kms:Sign on the key, by the key's policy too"


class _PublicKey(msgspec.Struct, frozen=True, rename="pascal"):
    key_id: str
    public_key: bytes
    key_usage: str
    key_spec: str = ""
    # What older answers call it.
    customer_master_key_spec: str = ""
    signing_algorithms: tuple[str, ...] | None = None

    @property
    def spec(self) -> str:
        return self.key_spec or self.customer_master_key_spec or "of an unknown kind"


class _Signature(msgspec.Struct, frozen=True, rename="pascal"):
    signature: bytes


GET_PUBLIC_KEY = Operation(service="kms", name="GetPublicKey", reply=_PublicKey, bucket=_KMS)
SIGN = Operation(service="kms", name="Sign", reply=_Signature, bucket=_KMS)


class KmsSigner:
    """A private key in KMS.

    Attributes:
        key_id: the key's ARN. An alias was followed once, so that moving it changes nothing.
        algorithm: how it signs.
    """

    algorithm: Final = "ecdsa-p256-sha256"

    def __init__(
        self, session: RegionSession, key_id: str, public_key: ec.EllipticCurvePublicKey
    ) -> None:
        self.key_id = key_id
        self._session = session
        self._public_key = public_key

    def public_key_pem(self) -> bytes:
        """The public key, as `openssl pkey -pubout` writes it."""
        return self._public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    async def sign(self, message: bytes) -> bytes:
        """The signature of a message, in DER.

        What KMS takes whole, it hashes itself, so that its own log tells what was signed. Of
        anything longer it is sent the SHA-256, and the signature is the same kind.

        Raises:
            EvidenceError: KMS does not sign, or what it gave is no signature of the message.
        """
        given: Parameters = {"Message": message, "MessageType": "RAW"}
        if len(message) > _RAW_LIMIT:
            given = {"Message": hashlib.sha256(message).digest(), "MessageType": "DIGEST"}
        try:
            reply = await self._session.call(
                SIGN, {"KeyId": self.key_id, "SigningAlgorithm": _ALGORITHM, **given}
            )
        except CallFailed as failed:
            raise _failed("KMS does not sign", self.key_id, failed) from None
        signature = reply.data.signature
        try:
            self._public_key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise EvidenceError(
                "what KMS gave is no signature of what it was asked to sign",
                where=self.key_id,
                mend="Look at what answers in the place of KMS, such as a proxy or an emulator",
            ) from None
        return signature


def region_of_key(key: str, home_region: str) -> str:
    """The region that a key is in: its ARN tells, and anything else is sought at home."""
    parts = key.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else home_region


async def open_signer(session: RegionSession, key: str) -> KmsSigner:
    """The signer of a key, found out to be of the right kind before anything is to be signed.

    Args:
        session: the caller, in the key's region.
        key: its ARN, id, alias name or alias ARN.

    Raises:
        EvidenceError: the key is not there, may not be used, or is of another kind.
    """
    try:
        found = (await session.call(GET_PUBLIC_KEY, {"KeyId": key})).data
    except CallFailed as failed:
        raise _failed("KMS does not give the signing key's public half", key, failed) from None
    is_fit = found.spec == _SPEC and found.key_usage == _USAGE
    if not is_fit or _ALGORITHM not in (found.signing_algorithms or ()):
        raise EvidenceError(
            f"the KMS key is {found.spec} for {found.key_usage}, not {_SPEC} for {_USAGE}",
            where=key,
            mend=_OTHER_KIND,
        )
    return KmsSigner(session, found.key_id, _public_key(found.public_key, key))


def _public_key(der: bytes, where: str) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise EvidenceError(
            "what KMS gave is no public key on P-256", where=where, mend=_OTHER_KIND
        )
    return key


def _failed(what: str, key: str, failed: CallFailed) -> EvidenceError:
    if failed.kind is FailureKind.DENIED:
        return EvidenceError(f"{what}: {failed.api} was denied", where=key, mend=_ALLOW)
    return EvidenceError(
        f"{what}: {failed.why.reason}", where=key, mend=_MENDS.get(failed.code, "")
    )
