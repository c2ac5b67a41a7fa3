"""Signing with a private key in a file, and checking signatures with a public one."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from orgscan.errors import EvidenceError
from orgscan.evidence.signing import Algorithm

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
_KIND = "an Ed25519 or an ECDSA P-256 key"


class LocalSigner:
    """`orgscan.evidence.signing.Signer` on a private key that is held in memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        self.algorithm: Algorithm = (
            "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "ecdsa-p256-sha256"
        )
        self.key_id = key_id(key.public_key())

    def public_key_pem(self) -> bytes:
        """As `Signer.public_key_pem`."""
        return pem_of(self._key.public_key())

    async def sign(self, message: bytes) -> bytes:
        """As `Signer.sign`; ECDSA nonces follow from the message, where OpenSSL can (RFC 6979)."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def load_signer(path: Path, passphrase: str | None) -> LocalSigner:
    """The signer of a PEM file.

    Args:
        path: of the private key, which only its owner may read.
        passphrase: that it is encrypted with; None where it is not.

    Raises:
        EvidenceError: it cannot be read, others may read it, or it is another kind of key.
    """
    try:
        text = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise EvidenceError(
            f"the signing key cannot be read: {error.strerror or error}",
            where=str(path),
            mend="Name the private key's PEM file with --signing-key",
        ) from None
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise EvidenceError(
            f"others may read the signing key (mode {stat.S_IMODE(mode):04o})",
            where=str(path),
            mend=f"chmod 600 {path}",
        )
    try:
        key = serialization.load_pem_private_key(text, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnicodeError, UnsupportedAlgorithm):
        # What the library says may quote the file.
        raise EvidenceError(
            "this is no private key in PEM, or its passphrase is another one",
            where=str(path),
            mend="Give the passphrase of an encrypted key in ORGSCAN_SIGNING_KEY_PASSPHRASE",
        ) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return LocalSigner(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return LocalSigner(key)
    raise EvidenceError(
        "the signing key is of another kind",
        where=str(path),
        mend=f"Use {_KIND}, for example: openssl genpkey -algorithm ed25519 -out {path.name}",
    )


def load_public_key(pem: bytes, where: str) -> PublicKey:
    """The public key of a PEM text.

    Raises:
        EvidenceError: it is none, or of another kind.
    """
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise EvidenceError(
            "this is no public key in PEM", where=where, mend="openssl pkey -pubout writes one"
        ) from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise EvidenceError("the public key is of another kind", where=where, mend=f"Use {_KIND}")


def pem_of(key: PublicKey) -> bytes:
    """As `openssl pkey -pubout` writes it."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def key_id(key: PublicKey) -> str:
    """`sha256:` and the digest of the key's SubjectPublicKeyInfo."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def is_signature(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a signature of a message was made with the private key of `key`."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def passphrase_of(environ: os._Environ[str] | dict[str, str]) -> str | None:
    """The passphrase of the signing key, from the environment alone."""
    return environ.get(PASSPHRASE) or None


PASSPHRASE = "ORGSCAN_SIGNING_KEY_PASSPHRASE"  # noqa: S105 - the variable's name
