"""The evidence bundle of a finished run: what goes into it, and which bundle came before."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import msgspec

from orgscan import __file__ as package
from orgscan import __version__
from orgscan.aws.entrance import Entrance
from orgscan.aws.kms import open_signer, region_of_key
from orgscan.aws.redaction import rules_as_data
from orgscan.config.settings import Settings
from orgscan.evidence.bundle import Contents, write_bundle
from orgscan.evidence.layout import FILENAME
from orgscan.evidence.local_key import load_signer, passphrase_of
from orgscan.evidence.previous import newest_before
from orgscan.evidence.signing import Signer, Timestamper
from orgscan.evidence.timestamp import HttpTimestamper
from orgscan.journal.run_directory import RunDirectory
from orgscan.journal.spool import Spool
from orgscan.model.run import RunRecord
from orgscan.report.json_v1 import JsonReport

_LIBRARIES = ("aiobotocore", "aiohttp", "botocore", "cryptography", "msgspec", "pydantic", "uvloop")


class Seals(NamedTuple):
    """What a bundle is sealed with; None for each that is not asked for."""

    signer: Signer | None = None
    timestamper: Timestamper | None = None


def local_signer(settings: Settings) -> Signer | None:
    """The key in a file, where that signs the bundle; known before AWS is asked anything.

    Raises:
        EvidenceError: the key cannot be used.
    """
    if settings.signing_key is None or not settings.evidence:
        return None
    return load_signer(settings.signing_key, passphrase_of(os.environ))


async def seals_of(settings: Settings, way_in: Entrance, local: Signer | None) -> Seals:
    """What seals the bundle, found out to be fit before anything is swept.

    Args:
        settings: which keys, and whose timestamp.
        way_in: the caller, for a key in KMS.
        local: the key in a file; None where that is not what signs.

    Raises:
        EvidenceError: the key, or the authority's address, cannot be used.
    """
    if not settings.evidence:
        return Seals()
    signer = local
    if key := settings.signing_kms_key:
        there = way_in.caller_in(region_of_key(key, way_in.home_region))
        signer = await open_signer(there, key)
    timestamper = HttpTimestamper(settings.tsa_url, way_in.tls) if settings.tsa_url else None
    return Seals(signer, timestamper)


async def write_evidence(
    record: RunRecord,
    spool: Spool,
    directory: RunDirectory,
    settings: Settings,
    *,
    allowlist: bytes | None,
    seals: Seals,
) -> str:
    """Write `evidence.zip` into the run's directory and give its name.

    Args:
        record: the run.
        spool: its exchanges.
        directory: still under its other name.
        settings: as used.
        allowlist: the text of the allowlist as used; None where there was none.
        seals: what it is sealed with.

    Raises:
        EvidenceError: the disk does not take it, or it cannot be signed.
    """
    report = directory.path / JsonReport.filename
    is_extra = not report.exists()
    if is_extra:
        with report.open("wb") as out:
            JsonReport().write(record, out)
    try:
        await write_bundle(
            directory.path / FILENAME,
            Contents(
                run=record.run,
                shards=spool.by_account(),
                coverage=record.coverage(),
                report=report,
                documents=_documents(record, settings, allowlist),
                previous=newest_before(settings.output, record.run.id, record.run.organization.id),
            ),
            signer=seals.signer,
            timestamper=seals.timestamper,
        )
    finally:
        if is_extra:
            report.unlink()
    return FILENAME


def _documents(record: RunRecord, settings: Settings, allowlist: bytes | None) -> dict[str, bytes]:
    """What a reader of the report needs besides: how it was made, and from what."""
    documents = {
        "data/catalogue.json": _line(record.controls),
        "data/configuration.json": _line(settings.model_dump(mode="json")),
        "data/redaction.json": _line(rules_as_data()),
        "data/tool.json": _line(_tool()),
    }
    for at, outcome in enumerate(record.run.remediations, 1):
        documents[f"data/remediation-{at}.json"] = _line(outcome)
    if allowlist is not None:
        documents["data/allowlist.yaml"] = allowlist
    return documents


def _tool() -> dict[str, object]:
    """The program that made the run, by the digests of its files and its libraries' versions."""
    root = Path(package).parent
    files = sorted(path for path in root.rglob("*") if _is_own(path))
    return {
        "name": "orgscan",
        "version": __version__,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "files": {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        },
    }


def _is_own(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None  # uvloop is not there on every platform


def _line(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic")) + b"\n"
