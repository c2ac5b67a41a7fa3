"""The machine that figures come from: nothing that names it or its owner."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import re
from pathlib import Path

import msgspec

_LIBRARIES = ("aiobotocore", "aiohttp", "botocore", "msgspec", "orgscan", "uvloop")


class Machine(msgspec.Struct, frozen=True):
    """What figures depend on, besides the program.

    Attributes:
        cores: that this process may use.
        date: of the measurement, UTC.
        load: how many processes were running or waiting in the minute before, on average.
    """

    date: str
    cpu: str
    cores: int
    memory_gib: float
    load: float
    system: str
    python: str
    libraries: dict[str, str]

    @property
    def short_name(self) -> str:
        """For a file: `amd-epyc-2-cores`."""
        words = re.sub(r"\(.*?\)|@.*|\bprocessor\b", " ", self.cpu.lower())
        return "-".join([*re.findall(r"[a-z0-9]+", words)[:4], str(self.cores), "cores"])


def this_machine() -> Machine:
    """This one, now."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Machine(
        date=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(pages * size / 2**30, 1),
        load=round(os.getloadavg()[0], 1),
        system=f"{platform.system()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        libraries={name: importlib.metadata.version(name) for name in _LIBRARIES},
    )


def _cpu() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or "unknown"
