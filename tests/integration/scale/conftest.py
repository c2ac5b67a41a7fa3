"""One organization, swept by one process and by many, and what has to be the same of both."""

from __future__ import annotations

import contextlib
import gzip
import os
import select
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orgscan import __file__ as package
from orgscan.simulator import Scenario, Simulator

REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
SECONDS = 300


class _ActAt(Counter[tuple[str, str, str]]):
    """Counts calls, and acts when there have been so many."""

    def __init__(self, calls: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._left = calls
        self._act = act

    def __setitem__(self, key: tuple[str, str, str], value: int) -> None:
        super().__setitem__(key, value)
        self._left -= 1
        if self._left == 0:
            self._act()


class Organization:
    """A simulated organization, and `orgscan` against it in a directory of its own."""

    def __init__(self, simulator: Simulator, environ: dict[str, str], folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.environ = {
            "PATH": os.environ["PATH"],
            # The package that the tests import, wherever another one may be installed.
            "PYTHONPATH": str(Path(package).parents[1]),
            "HOME": str(folder),
            **environ,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command line, under way; on a busy machine a sweep would tell how far it is."""
        quiet = ["--no-progress"] if arguments[0] == "scan" else []
        return subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the tests
            [sys.executable, "-m", "orgscan", *arguments, *quiet],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit status and the errors."""
        running = self.start(*arguments)
        _, errors = running.communicate(timeout=SECONDS)
        return running.returncode, errors

    def act_at(self, calls: int, act: Callable[[], None]) -> None:
        """Do something when so many more calls have come in; in the server's thread."""
        self.simulator.record.calls = _ActAt(calls, act)

    def newest(self, output: str = "reports") -> Path:
        """The newest finished run."""
        return (self.folder / output / "latest").resolve()

    def left(self) -> set[str]:
        """What lies where runs are written; the lock's file stays when nobody holds it."""
        return {path.name for path in (self.folder / "reports").glob("*")}


@contextlib.contextmanager
def _organization(
    folder: Path, environ_of: Callable[..., dict[str, str]]
) -> Iterator[Organization]:
    scenario = Scenario(accounts=60, seed=4, regions=REGIONS, density=0.2, latency_ms=5)
    simulator = Simulator(scenario)
    with simulator.serve_in_thread() as endpoint:
        yield Organization(simulator, environ_of(endpoint), folder)


@pytest.fixture
def organization(
    tmp_path: Path, environ_of: Callable[..., dict[str, str]]
) -> Iterator[Organization]:
    """Sixty accounts in three regions, whose answers take a moment."""
    with _organization(tmp_path, environ_of) as served:
        yield served


@pytest.fixture(scope="module")
def lasting(
    tmp_path_factory: pytest.TempPathFactory, environ_of: Callable[..., dict[str, str]]
) -> Iterator[Organization]:
    """The same for all tests of a module, for what takes long to set up."""
    with _organization(tmp_path_factory.mktemp("lasting"), environ_of) as served:
        yield served


@pytest.fixture
def run_data_aside() -> Callable[[Path], bytes]:
    """What a run found and rests on, without what differs between two runs by nature.

    That is the run's own data (ids, times, calls made again, what it cost), what runs before it say
    (`past`), and the digests of answers into which AWS writes the id of each request or when a
    session ends (EC2, STS).
    """

    def told(directory: Path) -> bytes:
        exchanges = list(_exchanges(directory))
        unlike = {
            one["digest"]: one["api"]
            for one in exchanges
            if one["api"].startswith(("ec2:", "sts:"))
        }
        report: dict[str, Any] = msgspec.json.decode((directory / "report.json").read_bytes())
        for finding in report["findings"]:
            del finding["past"]
            finding["evidence"] = [unlike.get(digest, digest) for digest in finding["evidence"]]
        for one in exchanges:
            one["request"].pop("RoleSessionName", None)  # the run's id
        for entry in report["coverage"]:
            del entry["api_calls"], entry["duration_ms"]
        del report["totals"]["api_calls"], report["totals"]["throttled"]
        asked = sorted(
            msgspec.json.encode(
                [one["account"], one["region"], one["api"], one["request"],
                 unlike.get(one["digest"], one["digest"])],
            )
            for one in exchanges
            if one["account"]
        )  # fmt: skip
        wanted = {name: report[name] for name in ("findings", "coverage", "totals", "controls")}
        return msgspec.json.encode([wanted, [line.decode() for line in asked]])

    return told


def _exchanges(directory: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(directory / "evidence.zip") as bundle:
        for name in bundle.namelist():
            if name.startswith("data/evidence/"):
                for line in gzip.decompress(bundle.read(name)).splitlines():
                    yield msgspec.json.decode(line)


@pytest.fixture
def children_of() -> Callable[[int], list[int]]:
    """The processes that a process has started (Linux)."""

    def children(pid: int) -> list[int]:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in listed.split()]

    return children


@pytest.fixture
def wait_for_end() -> Callable[[int], None]:
    """Waits until a process is gone that is not ours (Linux)."""

    def wait(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            try:
                ended, _, _ = select.select([descriptor], [], [], SECONDS)
                assert ended, f"process {pid} is still there"
            finally:
                os.close(descriptor)

    return wait
