"""What is released: one version, a changelog, a whole sdist, and the wheel in a clean venv."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

from orgscan import __file__ as package
from orgscan import __version__

pytestmark = pytest.mark.integration

ROOT = Path(package).parents[1]
UV = Path(sys.executable).with_name("uv")
SECONDS = 300
# What would lead elsewhere than to the wheel, or to somebody's AWS.
_OWN = ("AWS_", "ORGSCAN_", "PYTHON", "VIRTUAL_ENV")
# What uv says where it reaches no index and has nothing in its cache.
_NO_NETWORK = ("error sending request", "dns error", "Failed to fetch", "network is disabled")


def _run(*command: str | Path, where: Path) -> str:
    """What a command prints; where it fails for want of a network, the test is skipped."""
    done = subprocess.run(  # noqa: S603 - uv, pip's Python and this project's own program
        [str(part) for part in command],
        cwd=where,
        env={name: value for name, value in os.environ.items() if not name.startswith(_OWN)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode and any(sign in done.stderr for sign in _NO_NETWORK):
        pytest.skip("neither a package index nor what it would give is at hand")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _build(where: Path, *kinds: str, of: Path = ROOT) -> Path:
    """The one file that is built: as `make dist` does, by the locked build tool."""
    _run(
        UV, "build", "--quiet", *kinds, "--require-hashes",
        "--build-constraints", ROOT / "requirements-build.lock", "-o", where, of,
        where=ROOT,
    )  # fmt: skip
    (built,) = [path for path in where.iterdir() if path.suffix in {".gz", ".whl"}]
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this checkout."""
    return _build(tmp_path_factory.mktemp("sdist"), "--sdist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return _build(tmp_path_factory.mktemp("wheel"), "--wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs a program of a clean venv, of locked requirements and the wheel, in another place."""
    where = tmp_path_factory.mktemp("elsewhere")
    venv = where / "venv"
    _run(UV, "venv", "--quiet", "--python", sys.executable, venv, where=where)
    into = ("pip", "install", "--quiet", "--python", venv / "bin" / "python")
    _run(UV, *into, "--require-hashes", "-r", ROOT / "requirements.lock", where=where)
    _run(UV, *into, "--no-deps", wheel, where=where)
    return lambda name, *arguments: _run(venv / "bin" / name, *arguments, where=where)


def _versions_in_changelog() -> list[str]:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def test_the_version_stands_in_one_place() -> None:
    """pyproject.toml reads it there, and no other module has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    naming = [
        path.relative_to(ROOT)
        for path in (ROOT / "orgscan").rglob("*")
        if path.suffix in {".py", ".yaml", ".j2"} and f'"{__version__}"' in path.read_text("utf-8")
    ]

    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "orgscan/__init__.py"
    assert naming == [Path("orgscan/__init__.py")]
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|rc\d+)?", __version__)


def test_the_changelog_has_what_is_not_released_first_and_then_each_release_with_its_day() -> None:
    """The newest first, none newer than the package."""
    first, *released = _versions_in_changelog()
    found = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) \(\d{4}-\d\d-\d\d\)", each) for each in released]

    assert first == "Unreleased"
    assert all(found), released
    numbers = [tuple(map(int, each.groups())) for each in found if each]
    assert numbers == sorted(numbers, reverse=True)
    assert all(number <= tuple(map(int, __version__.split(".")[:3])) for number in numbers)


def test_each_change_in_the_changelog_is_one_entry_that_ends() -> None:
    """A line of its own, a sentence, none twice."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("## ")[2]
    entries = re.findall(r"^- (.+(?:\n  .+)*)", text, re.MULTILINE)
    others = [line for line in text.splitlines()[1:] if line and line[:2] not in {"- ", "  ", "##"}]

    assert others == []
    assert [entry for entry in entries if not entry.endswith((".", ")"))] == []
    assert len(set(entries)) == len(entries)


def test_the_wheel_built_from_the_sdist_is_the_one_built_from_the_checkout(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    """Byte for byte, so that nothing is missing in the sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = _build(tmp_path / "again", "--wheel", of=unpacked)

    assert again.name == wheel.name
    assert _digest(again) == _digest(wheel)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_sdist_has_what_tests_and_image_are_made_of(sdist: Path) -> None:
    """And nothing that git ignores."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    tops = {name.partition("/")[0] for name in names}
    assert tops >= {"Dockerfile", "Makefile", "config", "docs", "orgscan", "reports", "tests"}
    assert {"requirements.lock", "requirements-dev.lock", "requirements-build.lock"} <= names
    assert not {".venv", "dist", "build"} & tops
    assert [name for name in names if "__pycache__" in name] == []


def test_the_wheel_has_every_file_of_the_package_and_of_config_and_no_other(wheel: Path) -> None:
    """Templates, catalogue, and what `orgscan init` writes."""
    shipped = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "orgscan").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    starting = {
        f"orgscan/starting/{path.relative_to(ROOT / 'config')}"
        for path in (ROOT / "config").rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    described = {name for name in names if ".dist-info/" in name}
    assert names - described == shipped | starting
    assert any(name.endswith("licenses/LICENSE") for name in described)


def test_the_installed_wheel_says_its_version(installed: Callable[..., str]) -> None:
    """By the command and by its metadata."""
    code = "from importlib.metadata import version; print(version('orgscan'))"

    assert installed("orgscan", "--version") == f"orgscan {__version__}\n"
    assert installed("python", "-c", code) == f"{__version__}\n"


def test_the_installed_wheel_scans_the_demo_and_its_bundle_verifies(
    installed: Callable[..., str],
) -> None:
    """Report, evidence and catalogue are all there, without a checkout."""
    shown = installed("orgscan", "demo", "--accounts", "3", "--output", "runs")

    assert "can get a public IP" in shown
    assert "NOT SIGNED" in installed("orgscan", "verify", "runs/latest/evidence.zip")
    assert "ecs-taskset-no-public-ip" in installed("orgscan", "controls", "--check")
    assert installed("orgscan", "report", "runs/latest", "--format", "sarif")


@pytest.mark.parametrize("document", ["config", "allowlist", "report"])
def test_the_installed_wheel_prints_its_schemas(
    installed: Callable[..., str], document: str
) -> None:
    """Each a schema by which something can be checked."""
    schema = json.loads(installed("orgscan", "schema", document))

    jsonschema_rs.validator_for(schema)


def test_the_installed_wheel_writes_what_a_user_edits(installed: Callable[..., str]) -> None:
    """As many files as config/ has."""
    written = installed("orgscan", "init", "started").splitlines()

    assert len(written) == sum(path.is_file() for path in (ROOT / "config").rglob("*"))
    assert all(line.startswith("Wrote") for line in written)


def test_every_module_imports_with_the_locked_requirements_alone(
    installed: Callable[..., str],
) -> None:
    """But for one that belongs to an extra, and says so by what it lacks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [
        re.split(r"[<>=\[; ]", one)[0]
        for extra in project.get("optional-dependencies", {}).values()
        for one in extra
    ]
    code = (
        "import importlib, pkgutil, orgscan\n"
        "for each in pkgutil.walk_packages(orgscan.__path__, 'orgscan.'):\n"
        "    if each.name.endswith('__main__'): continue\n"
        "    try: importlib.import_module(each.name)\n"
        "    except ModuleNotFoundError as error: print(error.name.partition('.')[0])\n"
    )

    assert set(installed("python", "-c", code).split()) <= set(extras)
