"""The tables of the store, and how an older version of them becomes this one.

A run is known by `at`, a number made of its id that sorts as runs do (`moment`). A *series* is all
runs of one organization and scope: only these can be compared.

What a finding is in a run is its state. A row of `change` stands where the state is another one
than in the run before, so that a run in which nothing changed adds nothing here; the same holds for
`coverage`. `failure` and `tally` follow from the changes, and are kept so that nobody adds them up
again: from when to when something failed, and what the numbers of findings change by in each run.
"""

from __future__ import annotations

import sqlite3

APPLICATION = 0x6F726773
"""SQLite's `application_id` of a store: `orgs`."""

VERSION = 1
"""SQLite's `user_version` of the tables below."""

COUNTS = (
    "failed",
    "excepted",
    "unknown",
    "warning",
    "not_evaluated",
    "passed",
    "not_applicable",
    "new",
    "returned",
    "resolved",
)
"""The columns of `tally`. `failed` holds `excepted`; what is `unknown` failed when that was last
decided, and now is not. The last three count what happened in a run, the others what is so."""

_TABLES = f"""
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL,
    scope TEXT NOT NULL,
    UNIQUE (organization, scope)
);

CREATE TABLE run (
    series INTEGER NOT NULL REFERENCES series,
    at INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    tool TEXT NOT NULL,
    caller TEXT NOT NULL,
    exit_status INTEGER NOT NULL,
    accounts INTEGER NOT NULL,
    accounts_covered INTEGER NOT NULL,
    targets INTEGER NOT NULL,
    targets_covered INTEGER NOT NULL,
    PRIMARY KEY (series, at)
) WITHOUT ROWID;

CREATE TABLE run_control (
    series INTEGER NOT NULL REFERENCES series,
    at INTEGER NOT NULL,
    control INTEGER NOT NULL REFERENCES control,
    PRIMARY KEY (series, at, control)
) WITHOUT ROWID;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    ou_path TEXT NOT NULL,
    named_at INTEGER NOT NULL,
    UNIQUE (series, account_id)
);

CREATE TABLE region (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    sees TEXT NOT NULL,
    UNIQUE (status, sees)
);

CREATE TABLE control (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE exception (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    ticket TEXT NOT NULL,
    expires TEXT NOT NULL,
    UNIQUE (name, owner, reason, ticket, expires)
);

CREATE TABLE state (
    id INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    grade TEXT NOT NULL,
    exception INTEGER NOT NULL,
    addresses TEXT NOT NULL,
    UNIQUE (status, severity, grade, exception, addresses)
);

CREATE TABLE finding (
    account INTEGER NOT NULL REFERENCES account,
    number INTEGER NOT NULL,
    control INTEGER NOT NULL REFERENCES control,
    region INTEGER NOT NULL REFERENCES region,
    arn TEXT NOT NULL,
    first INTEGER NOT NULL,
    state INTEGER NOT NULL REFERENCES state,
    PRIMARY KEY (account, number)
) WITHOUT ROWID;

CREATE TABLE change (
    account INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state INTEGER NOT NULL REFERENCES state,
    PRIMARY KEY (account, number, at)
) WITHOUT ROWID;

CREATE TABLE failure (
    account INTEGER NOT NULL,
    number INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER,
    PRIMARY KEY (account, number, opened)
) WITHOUT ROWID;

CREATE TABLE tally (
    account INTEGER NOT NULL REFERENCES account,
    at INTEGER NOT NULL,
    control INTEGER NOT NULL REFERENCES control,
    {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)},
    PRIMARY KEY (account, at, control)
) WITHOUT ROWID;

CREATE TABLE coverage (
    account INTEGER NOT NULL REFERENCES account,
    region INTEGER NOT NULL REFERENCES region,
    at INTEGER NOT NULL,
    state INTEGER NOT NULL REFERENCES ledger,
    PRIMARY KEY (account, region, at)
) WITHOUT ROWID;

CREATE TABLE remediation (
    series INTEGER NOT NULL REFERENCES series,
    at INTEGER NOT NULL,
    plan_id TEXT NOT NULL,
    finding_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    permit TEXT NOT NULL,
    ticket TEXT NOT NULL,
    PRIMARY KEY (series, at, plan_id, finding_key)
) WITHOUT ROWID;
"""

_MIGRATIONS: dict[int, str] = {0: _TABLES}
"""From each version to the one after it; nothing at all is version 0."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store up to `VERSION`, within the transaction that the connection is in.

    Raises:
        sqlite3.Error: the file is damaged, or the disk does not take it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version, VERSION):
        for statement in _MIGRATIONS[step].split(";"):
            connection.execute(statement)
    # Pragmas take no parameters; both are numbers of this module.
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
