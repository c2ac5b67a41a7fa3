"""A Dask cluster of processes on this machine, which speaks TLS with certificates of both sides."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark")])
_SECONDS = 60.0


class Cluster(msgspec.Struct, frozen=True):
    """A cluster that is up.

    Attributes:
        environ: leads `orgscan scan` to it.
        pids: of the workers.
    """

    environ: dict[str, str]
    pids: tuple[int, ...]


@contextlib.contextmanager
def cluster(folder: Path, workers: int, environ: Mapping[str, str]) -> Iterator[Cluster]:
    """Start a scheduler and workers, until the block ends.

    Args:
        folder: for certificates and what Dask writes.
        workers: how many.
        environ: what leads the workers to the organization, as any AWS program.
    """
    cert, key = _certify(folder)
    # Dask's profiler looks at every thread a hundred times a second, which docs/scale.md turns off.
    environ = {**environ, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    tls = ["--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key, "--no-dashboard"]
    told = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:

        def start(program: str, *arguments: object) -> int:
            command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *tls, *arguments]
            child = subprocess.Popen(
                list(map(str, command)), cwd=folder, env=dict(environ), stderr=subprocess.DEVNULL
            )
            stack.callback(child.wait)
            stack.callback(child.kill)
            return child.pid

        host = ["--host", "tls://127.0.0.1:0", "--protocol", "tls", "--scheduler-file", told]
        start("scheduler", *host)
        address = _address(told)
        threads = ["--nthreads", "2", "--no-nanny", "--host", "127.0.0.1"]
        pids = tuple(start("worker", address, *threads) for _ in range(workers))
        yield Cluster(
            {
                "ORGSCAN_DASK": address,
                "ORGSCAN_DASK_CA": str(cert),
                "ORGSCAN_DASK_CERT": str(cert),
                "ORGSCAN_DASK_KEY": str(key),
            },
            pids,
        )


def _address(told: Path) -> str:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads(told.read_text(encoding="utf-8"))["address"])
        time.sleep(0.1)
    raise SystemExit("the Dask scheduler did not start")


def _certify(folder: Path) -> tuple[Path, Path]:
    """One certificate for all, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "node.pem", folder / "node.key"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file
