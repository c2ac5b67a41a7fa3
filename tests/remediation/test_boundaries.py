"""What changes something is named in one place and called from one line."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import orgscan
from orgscan.aws.operation import Operation
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.writes import WRITES

PACKAGE = Path(orgscan.__file__).parent
READS = ("List", "Describe", "Get", "BatchGet", "Head")
ENTERING = {"sts:AssumeRole"}
# What signs a finished run and hands it on, to where its user says: it touches nothing scanned.
HANDING_ON = {
    "kms:GenerateDataKey",  # asked by doctor, as a dry run alone
    "kms:Sign",
    "s3:PutObject",
    "s3:CreateMultipartUpload",
    "s3:UploadPart",
    "s3:CompleteMultipartUpload",
    "securityhub:BatchImportFindings",
    "sns:Publish",
    "events:PutEvents",
}


def operations() -> Iterator[tuple[str, str, bool]]:
    """Every operation but those: the module that knows it, its name, whether it changes."""
    for found in pkgutil.walk_packages(orgscan.__path__, "orgscan."):
        if found.name.startswith("orgscan.simulator") or found.name.endswith("__main__"):
            continue
        for held in vars(importlib.import_module(found.name)).values():
            if isinstance(held, Operation) and held.api not in HANDING_ON:
                yield found.name, held.api, held.changes


def test_no_call_that_changes_something_can_be_made_outside_remediation() -> None:
    """Whatever scan, report, diff and verify are made of, their calls are reads by name."""
    others = {
        (module, api, changes)
        for module, api, changes in operations()
        if not module.startswith("orgscan.remediation.") and api not in ENTERING
    }

    assert [one for one in others if not one[1].partition(":")[2].startswith(READS)] == []
    assert [one for one in others if one[2]] == []


def test_every_call_by_another_name_than_a_reads_says_that_it_changes_something() -> None:
    """So that it is never sent twice; and `WRITES` holds them all."""
    changing = {api for _, api, changes in operations() if changes}
    named = {
        api
        for _, api, _ in operations()
        if not api.partition(":")[2].startswith(READS) and api not in ENTERING
    }

    assert changing == named == set(WRITES)


def test_what_changes_something_is_called_from_one_line() -> None:
    """Which has written its intent to the journal before, and looked at the guard."""
    lines = [
        (path.relative_to(PACKAGE).as_posix(), line.strip())
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bWRITES\[", line)
    ]

    assert lines == [
        (
            "remediation/carry.py",
            "reply = await self._hands.writer.call(WRITES[request.api], request.parameters)",
        )
    ]


def test_the_writing_role_needs_no_more_than_what_actions_name() -> None:
    """Every call that is made is among the permissions of the action that makes it."""
    permitted = {name for action in ACTIONS.values() for name in action.writes}

    assert set(WRITES) <= permitted
