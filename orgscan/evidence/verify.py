"""Checks a bundle, or one account's share of it, and names the first thing that does not hold."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from orgscan.errors import NotGenuine
from orgscan.evidence import layout
from orgscan.evidence.bag_info import read_bag_info
from orgscan.evidence.bundle import Merkle
from orgscan.evidence.files import UNREADABLE, Files, opened, small
from orgscan.evidence.merkle import root_of
from orgscan.evidence.previous import digest_of
from orgscan.evidence.report import Report, read_report
from orgscan.evidence.seals import Trust, check_seals
from orgscan.evidence.shard import digests_of
from orgscan.evidence.share import check_share
from orgscan.model.coverage import CoverageEntry


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What holds.

    Attributes:
        summary: what was checked, for a person.
        notes: what the seals prove, and what nobody checked.
    """

    summary: str
    notes: tuple[str, ...]


def verify(path: Path, trust: Trust | None = None, *, previous: Path | None = None) -> Verified:
    """Check everything about a bundle, or about a share.

    Args:
        path: `evidence.zip`, or the directory that it was unpacked into.
        trust: keys and certificates that the reader trusts.
        previous: the bundle that it says comes before it.

    Raises:
        NotGenuine: the first thing that does not hold.
        EvidenceError: something could not be read.
    """
    with opened(path) as files:
        trust = trust or Trust()
        if layout.PROOF in files.names:
            account, count, tagmanifest = check_share(files)
            summary = f"one account's share: {account}, {count:,} answers"
        else:
            tagmanifest, digests = check_bag(files)
            summary = _check_meaning(files, digests)
        notes = tuple(check_seals(files, tagmanifest, trust))
        info = read_bag_info(small(files, layout.BAG_INFO))
    if previous is not None:
        _check_chain(info, previous)
    run = info.get("External-Identifier", "")
    return Verified(summary=f"run {run}, {summary}", notes=notes)


def check_bag(files: Files) -> tuple[bytes, dict[str, str]]:
    """Hold the files to the manifests; gives the tagmanifest, and the payload's digests.

    Raises:
        NotGenuine: a file is changed, missing, too many or out of its place.
    """
    if small(files, layout.BAGIT) != layout.BAGIT_TEXT:
        raise NotGenuine("this is no bag of BagIt 1.0", where=layout.BAGIT)
    tagmanifest = small(files, layout.TAGMANIFEST)
    tags = _read_manifest(layout.TAGMANIFEST, tagmanifest)
    if tuple(tags) != layout.TAGS:
        raise NotGenuine(
            f"it has to list {', '.join(layout.TAGS)}, and nothing else", where=layout.TAGMANIFEST
        )
    _require_digests(files, tags, layout.TAGMANIFEST)
    payload = _read_manifest(layout.MANIFEST, small(files, layout.MANIFEST))
    _require_files(files, payload)
    _require_digests(files, payload, layout.MANIFEST)
    return tagmanifest, payload


def _read_manifest(where: str, text: bytes) -> dict[str, str]:
    """The digests by name, of a manifest that is written in the one way."""
    digests = {}
    for line in text.decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        digests[name] = digest
    if layout.manifest(digests) != text:
        raise NotGenuine("its lines are not sorted `<sha256>  <path>` lines", where=where)
    return digests


def _require_files(files: Files, payload: Mapping[str, str]) -> None:
    """No file missing, none too many, and an archive's in their order."""
    for name in payload:
        if not name.startswith("data/"):
            raise NotGenuine(f"{name!r} is no payload", where=layout.MANIFEST)
        if name not in files.names:
            raise NotGenuine("the file is missing", where=name)
    seals = [name for name in layout.SEALS if name in files.names]
    expected = [*payload, *layout.TAGS, layout.TAGMANIFEST, *seals]
    known = set(expected)
    for name in files.names:
        if name not in known:
            raise NotGenuine("the file is in no manifest", where=name)
    if files.is_ordered:
        for found, wanted in zip(files.names, expected, strict=True):
            if found != wanted:
                raise NotGenuine(f"it stands where {wanted} has to", where=found)


def _require_digests(files: Files, digests: Mapping[str, str], manifest: str) -> None:
    for name, digest in digests.items():
        if name not in files.names:
            raise NotGenuine("the file is missing", where=name)
        found = hashlib.sha256()
        for part in files.parts(name):
            found.update(part)
        if found.hexdigest() != digest:
            raise NotGenuine(f"the file does not have its digest in {manifest}", where=name)


