"""Parquet files of the history: `TABLE/run_date=DATE/RUN_ID.parquet`, each written once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from orgscan.errors import HistoryError
from orgscan.history.exported.athena import definitions
from orgscan.history.exported.tables import TABLES, Row, RunRef, Table, rows, runs_of
from orgscan.private_file import new_file

DEFINITIONS = "athena.sql"

_BATCH = 20_000


def export(store: sqlite3.Connection, directory: Path, *, last: int, location: str) -> list[Path]:
    """Write the newest runs that are not there yet; gives the new files.

    Args:
        store: the history.
        directory: where to; made where it is not there.
        last: how many runs.
        location: where the directory will lie, for the table definitions: `s3://bucket/prefix`.

    Raises:
        HistoryError: pyarrow is not installed, or the disk does not take the files.
    """
    arrow = _arrow()
    written = []
    try:
        for run in runs_of(store, last):
            for table in TABLES:
                path = _place(directory, table, run)
                if not path.exists():
                    _write(arrow, path, table, rows(store, table, run))
                    written.append(path)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (directory / DEFINITIONS).write_text(definitions(location), encoding="utf-8")
    except OSError as error:
        raise HistoryError(
            f"the export cannot be written: {error.strerror or error}",
            where=str(directory),
            mend="Free some space, or name another directory; what is there is whole",
        ) from None
    return written


def _arrow() -> Any:  # noqa: ANN401 - pyarrow has no types
    """An optional extra, which takes half a second to import."""
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ImportError:
        raise HistoryError(
            "Parquet needs pyarrow, which is not installed",
            mend="Install it with: pip install 'orgscan[parquet]'",
        ) from None


def _place(directory: Path, table: Table, run: RunRef) -> Path:
    return directory / table.name / f"run_date={run.date}" / f"{run.run_id}.parquet"


def _write(arrow: Any, path: Path, table: Table, found: Iterator[Row]) -> None:  # noqa: ANN401 - as above
    """Write a file for its owner alone, whole or not at all."""
    types = {"string": arrow.string(), "int": arrow.int32()}
    schema = arrow.schema([(column.name, types[column.type]) for column in table.columns])
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = path.with_name(f".{path.name}.partial")
    try:
        with (
            new_file(waiting) as out,
            arrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer,
        ):
            while batch := list(islice(found, _BATCH)):
                columns = zip(*batch, strict=True)
                writer.write_batch(arrow.record_batch(list(map(list, columns)), schema=schema))
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
