"""docs/operating.md says what the code writes."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

from orgscan.report.read import StoredRun
from orgscan.scan.emf import heartbeat_line, run_lines
from orgscan.scan.progress import Progress

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")


def _metrics(line: bytes) -> set[tuple[str, str]]:
    (directive,) = json.loads(line)["_aws"]["CloudWatchMetrics"]
    (dimensions,) = directive["Dimensions"]
    return {(metric["Name"], ", ".join(dimensions)) for metric in directive["Metrics"]}


def test_the_page_lists_every_metric_with_its_dimensions(
    make_record: Callable[..., StoredRun],
) -> None:
    """No more and no fewer."""
    record = make_record()
    lines = [*run_lines(record.run, record.totals, exit_status=0, is_successful=True)]
    lines.append(heartbeat_line(Progress(), dt.datetime.now(dt.UTC)))
    table = PAGE.partition("| metric |")[2].partition("\n\n")[0]
    rows = [row.strip("|").split(" | ") for row in table.splitlines()[2:]]

    assert {
        (name, dimensions.replace("`", "").strip())
        for names, dimensions, _ in rows
        for name in re.findall(r"`(\w+)`", names)
    } == set().union(*map(_metrics, lines))
