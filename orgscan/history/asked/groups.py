"""Controls, organizational units and accounts over some runs: how each began and ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from operator import add
from typing import NamedTuple

from orgscan.history.asked.answer import Group
from orgscan.history.asked.narrow import Scope

_SUMS = (
    "sum((t.at < ?) * (t.failed + t.unknown)), sum(t.failed), sum(t.unknown), "
    "sum((t.at >= ?) * t.new), sum((t.at >= ?) * t.returned), sum((t.at >= ?) * t.resolved)"
)


class Share(NamedTuple):
    """What one account adds to one control; `sums` as the members of `Group` that are numbers."""

    control_id: str
    account_id: str
    account_name: str
    ou_path: str
    sums: tuple[int, ...]


def shares(store: sqlite3.Connection, scope: Scope, since: int) -> list[Share]:
    """Every account's share in every control.

    Args:
        store: the store.
        scope: what is asked about.
        since: the first run that is told of.
    """
    where, values = scope.where("t.control")
    found = store.execute(
        f"SELECT c.name, a.account_id, a.name, a.ou_path, {_SUMS} "  # noqa: S608 - own texts
        "FROM account a CROSS JOIN tally t ON t.account = a.id JOIN control c ON c.id = t.control "
        f"WHERE {where} GROUP BY a.id, t.control",
        (*[since] * 4, *values),
    )
    return [
        Share(control, account, name, ou_path, tuple(sums))
        for control, account, name, ou_path, *sums in found
    ]


def by_control(found: Iterable[Share]) -> tuple[Group, ...]:
    """All controls, those with most failures first."""
    return _grouped(found, lambda share: ((share.control_id, ""),))


def by_unit(found: Iterable[Share], most: int) -> tuple[Group, ...]:
    """Organizational units and roots, each with what is below it."""
    return _grouped(found, _units)[:most]


def by_account(found: Iterable[Share], most: int) -> tuple[Group, ...]:
    """Accounts."""
    return _grouped(found, lambda share: ((share.account_id, share.account_name),))[:most]


def _units(share: Share) -> Iterator[tuple[str, str]]:
    return ((unit, "") for unit in share.ou_path.split("/") if unit)


def _grouped(
    found: Iterable[Share], keys_of: Callable[[Share], Iterable[tuple[str, str]]]
) -> tuple[Group, ...]:
    """Groups that something is, was or happened in."""
    sums: dict[tuple[str, str], tuple[int, ...]] = {}
    for share in found:
        for key in keys_of(share):
            sums[key] = tuple(map(add, sums[key], share.sums)) if key in sums else share.sums
    groups = [
        Group(
            id=name,
            name=called,
            before=numbers[0],
            failed=numbers[1],
            unknown=numbers[2],
            new=numbers[3],
            returned=numbers[4],
            resolved=numbers[5],
        )
        for (name, called), numbers in sums.items()
        if any(numbers)
    ]
    return tuple(sorted(groups, key=lambda group: (-group.failed - group.unknown, group.id)))
