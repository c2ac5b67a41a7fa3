"""The history as Parquet files, read back by pyarrow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orgscan.errors import HistoryError
from orgscan.history.exported.athena import definitions
from orgscan.history.exported.parquet import export
from orgscan.history.exported.tables import TABLES
from orgscan.history.kept.file import reading
from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.report.read import StoredRun
from tests.history.kept.days import run_id, started_at, take

Day = Callable[..., StoredRun]

FAILED, PASSED = Status.FAILED, Status.PASSED


def _exported(path: Path, directory: Path, last: int = 30) -> list[str]:
    with reading(path) as store:
        files = export(store, directory, last=last, location="s3://example-bucket/history/")
    return [file.relative_to(directory).as_posix() for file in files]


def _read(directory: Path, table: str) -> list[dict[str, Any]]:
    """What is read by the table's directory, the partition's column included."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    found = parquet.read_table(directory / table).to_pylist()
    return sorted(found, key=lambda row: (row["run_id"], row.get("arn", "")))


@pytest.fixture
def exported(day: Day, path: Path, tmp_path: Path) -> Path:
    """Three days: a failure, one day nobody could look, and gone."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    take(
        path,
        day(0, {"api": FAILED, "web": PASSED}),
        day(1, {}, CoverageStatus.DENIED),
        day(2, {"web": FAILED}),
    )
    directory = tmp_path / "export"
    files = _exported(path, directory)
    assert len(files) == 3 * len(TABLES)
    assert files[0] == f"runs/run_date=2026-11-01/{run_id(0)}.parquet"
    return directory


def test_every_finding_is_in_every_run_as_what_it_was(exported: Path) -> None:
    """Unseen where nobody could look, and no longer where it is gone."""
    rows = [
        (row["run_id"], row["arn"].split("/")[2], row["status"], row["failing_since"])
        for row in _read(exported, "findings")
    ]
    assert rows == [
        (run_id(0), "api", "FAILED", started_at(0)),
        (run_id(0), "web", "PASSED", None),
        (run_id(1), "api", "UNSEEN", started_at(0)),
        (run_id(1), "web", "UNSEEN", None),
        (run_id(2), "web", "FAILED", started_at(2)),
    ]
    (first, *_) = _read(exported, "findings")
    assert (str(first["run_date"]), first["first_seen"]) == ("2026-11-01", started_at(0))


def test_coverage_and_runs_are_tables_of_their_own(exported: Path) -> None:
    """A row for each account-region of a run, and one for each run."""
    assert [row["status"] for row in _read(exported, "coverage")] == [
        "COVERED",
        "DENIED",
        "COVERED",
    ]
    assert [
        (row["targets_in_scope"], row["targets_covered"]) for row in _read(exported, "runs")
    ] == [
        (1, 1),
        (1, 0),
        (1, 1),
    ]


def test_another_export_adds_only_the_runs_that_are_not_there(
    exported: Path, day: Day, path: Path
) -> None:
    """A nightly job writes one day."""
    take(path, day(3, {"web": FAILED}))
    assert _exported(path, exported) == [
        f"{table.name}/run_date=2026-11-04/{run_id(3)}.parquet" for table in TABLES
    ]
    assert _exported(path, exported) == []


def test_the_files_are_for_their_owner_alone(exported: Path) -> None:
    """As the history itself."""
    files = list(exported.rglob("*.parquet"))
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert not list(exported.rglob("*.partial"))


def test_the_definitions_have_every_column_and_the_partition(exported: Path) -> None:
    """What pyarrow reads is what Athena is told of."""
    text = (exported / "athena.sql").read_text(encoding="utf-8")
    assert text == definitions("s3://example-bucket/history")
    for table in TABLES:
        (_, after) = text.split(f"CREATE EXTERNAL TABLE IF NOT EXISTS orgscan.{table.name} (\n")
        told = [line.split()[0] for line in after.split("\n)")[0].splitlines()]
        assert {*told, "run_date"} == set(_read(exported, table.name)[0])
        assert f"LOCATION 's3://example-bucket/history/{table.name}/'" in after


@pytest.mark.parametrize("location", ["/somewhere", "s3://b/'; DROP TABLE x; --", "s3://b/\n"])
def test_what_is_no_place_in_s3_is_refused(location: str) -> None:
    """The definitions are SQL that somebody runs."""
    with pytest.raises(HistoryError, match="is no place in S3"):
        definitions(location)


def test_hostile_names_are_cells_like_any_other(
    day: Day,
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
    path: Path,
    tmp_path: Path,
) -> None:
    """Whatever an account is called."""
    findings = {
        f"service-{number}": make_finding(
            f"service-{number}", account=AccountRef(f"{number:012d}", name, "")
        )
        for number, name in enumerate(hostile_names, 1)
    }
    made = day(0, {}, None)
    ordered = sorted(findings.values(), key=lambda finding: finding.account.id)
    take(path, StoredRun(_with_findings(made, ordered)))
    _exported(path, tmp_path / "export")
    names = {row["account_name"] for row in _read(tmp_path / "export", "findings")}
    assert names == set(hostile_names)


def _with_findings(run: StoredRun, findings: list[Finding]) -> Any:  # noqa: ANN401 - a report's type is not exported
    from msgspec.structs import replace  # noqa: PLC0415 - here alone

    return replace(run.report, findings=tuple(findings))


def test_without_the_extra_it_says_how_to_install_it(
    day: Day, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And writes nothing."""
    take(path, day(0, {"api": FAILED}))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(HistoryError, match=r"pip install 'orgscan\[parquet\]'"):
        _exported(path, tmp_path / "export")
    assert not (tmp_path / "export").exists()
