"""Failure as data: what a call gave, or why it gave nothing."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from orgscan.model.coverage import CoverageStatus

T = TypeVar("T")


class Collected(msgspec.Struct, Generic[T], frozen=True):
    """Facts that were seen."""

    facts: T


class NotCollected(msgspec.Struct, frozen=True, kw_only=True):
    """Why something could not be seen.

    Attributes:
        status: the coverage status it amounts to.
        reason: one sentence for a person, with what would mend it where that is known.
        api: the call that failed, for example `ecs:ListServices`.
        error_code: AWS's own code; empty where the failure was not AWS's answer.
        message: AWS's own message.
    """

    status: CoverageStatus
    reason: str
    api: str
    error_code: str = ""
    message: str = ""


Outcome = Collected[T] | NotCollected
