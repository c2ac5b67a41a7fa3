"""What goes to a terminal or a log is one line each, and does nothing to whoever reads it."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from orgscan.cli.logs import start_logging
from orgscan.cli.terminal import say, say_error

CLI = Path(__file__).parents[2] / "orgscan" / "cli"
# What prints documents of orgscan's own making, which have no name of somebody else's in them.
OWN_DOCUMENTS = {"app.py", "controls.py", "iam.py", "metrics.py", "schema.py"}


@pytest.fixture
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Orgscan's own log as `--log-format` has it."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    logger = logging.getLogger("orgscan")
    before = (logger.handlers, logger.propagate, logger.level)
    start_logging(request.param, verbose=True)
    yield out
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


def _log_all(names: tuple[str, ...]) -> None:
    for name in names:
        extra = {"account_id": name, "region": name, "status": name, "error_code": name}
        logging.getLogger("orgscan.sweep").warning("Account %s was left", name, extra=extra)


@pytest.mark.parametrize("log", ["text"], indirect=True)
def test_a_text_log_has_one_printable_line_for_each_record(
    log: io.StringIO, hostile_names: tuple[str, ...]
) -> None:
    """No name begins a line of its own, moves the cursor or turns the text round."""
    _log_all(hostile_names)

    lines = log.getvalue().splitlines()
    assert len(lines) == len(hostile_names)
    assert all(line.isprintable() and line.startswith("warning: Account ") for line in lines)


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_a_json_log_has_one_object_for_each_record_and_keeps_the_name(
    log: io.StringIO, hostile_names: tuple[str, ...]
) -> None:
    """In ASCII, so that nothing of it acts on who prints it; a reader gets the very name."""
    _log_all(hostile_names)

    lines = log.getvalue().split("\n")[:-1]
    records = [json.loads(line) for line in lines]
    assert [record["account_id"] for record in records] == list(hostile_names)
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert {tuple(record) for record in records} == {
        ("time", "level", "message", "account_id", "region", "status", "error_code")
    }


def test_lines_for_a_terminal_are_printable(
    capsys: pytest.CaptureFixture[str], hostile_names: tuple[str, ...]
) -> None:
    """Summary, plan, doctor and every error go through these two."""
    for name in hostile_names:
        say(f"Account {name}")
        say_error(f"{name}: it cannot be read")

    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(hostile_names)
    assert all(line.isprintable() for line in (*out.splitlines(), *err.splitlines()))


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.name)
def test_nothing_else_prints(path: Path) -> None:
    """A command that printed by itself would print whatever a name holds."""
    names = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    ways = {name for name in names if name in {"print", "typer.echo", "typer.secho"}}
    ways |= {name for name in names if name.startswith(("sys.stdout", "sys.stderr.write"))}

    assert not ways or path.name in OWN_DOCUMENTS | {"terminal.py"}
