"""Findings in Security Hub, against a server of the tests that keeps what is imported.

moto answers GetFindings without its filters and lets any account import for any other, so that this
keeps the rules of AWS that matter: an account imports for itself, in the region that is called.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.session import RegionSession
from orgscan.delivery import security_hub
from orgscan.delivery.hub_operations import BATCH_IMPORT_FINDINGS
from orgscan.delivery.security_hub import import_findings
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.report.read import StoredRun

ACCOUNT, OTHER = "111122223333", "444455556666"
REGION = "eu-west-1"


class Hub:
    """Security Hub of every account and region: findings by place, then by id."""

    def __init__(self) -> None:
        self.findings: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self.off: set[tuple[str, str]] = set()
        self.refuse: set[str] = set()
        self.batches: list[int] = []

    def answer(self, place: tuple[str, str], api: str, parameters: Parameters) -> object:
        """One call's answer."""
        if place in self.off:
            raise CallFailed(FailureKind.DENIED, api=api, code="InvalidAccessException")
        held = self.findings.setdefault(place, {})
        if api == "securityhub:GetFindings":
            assert parameters["Filters"]["GeneratorId"][0]["Value"] == "orgscan/"
            active = [one for one in held.values() if one["RecordState"] == "ACTIVE"]
            return {"Findings": active}
        assert api == BATCH_IMPORT_FINDINGS.api
        batch = parameters["Findings"]
        self.batches.append(len(batch))
        failed = [one["Id"] for one in batch if one["Id"] in self.refuse]
        for one in batch:
            assert (one["AwsAccountId"], one["ProductArn"].split(":")[3]) == place
            if one["Id"] not in self.refuse:
                # Through JSON, as over the wire.
                held[one["Id"]] = {
                    **held.get(one["Id"], {}),
                    **json.loads(msgspec.json.encode(one)),
                }
        return {
            "FailedCount": len(failed),
            "SuccessCount": len(batch) - len(failed),
            "FailedFindings": [
                {"Id": each, "ErrorCode": "InvalidInput", "ErrorMessage": "too large"}
                for each in failed
            ],
        }


class _Source:
    def __init__(self, account_id: str, why: CallFailed | None = None) -> None:
        self.account_id = account_id
        self._why = why

    async def current(self) -> Any:  # noqa: ANN401 - no credentials are needed here
        if self._why is not None:
            raise self._why

    async def replace(self, stale: Any) -> Any:  # noqa: ANN401 - as current
        raise AssertionError(stale)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub that every session calls."""
    found = Hub()

    class Session(RegionSession):
        def __init__(self, engine: object, source: _Source, region: str) -> None:
            del engine
            self._place = (source.account_id, region)

        @property
        def account_id(self) -> str:
            return self._place[0]

        async def call(self, operation: Operation[Any], parameters: Parameters) -> Reply[Any]:
            answer = found.answer(self._place, operation.api, parameters)
            return Reply(msgspec.convert(answer, operation.reply, strict=False), "sha256:0")

    monkeypatch.setattr(security_hub, "RegionSession", Session)
    return found


@pytest.fixture
def take(hub: Hub) -> Callable[..., Any]:
    """Imports a run into the hub."""
    del hub

    def run(record: StoredRun, *, refused: dict[str, CallFailed] | None = None) -> Any:  # noqa: ANN401 - HubResult
        def source_of(account: str) -> Any:  # noqa: ANN401 - a stand-in
            return _Source(account, (refused or {}).get(account))

        engine: Any = None
        return asyncio.run(import_findings(engine, record, source_of))

    return run


def _covered(
    account: str = ACCOUNT, region: str = REGION, status: CoverageStatus = CoverageStatus.COVERED
) -> CoverageEntry:
    return CoverageEntry(account_id=account, account_name="", region=region, status=status)


Make = Callable[..., Any]


def _states(hub: Hub, place: tuple[str, str] = (ACCOUNT, REGION)) -> list[str]:
    return [one["RecordState"] for one in hub.findings[place].values()]


def test_the_next_run_updates_and_never_doubles(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """The id is that of the finding's key; what was created stays created when it was."""
    finding: Finding = make_finding()
    take(make_record((finding,), (_covered(),)))
    passed = msgspec.structs.replace(finding, status=Status.PASSED)
    later = {"started_at": "2026-11-25T02:00:00Z", "finished_at": "2026-11-25T02:04:00Z"}
    result = take(make_record((passed,), (_covered(),), run=later))

    (stored,) = hub.findings[ACCOUNT, REGION].values()
    assert (result.imported, result.archived) == (1, 0)
    assert stored["Compliance"]["Status"] == "PASSED"
    assert stored["CreatedAt"] == "2026-11-24T02:00:00Z"
    assert stored["UpdatedAt"] == "2026-11-25T02:04:00Z"


