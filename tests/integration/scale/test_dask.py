"""`--dask` finds what one process finds, whoever of the cluster is lost; nobody else may join."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="ends processes as Linux does"),
]

_ADDRESS = "Scheduler at:"
_JOINED = "Starting established connection"


def _certify(folder: Path) -> Path:
    """An authority, and a certificate of it for every node."""
    folder.mkdir()
    authority = ec.generate_private_key(ec.SECP256R1())
    node = ec.generate_private_key(ec.SECP256R1())
    _write(folder / "ca", "authority", authority, authority)
    _write(folder / "node", "node", node, authority)
    return folder


def _write(
    path: Path, name: str, key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey
) -> None:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=key is issuer, path_length=None), critical=True)
        .sign(issuer, hashes.SHA256())
    )
    path.with_suffix(".pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class _Cluster:
    """A scheduler and workers as processes, which speak TLS with both sides' certificates."""

    def __init__(self, organization: Any, certificates: Path) -> None:  # noqa: ANN401 - the fixture's own
        self.organization = organization
        self.certificates = certificates
        self.address = ""
        self.scheduler: subprocess.Popen[str] | None = None
        self.workers: list[subprocess.Popen[str]] = []
        self._all: list[subprocess.Popen[str]] = []

    def start(self, port: str = "0") -> None:
        """A scheduler, and where it is."""
        at = ["--protocol", "tls", "--host", f"tls://127.0.0.1:{port}"]
        self.scheduler = self._dask("scheduler", *at)
        self.address = self._hear(self.scheduler, _ADDRESS).split()[-1]

    def join(self, count: int = 1, *more: str) -> None:
        """Workers, once the scheduler knows them."""
        known = ["--nthreads", "2", "--no-nanny", "--host", "127.0.0.1"]
        place = ["--local-directory", str(self.organization.folder)]
        started = [self._dask("worker", self.address, *known, *place, *more) for _ in range(count)]
        self.workers += started
        for worker in started:
            self._hear(worker, _JOINED)

    def close(self) -> None:
        """End everybody."""
        for process in self._all:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()

    def scan(self, *arguments: str) -> tuple[int, str]:
        """Sweep with the cluster."""
        running = self.begin(*arguments)
        _, errors = running.communicate(timeout=300)
        return running.returncode, errors

    def begin(self, *arguments: str, certificates: Path | None = None) -> Any:  # noqa: ANN401 - a process
        """A sweep with the cluster, under way."""
        folder = certificates or self.certificates
        self.organization.environ |= {
            "ORGSCAN_DASK_CA": str(folder / "ca.pem"),
            "ORGSCAN_DASK_CERT": str(folder / "node.pem"),
            "ORGSCAN_DASK_KEY": str(folder / "node.key"),
        }
        return self.organization.start("scan", "--dask", self.address, *arguments)

    def _dask(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        folder = self.certificates
        files = {"ca-file": "ca.pem", "cert": "node.pem", "key": "node.key"}
        tls = [part for kind, name in files.items() for part in (f"--tls-{kind}", folder / name)]
        process = subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the tests
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *map(str, tls),
             "--no-dashboard", *arguments],
            cwd=self.organization.folder,
            env=self.organization.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self._all.append(process)
        return process

    @staticmethod
    def _hear(process: subprocess.Popen[str], words: str) -> str:
        """The first line with these words that a process says."""
        assert process.stderr is not None
        return next(line.strip() for line in process.stderr if words in line)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the cluster's authority."""
    return _certify(tmp_path_factory.mktemp("tls") / "cluster")


@pytest.fixture
def cluster(organization: Any, certificates: Path) -> Iterator[_Cluster]:  # noqa: ANN401 - the fixture's own
    """A scheduler without workers."""
    there = _Cluster(organization, certificates)
    try:
        there.start()
        yield there
    finally:
        there.close()


def test_two_workers_give_byte_for_byte_what_one_process_gives(
    cluster: _Cluster, run_data_aside: Callable[[Path], bytes]
) -> None:
    """Findings, coverage, totals and evidence."""
    organization = cluster.organization
    cluster.join(2)
    assert organization.run("scan", "--output", "one") == (1, "")
    assert cluster.scan() == (1, "")

    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))
    report = msgspec.json.decode((organization.newest() / "report.json").read_bytes())
    assert report["totals"]["api_calls"]["sts:GetCallerIdentity"] == 3


def test_a_worker_killed_at_random_moments_ten_times_changes_nothing(
    cluster: _Cluster, run_data_aside: Callable[[Path], bytes]
) -> None:
    """Each time another takes its place; the log says who was lost and what is swept again."""
    organization = cluster.organization
    cluster.join(2)
    assert organization.run("scan", "--output", "one") == (1, "")
    expected = run_data_aside(organization.newest("one"))
    chance = random.Random(11)  # noqa: S311 - picks moments, guards nothing

    for _ in range(10):
        organization.act_at(chance.randrange(20, 500), cluster.workers[0].kill)
        status, errors = cluster.scan("--concurrency", "16")
        cluster.workers.pop(0).wait()

        assert status == 1, errors
        assert run_data_aside(organization.newest()) == expected
        assert errors == "" or "is lost: it left the cluster; batch " in errors
        cluster.join()


