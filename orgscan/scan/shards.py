"""Which shards make a run together, and what tells that they do not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orgscan.errors import WorkerError
from orgscan.scan.basis import THE_SHARD
from orgscan.scan.shard_file import StoredShard, read_shard, shards_below


def fitting(shards: Sequence[StoredShard]) -> list[StoredShard]:
    """The shards in their order, seen to be one run, whole.

    Raises:
        WorkerError: the first that is of another run, doubled or missing.
    """
    first = shards[0]
    there: dict[int, StoredShard] = {}
    for one in shards:
        if differing := _differing(first, one):
            raise WorkerError(
                f"the shards are of different runs: {differing} is not the same as in "
                f"{first.directory}",
                where=str(one.directory),
                mend="Merge the shards of one run; --shard-group picks them out of a directory",
            )
        place = one.file.shard.place
        if place in there:
            raise WorkerError(
                f"shard {one.file.shard} is there twice, also in {there[place].directory}",
                where=str(one.directory),
                mend="Leave one of them out",
            )
        there[place] = one
    count = first.file.shard.count
    if missing := [f"{place}/{count}" for place in range(1, count + 1) if place not in there]:
        raise WorkerError(
            f"of {first.file.shard.group} are missing: shard {', '.join(missing)}",
            where=", ".join(sorted({str(one.directory.parent) for one in shards})),
            mend="Sweep them with the same settings and group, and merge all of them",
        )
    return [there[place] for place in sorted(there)]


def _differing(first: StoredShard, one: StoredShard) -> str:
    """What tells that two shards are not of the same run; empty where nothing does."""
    a, b = first.file, one.file
    pairs = {
        "the group": (a.shard.group, b.shard.group),
        "the number of shards": (a.shard.count, b.shard.count),
        "the tool": (a.run.tool, b.run.tool),
        "the organization": (a.run.organization, b.run.organization),
        "the partition": (a.run.partition, b.run.partition),
        "the scope": (a.run.scope, b.run.scope),
        "what was remediated": (a.run.remediations, b.run.remediations),
    }
    basis = a.basis.keys() | b.basis.keys()
    pairs |= {name: (a.basis.get(name), b.basis.get(name)) for name in sorted(basis - {THE_SHARD})}
    return ", ".join(name for name, (here, there) in pairs.items() if here != there)


def found(places: Sequence[Path], group: str | None) -> list[StoredShard]:
    """The shards that are meant.

    Args:
        places: directories of shards, or directories that hold such.
        group: the run that they have to be of; None for any.

    Raises:
        WorkerError: there is none, or one cannot be read.
    """
    directories = {path.resolve(): path for place in places for path in shards_below(place)}
    there = [read_shard(path) for path in directories.values()]
    wanted = [one for one in there if group is None or one.file.shard.group == group]
    if not wanted:
        groups = ", ".join(sorted({one.file.shard.group for one in there}))
        raise WorkerError(
            f"no shard is of the group {group}",
            where="--shard-group",
            mend=f"There are: {groups}",
        )
    return wanted
