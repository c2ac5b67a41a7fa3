"""Two finished runs, found wherever they lie, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orgscan.errors import ReportError
from orgscan.evidence.stored_report import report_in
from orgscan.history.compare import compare
from orgscan.model.diff import Diff
from orgscan.model.seen import SeenRun
from orgscan.report.seen import read_seen
from orgscan.scan.run_files import is_bundle, report_of, runs_in

PREVIOUS = "previous"
_MOST_NAMED = 5


def diff_runs(old: str, new: str, output: Callable[[], Path]) -> Diff:
    """What changed from one run to another.

    Args:
        old: a run directory, a report.json, an evidence bundle (zipped or unpacked), or the id of
            a run. `latest` is the newest run, `previous` the one before it.
        new: likewise.
        output: says where runs are; asked only where one is named by its id.

    Raises:
        ReportError: one of them is not there, or is no report.
        EvidenceError: a bundle cannot be read, or is not whole.
        ScopeError: they are of two organizations.
    """
    return compare(read_run(old, output), read_run(new, output))


def read_run(name: str, output: Callable[[], Path]) -> SeenRun:
    """One run, named as `diff_runs` takes it."""
    place = report_of(_found(name, output))
    if is_bundle(place):
        with report_in(place) as opened:
            return read_seen(opened, str(place))
    return read_seen(lambda: place.open("rb"), str(place))


def _found(name: str, output: Callable[[], Path]) -> Path:
    """A path as it is; else the run of that id, `latest`, or `previous`."""
    path = Path(name)
    if path.exists():
        return path
    runs = output()
    ids = _runs_in(runs)
    if name == PREVIOUS and len(ids) > 1:
        return runs / ids[-2]
    if path.name == name and (runs / name).exists():
        return runs / name
    raise ReportError(
        "there is no such file, directory or run", where=repr(name), mend=_named(runs, ids)
    )


def _runs_in(output: Path) -> list[str]:
    """Ids of the runs in a directory, the oldest first."""
    return [path.name for path in runs_in(output)]


def _named(output: Path, ids: list[str]) -> str:
    if not ids:
        return f"There are no runs in {output}: name a path, or set another output"
    return f"The newest runs in {output} are {', '.join(ids[-_MOST_NAMED:])}"
