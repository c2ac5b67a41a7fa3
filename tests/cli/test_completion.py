"""What Tab gives in bash, zsh and fish, asked of the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from orgscan.cli.completion import collect_names, control_names, format_names, log_formats
from orgscan.config.settings import CollectName, FormatName
from orgscan.controls.registry import CONTROLS

SECONDS = 60
_BASH = """
eval "$(orgscan --show-completion)"
COMP_WORDS=({line}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_orgscan_completion orgscan
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
# Outside an interactive line zsh only says what it would hand to its own completion.
_ZSH = """
autoload -U compinit && compinit -D
eval "$(orgscan --show-completion)"
_arguments() {{ print -r -- "${{1//[^a-z_-]/ }}" }}
words=({line}) CURRENT=$#words
$_comps[orgscan]
"""
_FISH = """
orgscan --show-completion | source
complete -C "{line}"
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@pytest.fixture
def tab(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """The words that a shell offers for the last word of a line."""

    def press(shell: str, line: str) -> list[str]:
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed here")
        beside = Path(sys.executable).parent
        done = subprocess.run(  # noqa: S603 - a shell, on a script of this test
            [shell, "-c", _SCRIPTS[shell].format(line=line)],
            env={"PATH": f"{beside}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return press


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("orgscan sche", "schema"),
        ("orgscan scan --conc", "--concurrency"),
        ("orgscan scan --format os", "oscal"),
        ("orgscan controls ecs-launch", "ecs-launcher-no-public-ip"),
    ],
)
def test_tab_completes_commands_options_and_names(
    tab: Callable[[str, str], list[str]], shell: str, line: str, offered: str
) -> None:
    """Fish and zsh say beside it what an option or a command is for."""
    assert tab(shell, line)[:1] == [offered]


def test_tab_does_not_wait_for_what_only_a_scan_needs() -> None:
    """Commands and options are known without AWS's library, settings or templates."""
    code = "import sys, orgscan.cli.app; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=True
    )

    imported = {name.partition(".")[0] for name in done.stdout.split()}
    assert imported & {"aiobotocore", "aiohttp", "botocore", "jinja2", "pydantic", "yaml"} == set()


def test_each_name_is_offered_as_its_setting_has_it() -> None:
    """None twice, and none that would be refused."""
    assert format_names("") == list(get_args(FormatName))
    assert collect_names("") == list(get_args(CollectName))
    assert control_names("") == [control.entry.id for control in CONTROLS]
    assert log_formats("j") == ["json"]
