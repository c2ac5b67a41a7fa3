"""Bundles chain: each names the one before it of the same organization."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from orgscan.errors import EvidenceError
from orgscan.evidence.bag_info import read_bag_info
from orgscan.evidence.files import opened, small
from orgscan.evidence.layout import BAG_INFO, FILENAME, TAGMANIFEST

_log = logging.getLogger(__name__)


def newest_before(output: Path, run_id: str, organization_id: str) -> tuple[str, str] | None:
    """The newest earlier bundle in a directory of runs: its run id, and its digest.

    A bundle that cannot be read is passed over with a warning, since the run is not its fault.

    Args:
        output: where runs are.
        run_id: the run to come before; run ids sort by time.
        organization_id: whose it has to be.
    """
    earlier = sorted(
        (path for path in output.glob(f"*/{FILENAME}") if _is_earlier(path.parent, run_id)),
        reverse=True,
    )
    for path in earlier:
        try:
            info, digest = _identity(path)
        except EvidenceError as error:
            _log.warning(f"{path} cannot be read, and the chain leaves it out: {error}")
            continue
        if info.get("Source-Organization") == organization_id:
            return path.parent.name, digest
    return None


def digest_of(tagmanifest: bytes) -> str:
    """The digest by which a bundle is named: that of its tagmanifest."""
    return f"sha256:{hashlib.sha256(tagmanifest).hexdigest()}"


def _is_earlier(directory: Path, run_id: str) -> bool:
    return (
        not directory.is_symlink()
        and not directory.name.startswith(".")
        and (directory.name < run_id)
    )


def _identity(path: Path) -> tuple[dict[str, str], str]:
    with opened(path) as files:
        info, tagmanifest = (small(files, name) for name in (BAG_INFO, TAGMANIFEST))
        return read_bag_info(info), digest_of(tagmanifest)
