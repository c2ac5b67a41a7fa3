"""A timestamping authority of the tests' own: openssl's, with a certificate chain of two."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.evidence.forging import private_pem

_SETTINGS = """[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
ess_cert_id_chain = no
"""


class Authority:
    """`orgscan.evidence.signing.Timestamper` by `openssl ts`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        ca, ca_key = self._certificate(f"{name} root", None)
        leaf, leaf_key = self._certificate(f"{name} authority", (ca, ca_key))
        self.root = ca.public_bytes(Encoding.PEM)
        (self._folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
        (self._folder / "key.pem").write_bytes(private_pem(leaf_key))
        (self._folder / "tsa.cnf").write_text(_SETTINGS, encoding="utf-8")
        (self._folder / "serial").write_text("01\n", encoding="utf-8")

    async def stamp(self, message: bytes) -> bytes:
        """As `Timestamper.stamp`."""
        return await asyncio.to_thread(self._stamp, message)

    def _stamp(self, message: bytes) -> bytes:
        (self._folder / "message").write_bytes(message)
        for command in (
            ("-query", "-data", "message", "-sha256", "-cert", "-out", "query"),
            ("-reply", "-config", "tsa.cnf", "-queryfile", "query", "-signer", "leaf.pem",
             "-inkey", "key.pem", "-out", "reply"),
        ):  # fmt: skip
            subprocess.run(  # noqa: S603 - two fixed commands
                ["openssl", "ts", *command],  # noqa: S607 - whichever openssl there is
                cwd=self._folder,
                capture_output=True,
                check=True,
            )
        return (self._folder / "reply").read_bytes()

    @staticmethod
    def _certificate(
        name: str, issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None
    ) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer[0].subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True)
        )
        if issuer:
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key