def test_a_scheduler_that_comes_back_costs_nothing(
    cluster: _Cluster, run_data_aside: Callable[[Path], bytes]
) -> None:
    """What was swept is in the book; the rest is swept by the workers that join it then."""
    organization = cluster.organization
    cluster.join(1)
    assert organization.run("scan", "--output", "one") == (1, "")
    assert cluster.scheduler is not None
    organization.act_at(250, cluster.scheduler.kill)
    running = cluster.begin("--concurrency", "8")
    cluster.scheduler.wait()
    port = cluster.address.rpartition(":")[2]
    cluster.start(port)
    cluster.join(1)
    _, errors = running.communicate(timeout=300)

    assert running.returncode == 1, errors
    # Dask itself may be back with the new one before anybody has looked for the old one.
    assert "The Dask scheduler is gone; waiting for it" in errors or "is lost: " in errors
    assert "is swept again" in errors
    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))


def test_a_worker_of_another_orgscan_is_refused(
    cluster: _Cluster, tmp_path: Path, run_data_aside: Callable[[Path], bytes]
) -> None:
    """The others take all; where there is no other, nothing is left behind."""
    organization = cluster.organization
    older = tmp_path / "older.py"
    older.write_text('import orgscan\norgscan.__version__ = "0.0.1"\n', encoding="utf-8")
    cluster.join(1, "--preload", str(older))
    status, errors = cluster.scan()
    assert status == 2
    assert "no worker of the cluster can take part: it has orgscan 0.0.1, and the run" in errors
    assert organization.left() <= {".lock"}

    cluster.join(1)
    assert organization.run("scan", "--output", "one") == (1, "")
    status, errors = cluster.scan()
    assert status == 1
    assert "is refused: it has orgscan 0.0.1" in errors
    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))


def test_certificates_of_another_authority_are_refused_by_name(
    cluster: _Cluster, tmp_path: Path
) -> None:
    """Before AWS is asked for anything but who calls; nothing is left behind."""
    running = cluster.begin(certificates=_certify(tmp_path / "other"))
    _, errors = running.communicate(timeout=300)

    assert running.returncode == 2
    assert "the scheduler's certificate is not of the authority" in errors
    assert "Traceback" not in errors
    assert cluster.organization.left() <= {".lock"}


def test_a_certificate_that_the_scheduler_does_not_take_is_said(
    cluster: _Cluster, tmp_path: Path
) -> None:
    """TLS is mutual: whoever knows the authority alone is nobody."""
    mixed = _certify(tmp_path / "mixed")
    (mixed / "ca.pem").write_bytes((cluster.certificates / "ca.pem").read_bytes())
    running = cluster.begin(certificates=mixed)
    _, errors = running.communicate(timeout=300)

    assert running.returncode == 2
    assert "the scheduler does not take orgscan's certificate" in errors


def test_a_scheduler_that_is_not_there_is_said(cluster: _Cluster) -> None:
    """With its address, and nothing is left behind."""
    assert cluster.scheduler is not None
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    status, errors = cluster.scan()

    assert status == 2
    assert f"orgscan: {cluster.address}: the Dask scheduler cannot be reached" in errors
    assert cluster.organization.left() <= {".lock"}


def test_a_signal_ends_the_sweep_of_a_cluster(cluster: _Cluster) -> None:
    """The report says what was not reached, and the workers are there for the next run."""
    organization = cluster.organization
    cluster.join(1)

    def stop() -> None:
        running.terminate()

    organization.act_at(150, stop)
    running = cluster.begin("--concurrency", "4")
    _, errors = running.communicate(timeout=300)
    report = msgspec.json.decode((organization.newest() / "report.json").read_bytes())

    assert errors == ""
    assert running.returncode in {4, 5}
    stopped = "The run was stopped before its end: SIGTERM was received"
    assert report["run"]["notes"][1:] == [stopped]
    assert len({entry["account_id"] for entry in report["coverage"]}) == 60
    assert cluster.scan() == (1, "")


def test_a_cluster_for_a_trial_needs_no_certificates(
    organization: Any,  # noqa: ANN401 - the class is the fixture's own
    run_data_aside: Callable[[Path], bytes],
) -> None:
    """`--dask local` makes its own, for this run alone."""
    assert organization.run("scan", "--output", "one") == (1, "")
    status, errors = organization.run("scan", "--dask", "local", "--processes", "2")
    # On a busy machine a worker may be slow, or late for the cluster, and then is named.
    assert status == 1, errors
    assert "Traceback" not in errors
    assert run_data_aside(organization.newest()) == run_data_aside(organization.newest("one"))
