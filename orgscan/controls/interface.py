"""What every control is: a catalogue entry, and one pure function of facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from orgscan.model.control import ControlEntry
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding
from orgscan.model.organization import Account


class Control(Protocol):
    """One rule.

    `evaluate` reads nothing but its arguments and the entry: no client, no clock, no environment.
    The same facts always give the same findings, so that a run can be judged again from its facts.
    """

    @property
    def entry(self) -> ControlEntry:
        """Its catalogue entry, which reports and `orgscan controls` show."""
        ...

    def evaluate(self, account: Account, region: str, facts: RegionFacts) -> Iterator[Finding]:
        """Judge what was seen of one account-region, in the order of the facts.

        Everything in `facts.ecs.unseen` that the control would have judged becomes NOT_EVALUATED.
        """
        ...
