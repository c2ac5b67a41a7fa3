"""Whether a failure is new, in one word that the page and its figures share."""

from __future__ import annotations

import enum

from orgscan.model.finding import Finding


class Novelty(enum.StrEnum):
    """Of a finding that fails, by its past."""

    NEW = "new"
    BACK = "back"
    KNOWN = "known"


def novelty(finding: Finding, started_at: str) -> Novelty | None:
    """Whether a failure began in this run; None where it does not fail, or has no known past.

    Args:
        finding: with its past.
        started_at: when the run began, as `Run.started_at`.
    """
    past = finding.past
    if past is None or past.failing_since is None:
        return None
    if past.failing_since != started_at:
        return Novelty.KNOWN
    return Novelty.NEW if past.times == 1 else Novelty.BACK