def _check_meaning(files: Files, digests: Mapping[str, str]) -> str:
    """Hold the payload to itself; gives what there is, for a person."""
    info = read_bag_info(small(files, layout.BAG_INFO))
    if info.get("Bundle-Version") != layout.VERSION:
        raise NotGenuine(
            f"this bundle is of version {info.get('Bundle-Version')}, and this program reads "
            f"version {layout.VERSION}",
            where=layout.BAG_INFO,
            mend="Read it with the orgscan that wrote it, or a newer one",
        )
    size = sum(len(part) for name in digests for part in files.parts(name))
    if info.get("Payload-Oxum") != f"{size}.{len(digests)}":
        raise NotGenuine("Payload-Oxum is not the payload's size", where=layout.BAG_INFO)
    _check_merkle(files, digests, info)
    report = read_report(files)
    _check_coverage(files, report)
    count = _check_evidence(files, digests, report)
    return (
        f"{len(report.findings):,} findings and {len(report.coverage):,} lines of coverage on "
        f"{count:,} answers"
    )


def _check_merkle(files: Files, digests: Mapping[str, str], info: Mapping[str, str]) -> None:
    try:
        tree = msgspec.json.decode(small(files, layout.MERKLE), type=Merkle)
    except UNREADABLE as error:
        raise NotGenuine(f"this is no Merkle tree: {error}", where=layout.MERKLE) from None
    shards = {name: held for name, held in digests.items() if name.startswith(layout.EVIDENCE)}
    if {leaf.path: leaf.sha256 for leaf in tree.leaves} != shards or len(tree.leaves) != len(
        shards
    ):
        raise NotGenuine("its leaves are not the files of evidence", where=layout.MERKLE)
    if root_of(tree.hashes()).hex() != tree.root:
        raise NotGenuine("its root does not follow from its leaves", where=layout.MERKLE)
    if (info.get("Merkle-Root"), info.get("Merkle-Leaves")) != (tree.root, str(len(shards))):
        raise NotGenuine("Merkle-Root is not that of the tree", where=layout.BAG_INFO)


def _check_coverage(files: Files, report: Report) -> None:
    decoder = msgspec.json.Decoder(CoverageEntry)
    ledger: list[CoverageEntry] = []
    text = b"".join(files.parts(layout.COVERAGE))
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            ledger.append(decoder.decode(line))
        except UNREADABLE as error:
            where = f"{layout.COVERAGE}:{number}"
            raise NotGenuine(f"this is no line of coverage: {error}", where=where) from None
    if tuple(ledger) != report.coverage:
        raise NotGenuine("the ledger is not that of report.json", where=layout.COVERAGE)


def _check_evidence(files: Files, digests: Mapping[str, str], report: Report) -> int:
    """Every line holds, and every digest that a finding names is in its account's file."""
    needed: dict[str, dict[str, str]] = defaultdict(dict)
    for finding in report.findings:
        for digest in finding.evidence:
            needed[finding.account.id].setdefault(digest, finding.key)
    count = 0
    for name in digests:
        if not name.startswith(layout.EVIDENCE):
            continue
        missing = needed.get(layout.account_of(name), {})
        for digest in digests_of(name, files.parts(name)):
            missing.pop(digest, None)
            count += 1
    for account, missing in needed.items():
        for digest, key in missing.items():
            raise NotGenuine(
                f"the finding {key!r} rests on {digest}, which is not there",
                where=layout.shard_name(account),
            )
    return count


def _check_chain(info: Mapping[str, str], previous: Path) -> None:
    with opened(previous) as files:
        before = read_bag_info(small(files, layout.BAG_INFO))
        digest = digest_of(small(files, layout.TAGMANIFEST))
    expected = f"{before.get('External-Identifier')} {digest}"
    if info.get("Previous-Bundle") != expected:
        raise NotGenuine(
            f"the bundle before it is {info.get('Previous-Bundle')}, and {previous} is {expected}",
            where=layout.BAG_INFO,
        )


def sentences(verified: Verified) -> Iterator[str]:
    """What to tell a person."""
    yield f"Everything holds: {verified.summary}"
    yield from verified.notes
