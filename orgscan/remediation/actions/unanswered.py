"""After a call that may have happened or not: whether what it did shows up a moment later."""

from __future__ import annotations

from orgscan.remediation.actions.interface import Memory, Note, Step, Wait

_SECONDS = 60.0


def look_first(of: Memory) -> Step | None:
    """Look for a minute before it is taken for not having happened; None once that is over."""
    if not of.unanswered:
        return None
    if "looked" not in of.marks:
        return Note("looked", "whether what an unanswered call did shows up")
    if of.now - of.marks["looked"] < _SECONDS:
        return Wait(stage="unseen", seconds=2 * _SECONDS)
    return None
