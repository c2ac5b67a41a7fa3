"""The scheduled job: the image as it is built, and a sweep inside it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan import __version__
from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
SECONDS = 120


def _environ(endpoint: Endpoint) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_REGION": endpoint.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


def test_the_dockerfile_has_nothing_that_hadolint_finds() -> None:
    """Info and style included."""
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(  # noqa: S603 - the locked linter, on our own file
        [hadolint, "--failure-threshold", "style", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_says_what_it_is_and_runs_as_nobody(image: Any) -> None:  # noqa: ANN401 - the fixture's own type
    """A numeric user that no host has, two volumes, no shell between the signal and orgscan."""
    config = image.config

    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["orgscan"]
    assert config["Cmd"] == ["scan"]
    assert sorted(config["Volumes"]) == ["/reports", "/tmp"]  # noqa: S108 - the image's own
    assert (image.root / "reports").stat().st_uid == 65532
    assert config["Labels"]["org.opencontainers.image.version"] == "0.0.0-test"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_the_image_adds_orgscan_and_what_it_needs_and_no_build_tools(image: Any) -> None:  # noqa: ANN401 - as above
    """pip, hatchling and the wheels stay in the first stage."""
    packages = next((image.root / "opt/orgscan/lib").iterdir()) / "site-packages"
    names = {path.name.partition("-")[0] for path in packages.glob("*.dist-info")}

    assert "orgscan" in names
    assert not {"pip", "hatchling", "setuptools", "wheel", "pytest", "moto"} & names
    assert not (image.root / "src").exists()
    assert image.size - image.base_size < 150e6


def test_the_page_states_what_the_image_adds_to_its_base(image: Any) -> None:  # noqa: ANN401 - as above
    """Within a tenth."""
    page = (ROOT / "docs" / "container.md").read_text(encoding="utf-8")
    (stated,) = re.findall(r"add about (\d+) MB to the base", page)

    assert image.size - image.base_size == pytest.approx(int(stated) * 1e6, rel=0.1)


def test_the_version_is_the_packages(job: Callable[..., subprocess.Popen[str]]) -> None:
    """The first thing that a person tries."""
    out, err = job("--version").communicate(timeout=SECONDS)

    assert (out, err) == (f"orgscan {__version__}\n", "")


def test_the_wheel_in_it_has_what_init_writes(
    job: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """The files of config/, without a checkout beside it."""
    job("init", "/reports/config").communicate(timeout=SECONDS)

    written = tmp_path / "reports" / "config"
    shipped = {
        path.relative_to(ROOT / "config") for path in (ROOT / "config").rglob("*") if path.is_file()
    }
    assert {path.relative_to(written) for path in written.rglob("*") if path.is_file()} == shipped
    assert {each: (written / each).read_bytes() for each in shipped} == {
        each: (ROOT / "config" / each).read_bytes() for each in shipped
    }


def test_a_sweep_inside_it_writes_to_its_volume_and_exits_as_documented(
    job: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """With a read-only root file system, as a scheduler starts it; log lines are JSON."""
    simulator = Simulator(Scenario(accounts=6, seed=3, density=0.2, hostile=True))
    with simulator.serve_in_thread() as endpoint:
        process = job(environ=_environ(endpoint))
        out, err = process.communicate(timeout=SECONDS)

    report = json.loads((tmp_path / "reports/latest/report.json").read_bytes())
    lines = [json.loads(line) for line in err.splitlines()]
    assert process.returncode == report["run"]["exit_status"] == 1
    assert report["totals"]["targets"]["not_covered"] == 0
    assert {line["run_id"] for line in lines if "run_id" in line} == {report["run"]["id"]}
    assert "can get a public IP" in out
    assert not any(secret in out + err for secret in simulator.record.secrets())
    owners = {path.stat().st_uid for path in (tmp_path / "reports").rglob("*")}
    assert owners == {65532}


def test_a_stopped_task_ends_in_order_with_a_report_of_what_it_saw(
    job: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """SIGTERM, as ECS stops a task: exit status 4 or 5, and the rest in the coverage ledger."""
    hanging = Fault(FaultKind.HANG, "*", "eu-*", "ecs:ListClusters")
    simulator = Simulator(Scenario(accounts=4, seed=3, faults=(hanging,)))
    with simulator.serve_in_thread() as endpoint:
        process = job(environ=_environ(endpoint))
        assert process.stderr is not None
        assert any("Sweeping" in line for line in process.stderr)
        os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=SECONDS)

    report = json.loads((tmp_path / "reports/latest/report.json").read_bytes())
    assert process.returncode in {4, 5}
    assert {entry["status"] for entry in report["coverage"]} >= {"TIMED_OUT"}
