"""Shards agree on who sweeps which account without talking to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.model.organization import Account
from orgscan.scan.shard import Shard, place_of, shard_of

ARRAY = {
    "AWS_BATCH_JOB_ID": "8f1c1d1e-0000-4000-8000-000000000000:2",
    "AWS_BATCH_JOB_ARRAY_INDEX": "2",
    "AWS_BATCH_JOB_ARRAY_SIZE": "16",
}


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 1000))
def test_every_account_is_of_exactly_one_shard(account_id: str, count: int) -> None:
    """Whatever the number of shards."""
    shards = [Shard(group="g", place=place, count=count) for place in range(1, count + 1)]

    assert [shard.place for shard in shards if shard.holds(account_id)] == [
        place_of(account_id, count)
    ]


def test_the_place_of_an_account_never_changes() -> None:
    """These are for good: other versions and machines have to agree."""
    places = [place_of(f"{number:012d}", 16) for number in range(8)]

    assert places == [4, 11, 8, 12, 14, 6, 3, 5]


def test_shards_are_of_about_the_same_size() -> None:
    """Of 10,000 accounts in 16 shards none has more than a tenth above its share."""
    accounts = [Account(id=f"{n * 7919:012d}", name="", state="ACTIVE") for n in range(10_000)]
    sizes = [len(Shard(group="g", place=p, count=16).of(accounts)) for p in range(1, 17)]

    assert sum(sizes) == 10_000
    assert max(sizes) < 1.1 * 10_000 / 16


def test_a_child_of_an_array_job_is_the_shard_of_its_index() -> None:
    """Counted from 1, of the group that its parent's id is."""
    assert shard_of(Settings(shard="batch"), ARRAY) == Shard(
        group="8f1c1d1e-0000-4000-8000-000000000000", place=3, count=16
    )


def test_a_group_of_ones_own_beats_the_array_jobs() -> None:
    """A state machine may name it after its own execution."""
    shard = shard_of(Settings(shard="batch", shard_group="nightly-1"), ARRAY)

    assert shard is not None
    assert shard.group == "nightly-1"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(shard="1/4"), "a shard needs the name of the run"),
        (Settings(shard_group="nightly"), "there is a group of shards and no shard"),
        (Settings(shard="batch"), "AWS_BATCH_JOB_ARRAY_INDEX"),
    ],
)
def test_half_of_it_is_refused(settings: Settings, says: str) -> None:
    """With what to add."""
    with pytest.raises(ConfigError, match=says):
        shard_of(settings, {})
