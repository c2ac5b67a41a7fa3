"""Which accounts a run sweeps that is one shard of many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.model.organization import Account

_SIZE, _INDEX, _JOB = "AWS_BATCH_JOB_ARRAY_SIZE", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ID"


class Shard(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a run.

    Attributes:
        group: the run that the shards make together.
        place: from 1 to `count`.
    """

    group: str
    place: int
    count: int

    def __str__(self) -> str:
        return f"{self.place}/{self.count}"

    def holds(self, account_id: str) -> bool:
        """Whether an account is of this shard: by a hash, so that shards agree without talking."""
        return place_of(account_id, self.count) == self.place

    def of(self, accounts: Iterable[Account]) -> tuple[Account, ...]:
        """The accounts of this shard."""
        return tuple(account for account in accounts if self.holds(account.id))

    def summary(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """A run's summary as that of a part: there is no report yet that one could open."""
        following = f"Next: orgscan merge, with all {self.count} shards of {self.group}"
        return (f"Shard {self} of {self.group}", *lines[:-1], following)


def place_of(account_id: str, count: int) -> int:
    """The shard of so many that an account is of, from 1."""
    digest = hashlib.sha256(account_id.encode()).digest()
    return int.from_bytes(digest[:8]) % count + 1


def shard_of(settings: Settings, environ: Mapping[str, str]) -> Shard | None:
    """The shard that a run is; None for a whole run.

    Args:
        settings: `shard` and `shard_group`.
        environ: what AWS Batch tells the children of an array job
            (https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html).

    Raises:
        ConfigError: a part of it is missing.
    """
    if settings.shard is None:
        if settings.shard_group is not None:
            raise ConfigError(
                "there is a group of shards and no shard",
                where="shard_group",
                mend="Add --shard I/N, or leave out the group",
            )
        return None
    if settings.shard == "batch":
        return _of_array_job(settings.shard_group, environ)
    place, _, count = settings.shard.partition("/")
    if settings.shard_group is None:
        raise ConfigError(
            "a shard needs the name of the run that it is a part of",
            where="--shard",
            mend="Give all shards of a run the same name with --shard-group, another for each run",
        )
    return Shard(group=settings.shard_group, place=int(place), count=int(count))


def unsealed(settings: Settings) -> Settings:
    """The settings of a shard: it is sealed and sent by nobody, as the run is what all make."""
    return settings.model_copy(
        update={
            "signing_key": None,
            "signing_kms_key": None,
            "tsa_url": None,
            "deliver_s3": None,
            "deliver_security_hub": False,
            "deliver_sns_topic": None,
            "deliver_event_bus": None,
            # Shards run side by side, and none of them is a run.
            "run_lock": "none",
            "keep_runs": None,
            "keep_days": None,
        }
    )


def _of_array_job(group: str | None, environ: Mapping[str, str]) -> Shard:
    missing = [name for name in (_SIZE, _INDEX, _JOB) if not environ.get(name)]
    if missing:
        raise ConfigError(
            f"{', '.join(missing)} is not set, so this is no child of an array job",
            where="--shard batch",
            mend="Submit it with arrayProperties, or write the shard as I/N",
        )
    # The id of a child is its parent's, a colon and its index.
    parent = environ[_JOB].partition(":")[0]
    place, count = int(environ[_INDEX]) + 1, int(environ[_SIZE])
    return Shard(group=group or parent, place=place, count=count)
