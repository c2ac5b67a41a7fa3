"""Where a text lies: in a file, in a parameter of Systems Manager, or in an object of S3."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from orgscan.config.problems import shown
from orgscan.errors import ConfigError

# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
_SSM = re.compile(r"ssm:(?P<name>[\w./-]{1,1011}(?::[\w.-]{1,100})?)", re.ASCII)
_S3 = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>[^/].{0,1023})")


class Parameter(NamedTuple):
    """A parameter of Systems Manager, with a version or label behind a colon if it is named."""

    name: str

    def __str__(self) -> str:
        return f"ssm:{self.name}"


class BucketObject(NamedTuple):
    """An object of S3."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


Remote = Parameter | BucketObject

Fetch = Callable[[Remote], bytes]
"""Reads what lies in AWS, of 1 MiB at most; raises ConfigError where it cannot be read."""


def remote(place: str | Path) -> Remote | None:
    """What a place names in AWS; None for a file.

    Raises:
        ConfigError: it begins like such a place, and is none.
    """
    if isinstance(place, Path) or not place.startswith(("ssm:", "s3:")):
        return None
    if found := _SSM.fullmatch(place):
        return Parameter(found["name"])
    if (found := _S3.fullmatch(place)) and place.isprintable():
        return BucketObject(found["bucket"], found["key"])
    raise ConfigError(
        f"{shown(place)} names nothing in AWS",
        mend="Write ssm:/path/name or s3://bucket/key; ./ before it makes it a file",
    )


def absolute(place: str) -> str:
    """The place, by a name that holds wherever the process is started."""
    return str(Path(place).resolve()) if remote(place) is None else place


def is_there(place: str) -> bool:
    """Whether there is such a file; of what lies in AWS only reading it tells, and so it counts."""
    return remote(place) is not None or Path(place).exists()
