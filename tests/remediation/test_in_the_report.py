"""What was changed is shown by the scan that follows: in the report, the page and the evidence."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orgscan.errors import RemediationError
from orgscan.model.remediation import ActionKind, Permit, Place
from orgscan.model.remediation_outcome import ActionOutcome, Outcome, State
from orgscan.remediation.outcome import FORMAT, VERSION, read_outcome
from orgscan.report.html import HtmlReport

_HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture
def outcome() -> Outcome:
    """One task set that was replaced, of a service with a hostile name."""
    head = "arn:aws:ecs:eu-west-1:111122223333"
    place = Place(
        account_id="111122223333",
        account_name="payments",
        ou_path="r-ab12",
        region="eu-west-1",
        cluster_arn=f"{head}:cluster/prod",
        service_arn=f"{head}:service/prod/api",
        service_name=_HOSTILE,
        resource_arn=f"{head}:task-set/prod/api/ecs-svc/1",
        controller="EXTERNAL",
    )
    permit = Permit(
        entry="payments-external",
        owner="payments@example.org",
        ticket="SEC-1234",
        expires="2027-01-31",
        max_changes=5,
    )
    action = ActionOutcome(
        finding_key="key",
        kind=ActionKind.REPLACE_TASK_SET,
        place=place,
        permit=permit,
        before={"assignPublicIp": "ENABLED"},
        after={"assignPublicIp": "DISABLED"},
        state=State.DONE,
        text="done",
        observed="This PRIMARY task set (serving) states assignPublicIp DISABLED.",
        calls=(),
    )
    return Outcome(
        format=FORMAT,
        version=VERSION,
        plan_id="20261126T120000Z-1a2b3c",
        plan_digest="sha256:0",
        run_id="20261126T110000Z-1a2b3c",
        approved_at="2026-11-26T12:05:00Z",
        approved_by="arn:aws:sts::999988887777:assumed-role/mender/alice",
        approved_how="--yes",
        actions=(action,),
    )


def test_a_document_is_read_as_it_was_written(tmp_path: Path, outcome: Outcome) -> None:
    """Version 1."""
    path = tmp_path / "plan.remediation.json"
    path.write_bytes(msgspec.json.encode(outcome))

    assert read_outcome(path) == outcome


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"{}", "this is no remediation.json"),
        (b"[" * 100_000, "this is no remediation.json"),
        (b"\xff", "this is no remediation.json"),
    ],
)
def test_what_is_no_such_document_is_named(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    """Before anything is swept, with what to name instead."""
    path = tmp_path / "plan.remediation.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RemediationError, match=says) as refused:
        read_outcome(path)
    assert refused.value.where == str(path)


def test_another_version_is_refused(tmp_path: Path, outcome: Outcome) -> None:
    """It may mean something else."""
    path = tmp_path / "plan.remediation.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(outcome, version=2)))

    with pytest.raises(RemediationError, match=r"'orgscan\.remediation' of version 2"):
        read_outcome(path)


def test_the_page_shows_what_was_changed_and_who_approved_it(
    make_record: Callable[..., Any], outcome: Outcome
) -> None:
    """From what to what, by which entry and ticket; a hostile name stays text."""
    out = io.BytesIO()
    HtmlReport().write(make_record(run={"remediations": (outcome,)}), out)
    page = out.getvalue().decode()

    assert "ENABLED → DISABLED" in page
    assert "payments-external, SEC-1234" in page
    assert "assumed-role/mender/alice" in page
    assert "<script>alert(1)" not in page


def test_a_run_without_any_has_no_such_row(make_record: Callable[..., Any]) -> None:
    """Most runs follow no change."""
    out = io.BytesIO()
    HtmlReport().write(make_record(), out)

    assert "Changed since" not in out.getvalue().decode()
