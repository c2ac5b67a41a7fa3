"""The verdict: one sentence that never lets "could not look" pass for "nothing found"."""

from __future__ import annotations

import msgspec
import pytest

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.run import AccountTotals, TargetTotals, Totals
from orgscan.report.summary import Tone, gaps, seen_share, verdict

CONTROL = "ecs-taskset-no-public-ip"
OTHER = "ecs-launcher-no-public-ip"
SERVICES = "ecs-service-no-public-ip"


def _totals(
    in_scope: int = 680,
    missed: int = 0,
    partly: int = 0,
    findings: dict[str, dict[str, int]] | None = None,
    services: dict[str, int] | None = None,
) -> Totals:
    return Totals(
        accounts=AccountTotals(),
        targets=TargetTotals(
            in_scope=in_scope,
            covered=in_scope - missed,
            not_covered=missed,
            partly_covered=partly,
        ),
        services_by_controller=services or {"ECS": 300, "EXTERNAL": 8, "CODE_DEPLOY": 4},
        findings=findings or {},
        api_calls={},
    )


@pytest.mark.parametrize(
    ("of", "tone", "sentence"),
    [
        (
            _totals(findings={CONTROL: {"FAILED": 12, "PASSED": 3}}),
            Tone.FAILED,
            "12 task sets can get a public IP; all 680 account-regions were seen.",
        ),
        (
            _totals(missed=3, findings={CONTROL: {"FAILED": 12}}),
            Tone.FAILED_AND_INCOMPLETE,
            "12 task sets can get a public IP; 3 of 680 account-regions could not be seen.",
        ),
        (
            _totals(missed=3, partly=1, findings={CONTROL: {"FAILED": 1, "WARNING": 2}}),
            Tone.FAILED_AND_INCOMPLETE,
            (
                "1 task set can get a public IP, 2 more cannot be decided; "
                "3 of 680 account-regions could not be seen in full."
            ),
        ),
        (
            _totals(findings={CONTROL: {"FAILED": 1200}, OTHER: {"FAILED": 1}}),
            Tone.FAILED,
            (
                "1,200 task sets can get a public IP and 1 other finding failed; "
                "all 680 account-regions were seen."
            ),
        ),
        (
            _totals(findings={CONTROL: {"FAILED": 12}, SERVICES: {"FAILED": 1, "WARNING": 2}}),
            Tone.FAILED,
            (
                "12 task sets and 1 service can get a public IP, 2 more cannot be decided; "
                "all 680 account-regions were seen."
            ),
        ),
        (
            _totals(
                findings={
                    CONTROL: {"FAILED": 1},
                    SERVICES: {"FAILED": 3},
                    OTHER: {"FAILED": 1},
                }
            ),
            Tone.FAILED,
            (
                "1 task set and 3 services can get a public IP, and 1 other finding failed; "
                "all 680 account-regions were seen."
            ),
        ),
        (
            _totals(findings={SERVICES: {"FAILED": 3}}),
            Tone.FAILED,
            "3 services can get a public IP; all 680 account-regions were seen.",
        ),
        (
            _totals(findings={OTHER: {"FAILED": 2}}),
            Tone.FAILED,
            "2 findings failed; all 680 account-regions were seen.",
        ),
        (
            _totals(missed=14, findings={CONTROL: {"PASSED": 12}}),
            Tone.INCOMPLETE,
            (
                "Nothing failed, but 14 of 680 account-regions could not be seen: "
                "this is not a clean bill."
            ),
        ),
        (
            _totals(missed=680),
            Tone.INCOMPLETE,
            "Nothing could be seen: none of 680 account-regions answered.",
        ),
        (
            _totals(missed=680, partly=1),
            Tone.INCOMPLETE,
            (
                "Nothing failed, but 680 of 680 account-regions could not be seen in full: "
                "this is not a clean bill."
            ),
        ),
        (
            _totals(findings={CONTROL: {"NOT_EVALUATED": 1}}),
            Tone.INCOMPLETE,
            "Nothing failed, but 1 finding could not be evaluated: this is not a clean bill.",
        ),
        (
            _totals(findings={CONTROL: {"WARNING": 5, "PASSED": 2}}),
            Tone.UNDECIDED,
            (
                "Nothing failed, but 5 cases cannot be decided from what is stated; "
                "all 680 account-regions were seen."
            ),
        ),
        (
            _totals(findings={CONTROL: {"PASSED": 2, "NOT_APPLICABLE": 1}}),
            Tone.CLEAN,
            "No task set found can get a public IP; all 680 account-regions were seen.",
        ),
        (
            _totals(in_scope=1),
            Tone.CLEAN,
            "No task set found can get a public IP; the one account-region in scope was seen.",
        ),
        (
            _totals(in_scope=0),
            Tone.EMPTY,
            "Nothing was in scope: no account-region was swept.",
        ),
    ],
)
def test_the_verdict_says_what_failed_and_how_far_it_reaches(
    of: Totals, tone: Tone, sentence: str
) -> None:
    """Each situation has its own sentence."""
    assert (verdict(of).tone, verdict(of).sentence) == (tone, sentence)


