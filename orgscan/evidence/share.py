"""One account's share of a bundle: its evidence, with the proof that it is part of the whole.

The share tells nothing of other accounts: of their files there are hashes over hashes alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence import layout
from orgscan.evidence.bag_info import read_bag_info
from orgscan.evidence.bundle import Merkle, whole_archive
from orgscan.evidence.files import UNREADABLE, Files, opened, small
from orgscan.evidence.merkle import inclusion_proof, leaf_hash, root_from_proof
from orgscan.evidence.shard import digests_of


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """`inclusion-proof.json`: how a file's line of the manifest leads to `Merkle-Root`.

    Attributes:
        path: the file.
        sha256: its digest.
        leaf_index: its place among all leaves.
        tree_size: how many there are.
        hashes: what to hash it with, the nearest first (RFC 9162, 2.1.3).
    """

    path: str
    sha256: str
    leaf_index: int
    tree_size: int
    hashes: tuple[str, ...]


def extract(bundle: Path, account_id: str, out: Path) -> None:
    """Write one account's share of a bundle.

    Args:
        bundle: that was verified before.
        account_id: whose share.
        out: the ZIP to write.

    Raises:
        EvidenceError: the bundle has nothing of the account, or the disk does not take it.
        NotGenuine: the bundle is damaged.
    """
    if out.exists():
        raise EvidenceError("the file is there already", where=str(out), mend="Name another one")
    name = layout.shard_name(account_id)
    with opened(bundle) as files:
        if name not in files.names:
            raise EvidenceError(
                f"the bundle holds no evidence of account {account_id}",
                where=str(bundle),
                mend="`unzip -l` lists the accounts that it has",
            )
        proof = _proof(files, name)
        carried = (layout.BAG_INFO, layout.TAGMANIFEST, *layout.SEALS)
        with whole_archive(out) as archive:
            archive.add(name, files.parts(name))
            archive.add(layout.PROOF, [msgspec.json.encode(proof) + b"\n"])
            for each in carried:
                if each in files.names:
                    archive.add(each, files.parts(each))


def _proof(files: Files, name: str) -> Proof:
    try:
        tree = msgspec.json.decode(small(files, layout.MERKLE), type=Merkle)
    except UNREADABLE as error:
        raise NotGenuine(f"this is no Merkle tree: {error}", where=layout.MERKLE) from None
    for index, leaf in enumerate(tree.leaves):
        if leaf.path == name:
            return Proof(
                path=name,
                sha256=leaf.sha256,
                leaf_index=index,
                tree_size=len(tree.leaves),
                hashes=tuple(one.hex() for one in inclusion_proof(tree.hashes(), index)),
            )
    raise NotGenuine(f"the tree has no leaf for {name}", where=layout.MERKLE)


def check_share(files: Files) -> tuple[str, int, bytes]:
    """Hold a share to its proof; gives the account, how many answers, and the tagmanifest.

    Raises:
        NotGenuine: the first thing that does not hold.
    """
    text = small(files, layout.PROOF)
    try:
        proof = msgspec.json.decode(text, type=Proof)
        hashes = [bytes.fromhex(one) for one in proof.hashes]
    except (ValueError, *UNREADABLE) as error:
        raise NotGenuine(f"this is no proof: {error}", where=layout.PROOF) from None
    if msgspec.json.encode(proof) + b"\n" != text:
        raise NotGenuine("the proof is not written as orgscan writes it", where=layout.PROOF)
    _require_files(files, proof)
    digest = hashlib.sha256()
    for part in files.parts(proof.path):
        digest.update(part)
    if digest.hexdigest() != proof.sha256:
        raise NotGenuine(f"the file does not have its digest in {layout.PROOF}", where=proof.path)
    count = sum(1 for _ in digests_of(proof.path, files.parts(proof.path)))
    tagmanifest = small(files, layout.TAGMANIFEST)
    info = small(files, layout.BAG_INFO)
    line = layout.manifest_line(layout.BAG_INFO, hashlib.sha256(info).hexdigest()).encode()
    if line not in tagmanifest.splitlines(keepends=True):
        raise NotGenuine(
            f"the file does not have its digest in {layout.TAGMANIFEST}", where=layout.BAG_INFO
        )
    leaf = leaf_hash(layout.leaf(proof.path, proof.sha256))
    root = root_from_proof(leaf, proof.leaf_index, proof.tree_size, hashes)
    told = read_bag_info(info)
    if root is None or (root.hex(), str(proof.tree_size)) != (
        told.get("Merkle-Root"),
        told.get("Merkle-Leaves"),
    ):
        raise NotGenuine("it does not lead to the bundle's Merkle-Root", where=layout.PROOF)
    return layout.account_of(proof.path), count, tagmanifest


def _require_files(files: Files, proof: Proof) -> None:
    seals = [name for name in layout.SEALS if name in files.names]
    expected = [proof.path, layout.PROOF, layout.BAG_INFO, layout.TAGMANIFEST, *seals]
    if not proof.path.startswith(layout.EVIDENCE):
        raise NotGenuine(f"{proof.path!r} is no file of evidence", where=layout.PROOF)
    for name in expected:
        if name not in files.names:
            raise NotGenuine("the file is missing", where=name)
    for found, wanted in zip(files.names, expected, strict=False):
        if files.is_ordered and found != wanted:
            raise NotGenuine(f"it stands where {wanted} has to", where=found)
    for name in files.names:
        if name not in expected:
            raise NotGenuine("the file is no part of a share", where=name)
