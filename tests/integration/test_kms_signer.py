"""KMS signatures against moto, read back by openssl.

moto takes no notice of `MessageType=DIGEST`, so longer messages are in `tests/aws/test_kms.py`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession
from moto.server import ThreadedMotoServer

from orgscan.aws.credentials import Credentials, RefreshedCredentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.kms import open_signer
from orgscan.aws.session import RegionSession
from orgscan.errors import EvidenceError

pytestmark = pytest.mark.integration

_SECRET = "not a secret"


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Moto's server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def kms(moto_url: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    """An ordinary client of moto's KMS."""
    make: Any = boto3.client
    return make(
        "kms",
        region_name="eu-west-1",
        endpoint_url=moto_url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key=_SECRET,
    )


@pytest.fixture
async def session(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RegionSession]:
    """Orgscan's way to moto."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    async def fetch() -> Credentials:
        return Credentials(
            account_id="123456789012", access_key="AKIAIOSFODNN7EXAMPLE", secret_key=_SECRET
        )

    source = RefreshedCredentials("123456789012", fetch, lambda: 0.0)
    async with Engine(AioSession(), Limits(backoff_base=0.001), connections=4) as engine:
        yield RegionSession(engine, source, "eu-west-1")


def made(kms: Any, spec: str, usage: str) -> str:  # noqa: ANN401 - as `kms`
    """A new key's ARN."""
    arn: str = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    return arn


async def test_openssl_verifies_what_kms_signed(
    kms: Any,  # noqa: ANN401 - as `kms`
    session: RegionSession,
    tmp_path: Path,
) -> None:
    """Signature and public key are in the forms that openssl reads, with no tool of ours."""
    message = tmp_path / "tagmanifest-sha256.txt"
    message.write_bytes(b"0f" * 32 + b"  manifest-sha256.txt\n")
    signer = await open_signer(session, made(kms, "ECC_NIST_P256", "SIGN_VERIFY"))

    (tmp_path / "public.pem").write_bytes(signer.public_key_pem())
    (tmp_path / "signature").write_bytes(await signer.sign(message.read_bytes()))

    process = await asyncio.create_subprocess_exec(
        *("openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"),
        message,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"Verified OK\n")


async def test_an_alias_is_followed_once(
    kms: Any,  # noqa: ANN401 - as `kms`
    session: RegionSession,
) -> None:
    """Whoever moves the alias during a run does not change which key signs the bundle."""
    arn = made(kms, "ECC_NIST_P256", "SIGN_VERIFY")
    kms.create_alias(AliasName="alias/orgscan-evidence", TargetKeyId=arn)

    signer = await open_signer(session, "alias/orgscan-evidence")

    # KMS gives the ARN here, and moto the id.
    assert signer.key_id == arn.rpartition("/")[2]


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P384", "SIGN_VERIFY"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY"),
        ("RSA_2048", "ENCRYPT_DECRYPT"),
    ],
)
async def test_a_key_of_the_wrong_kind_is_refused_before_anything_is_signed(
    kms: Any,  # noqa: ANN401 - as `kms`
    session: RegionSession,
    spec: str,
    usage: str,
) -> None:
    """The error says what it is, what is needed, and the command that makes one."""
    arn = made(kms, spec, usage)

    with pytest.raises(EvidenceError) as refused:
        await open_signer(session, arn)

    assert str(refused.value) == (
        f"{arn}: the KMS key is {spec} for {usage}, not ECC_NIST_P256 for SIGN_VERIFY. Use an "
        "asymmetric key for signing: aws kms create-key --key-spec ECC_NIST_P256 "
        "--key-usage SIGN_VERIFY"
    )


async def test_a_key_that_is_not_there_is_named(session: RegionSession) -> None:
    """A wrong region looks the same to KMS, so the ARN is asked for."""
    arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"

    with pytest.raises(EvidenceError) as refused:
        await open_signer(session, arn)

    assert str(refused.value) == (
        f"{arn}: KMS does not give the signing key's public half: kms:GetPublicKey refused the "
        "request (NotFoundException). Name a key that is there by its ARN, which has its region"
    )