def test_what_a_covered_region_no_longer_has_is_archived(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """Also where the region has no finding left at all."""
    take(make_record((make_finding("a", number=1), make_finding("b", number=2)), (_covered(),)))
    fewer = take(make_record((make_finding("a", number=1),), (_covered(),)))
    none = take(make_record((), (_covered(),)))

    assert (fewer.archived, none.archived) == (1, 1)
    assert _states(hub) == ["ARCHIVED", "ARCHIVED"]


@pytest.mark.parametrize(
    "status",
    [CoverageStatus.PARTLY_COVERED, CoverageStatus.DENIED_BY_SCP, CoverageStatus.TIMED_OUT],
)
def test_what_was_not_covered_archives_nothing(
    hub: Hub, take: Make, make_record: Make, make_finding: Make, status: CoverageStatus
) -> None:
    """It may be there all the same."""
    take(make_record((make_finding(),), (_covered(),)))
    result = take(make_record((), (_covered(status=status),)))

    assert result.archived == 0
    assert _states(hub) == ["ACTIVE"]


def test_each_account_and_region_imports_its_own(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """In batches of at most a hundred."""
    other = AccountRef(OTHER, "billing", "r-ab12")
    findings = (
        *(make_finding("api", number=number) for number in range(1, 151)),
        make_finding("api", account=other, region="us-east-1"),
    )
    result = take(make_record(findings, (_covered(), _covered(OTHER, "us-east-1"))))

    assert result.imported == 151
    assert sorted(hub.batches) == [1, 50, 100]
    assert {place: len(held) for place, held in hub.findings.items()} == {
        (ACCOUNT, REGION): 150,
        (OTHER, "us-east-1"): 1,
    }


def test_where_the_hub_is_off_it_is_said_unless_there_was_nothing_to_import(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """The rest is imported."""
    hub.off = {(ACCOUNT, REGION), (ACCOUNT, "eu-west-2")}
    found = make_finding(region="us-east-1", number=2)
    coverage = (_covered(), _covered(region="eu-west-2"), _covered(region="us-east-1"))
    result = take(make_record((make_finding(), found), coverage))

    assert result.imported == 1
    assert result.unreached == {"Security Hub is not enabled there": 1}
    assert not result.is_complete


def test_a_refused_finding_is_named_and_costs_the_others_nothing(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """`FailedFindings` arrives in a good answer."""
    take(make_record((make_finding("a", number=1),), (_covered(),)))
    hub.refuse = set(hub.findings[ACCOUNT, REGION])
    findings = (make_finding("a", number=1), make_finding("b", number=2))
    result = take(make_record(findings, (_covered(),)))

    assert (result.imported, result.refused_count) == (1, 1)
    assert result.refused[0].endswith(": InvalidInput: too large")


def test_an_account_that_lets_nobody_import_is_counted_by_its_reason(
    hub: Hub, take: Make, make_record: Make, make_finding: Make
) -> None:
    """One line for all its regions."""
    denied = CallFailed(FailureKind.DENIED, api="sts:AssumeRole", code="AccessDenied")
    coverage = (_covered(), _covered(region="eu-west-2"))
    result = take(make_record((make_finding(),), coverage), refused={ACCOUNT: denied})

    assert result.imported == 0
    assert list(result.unreached.values()) == [2]
    assert hub.findings == {}
