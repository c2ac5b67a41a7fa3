"""What the KMS signer asks for, and what it does with answers that moto never gives."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiobotocore.session import AioSession
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from orgscan.aws.credentials import Credentials, RefreshedCredentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.kms import open_signer, region_of_key
from orgscan.aws.session import RegionSession
from orgscan.errors import EvidenceError

_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Kms:
    """A KMS with one key, which keeps to MessageType."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.asked: list[tuple[str, int]] = []
        self.refuses: tuple[int, str, str] | None = None
        self.signs_something_else = False

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """GetPublicKey and Sign."""
        given = json.loads(await request.read())
        if self.refuses:
            status, code, said = self.refuses
            return _reply({"__type": code, "message": said}, status)
        if request.headers["X-Amz-Target"] == "TrentService.GetPublicKey":
            return _reply(self._public_key())
        message: bytes = base64.b64decode(given["Message"])
        self.asked.append((given["MessageType"], len(message)))
        if self.signs_something_else:
            message = message[::-1]
        digested = utils.Prehashed(hashes.SHA256())
        algorithm = digested if given["MessageType"] == "DIGEST" else hashes.SHA256()
        return _reply({"Signature": _base64(self.key.sign(message, ec.ECDSA(algorithm)))})

    def _public_key(self) -> dict[str, Any]:
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "KeyId": _ARN,
            "PublicKey": _base64(der),
            "KeySpec": "ECC_NIST_P256",
            "KeyUsage": "SIGN_VERIFY",
            "SigningAlgorithms": ["ECDSA_SHA_256"],
        }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _reply(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body), status=status, content_type="application/x-amz-json-1.1"
    )


@pytest.fixture
def kms() -> Kms:
    """A KMS that signs."""
    return Kms()


@pytest.fixture
async def caller(
    kms: Kms,
    session: AioSession,
    listen: Callable[..., Awaitable[str]],
    credentials_of: Callable[[int], Credentials],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RegionSession]:
    """Who signs."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", await listen(kms.answer))

    async def fetch() -> Credentials:
        return credentials_of(1)

    source = RefreshedCredentials("000000000001", fetch, lambda: 0.0)
    async with Engine(session, Limits(backoff_base=0.001), connections=4) as engine:
        yield RegionSession(engine, source, "eu-west-1")


@pytest.mark.parametrize(
    ("size", "asked"), [(4096, ("RAW", 4096)), (4097, ("DIGEST", 32)), (1_000_000, ("DIGEST", 32))]
)
async def test_what_kms_does_not_take_whole_is_signed_by_its_digest(
    kms: Kms, caller: RegionSession, size: int, asked: tuple[str, int]
) -> None:
    """Either way it is the same kind of signature, over the SHA-256 of the message."""
    message = b"x" * size
    signer = await open_signer(caller, _ARN)

    signature = await signer.sign(message)

    assert (signer.key_id, signer.algorithm) == (_ARN, "ecdsa-p256-sha256")
    assert kms.asked == [asked]
    kms.key.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))


async def test_a_signature_of_something_else_never_reaches_a_bundle(
    kms: Kms, caller: RegionSession
) -> None:
    """What answers in the place of KMS is not believed: each signature is checked."""
    kms.signs_something_else = True
    signer = await open_signer(caller, _ARN)

    with pytest.raises(EvidenceError, match="what KMS gave is no signature of what it was asked"):
        await signer.sign(b"a tagmanifest")


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (
            (400, "AccessDeniedException", "User is not authorized to perform: kms:GetPublicKey"),
            (
                "kms:GetPublicKey was denied. Allow the caller kms:GetPublicKey and kms:Sign on "
                "the key, by the key's policy too"
            ),
        ),
        (
            (400, "UnsupportedOperationException", ""),
            (
                "kms:GetPublicKey refused the request (UnsupportedOperationException). Use an "
                "asymmetric key for signing: aws kms create-key --key-spec ECC_NIST_P256 "
                "--key-usage SIGN_VERIFY"
            ),
        ),
        (
            (400, "KMSInvalidStateException", "is pending deletion"),
            (
                "kms:GetPublicKey refused the request (KMSInvalidStateException). Enable the key, "
                "or cancel its deletion"
            ),
        ),
    ],
)
async def test_a_key_that_cannot_be_used_says_what_to_do(
    kms: Kms, caller: RegionSession, refusal: tuple[int, str, str], says: str
) -> None:
    """Denied, symmetric (which has no public half), and about to be deleted."""
    kms.refuses = refusal

    with pytest.raises(EvidenceError) as refused:
        await open_signer(caller, _ARN)

    assert str(refused.value) == (
        f"{_ARN}: KMS does not give the signing key's public half: {says}"
    )


@pytest.mark.parametrize(
    ("key", "region"),
    [
        (_ARN, "eu-west-1"),
        ("arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/evidence", "us-gov-west-1"),
        ("alias/evidence", "us-east-1"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "us-east-1"),
    ],
)
def test_a_key_is_sought_where_its_arn_says(key: str, region: str) -> None:
    """Anything but an ARN is sought in the caller's own region."""
    assert region_of_key(key, "us-east-1") == region
