"""`delivery.json` beside a run: what was delivered where, as read back; what the next try needs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from orgscan.delivery.bucket import StoredObject
from orgscan.errors import DeliveryError
from orgscan.private_file import new_file

NAME = "delivery.json"
FORMAT = "orgscan.delivery"
VERSION = 1


class HubResult(msgspec.Struct, frozen=True, kw_only=True):
    """What Security Hub took.

    Attributes:
        refused: findings that it did not take, by its own words; at most a few are kept.
        unreached: account-regions where nothing could be imported, by reason, with how many.
    """

    imported: int = 0
    archived: int = 0
    refused_count: int = 0
    refused: tuple[str, ...] = ()
    unreached: dict[str, int] = {}

    @property
    def is_complete(self) -> bool:
        """Whether everything was taken."""
        return not self.refused_count and not self.unreached


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, whole or not.

    Attributes:
        delivered_at: UTC, ISO 8601; None while something is left to do.
        objects: in the bucket, each read back.
        security_hub: None where it was not asked for, or not reached yet.
        notices: who was told, as `sns:…` and `events:…` ARNs or names.
        problems: what is left to mend, one sentence each.
    """

    format: str = FORMAT
    version: int = VERSION
    run_id: str
    delivered_at: str | None = None
    objects: tuple[StoredObject, ...] = ()
    security_hub: HubResult | None = None
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def write_receipt(directory: Path, receipt: Receipt) -> Path:
    """Put the receipt beside the run's files, readable by its owner alone.

    Raises:
        DeliveryError: the disk does not take it.
    """
    path, waiting = directory / NAME, directory / f".{NAME}.partial"
    encoded = msgspec.json.format(msgspec.json.encode(receipt, order="deterministic"), indent=2)
    try:
        with new_file(waiting) as out:
            out.write(encoded + b"\n")
        waiting.replace(path)
    except OSError as error:
        raise DeliveryError(
            f"the receipt of the delivery cannot be written: {error.strerror or error}",
            where=str(path),
            mend="Make the run's directory writable, and run `orgscan deliver` again",
        ) from None
    return path
