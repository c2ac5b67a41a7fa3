"""The plan as a file: whole or not there, for its owner alone, and refused once it was edited."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.errors import RemediationError
from orgscan.model.remediation import Begun
from orgscan.remediation.journal import FORMAT, VERSION, RemediationJournal
from orgscan.remediation.plan_file import read_plan, require_unexpired, write_plan


async def test_a_plan_is_read_back_as_it_was_written(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    """Hostile names included; nobody but its owner reads it."""
    plan, file = await bench().plan(), tmp_path / "plan.json"

    digest = write_plan(plan, file)

    held = read_plan(file)
    assert (held.plan, held.digest) == (plan, digest)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_an_edited_plan_is_refused(bench: Callable[..., Any], tmp_path: Path) -> None:
    """One character is enough."""
    file = tmp_path / "plan.json"
    write_plan(await bench().plan(), file)
    file.write_text(file.read_text(encoding="utf-8").replace("sg-1", "sg-2"), encoding="utf-8")

    with pytest.raises(RemediationError, match="was edited since it was made"):
        read_plan(file)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "this is not a plan"),
        ("{}", 'it has no "format" of "orgscan.plan"'),
        ('{"format": "orgscan.plan", "version": 2}', "not of version 1"),
        ('{"format": "orgscan.plan", "version": true}', "not of version 1"),
        ("[" * 5_000, "this is not a plan"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: str, says: str) -> None:
    """With what to do."""
    file = tmp_path / "plan.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(RemediationError, match=says) as raised:
        read_plan(file)
    assert raised.value.mend == ("Make one with `orgscan remediate plan`, and apply it unchanged")


async def test_an_expired_plan_is_refused(bench: Callable[..., Any], tmp_path: Path) -> None:
    """At its last second it still holds."""
    at = bench()
    plan = await at.plan()
    day = 86_400.0

    require_unexpired(plan, at.clock.now() + day, tmp_path)
    with pytest.raises(RemediationError, match="expired at 2026-11-27T12:00:00Z"):
        require_unexpired(plan, at.clock.now() + day + 1, tmp_path)


async def test_a_plan_is_applied_once(bench: Callable[..., Any]) -> None:
    """A journal that is there is never written over."""
    at = bench()
    plan = await at.plan()
    with at.begin(plan):
        pass

    with pytest.raises(RemediationError, match="has been applied, or begun to be"):
        at.begin(plan)


async def test_a_journal_of_changes_is_its_owners_alone(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    """Under an umask that hides nothing, and where somebody has opened it up since."""
    path = tmp_path / "plan.journal.ndjson"
    plan = await bench().plan()
    begun = Begun(
        format=FORMAT,
        version=VERSION,
        at="2026-11-24T02:00:00Z",
        plan=plan,
        plan_digest="",
        approved_by="",
        approved_how="--yes",
    )
    before = os.umask(0)
    try:
        with RemediationJournal.create(path, begun):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        with RemediationJournal.reopen(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
