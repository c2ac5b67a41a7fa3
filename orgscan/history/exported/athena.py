"""The definitions of the exported tables, for Amazon Athena.

Partitions are projected from their dates, so that a new day needs no `ALTER TABLE`.
https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
"""

from __future__ import annotations

from orgscan.errors import HistoryError
from orgscan.history.exported.tables import TABLES, Table

DATABASE = "orgscan"
_UNSAFE = frozenset("'\"`;\\\n\r\x00")


def definitions(location: str) -> str:
    """One `CREATE EXTERNAL TABLE` for each table.

    Args:
        location: where the export will lie: `s3://bucket/prefix`.

    Raises:
        HistoryError: it is no place in S3.
    """
    if not location.startswith("s3://") or _UNSAFE & set(location):
        raise HistoryError(
            f"{location[:80]!r} is no place in S3",
            where="--location",
            mend="Name it as s3://bucket/prefix",
        )
    tables = "\n".join(_definition(table, location.rstrip("/")) for table in TABLES)
    return f"CREATE DATABASE IF NOT EXISTS {DATABASE};\n\n{tables}"


def _definition(table: Table, location: str) -> str:
    columns = ",\n".join(f"  {column.name} {column.type}" for column in table.columns)
    return f"""-- {table.about}
CREATE EXTERNAL TABLE IF NOT EXISTS {DATABASE}.{table.name} (
{columns}
)
PARTITIONED BY (run_date date)
STORED AS PARQUET
LOCATION '{location}/{table.name}/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.run_date.type' = 'date',
  'projection.run_date.format' = 'yyyy-MM-dd',
  'projection.run_date.range' = '2026-01-01,NOW'
);
"""
