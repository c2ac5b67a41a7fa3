"""Describe calls that take several names at once: one bad name costs no other its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import TypeVar

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.model.outcome import NotCollected

Found = TypeVar("Found")
Missed = TypeVar("Missed")

# A refusal may be about one name of a batch: permissions can name ARNs, and an answer may be
# malformed for one thing only.
_WORTH_ASKING_SINGLY = frozenset({FailureKind.DENIED, FailureKind.REFUSED})


async def describe_each(
    names: Iterable[str],
    *,
    at_once: int,
    describe: Callable[[list[str]], Awaitable[tuple[list[Found], list[Missed]]]],
    unseen: Callable[[str, NotCollected], Missed],
) -> tuple[list[Found], list[Missed]]:
    """Everything named, described or with the reason why not.

    Args:
        names: ARNs or ids, as a list call gave them.
        at_once: how many AWS takes in one call.
        describe: asks for one batch; what it does not find it gives as missed.
        unseen: what to say of a name whose call failed.
    """
    found: list[Found] = []
    missed: list[Missed] = []
    ask_singly = True
    remaining = iter(names)
    while batch := list(islice(remaining, at_once)):
        try:
            more, less = await describe(batch)
        except CallFailed as failed:
            if failed.kind in _WORTH_ASKING_SINGLY and ask_singly and len(batch) > 1:
                more, less = await _describe_singly(batch, describe, unseen)
                # All denied one by one: the rest will be too.
                ask_singly = bool(more)
            else:
                more, less = [], [unseen(name, failed.why) for name in batch]
        found += more
        missed += less
    return found, missed


async def _describe_singly(
    batch: list[str],
    describe: Callable[[list[str]], Awaitable[tuple[list[Found], list[Missed]]]],
    unseen: Callable[[str, NotCollected], Missed],
) -> tuple[list[Found], list[Missed]]:
    found: list[Found] = []
    missed: list[Missed] = []
    for name in batch:
        try:
            more, less = await describe([name])
        except CallFailed as failed:
            missed.append(unseen(name, failed.why))
        else:
            found += more
            missed += less
    return found, missed
