"""Bundles made from a handful of exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from orgscan.evidence.bundle import Contents, write_bundle
from orgscan.evidence.local_key import LocalSigner
from orgscan.evidence.signing import Signer, Timestamper
from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.evidence import Exchange
from orgscan.model.finding import AccountRef, Finding
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun
from tests.evidence.forging import ACCOUNTS, MakeBundle, exchange


@pytest.fixture(scope="session")
def signers() -> dict[str, LocalSigner]:
    """A key of each kind."""
    return {
        "ed25519": LocalSigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))),
        "ecdsa-p256-sha256": LocalSigner(ec.derive_private_key(20_261_124, ec.SECP256R1())),
    }


@pytest.fixture
def exchanges(hostile_names: Sequence[str]) -> dict[str, list[Exchange]]:
    """The answers of three accounts by account, and one about the organization."""
    found = {
        account: [
            exchange(account, msgspec.json.encode({"clusterArns": [], "name": name}))
            for name in hostile_names
        ]
        for account in ACCOUNTS
    }
    return {**found, "": [exchange("", b"\xff\xfe", status=502)]}


@pytest.fixture
def made_record(
    make_finding: Callable[..., Finding],
    make_record: Callable[..., StoredRun],
    exchanges: dict[str, list[Exchange]],
    hostile_names: Sequence[str],
) -> Callable[..., StoredRun]:
    """Makes a run of three accounts with a finding each, on its account's first answer."""

    def make(run_id: str, extra_evidence: tuple[str, ...]) -> StoredRun:
        findings = tuple(
            make_finding(
                account=AccountRef(account, "payments", "r-ab12"),
                evidence=(exchanges[account][0].digest, *extra_evidence),
            )
            for account in ACCOUNTS
        )
        ledger = tuple(
            CoverageEntry(
                account_id=account,
                account_name=hostile_names[0],
                region="eu-west-1",
                status=CoverageStatus.COVERED,
            )
            for account in ACCOUNTS
        )
        return make_record(findings, ledger, run={"id": run_id})

    return make


@pytest.fixture
def make_bundle(
    tmp_path: Path,
    made_record: Callable[..., StoredRun],
    exchanges: dict[str, list[Exchange]],
) -> MakeBundle:
    """Writes a bundle of three accounts and gives its path."""
    encode = msgspec.json.Encoder().encode_lines

    def shards() -> Iterator[tuple[str, Iterator[bytes]]]:
        for account, lines in exchanges.items():
            yield account, iter([encode(lines[:2]), encode(lines[2:])])

    def make(
        name: str = "evidence.zip",
        *,
        signer: Signer | None = None,
        timestamper: Timestamper | None = None,
        previous: tuple[str, str] | None = None,
        run_id: str = "20261124T020000Z-1a2b3c",
        extra_evidence: tuple[str, ...] = (),
    ) -> Path:
        record = made_record(run_id, extra_evidence)
        report = tmp_path / f"{name}.report.json"
        with report.open("wb") as out:
            JsonReport().write(record, out)
        contents = Contents(
            run=record.run,
            shards=shards(),
            coverage=record.coverage(),
            report=report,
            documents={"data/catalogue.json": b"[]\n", "data/tool.json": b"{}\n"},
            previous=previous,
        )
        path = tmp_path / name
        asyncio.run(write_bundle(path, contents, signer=signer, timestamper=timestamper))
        return path

    return make
