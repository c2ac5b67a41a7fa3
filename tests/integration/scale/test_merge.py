"""`orgscan merge` makes of shards the run that one process would have made, or changes nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orgscan.config.settings import Settings
from orgscan.errors import OrgscanError
from orgscan.scan.merge import merge

pytestmark = pytest.mark.integration


class _Shards:
    """Three shards of one run, swept once for all tests; each test works on a copy."""

    def __init__(self, organization: Any, folder: Path) -> None:  # noqa: ANN401 - the fixture's own
        self.organization = organization
        self.folder = folder
        self.directories: list[Path] = []

    def sweep(self, place: str, group: str = "nightly", *more: str) -> Path:
        """Sweep one shard; gives its directory."""
        there = set(self.folder.glob("*"))
        status, errors = self.organization.run(
            "scan", "--output", str(self.folder), "--shard", place, "--shard-group", group, *more
        )
        assert status in {0, 1}, errors
        (directory,) = set(self.folder.glob("*")) - there
        return directory

    def merge(self, *directories: Path, output: str = "merged") -> tuple[int, str]:
        """Merge; what is left of it when it is refused is nothing."""
        place = self.output(output)
        try:
            result = asyncio.run(merge(directories, Settings(output=place)))
        except OrgscanError as error:
            assert not list(place.glob("*"))
            assert not list(place.glob(".*"))
            return 2, str(error)
        return result.exit_status, ""

    def output(self, name: str) -> Path:
        """Where runs of this test go."""
        return self.folder.parent / name

    def newest(self, output: str = "merged") -> Path:
        """The merged run."""
        return (self.output(output) / "latest").resolve()


@pytest.fixture(scope="module")
def swept(lasting: Any) -> _Shards:  # noqa: ANN401 - the fixture's own
    """The shards of sixty accounts."""
    found = _Shards(lasting, lasting.folder / "shards")
    found.directories = [found.sweep(f"{place}/3") for place in (1, 2, 3)]
    return found


@pytest.fixture
def shards(swept: _Shards, tmp_path: Path) -> _Shards:
    """A copy of them, to be spoilt."""
    copies = tmp_path / "shards"
    shutil.copytree(swept.folder, copies)
    found = _Shards(swept.organization, copies)
    found.directories = [copies / one.name for one in swept.directories]
    return found


def test_three_shards_give_byte_for_byte_what_one_run_gives(
    shards: _Shards, run_data_aside: Callable[[Path], bytes]
) -> None:
    """Named one by one or by the directory that holds them; the bundle verifies."""
    organization = shards.organization
    assert organization.run("scan", "--output", str(shards.output("one"))) == (1, "")
    assert shards.merge(*reversed(shards.directories)) == (1, "")
    assert shards.merge(shards.folder, output="again") == (1, "")
    merged = shards.newest()

    assert run_data_aside(merged) == run_data_aside(shards.newest("one"))
    assert run_data_aside(shards.newest("again")) == run_data_aside(merged)
    assert organization.run("verify", str(merged / "evidence.zip"))[0] == 0
    assert {path.name for path in merged.iterdir()} == {
        "report.html",
        "report.json",
        "evidence.zip",
    }
    report = msgspec.json.decode((merged / "report.json").read_bytes())
    merging, endpoint = report["run"]["notes"]
    assert merging == "This run was merged of the 3 shards of nightly"
    assert endpoint.startswith("Calls went to http://127.0.0.1:")
    assert report["totals"]["api_calls"]["sts:AssumeRole"] == 59


def test_a_shard_is_no_report_and_for_its_owner_alone(shards: _Shards) -> None:
    """Nobody takes a part for the whole; `latest` does not point to it."""
    for directory in shards.directories:
        modes = {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}
        assert modes == {
            "shard.json": 0o600,
            "segment.ndjson": 0o600,
            "segment-evidence.ndjson": 0o600,
        }
    assert not (shards.folder / "latest").exists()


def test_missing_shards_are_named(shards: _Shards) -> None:
    """All of them."""
    status, errors = shards.merge(shards.directories[1])

    assert status == 2
    assert "of nightly are missing: shard 1/3, 3/3" in errors


def test_a_shard_that_is_there_twice_is_named_with_its_double(shards: _Shards) -> None:
    """As after a second attempt of an array job's child."""
    double = shards.sweep("2/3")
    status, errors = shards.merge(shards.folder)

    assert status == 2
    assert "shard 2/3 is there twice" in errors
    assert str(double) in errors
    assert str(shards.directories[1]) in errors


