"""`python -m orgscan.simulator` serves until it is told to stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orgscan.simulator import Endpoint, account_id

Make = Callable[..., Any]
Start = Callable[..., subprocess.Popen[str]]

COMMAND = [sys.executable, "-m", "orgscan.simulator"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [*COMMAND, *arguments]
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 - ours
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def announced(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Its one line."""
    assert process.stdout
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def test_it_says_where_it_is_and_whom_to_be(start: Start, connect: Make) -> None:
    """One line of JSON with the URL and the caller's key, which work."""
    said = announced(start("--accounts", "4", "--seed", "9", "--demo", "--density", "0"))
    endpoint = Endpoint(
        said["url"],
        said["access_key_id"],
        said["secret_access_key"],
        said["session_token"],
        said["region"],
    )
    assert said["role_name"] == "orgscan-audit"
    assert said["external_id"] is None
    assert said["management_account"] == account_id(9, 0)
    accounts = connect(endpoint, "organizations").list_accounts()["Accounts"]
    assert [a["Id"] for a in accounts] == [account_id(9, number) for number in range(4)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(start: Start, number: signal.Signals) -> None:
    """Cleanly."""
    process = start()
    announced(process)
    process.send_signal(number)
    assert process.wait(10) == 0


def test_the_end_of_its_input_ends_it(start: Start) -> None:
    """Whoever started it takes it along."""
    process = start()
    announced(process)
    assert process.stdin
    process.stdin.close()
    assert process.wait(10) == 0


def test_it_ends_after_its_bound(start: Start) -> None:
    """Also where nobody ever tells it to."""
    process = start("--seconds", "0.1")
    announced(process)
    assert process.wait(10) == 0


def test_a_wrong_option_is_a_usage_error() -> None:
    """In one line, without a traceback."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*COMMAND, "--accounts", "2"], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert done.stderr.endswith("error: accounts must be from 3 to 10,000, not 2\n")
