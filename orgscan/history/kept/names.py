"""Words that come again and again, kept once each and known by a number."""

from __future__ import annotations

import sqlite3
from functools import cache

import msgspec

from orgscan.history.kept.sight import Sight
from orgscan.history.kept.story import IN_USE, LOOKED_FOR, Kind
from orgscan.model.finding import Finding, Observed

NO_EXCEPTION = 0


class Numbered:
    """The rows of a table that has an id, and columns that tell its rows apart."""

    def __init__(self, store: sqlite3.Connection, table: str, *columns: str) -> None:
        """Take what is there.

        Args:
            store: within a transaction, where anything is to be added.
            table: its name, which like those of its columns is this package's own.
            columns: what tells a row from the others.
        """
        self._store = store
        names, places = ", ".join(columns), ", ".join("?" for _ in columns)
        self._insert = f"INSERT INTO {table} (id, {names}) VALUES (?, {places})"  # noqa: S608 - own names only
        found = store.execute(f"SELECT id, {names} FROM {table} ORDER BY id")  # noqa: S608 - own names only
        self._rows: list[tuple[str | int, ...]] = [tuple(values) for _, *values in found]
        self._numbers = {values: place for place, values in enumerate(self._rows, 1)}

    def number(self, *values: str | int) -> int:
        """The id of the row with these values, which is added where there is none."""
        number = self._numbers.get(values)
        if number is None:
            self._rows.append(values)
            number = self._numbers[values] = len(self._rows)
            self._store.execute(self._insert, (number, *values))
        return number

    def row(self, number: int) -> tuple[str | int, ...]:
        """The values of the row with this id."""
        return self._rows[number - 1]


class Names:
    """Every table of names of one store.

    Attributes:
        regions: by name; empty for an account as a whole.
        ledger: the status of a target, and the `Sight` of it as JSON; both empty where the ledger
            does not have the target.
    """

    def __init__(self, store: sqlite3.Connection) -> None:
        """Take what is there."""
        self.regions = Numbered(store, "region", "name")
        self.controls = Numbered(store, "control", "name")
        self.ledger = Numbered(store, "ledger", "status", "sees")
        self._exceptions = Numbered(
            store, "exception", "name", "owner", "reason", "ticket", "expires"
        )
        self._states = Numbered(
            store, "state", "status", "severity", "grade", "exception", "addresses"
        )

    def state_of(self, finding: Finding) -> int:
        """The number of a finding's state."""
        note, exposure = finding.exception, finding.exposure
        exception = NO_EXCEPTION
        if note is not None:
            exception = self._exceptions.number(
                note.id, note.owner, note.reason, note.ticket, note.expires
            )
        return self._states.number(
            finding.status,
            finding.severity,
            exposure.grade if exposure is not None else "",
            exception,
            _addresses(finding.observed),
        )

    def covered(self, status: str, sight: Sight) -> int:
        """The number of what became of a target."""
        return self.ledger.number(status, _sight_text(sight))

    def sight(self, covered: int) -> Sight:
        """What would have been named there."""
        return _sight(str(self.ledger.row(covered)[1]))

    def absent(self, status: str) -> int:
        """The number of GONE or UNSEEN."""
        return self._states.number(status, "", "", NO_EXCEPTION, "")

    def kind(self, state: int) -> Kind:
        """What a state is, as `story` takes it."""
        status, _, _, exception, addresses = self._states.row(state)
        return Kind(str(status), exception != NO_EXCEPTION, str(addresses))


@cache
def _sight_text(sight: Sight) -> str:
    return msgspec.json.encode(sight).decode()


@cache
def _sight(text: str) -> Sight:
    return msgspec.json.decode(text, type=Sight) if text else Sight()


def _addresses(observed: Observed) -> str:
    if observed.public_ips or observed.ipv6:
        return IN_USE
    return LOOKED_FOR if observed.interfaces_seen else ""
