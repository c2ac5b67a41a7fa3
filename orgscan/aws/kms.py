"""Signing with a key that never leaves AWS KMS: ECC_NIST_P256, ECDSA_SHA_256."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Literal

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation, Parameters
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.errors import EvidenceError

# Asymmetric ECC operations: 300 a second; a run signs twice.
_KMS = Bucket("kms", burst=10, rate=10)
_ALGORITHM = "ECDSA_SHA_256"
# https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
_LONGEST_RAW = 4096


class PublicKeyReply(msgspec.Struct, rename="pascal"):
    """kms:GetPublicKey; the key is the DER of its SubjectPublicKeyInfo."""

    key_id: str
    public_key: bytes
    key_usage: str | None = None


class SignReply(msgspec.Struct, rename="pascal"):
    """kms:Sign; the signature is DER."""

    signature: bytes


GET_PUBLIC_KEY = Operation(service="kms", name="GetPublicKey", reply=PublicKeyReply, bucket=_KMS)
SIGN = Operation(service="kms", name="Sign", reply=SignReply, bucket=_KMS)


class KmsSigner:
    """`orgscan.evidence.signing.Signer` on a key in KMS; `kms_signer` opens one."""

    def __init__(self, session: RegionSession, key: PublicKeyReply) -> None:
        self.key_id = key.key_id
        self.algorithm: Literal["ecdsa-p256-sha256"] = "ecdsa-p256-sha256"
        self._session = session
        self._public_key = key.public_key

    def public_key_pem(self) -> bytes:
        """As `Signer.public_key_pem`."""
        lines = re.findall(".{1,64}", base64.b64encode(self._public_key).decode("ascii"))
        body = "\n".join(lines)
        return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()

    async def sign(self, message: bytes) -> bytes:
        """As `Signer.sign`; a message too long for KMS is sent as its digest, which signs alike."""
        is_short = len(message) <= _LONGEST_RAW
        given: Parameters = {
            "KeyId": self.key_id,
            "Message": message if is_short else hashlib.sha256(message).digest(),
            "MessageType": "RAW" if is_short else "DIGEST",
            "SigningAlgorithm": _ALGORITHM,
        }
        try:
            return (await self._session.call(SIGN, given)).data.signature
        except CallFailed as failed:
            raise _refused(self.key_id, failed) from None


async def kms_signer(session: RegionSession, key_arn: str) -> KmsSigner:
    """Open a key for signing.

    Args:
        session: the caller in the key's region.
        key_arn: the key or its alias.

    Raises:
        EvidenceError: it is not there, may not be used, or is of another kind.
    """
    try:
        key = (await session.call(GET_PUBLIC_KEY, {"KeyId": key_arn})).data
    except CallFailed as failed:
        raise _refused(key_arn, failed) from None
    if key.key_usage != "SIGN_VERIFY" or not _is_p256(key.public_key):
        raise EvidenceError(
            f"the signing key is of another kind (key usage {key.key_usage})",
            where=key_arn,
            mend="Use a key of spec ECC_NIST_P256 and usage SIGN_VERIFY",
        )
    return KmsSigner(session, key)


def _is_p256(der: bytes) -> bool:
    """By the key itself: it is what the bundle will be checked with."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _refused(key: str, failed: CallFailed) -> EvidenceError:
    detail = f" ({failed.message})" if failed.message else ""
    return EvidenceError(
        f"the signing key cannot be used: {failed.why.reason}{detail}",
        where=key,
        mend="Allow the caller kms:GetPublicKey and kms:Sign on an asymmetric key for signing",
    )
