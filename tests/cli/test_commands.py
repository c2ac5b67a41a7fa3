"""What the commands print, and how they exit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from orgscan import __version__
from orgscan.cli.app import app, main, with_newest
from orgscan.errors import ConfigError, Interrupted


@pytest.fixture
def cli() -> Any:  # noqa: ANN401 - a function of the arguments
    """Runs a command and gives what it printed; anything but success fails the test."""
    runner = CliRunner()

    def run(*arguments: str) -> str:
        result = runner.invoke(app, list(arguments))
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_the_version_is_the_packages(cli: Any) -> None:  # noqa: ANN401 - as the fixture
    """`orgscan --version`."""
    assert cli("--version") == f"orgscan {__version__}\n"


def test_help_names_every_command(cli: Any) -> None:  # noqa: ANN401 - as the fixture
    """One line for each."""
    listed = re.findall(r"^  (\w+) {2,}\S", cli("--help").split("Commands:")[1], re.MULTILINE)

    assert listed == [
        "demo",
        "scan",
        "merge",
        "report",
        "diff",
        "deliver",
        "doctor",
        "controls",
        "iam",
        "init",
        "schema",
        "verify",
        "evidence",
        "remediate",
        "history",
    ]


def test_controls_show_both_mappings_and_the_documents_errors(cli: Any) -> None:  # noqa: ANN401 - as the fixture
    """Verified ones with their sources, then the document's own, then what is wrong in it."""
    shown = cli("controls")

    verified, rest, *_ = shown.split("The control document's own, unverified")
    assert "CIS AWS Compute Services Benchmark v1.1.0 3.14" in verified
    assert "CIS Controls v8 3.3  Configure Data Access Control Lists" in verified
    assert "it says:         Encrypt Data on End-User Devices" in rest
    assert "official title:  Enforce Data Retention" in rest
    assert "Where the control document is wrong" in rest
    assert all(line.isprintable() for line in shown.splitlines())


def test_controls_as_json_are_the_catalogue(cli: Any) -> None:  # noqa: ANN401 - as the fixture
    """For programs."""
    entries = json.loads(cli("controls", "--json"))

    assert [entry["id"] for entry in entries] == [
        "ecs-taskset-no-public-ip",
        "ecs-service-no-public-ip",
        "ecs-task-no-public-ip",
        "ecs-task-ipv6-exposure",
        "ecs-launcher-no-public-ip",
    ]


@pytest.mark.parametrize("document", ["config", "allowlist", "report", "diff", "history"])
def test_each_schema_is_a_valid_json_schema(cli: Any, document: str) -> None:  # noqa: ANN401 - as the fixture
    """By somebody else's validator."""
    schema = json.loads(cli("schema", document))

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize(
    ("raised", "status", "says"),
    [
        (ConfigError("it is wrong", where="a.yaml:1:2", mend="Mend it"), 2, "a.yaml:1:2: it is"),
        (Interrupted("stopped before all accounts were listed"), 130, "stopped before"),
        (ZeroDivisionError("oops"), 70, "this is a bug in orgscan"),
    ],
)
def test_each_kind_of_end_has_its_status(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: Exception,
    status: int,
    says: str,
) -> None:
    """A mendable error is one line; only a bug shows where it happened."""

    def ending(_: object) -> None:
        raise raised

    monkeypatch.setattr("orgscan.cli.app.app", ending)
    with pytest.raises(SystemExit) as ended:
        main()

    errors = capsys.readouterr().err
    assert ended.value.code == status
    assert says in errors
    assert ("Traceback" in errors) == (status == 70)


def test_a_hostile_message_cannot_reach_the_terminal_raw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes in an account's name are shown, not obeyed."""

    def ending(_: object) -> None:
        raise ConfigError("\x1b[2Jgone", where="\u202eevil")

    monkeypatch.setattr("orgscan.cli.app.app", ending)
    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().err == "orgscan: \\u202eevil: \\x1b[2Jgone\n"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["scan", "--resume"], ["scan", "--resume", "newest"]),
        (["scan", "--resume", "--quiet"], ["scan", "--resume", "newest", "--quiet"]),
        (["scan", "--resume", "20261124T0-ab"], ["scan", "--resume", "20261124T0-ab"]),
        (["scan"], ["scan"]),
    ],
)
def test_resume_without_an_id_means_the_newest_run(given: list[str], meant: list[str]) -> None:
    """An option may follow it, or nothing."""
    assert with_newest(given) == meant


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full to play a full disk")
@pytest.mark.parametrize("arguments", ["--version", "controls", "schema report", "iam"])
def test_output_that_finds_no_room_is_one_clear_error(arguments: str) -> None:
    """Be it a line or more than fits into a buffer."""
    with FULL.open("wb") as full:
        done = _run(arguments, full)

    assert done.returncode == 2
    assert done.stderr == (
        b"orgscan: standard output cannot be written: No space left on device. "
        b"Free some space, or send it somewhere else\n"
    )


@pytest.mark.parametrize("arguments", ["--version", "controls", "schema report"])
def test_output_that_nobody_reads_on_ends_in_silence(arguments: str) -> None:
    """As in `orgscan controls | head -1`."""
    unread, out = os.pipe()
    os.close(unread)
    with os.fdopen(out, "wb") as pipe:
        done = _run(arguments, pipe)

    assert (done.returncode, done.stderr) == (1, b"")


def test_output_that_goes_nowhere_is_no_error() -> None:
    """A service may start it without one."""
    done = subprocess.run(  # noqa: S603 - this interpreter, arguments of the test
        ["/bin/sh", "-c", f"exec {sys.executable} -m orgscan --version >&-"],
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def _run(arguments: str, out: IO[bytes]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - this interpreter, arguments of the tests
        [sys.executable, "-m", "orgscan", *arguments.split()],
        stdout=out,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