@pytest.mark.parametrize(
    ("services", "sentence"),
    [
        ({"ECS": 312, "EXTERNAL": 0, "CODE_DEPLOY": 0}, "0 of 312 services use task sets."),
        ({"ECS": 0, "EXTERNAL": 1, "CODE_DEPLOY": 0}, "1 of 1 service uses task sets."),
        ({"ECS": 1000, "EXTERNAL": 2, "CODE_DEPLOY": 3}, "5 of 1,005 services use task sets."),
        ({"ECS": 0, "EXTERNAL": 0, "CODE_DEPLOY": 0}, "No ECS service was seen."),
    ],
)
def test_a_clean_result_is_told_from_an_empty_one(services: dict[str, int], sentence: str) -> None:
    """Beside every verdict stands how many services there were, and how many have task sets."""
    assert verdict(_totals(services=services)).services == sentence


@pytest.mark.parametrize(
    ("in_scope", "missed", "share"),
    [
        (680, 0, "100 %"),
        (680, 3, "99.5 %"),
        (170_000, 1, "99.9 %"),
        (3, 3, "0 %"),
        (2, 1, "50 %"),
        (0, 0, "0 %"),
    ],
)
def test_the_seen_share_is_never_rounded_up_to_all(in_scope: int, missed: int, share: str) -> None:
    """100 % is said only where everything was seen."""
    assert seen_share(_totals(in_scope, missed).targets) == share


def _entry(status: CoverageStatus, region: str | None = "eu-west-1", **more: str) -> CoverageEntry:
    entry = CoverageEntry(account_id="111122223333", account_name="a", region=region, status=status)
    return msgspec.structs.replace(entry, **more)


def test_what_was_not_seen_is_grouped_by_its_reason_and_true_gaps_come_first() -> None:
    """Whole accounts and account-regions are counted apart; what was covered is left out."""
    found = gaps(
        [
            _entry(CoverageStatus.COVERED),
            _entry(CoverageStatus.REGION_NOT_ENABLED, reason="Off."),
            _entry(CoverageStatus.REGION_NOT_ENABLED, reason="Off."),
            _entry(
                CoverageStatus.REGION_NOT_ENABLED, reason="Inferred.", error_code="Unrecognized"
            ),
            _entry(CoverageStatus.DENIED, reason="One."),
            _entry(CoverageStatus.DENIED_BY_SCP, reason="Two.", api="ecs:ListClusters"),
            _entry(CoverageStatus.DENIED_BY_SCP, None, reason="Two.", api="ecs:ListClusters"),
        ]
    )

    assert [(gap.status.value, gap.reason, gap.extent, gap.is_gap) for gap in found] == [
        ("DENIED_BY_SCP", "Two.", "1 account, 1 account-region", True),
        ("DENIED", "One.", "1 account-region", True),
        ("REGION_NOT_ENABLED", "Inferred.", "1 account-region", True),
        ("REGION_NOT_ENABLED", "Off.", "2 account-regions", False),
    ]


def test_every_gap_says_what_mends_it() -> None:
    """There is a sentence for each status, and an inferred region has its own."""
    missed = [status for status in CoverageStatus if status is not CoverageStatus.COVERED]

    mends = [gap.mend for gap in gaps(_entry(status) for status in missed)]
    (inferred,) = gaps([_entry(CoverageStatus.REGION_NOT_ENABLED, error_code="Unrecognized")])

    assert [mend[-1:] for mend in mends] == ["."] * len(missed)
    assert "account:ListRegions" in inferred.mend
