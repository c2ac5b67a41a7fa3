"""`orgscan diff`, as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orgscan.cli.app import app
from orgscan.errors import Interrupted, OrgscanError, ReportError, ScopeError
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, Finding, Status
from orgscan.model.run import OrganizationRef, Scope
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun

MakeFinding = Callable[..., Finding]
MakeRecord = Callable[..., StoredRun]
Keep = Callable[..., Path]
OLD, NEW = "20261124T020000Z-aaaaaa", "20261125T020000Z-bbbbbb"


def covered(finding: Finding) -> CoverageEntry:
    """The line on its account-region."""
    return CoverageEntry(
        account_id=finding.account.id,
        account_name=finding.account.name,
        region=finding.region,
        status=CoverageStatus.COVERED,
    )


@pytest.fixture
def keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_record: MakeRecord
) -> Callable[..., Path]:
    """Writes a run of these findings to `reports/` of the current directory, all of it covered."""
    monkeypatch.chdir(tmp_path)
    for name in ("ORGSCAN_OUTPUT", "ORGSCAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    def write(run_id: str, *findings: Finding, **run: object) -> Path:
        directory = Path("reports") / run_id
        directory.mkdir(parents=True)
        started = {"id": run_id, "started_at": run_id[:15]} | run
        record = make_record(findings, tuple(map(covered, findings)), run=started)
        with (directory / "report.json").open("wb") as out:
            JsonReport().write(record, out)
        return directory

    return write


@pytest.fixture
def worse(keep: Keep, make_finding: MakeFinding) -> None:
    """Of two failures one persists, one is mended, and there is a third now."""
    fine = {"status": Status.PASSED}
    keep(
        OLD,
        make_finding("api", number=1),
        make_finding("cart", number=2),
        make_finding("etl", number=3, **fine),
    )
    keep(
        NEW,
        make_finding("api", number=1),
        make_finding("cart", number=2, **fine),
        make_finding("etl", number=3),
    )


def invoke(*arguments: str) -> Result:
    """Run it."""
    return CliRunner().invoke(app, ["diff", *arguments])


HEADLINE = "1 new, 1 resolved, 1 persisting."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"reports/{OLD}", f"reports/{NEW}"),
        (f"reports/{OLD}/report.json", f"reports/{NEW}/report.json"),
        (OLD, NEW),
        ("previous", NEW),
    ],
    ids=["directories", "files", "run ids", "the run before the newest"],
)
@pytest.mark.usefixtures("worse")
def test_runs_are_named_as_they_lie(old: str, new: str) -> None:
    """As text on standard output, with 1 for what is new."""
    result = invoke(old, new)

    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines()[0] == HEADLINE
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("fail_on", "there", "back"),
    [("new", 1, 1), ("worse", 1, 1), ("unknown", 1, 1), ("none", 0, 0)],
)
@pytest.mark.usefixtures("worse")
def test_fail_on_decides_the_exit_status(fail_on: str, there: int, back: int) -> None:
    """Either way something is new here."""
    assert invoke(OLD, NEW, "--fail-on", fail_on).exit_code == there
    assert invoke(NEW, OLD, "--fail-on", fail_on).exit_code == back


def test_nothing_new_is_0(keep: Keep, make_finding: MakeFinding) -> None:
    """Whatever persists or was resolved."""
    keep(OLD, make_finding("api", number=1), make_finding("cart", number=2))
    keep(NEW, make_finding("api", number=1))

    assert invoke(OLD, NEW).exit_code == 0


@pytest.mark.usefixtures("worse")
def test_it_is_written_to_a_file_in_the_format_that_is_asked_for() -> None:
    """And standard output stays empty."""
    result = invoke(OLD, NEW, "--format", "json", "-o", "diff.json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(Path("diff.json").read_bytes())["totals"] == {
        "NEW": 1,
        "CHANGED": 0,
        "PERSISTING": 1,
        "RESOLVED": 1,
        "UNKNOWN": 0,
    }


@pytest.mark.usefixtures("worse")
def test_a_run_that_is_older_than_the_old_one_is_said() -> None:
    """It is compared as it was asked for."""
    assert "Note      The old run is the newer one: it began at" in invoke(NEW, OLD).stdout


def test_runs_of_two_scopes_are_compared_where_both_looked(
    keep: Keep, make_finding: MakeFinding
) -> None:
    """The rest is unknown, and the difference is said."""
    ours, theirs = make_finding("api", number=1), make_finding("api", number=2, region="us-east-1")
    keep(OLD, ours, theirs)
    keep(NEW, ours, scope=Scope(role_name="orgscan-audit", region=("eu-*",)))

    result = invoke(OLD, NEW)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "0 new, 1 may be resolved, 0 resolved, 1 persisting."
    assert "Note      The scopes differ (region: all, then eu-*)." in result.stdout
    assert "In the new run, its region was not in scope." in result.stdout
    assert invoke(OLD, NEW, "--fail-on", "unknown").exit_code == 1


def test_another_organizations_run_is_refused(keep: Keep, make_finding: MakeFinding) -> None:
    """Nothing in it is the same."""
    keep(OLD, make_finding("api"))
    keep(NEW, make_finding("api"), organization=OrganizationRef("o-other", "999988887777"))

    error = invoke(OLD, NEW).exception

    assert isinstance(error, ScopeError)
    assert error.mend == "Name two runs of one organization"


@pytest.mark.parametrize(
    ("old", "what"),
    [
        ("20991124T020000Z-ffffff", "there is no such file, directory or run"),
        ("../reports", "there is no such file, directory or run"),
        ("reports", "the directory has no report.json, and no evidence.zip that holds one"),
        ("notes.txt", "this is not a whole report"),
        ("cut.json", "this is not a whole report"),
        ("newer.json", "this report is of version 2, and this program reads version 1"),
        ("cut.zip", "this is no whole ZIP"),
    ],
)
@pytest.mark.usefixtures("worse")
def test_what_is_no_run_says_what_it_is_and_what_to_do(old: str, what: str) -> None:
    """And nothing is written, nor changed."""
    whole = Path(f"reports/{OLD}/report.json").read_bytes()
    Path("notes.txt").write_text("remember")
    Path("cut.json").write_bytes(whole[:-40])
    Path("newer.json").write_bytes(whole.replace(b'"version":1', b'"version":2', 1))
    Path("cut.zip").write_bytes(b"PK\x03\x04 and no more")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}

    error = invoke(old, NEW, "-o", "diff.txt").exception

    assert isinstance(error, OrgscanError), error
    assert what in error.what
    assert error.mend
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("worse")
def test_a_run_id_that_is_not_there_names_those_that_are() -> None:
    """The newest of them."""
    error = invoke("previous-week", NEW).exception

    assert isinstance(error, ReportError)
    assert error.mend == f"The newest runs in reports are {OLD}, {NEW}"


@pytest.mark.usefixtures("worse")
def test_ctrl_c_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the file nor a part of it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orgscan.scan.diff.compare", interrupt)

    assert isinstance(invoke(OLD, NEW, "-o", "diff.txt").exception, Interrupted)
    assert not Path("diff.txt").exists()


def test_the_same_name_in_another_account_is_another_finding(
    keep: Keep, make_finding: MakeFinding
) -> None:
    """Findings are the same by their key alone."""
    keep(OLD, make_finding("api", account=AccountRef("111122223333", "payments", "")))
    keep(NEW, make_finding("api", account=AccountRef("444455556666", "payments", "")))

    result = invoke(OLD, NEW)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "1 new, 1 may be resolved, 0 resolved, 0 persisting."
