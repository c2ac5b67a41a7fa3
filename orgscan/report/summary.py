"""The verdict and the figures that the HTML report and the terminal say in the same words.

Pure functions of a run's totals and its ledger. A clean result is told from an empty one and from
one that could not look.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from orgscan.model.coverage import CoverageEntry, CoverageStatus, is_gap
from orgscan.model.finding import Status
from orgscan.model.run import TargetTotals, Totals
from orgscan.report.mend import mend

TASK_SET_CONTROL = "ecs-taskset-no-public-ip"
SERVICE_CONTROL = "ecs-service-no-public-ip"

_TASK_SET_CONTROLLERS = ("EXTERNAL", "CODE_DEPLOY")


class Tone(enum.StrEnum):
    """What a verdict amounts to, in one word or two."""

    FAILED = "Failed"
    FAILED_AND_INCOMPLETE = "Failed, and incomplete"
    INCOMPLETE = "Incomplete"
    UNDECIDED = "Undecided"
    CLEAN = "Clean"
    EMPTY = "Nothing in scope"


class Verdict(msgspec.Struct, frozen=True):
    """The answer of a whole run, for a person.

    Attributes:
        sentence: what was found and what was seen; holds figures only, never an outside name.
        services: how many services there were per controller, since only some have task sets.
    """

    tone: Tone
    sentence: str
    services: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Ledger lines that are not COVERED and share their status, reason, call and error code.

    Attributes:
        whole_accounts: lines for an account that could not be swept at all.
        regions: lines for one account-region.
    """

    status: CoverageStatus
    reason: str
    api: str
    error_code: str
    whole_accounts: int
    regions: int

    @property
    def is_gap(self) -> bool:
        """Whether something that may hold ECS work was not seen."""
        return is_gap(self.status, self.error_code)

    @property
    def mend(self) -> str:
        """What a person can do about it."""
        return mend(self.status, self.error_code)

    @property
    def lines(self) -> int:
        """How many lines of the ledger it stands for."""
        return self.whole_accounts + self.regions

    @property
    def extent(self) -> str:
        """For example `2 accounts, 14 account-regions`."""
        parts = [
            counted(number, noun)
            for number, noun in (
                (self.whole_accounts, "account"),
                (self.regions, "account-region"),
            )
            if number
        ]
        return ", ".join(parts)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 task set`, `1,200 task sets`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def verdict(totals: Totals) -> Verdict:
    """Answer the run's question, and say how far the answer reaches."""
    failed = status_counts(totals)[Status.FAILED]
    tone, sentence = _with_failures(totals) if failed else _without_failures(totals)
    return Verdict(tone, sentence, services_sentence(totals))


def services_sentence(totals: Totals) -> str:
    """Say how many services there were, and how many of them can have task sets at all."""
    by_controller = totals.services_by_controller
    with_task_sets = sum(by_controller.get(name, 0) for name in _TASK_SET_CONTROLLERS)
    all_services = sum(by_controller.values())
    if all_services == 0:
        return "No ECS service was seen."
    verb = "uses" if with_task_sets == 1 else "use"
    return f"{with_task_sets:,} of {counted(all_services, 'service')} {verb} task sets."


def status_counts(totals: Totals) -> dict[Status, int]:
    """Findings by status over all controls, zeros included, the most urgent first."""
    return {
        status: sum(counts.get(status, 0) for counts in totals.findings.values())
        for status in Status
    }


def seen_share(targets: TargetTotals) -> str:
    """The covered share in percent, cut and never rounded up: 100 % means all of them."""
    if targets.in_scope == 0:
        return "0 %"
    tenths = targets.covered * 1000 // targets.in_scope
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"


def gaps(entries: Iterable[CoverageEntry]) -> list[Gap]:
    """Group what was not covered by status and reason: true gaps first, the largest first."""
    counter = GapCounter()
    for entry in entries:
        counter.add(entry)
    return counter.gaps()


class GapCounter:
    """Counts what was not covered while the ledger goes by."""

    def __init__(self) -> None:
        self._regions: Counter[tuple[CoverageStatus, str, str, str]] = Counter()
        self._accounts: Counter[tuple[CoverageStatus, str, str, str]] = Counter()

    def add(self, entry: CoverageEntry) -> None:
        """Count one line."""
        if entry.status is not CoverageStatus.COVERED:
            group = (entry.status, entry.reason, entry.api, entry.error_code)
            (self._accounts if entry.region is None else self._regions)[group] += 1

    def counting(self, entries: Iterable[CoverageEntry]) -> Iterator[CoverageEntry]:
        """The same lines, counted as they go by."""
        for entry in entries:
            self.add(entry)
            yield entry

    def gaps(self) -> list[Gap]:
        """As `gaps`, of the lines so far."""
        found = [
            Gap(
                status=group[0],
                reason=group[1],
                api=group[2],
                error_code=group[3],
                whole_accounts=self._accounts[group],
                regions=self._regions[group],
            )
            for group in self._accounts.keys() | self._regions.keys()
        ]
        return sorted(
            found, key=lambda gap: (not gap.is_gap, -gap.lines, gap.status, gap.reason, gap.api)
        )


def _with_failures(totals: Totals) -> tuple[Tone, str]:
    counts = status_counts(totals)
    incomplete = totals.targets.not_covered or counts[Status.NOT_EVALUATED]
    undecided = counts[Status.WARNING]
    more = f", {undecided:,} more cannot be decided" if undecided else ""
    tone = Tone.FAILED_AND_INCOMPLETE if incomplete else Tone.FAILED
    return tone, f"{_failures(totals)}{more}; {_reach(totals)}."


def _without_failures(totals: Totals) -> tuple[Tone, str]:
    counts, targets = status_counts(totals), totals.targets
    unseen, undecided = counts[Status.NOT_EVALUATED], counts[Status.WARNING]
    reach = _reach(totals)
    if targets.in_scope == 0:
        return Tone.EMPTY, "Nothing was in scope: no account-region was swept."
    if targets.covered == targets.partly_covered == 0:
        none = f"none of {counted(targets.in_scope, 'account-region')}"
        return Tone.INCOMPLETE, f"Nothing could be seen: {none} answered."
    if targets.not_covered:
        return Tone.INCOMPLETE, f"Nothing failed, but {reach}: this is not a clean bill."
    if unseen:
        # One resource that nobody could see has a finding of each control that would judge it.
        what = counted(unseen, "finding")
        return (
            Tone.INCOMPLETE,
            f"Nothing failed, but {what} could not be evaluated: this is not a clean bill.",
        )
    if undecided:
        what = counted(undecided, "case")
        return (
            Tone.UNDECIDED,
            f"Nothing failed, but {what} cannot be decided from what is stated; {reach}.",
        )
    return Tone.CLEAN, f"No task set found can get a public IP; {reach}."


def _failures(totals: Totals) -> str:
    by_control = {
        control: counts.get(Status.FAILED, 0) for control, counts in totals.findings.items()
    }
    can_get_one = [
        counted(number, noun)
        for control, noun in ((TASK_SET_CONTROL, "task set"), (SERVICE_CONTROL, "service"))
        if (number := by_control.pop(control, 0))
    ]
    others = sum(by_control.values())
    parts = [f"{' and '.join(can_get_one)} can get a public IP"] if can_get_one else []
    if others:
        adjective = "other " if parts else ""
        parts.append(f"{counted(others, adjective + 'finding')} failed")
    return (", and " if len(can_get_one) > 1 else " and ").join(parts)


def _reach(totals: Totals) -> str:
    missed, in_scope = totals.targets.not_covered, totals.targets.in_scope
    if missed:
        fully = " in full" if totals.targets.partly_covered else ""
        return f"{missed:,} of {counted(in_scope, 'account-region')} could not be seen{fully}"
    if in_scope == 1:
        return "the one account-region in scope was seen"
    return f"all {in_scope:,} account-regions were seen"
