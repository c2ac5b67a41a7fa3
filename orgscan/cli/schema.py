"""`orgscan schema`: JSON Schemas for editors and for whoever reads reports by program."""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec
import typer


class Document(enum.StrEnum):
    """What has a schema."""

    CONFIG = "config"
    ALLOWLIST = "allowlist"
    REPORT = "report"
    DIFF = "diff"
    HISTORY = "history"


def schema(
    document: Annotated[Document, typer.Argument(help="Which file's schema.")],
) -> None:
    """Print the JSON Schema of orgscan.yaml, allowlist.yaml, report.json, a diff or a history."""
    typer.echo(msgspec.json.format(msgspec.json.encode(_schema_of(document)), indent=2).decode())


def _schema_of(document: Document) -> dict[str, object]:
    # Each lives beside what it describes; only the one asked for is imported.
    if document is Document.HISTORY:
        from orgscan.history.asked.schema import answer_schema  # noqa: PLC0415 - see above

        return answer_schema()
    if document in {Document.REPORT, Document.DIFF}:
        from orgscan.report.report_schema import diff_schema, report_schema  # noqa: PLC0415 - see above

        return report_schema() if document is Document.REPORT else diff_schema()
    from orgscan.config.schemas import allowlist_schema, config_schema  # noqa: PLC0415 - see above
    from orgscan.scan.catalogue import control_ids  # noqa: PLC0415 - see above

    return config_schema(control_ids()) if document is Document.CONFIG else allowlist_schema()
