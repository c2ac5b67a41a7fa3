"""What the findings of a run depend on, besides AWS: a run is resumed only on the same basis."""

from __future__ import annotations

import hashlib

from orgscan import __version__
from orgscan.aws.entrance import Entrance
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.controls.registry import CONTROLS
from orgscan.errors import ScopeError
from orgscan.journal.records import Begun
from orgscan.scan.shard import Shard

_SETTINGS = (
    "account",
    "exclude_account",
    "ou",
    "tag",
    "region",
    "role_name",
    "management_role_name",
    "own_account",
    "session_policy",
    "corroborate_task_sets",
    "owner_tags",
    "collect",
    "evidence",
)


THE_SHARD = "the shard"
"""What the shards of one run have different, and nothing else."""


def basis_of(
    settings: Settings,
    allowlist: Allowlist | None,
    way_in: Entrance,
    shard: Shard | None = None,
) -> dict[str, str]:
    """Every setting and version that a finding may depend on, by name.

    Args:
        settings: of the scan.
        allowlist: whose exceptions are shown beside findings.
        way_in: who the caller is.
        shard: the part of the accounts that is swept; None for all of them.
    """
    basis = {name: str(getattr(settings, name)) for name in _SETTINGS}
    exceptions = allowlist.model_dump_json() if allowlist else ""
    return basis | {
        "orgscan's version": __version__,
        "the controls": ", ".join(control.entry.id for control in CONTROLS),
        "the caller's account": way_in.identity.account,
        THE_SHARD: f"{shard} of {shard.group}" if shard else "",
        "the allowlist": hashlib.sha256(exceptions.encode()).hexdigest(),
    }


def require_same_basis(begun: Begun, basis: dict[str, str]) -> None:
    """Refuse to mix two scans into one run.

    Raises:
        ScopeError: names what differs.
    """
    differing = [name for name, value in basis.items() if begun.basis.get(name) != value]
    if differing:
        raise ScopeError(
            f"run {begun.run_id} was begun with other settings: {', '.join(differing)}",
            where="--resume",
            mend="Give the same settings again, or scan anew",
        )
