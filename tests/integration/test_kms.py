"""Evidence signed with a key in moto's KMS, checked by openssl.

moto verifies and signs MessageType RAW; it ignores DIGEST, which a tagmanifest is too short for.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

pytestmark = pytest.mark.integration

_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
_REGION = "eu-west-1"
_SECONDS = 60


@pytest.fixture(scope="module")
def moto() -> Iterator[Callable[[str], Any]]:
    """Clients of a moto that has an organization."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    make: Any = boto3.client

    def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        return make(service, region_name=_REGION, endpoint_url=f"http://{host}:{port}", **_KEYS)

    organizations = client("organizations")
    # moto's state outlives a server within a process.
    with contextlib.suppress(organizations.exceptions.AlreadyInOrganizationException):
        organizations.create_organization(FeatureSet="ALL")
    yield client
    server.stop()


def _environ(moto: Callable[[str], Any]) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": moto("kms").meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": _KEYS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": _KEYS["aws_secret_access_key"],
        "AWS_REGION": _REGION,
        "ORGSCAN_REGION": _REGION,
    }


def _key(moto: Callable[[str], Any], spec: str, usage: str = "SIGN_VERIFY") -> str:
    made = moto("kms").create_key(KeySpec=spec, KeyUsage=usage)
    arn: str = made["KeyMetadata"]["Arn"]
    return arn


def test_a_bundle_signed_in_kms_verifies_with_openssl(
    orgscan: Callable[..., Any], moto: Callable[[str], Any], tmp_path: Path
) -> None:
    """By the public key that comes with it, which is the one that KMS gives."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    arn = _key(moto, "ECC_NIST_P256")
    done = orgscan("scan", "--signing-kms-key", arn, environ=_environ(moto))
    assert done.report is not None, done.err
    bundle = tmp_path / "reports" / "latest" / "evidence.zip"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "bag")

    bag = tmp_path / "bag"
    checked = subprocess.run(  # noqa: S603 - openssl, on files of the test
        [
            openssl, "dgst", "-sha256", "-verify", "tagmanifest-sha256.txt.pub",
            "-signature", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt",
        ],
        cwd=bag, capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout) == (0, "Verified OK\n")
    der = moto("kms").get_public_key(KeyId=arn)["PublicKey"]
    as_der = subprocess.run(  # noqa: S603 - as above
        [openssl, "pkey", "-pubin", "-in", "tagmanifest-sha256.txt.pub", "-outform", "DER"],
        cwd=bag, capture_output=True, timeout=_SECONDS, check=True,
    )  # fmt: skip
    assert as_der.stdout == der
    verified = orgscan(
        "verify", str(bundle), "--public-key", str(bag / "tagmanifest-sha256.txt.pub"), environ={}
    )
    assert verified.status == 0, verified.err


@pytest.mark.parametrize(
    ("spec", "usage", "says"),
    [
        ("RSA_2048", "SIGN_VERIFY", "the KMS key is RSA_2048 for SIGN_VERIFY"),
        (
            "SYMMETRIC_DEFAULT",
            "ENCRYPT_DECRYPT",
            "the KMS key is SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT",
        ),
    ],
)
def test_a_key_of_the_wrong_kind_is_told_before_the_sweep(
    orgscan: Callable[..., Any], moto: Callable[[str], Any], spec: str, usage: str, says: str
) -> None:
    """Nothing is swept for a bundle that could not be signed."""
    arn = _key(moto, spec, usage)
    done = orgscan("scan", "--signing-kms-key", arn, environ=_environ(moto))

    assert (done.status, done.report) == (2, None)
    assert says in done.err
    assert arn in done.err


def test_two_signing_keys_are_refused(orgscan: Callable[..., Any], tmp_path: Path) -> None:
    """Which of them would it be?"""
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
    done = orgscan(
        "scan", "--signing-kms-key", arn, "--signing-key", str(tmp_path / "k.pem"), environ={}
    )

    assert done.status == 2
    assert "there are two signing keys" in done.err