@pytest.mark.parametrize(
    ("group", "more", "what"),
    [
        ("other-night", (), "the group"),
        ("nightly", ("--region", "eu-*"), "region"),
        ("nightly", ("--no-evidence",), "evidence"),
    ],
)
def test_a_shard_of_another_run_is_named_with_what_differs(
    shards: _Shards, group: str, more: tuple[str, ...], what: str
) -> None:
    """Another night, another scope, other settings."""
    foreign = shards.sweep("3/3", group, *more)
    status, errors = shards.merge(*shards.directories[:2], foreign)

    assert status == 2
    assert errors.startswith(f"{foreign}: the shards are of different runs: ")
    assert what in errors


def _edited(directory: Path, **changed: object) -> None:
    path = directory / "shard.json"
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), **changed}))


def test_a_shard_of_another_version_or_organization_is_refused(shards: _Shards) -> None:
    """By what differs."""
    path = shards.directories[1] / "shard.json"
    run = msgspec.json.decode(path.read_bytes())["run"]
    _edited(shards.directories[1], run={**run, "tool": {"name": "orgscan", "version": "0.0.1"}})
    assert "the tool is not the same" in shards.merge(shards.folder)[1]

    other = {"id": "o-other", "management_account_id": "111122223333"}
    _edited(shards.directories[1], run={**run, "organization": other})
    assert "the organization is not the same" in shards.merge(shards.folder)[1]


@pytest.mark.parametrize("name", ["segment.ndjson", "segment-evidence.ndjson"])
def test_a_shard_that_was_cut_short_on_its_way_is_refused(shards: _Shards, name: str) -> None:
    """A part of a file would be a part of the findings."""
    path = shards.directories[2] / name
    path.write_bytes(path.read_bytes()[:-200])
    status, errors = shards.merge(shards.folder)

    assert status == 2
    assert f"{path}: the shard is not what it was when it was finished" in errors


@pytest.mark.parametrize("content", [b"", b"{", b'{"format":"orgscan.report"}', b"\xff\x00"])
def test_a_damaged_shard_file_is_named(shards: _Shards, content: bytes) -> None:
    """What it is, and what to do."""
    path = shards.directories[0] / "shard.json"
    path.write_bytes(content)
    status, errors = shards.merge(shards.folder)

    assert status == 2
    assert f"{path}: this is no shard that can be read" in errors


def test_an_account_in_a_shard_that_is_not_its_own_is_refused(shards: _Shards) -> None:
    """Shards 1 and 2 under each other's place would be whole, and are not what they say."""
    first, second, _ = shards.directories
    told = [msgspec.json.decode((one / "shard.json").read_bytes()) for one in (first, second)]
    _edited(first, shard=told[1]["shard"])
    _edited(second, shard=told[0]["shard"])
    status, errors = shards.merge(shards.folder)

    assert status == 2
    assert "which is another shard's" in errors


def test_merging_twice_finds_that_it_was_done(shards: _Shards) -> None:
    """The first run stays as it is."""
    assert shards.merge(shards.folder)[0] == 1
    status, errors = shards.organization.run(
        "merge", str(shards.folder), "--output", str(shards.output("merged"))
    )

    assert status == 2
    assert "these shards were merged already" in errors


def test_only_the_shards_of_a_group_are_taken_out_of_a_directory(shards: _Shards) -> None:
    """Where the shards of many nights lie side by side."""
    shards.sweep("1/1", "other-night")
    organization = shards.organization
    named = ("merge", str(shards.folder), "--shard-group")

    places = [str(shards.output(name)) for name in ("merged", "other", "third")]
    assert organization.run(*named, "nightly", "--output", places[0])[0] == 1
    assert organization.run(*named, "other-night", "--output", places[1])[0] == 1
    status, errors = organization.run(*named, "third-night", "--output", places[2])
    assert status == 2
    assert "There are: nightly, other-night" in errors


def test_a_shard_without_accounts_is_a_shard(shards: _Shards) -> None:
    """There may be more shards than accounts."""
    account = shards.organization.simulator.world.organization.management.id
    shutil.rmtree(shards.folder)
    for place in (1, 2, 3):
        shards.sweep(f"{place}/3", "one-account", "--account", account)

    assert shards.merge(shards.folder)[0] in {0, 1}
    report = msgspec.json.decode((shards.newest() / "report.json").read_bytes())
    assert report["totals"]["accounts"]["in_scope"] == 1


def test_what_is_no_shard_is_refused(shards: _Shards) -> None:
    """A whole run, an empty directory, nothing at all."""
    organization = shards.organization
    organization.run("scan", "--output", str(shards.output("one")))
    for path in (shards.newest("one"), shards.output("nowhere")):
        status, errors = shards.merge(path)
        assert status == 2
        assert f"{path}: there is no shard" in errors
