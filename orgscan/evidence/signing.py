"""What a bundle is signed and timestamped with; each way is one module behind these interfaces.

What is signed is the bytes of `tagmanifest-sha256.txt`: every file of a bundle hangs on it.
"""

from __future__ import annotations

from typing import Literal, Protocol

Algorithm = Literal["ecdsa-p256-sha256", "ed25519"]


class Signer(Protocol):
    """A private key, wherever it is kept."""

    @property
    def key_id(self) -> str:
        """Names the key for a person: an ARN, or `sha256:` and the digest of the public key."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        ...

    def public_key_pem(self) -> bytes:
        """The public key: PEM of its SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it."""
        ...

    async def sign(self, message: bytes) -> bytes:
        """The signature of a message, which the signer hashes itself where the algorithm does.

        ECDSA signatures are DER, as openssl reads them; Ed25519's are their 64 bytes.

        Raises:
            EvidenceError: the key does not sign.
        """
        ...


class Timestamper(Protocol):
    """A timestamping authority (RFC 3161)."""

    async def stamp(self, message: bytes) -> bytes:
        """The DER of a TimeStampResp over the SHA-256 of a message.

        Raises:
            EvidenceError: the authority gives none.
        """
        ...
