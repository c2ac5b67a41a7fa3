"""Which series is asked about, and to what the answer is narrowed."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import msgspec

from orgscan.errors import HistoryError
from orgscan.history.asked.answer import Series


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    Attributes:
        run_id: a run of the series that is meant; None is the newest of the store.
        control_id, ou, account_id: what alone is told of; a unit holds what is below it.
        last: of how many runs.
        most: how many units, accounts and findings are named.
    """

    run_id: str | None = None
    control_id: str | None = None
    ou: str | None = None
    account_id: str | None = None
    last: int = 30
    most: int = 10


class Scope(NamedTuple):
    """A question in terms of the store.

    Attributes:
        series: its number.
        about: the same for a person; `others` are those that are not meant.
        accounts: a condition on `account AS a`, and `values` for its places.
        control: its number; None for all of them.
        runs: those of the series, the oldest first, with when each began.
    """

    series: int
    about: Series
    others: tuple[Series, ...]
    accounts: str
    values: tuple[str | int, ...]
    control: int | None
    runs: dict[int, str]

    @property
    def newest(self) -> int:
        """The newest run."""
        return next(reversed(self.runs))

    def since(self, last: int) -> int:
        """The first of so many newest runs."""
        return [*self.runs][-last:][0]

    def where(self, control: str) -> tuple[str, tuple[str | int, ...]]:
        """The whole condition, with the control's column named, and the values for its places."""
        if self.control is None:
            return self.accounts, self.values
        return f"{self.accounts} AND {control} = ?", (*self.values, self.control)


def scope_of(store: sqlite3.Connection, question: Question) -> Scope:
    """Find what is asked about.

    Raises:
        HistoryError: the store has no run at all, or not this run, control, unit or account.
    """
    series = _series(store, question.run_id)
    all_series = _all_series(store)
    accounts, values = _accounts(question, series)
    found = store.execute(f"SELECT 1 FROM account a WHERE {accounts}", values)  # noqa: S608 - _accounts
    if found.fetchone() is None:
        asked = f"account {question.account_id!r}" if question.account_id else f"{question.ou!r}"
        raise _unknown(asked if question.account_id or question.ou else "any account")
    return Scope(
        series=series,
        about=all_series.pop(series),
        others=tuple(all_series.values()),
        accounts=accounts,
        values=values,
        control=_control(store, question.control_id),
        runs=dict(
            store.execute("SELECT at, started_at FROM run WHERE series = ? ORDER BY at", (series,))
        ),
    )


def _series(store: sqlite3.Connection, run_id: str | None) -> int:
    asked = "" if run_id is None else "WHERE run_id = ? "
    found = store.execute(
        f"SELECT series FROM run {asked}ORDER BY at DESC LIMIT 1",  # noqa: S608 - one of two texts
        () if run_id is None else (run_id,),
    ).fetchone()
    if found is None:
        raise _unknown("any run" if run_id is None else f"run {run_id!r}")
    return int(found[0])


def _all_series(store: sqlite3.Connection) -> dict[int, Series]:
    found = store.execute(
        "SELECT s.id, s.organization, s.scope, count(*) "
        "FROM series s JOIN run r ON r.series = s.id GROUP BY s.id ORDER BY max(r.at) DESC"
    )
    return {
        number: Series(organization_id=organization, scope=scope, runs=runs)
        for number, organization, scope, runs in found
    }


def _accounts(question: Question, series: int) -> tuple[str, tuple[str | int, ...]]:
    """A condition that is put together of texts of this function alone."""
    condition, values = "a.series = ?", [series, question.account_id, question.ou]
    if question.account_id is not None:
        condition += " AND a.account_id = ?"
    if question.ou is not None:
        condition += " AND instr('/' || a.ou_path || '/', '/' || ? || '/') > 0"
    return condition, tuple(value for value in values if value is not None)


def _control(store: sqlite3.Connection, control_id: str | None) -> int | None:
    if control_id is None:
        return None
    found = store.execute("SELECT id FROM control WHERE name = ?", (control_id,)).fetchone()
    if found is None:
        raise _unknown(f"control {control_id!r}")
    return int(found[0])


def _unknown(what: str) -> HistoryError:
    return HistoryError(
        f"the history does not have {what}",
        mend="`orgscan history` without options tells what it has",
    )
