"""The image, built and run without a Docker engine: debootstrap, buildah and runc."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
_TOOLS = ("apt-get", "buildah", "debootstrap", "runc")
_SUITE = "bookworm"
_IN_BASE = "python3,python3-venv,ca-certificates"
_SECONDS = 900
USER = 65532


class Image(msgspec.Struct, frozen=True):
    """A built image, its file system mounted.

    Attributes:
        root: where its file system is.
        config: the OCI image configuration.
        size: bytes, all layers together; `base_size` is what of it is the base's.
    """

    root: Path
    config: dict[str, Any]
    size: int
    base_size: int


def _run(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - the tools named above, by a list of arguments
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        env=env,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.strip()


def _mirror() -> str | None:
    """Where this machine has Debian's packages from."""
    listed = _run("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)")
    found = (line.partition(" ") for line in listed.splitlines())
    return next((uri for release, _, uri in found if release == _SUITE), None)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """The image of this checkout, on a base made of Debian's packages."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing or os.getuid() != 0:
        why = f"{', '.join(missing)} not installed" if missing else "only root can build an image"
        pytest.skip(f"the container is not tested: {why}")
    mirror = _mirror()
    if mirror is None:
        pytest.skip(f"the container is not tested: no source of Debian's {_SUITE} here")
    folder = tmp_path_factory.mktemp("image")
    environ = {
        **os.environ,
        "BUILDAH_ISOLATION": "chroot",
        "STORAGE_DRIVER": "vfs",
        "CONTAINERS_STORAGE_CONF": str(_storage(folder)),
    }
    _run(
        "debootstrap", "--variant=minbase", f"--include={_IN_BASE}", _SUITE, folder / "base", mirror
    )  # fmt: skip
    wheels = _wheels(folder)
    made = _run("buildah", "from", "scratch", env=environ)
    _run("buildah", "copy", "-q", made, folder / "base", "/", env=environ)
    _run("buildah", "commit", "-q", made, "base", env=environ)
    _run(
        "buildah", "bud", "-q", "--isolation", "chroot",
        "--build-arg", "BASE=localhost/base",
        "--build-arg", "PIP_NO_INDEX=1", "--build-arg", "PIP_FIND_LINKS=/wheels",
        "--build-arg", "VERSION=0.0.0-test", "--build-arg", "REVISION=abc",
        "--volume", f"{wheels}:/wheels:ro", "-t", "orgscan", ROOT, env=environ,
    )  # fmt: skip
    container = _run("buildah", "from", "localhost/orgscan", env=environ)
    root = Path(_run("buildah", "mount", container, env=environ))
    inspected = json.loads(_run("buildah", "inspect", "--type", "image", "orgscan", env=environ))
    sizes = {
        name: _run("buildah", "images", "--json", name, env=environ) for name in ("orgscan", "base")
    }
    try:
        yield Image(
            root=root,
            config=inspected["OCIv1"]["config"],
            size=_bytes(sizes["orgscan"]),
            base_size=_bytes(sizes["base"]),
        )
    finally:
        _run("buildah", "umount", container, env=environ)


def _storage(folder: Path) -> Path:
    """Images of this test alone, which go with its folder."""
    conf = folder / "storage.conf"
    conf.write_text(
        f'[storage]\ndriver = "vfs"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n',
        encoding="utf-8",
    )
    return conf


def _wheels(folder: Path) -> Path:
    wheels = folder / "wheels"
    for lock in ("requirements.lock", "requirements-build.lock"):
        _run(
            _pip(), "download", "-q", "--require-hashes", "--only-binary", ":all:",
            "-d", wheels, "-r", ROOT / lock,
        )  # fmt: skip
    return wheels


def _pip() -> str:
    """Any pip of a Python like the image's."""
    beside = Path(sys.executable).with_name("pip")
    return str(beside) if beside.exists() else "pip"


def _bytes(listed: str) -> int:
    number, unit = json.loads(listed)[0]["size"].split()
    return int(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])


Job = Callable[..., subprocess.Popen[str]]


class Schedule(msgspec.Struct, frozen=True):
    """What a scheduler has of the image.

    Attributes:
        start: starts it: no root, no writes, no privileges, one volume.
        reports: the volume, from outside.
    """

    start: Job
    reports: Path


@pytest.fixture
def job(image: Image, tmp_path: Path) -> Iterator[Job]:
    """Starts the image as a scheduler would; its volume is `tmp_path / "reports"`."""
    with _schedule(image, tmp_path) as schedule:
        yield schedule.start


@pytest.fixture(scope="module")
def schedule(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schedule]:
    """The same for all tests of a module, with one volume."""
    with _schedule(image, tmp_path_factory.mktemp("schedule")) as found:
        yield found


@contextlib.contextmanager
def _schedule(image: Image, folder: Path) -> Iterator[Schedule]:
    bundle = folder / "bundle"
    bundle.mkdir()
    output = folder / "reports"
    output.mkdir()
    os.chown(output, USER, USER)
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        spec = _spec(image, output, arguments, environ or {})
        (bundle / "config.json").write_text(json.dumps(spec), encoding="utf-8")
        name = f"orgscan-test-{os.getpid()}-{folder.name}-{len(started)}"
        process = subprocess.Popen(  # noqa: S603 - runc, by a list of arguments
            ["runc", "run", "--bundle", str(bundle), name],  # noqa: S607 - wherever it is installed
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield Schedule(start, output)
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=60)


def _spec(
    image: Image, output: Path, arguments: tuple[str, ...], environ: Mapping[str, str]
) -> dict[str, object]:
    """An OCI runtime configuration; the network is the host's, for a server on loopback."""
    none: list[str] = []
    kinds = ("bounding", "effective", "permitted", "inheritable", "ambient")
    uid, gid = (int(part) for part in image.config["User"].split(":"))
    given = [f"{name}={value}" for name, value in environ.items()]
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": uid, "gid": gid},
            "args": [*image.config["Entrypoint"], *(arguments or image.config["Cmd"])],
            "env": [*image.config["Env"], *given],
            "cwd": image.config["WorkingDir"],
            "noNewPrivileges": True,
            "capabilities": dict.fromkeys(kinds, none),
        },
        "root": {"path": str(image.root), "readonly": True},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},  # noqa: S108 - the image's own, in memory
            {
                "destination": "/reports",
                "type": "bind",
                "source": str(output),
                "options": ["bind", "rw"],
            },
        ],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")],
            # As in a base that has no shell.
            "maskedPaths": ["/usr/bin/dash", "/usr/bin/bash", "/usr/bin/sh"],
        },
    }
