"""`orgscan controls` as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.controls.registry import CONTROLS

pytestmark = pytest.mark.integration

CONTROL = "ecs-taskset-no-public-ip"
CONFIG = f"""\
version: 1
mappings:
  - control: {CONTROL}
    framework: Example Corp Cloud Standard
    version: "2.1"
    id: NET-07
    title: Workloads have no public addresses
    source: Cloud Standard 2.1, chapter 4
"""


def test_every_control_is_shown_and_one_alone_by_its_id(orgscan: Callable[..., Any]) -> None:
    """The id narrows it."""
    every = orgscan("controls", environ={})
    one = orgscan("controls", CONTROL, environ={})

    titles = [line.split("  ")[0] for line in every.out.splitlines() if line[:1].strip()]
    assert titles == [control.entry.id for control in CONTROLS]
    assert one.out.splitlines()[0] == f"{CONTROL}  [HIGH]"
    assert [line for line in one.out.splitlines() if line[:1].strip()][1:] == []
    assert (every.status, one.status) == (0, 0)


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--json",)])
def test_an_id_that_does_not_exist_names_the_nearest(
    orgscan: Callable[..., Any], arguments: tuple[str, ...]
) -> None:
    """A usage error, in one line."""
    done = orgscan("controls", "ecs-taskset", *arguments, environ={})

    assert (done.status, done.out) == (2, "")
    assert done.err == f'orgscan: unknown control "ecs-taskset". Did you mean "{CONTROL}"?\n'


def test_a_check_lists_every_mapping_and_finds_nothing_wrong(orgscan: Callable[..., Any]) -> None:
    """The catalogue that is shipped keeps its own rules."""
    done = orgscan("controls", "--check", environ={})

    mappings = [mapping for control in CONTROLS for mapping in control.entry.mappings]
    listed = [line for line in done.out.splitlines() if line.startswith("  ")]
    assert (done.status, done.err) == (0, "")
    assert len(listed) == len(mappings)
    assert all(line.endswith("]") for line in listed)


def test_a_companys_own_mapping_is_shown_and_checked(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """From the file that --config names; as the configuration's, never as verified."""
    (tmp_path / "own.yaml").write_text(CONFIG, encoding="utf-8")

    shown = orgscan("controls", CONTROL, "--config", "own.yaml", "--json", environ={})
    checked = orgscan("controls", CONTROL, "--config", "own.yaml", "--check", environ={})

    (entry,) = json.loads(shown.out)
    assert entry["mappings"][-1] == {
        "framework": "Example Corp Cloud Standard",
        "version": "2.1",
        "id": "NET-07",
        "title": "Workloads have no public addresses",
        "source": "configuration",
        "verified": False,
        "note": "",
        "official_title": "",
        "reference": "Cloud Standard 2.1, chapter 4",
    }
    assert checked.status == 0
    assert (
        "  configuration     Example Corp Cloud Standard 2.1 NET-07  Workloads have no public "
        "addresses  [configuration: Cloud Standard 2.1, chapter 4]"
    ) in checked.out.splitlines()


def test_a_mapping_that_repeats_the_catalogues_is_a_broken_rule(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """A scan takes it, so that a new catalogue stops no job; the check names it and exits 1."""
    same = CONFIG.replace("Example Corp Cloud Standard", "CIS Controls")
    same = same.replace('"2.1"', "v8").replace("NET-07", '"3.3"')
    (tmp_path / "own.yaml").write_text(same, encoding="utf-8")

    done = orgscan("controls", "--config", "own.yaml", "--check", environ={})

    assert done.status == 1
    assert done.err == f"orgscan: {CONTROL}: CIS Controls v8 3.3: it is there 2 times\n"


def test_a_mistake_in_the_file_has_its_place(orgscan: Callable[..., Any], tmp_path: Path) -> None:
    """As for every command that reads it."""
    (tmp_path / "own.yaml").write_text(CONFIG.replace(CONTROL, "ecs-taskset"), encoding="utf-8")

    done = orgscan("controls", "--config", "own.yaml", environ={})

    assert done.status == 2
    assert done.err == (
        f'orgscan: own.yaml:3:14: unknown control "ecs-taskset". Did you mean "{CONTROL}"?\n'
    )


def test_a_scan_refuses_the_same_mistake_before_it_calls_anything(
    orgscan: Callable[..., Any], tmp_path: Path
) -> None:
    """No credentials are needed to be told."""
    (tmp_path / "own.yaml").write_text(CONFIG.replace(CONTROL, "ecs-taskset"), encoding="utf-8")

    done = orgscan("scan", "--config", "own.yaml", environ={})

    assert (done.status, done.report) == (2, None)
    assert done.err.startswith("orgscan: own.yaml:3:14: unknown control")
