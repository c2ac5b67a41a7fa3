"""What is said to a worker and what it says back: plain data, and never a credential.

A worker finds its credentials where it runs, as any AWS program does, and assumes the roles itself.
"""

from __future__ import annotations

import datetime as dt
import traceback

import msgspec

from orgscan import __version__, errors
from orgscan.aws.engine import Limits
from orgscan.config.allowlist import Allowlist, parse_allowlist
from orgscan.config.plain import settings_as_json, settings_of_json
from orgscan.config.settings import Settings
from orgscan.errors import OrgscanError
from orgscan.journal.segment import Segment
from orgscan.model.organization import Account, RegionStatus

# All that a sweep reads. Where a run is written to, signed and sent is nobody's business but the
# coordinator's.
_SETTINGS = frozenset(
    {
        "role_name",
        "management_role_name",
        "own_account",
        "external_id",
        "source_identity",
        "session_tags",
        "session_policy",
        "sts_region",
        "region",
        "corroborate_task_sets",
        "collect",
        "owner_tags",
        "evidence",
        "concurrency",
    }
)


class Order(msgspec.Struct, frozen=True, kw_only=True, tag="order"):
    """What all batches of a run have in common.

    Attributes:
        version: the only orgscan that may take part.
        run_id: shows in every member's CloudTrail.
        caller_account: the account that a worker's own credentials have to be of.
        home_region: for calls that belong to no region.
        today: the day in UTC on which the run began, for exceptions.
        settings: JSON of the settings that a sweep reads.
        exceptions: JSON of the allowlist without what it permits; empty where there is none.
        limits: how patient to be with AWS.
    """

    version: str
    run_id: str
    caller_account: str
    home_region: str
    today: dt.date
    settings: str
    exceptions: str
    limits: Limits

    def as_settings(self) -> Settings:
        """The settings; what a sweep does not read is as by default."""
        return settings_of_json(self.settings)

    def as_allowlist(self) -> Allowlist | None:
        """The exceptions."""
        # Read as the file is, since JSON is YAML.
        return parse_allowlist(self.exceptions, "the order") if self.exceptions else None


def order_of(
    settings: Settings,
    allowlist: Allowlist | None,
    *,
    run_id: str,
    caller_account: str,
    home_region: str,
    today: dt.date,
    limits: Limits,
    with_profile: bool,
) -> Order:
    """The order for a run's workers.

    Args:
        settings: of the scan.
        allowlist: whose exceptions are shown beside findings.
        run_id: of the run.
        caller_account: whose credentials the workers have to have.
        home_region: the coordinator's.
        today: the day on which the run began.
        limits: how patient to be with AWS.
        with_profile: whether the workers find the same profiles as the coordinator.
    """
    wanted = _SETTINGS | {"profile"} if with_profile else _SETTINGS
    permits_nothing = allowlist and allowlist.model_copy(update={"remediate": ()})
    return Order(
        version=__version__,
        run_id=run_id,
        caller_account=caller_account,
        home_region=home_region,
        today=today,
        settings=settings_as_json(settings, wanted),
        exceptions=permits_nothing.model_dump_json(exclude_defaults=True)
        if permits_nothing
        else "",
        limits=limits,
    )


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """Accounts for one worker to sweep.

    Attributes:
        among: how many processes draw on the caller's quotas at the same time.
        regions: those chosen in an account, where an earlier process had learnt them.
        done: account-regions that an earlier process had swept.
    """

    number: int
    accounts: tuple[Account, ...]
    among: int = 1
    regions: dict[str, tuple[RegionStatus, ...]] = {}
    done: frozenset[tuple[str, str | None]] = frozenset()


class StopNow(msgspec.Struct, frozen=True, tag="stop"):
    """End in a few seconds, and say of the rest that it was not reached."""

    reason: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """A batch that was swept."""

    number: int
    segment: Segment


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A batch that was not looked at: why this worker cannot take part."""

    why: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """An error that ends the run: one that a person can mend, or a bug.

    Attributes:
        kind: the name of the error's class in `orgscan.errors`; empty for a bug.
        what: what failed; of a bug, its traceback.
    """

    kind: str
    what: str
    where: str = ""
    mend: str = ""

    def error(self) -> Exception:
        """The error, to be raised here."""
        kind = getattr(errors, self.kind, None) if self.kind else None
        if isinstance(kind, type) and issubclass(kind, OrgscanError):
            return kind(self.what, where=self.where, mend=self.mend)
        return RuntimeError(f"a worker failed:\n{self.what}")


def failed(error: Exception) -> Failed:
    """An error as it is told to the coordinator, where it is raised."""
    found: BaseException = error
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    if isinstance(found, OrgscanError):
        return Failed(type(found).__name__, found.what, found.where, found.mend)
    return Failed("", "".join(traceback.format_exception(error)))


ToWorker = Order | Batch | StopNow
FromWorker = Done | Failed | Refused
