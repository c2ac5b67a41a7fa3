"""Writes an evidence bundle: a BagIt bag in a ZIP, streamed, the same bytes for the same run."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from orgscan.errors import EvidenceError
from orgscan.evidence import layout
from orgscan.evidence.merkle import leaf_hash, root_of
from orgscan.evidence.signing import Signer, Timestamper
from orgscan.evidence.statement import signed_statement
from orgscan.evidence.stored_zip import StoredZip
from orgscan.model.coverage import CoverageEntry
from orgscan.model.run import Run
from orgscan.private_file import new_file

_PART = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS  # with a header that names no time


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a bundle.

    Attributes:
        run: the scan that it is of.
        shards: the lines of each account's exchanges, in parts, by account id; those of no
            account (an empty id) come last.
        coverage: the ledger, in order.
        report: the file of report.json.
        documents: further files of the payload by name, below `data/`.
        previous: the run id of the organization's bundle before, and the digest of its
            tagmanifest; None where there is none.
    """

    run: Run
    shards: Iterable[tuple[str, Iterator[bytes]]]
    coverage: Iterable[CoverageEntry]
    report: Path
    documents: Mapping[str, bytes]
    previous: tuple[str, str] | None = None


class Leaf(msgspec.Struct, frozen=True):
    """A shard in the Merkle tree."""

    path: str
    sha256: str


class Merkle(msgspec.Struct, frozen=True, kw_only=True):
    """`data/merkle.json`: the tree over the shards, whose leaves are their manifest lines."""

    algorithm: str = "RFC 9162, SHA-256"
    root: str
    leaves: tuple[Leaf, ...]

    def hashes(self) -> list[bytes]:
        """The leaves' hashes, in order."""
        return [leaf_hash(layout.leaf(leaf.path, leaf.sha256)) for leaf in self.leaves]


async def write_bundle(
    path: Path,
    contents: Contents,
    *,
    signer: Signer | None = None,
    timestamper: Timestamper | None = None,
) -> None:
    """Write a bundle; a file that could not be finished does not stay.

    Args:
        path: where to.
        contents: what goes in.
        signer: signs it; None leaves it unsigned.
        timestamper: has an authority say when it was there; None for nobody.

    Raises:
        EvidenceError: the disk does not take it, or it cannot be signed.
    """
    with whole_archive(path) as archive:
        tagmanifest = _Bag(archive).write(contents)
        for name, seal in await _seals(tagmanifest, contents.run, signer, timestamper):
            archive.add(name, [seal])


@contextmanager
def whole_archive(path: Path) -> Iterator[StoredZip]:
    """An archive that appears under its name only when it is whole.

    Args:
        path: where to.

    Raises:
        EvidenceError: the disk does not take it.
    """
    beside = path.with_name(f".{path.name}.partial")
    try:
        with new_file(beside) as out:
            archive = StoredZip(out)
            yield archive
            archive.close()
        beside.replace(path)
    except OSError as error:
        raise EvidenceError(
            f"the evidence cannot be written: {error.strerror or error}",
            where=str(path),
            mend="Free some space, or write to another place",
        ) from None
    finally:
        beside.unlink(missing_ok=True)


async def _seals(
    tagmanifest: bytes, run: Run, signer: Signer | None, timestamper: Timestamper | None
) -> list[tuple[str, bytes]]:
    """What is made of the tagmanifest, by name and in order."""
    seals = []
    if signer is not None:
        seals = [
            (layout.SIGNATURE, await signer.sign(tagmanifest)),
            (layout.PUBLIC_KEY, signer.public_key_pem()),
            (layout.STATEMENT, await signed_statement(tagmanifest, _predicate(run), signer)),
        ]
    if timestamper is not None:
        seals.append((layout.TIMESTAMP, await timestamper.stamp(tagmanifest)))
    return seals


def _predicate(run: Run) -> dict[str, object]:
    return {
        "run": {"id": run.id, "started_at": run.started_at, "finished_at": run.finished_at},
        "tool": {"name": run.tool.name, "version": run.tool.version},
        "organization": {"id": run.organization.id},
        "caller": {"arn": run.caller.arn},
    }


class _Bag:
    """The bag under way: what was written so far, and the digest of each file."""

    def __init__(self, archive: StoredZip) -> None:
        self._archive = archive
        self._digests: dict[str, str] = {}
        self._bytes = 0

    def write(self, contents: Contents) -> bytes:
        """Write everything but the seals; gives the tagmanifest."""
        merkle = self._payload(contents)
        payload = layout.manifest(self._digests)
        info = _bag_info(
            contents,
            oxum=f"{self._bytes}.{len(self._digests)}",
            merkle=merkle,
        )
        tags = {
            layout.BAG_INFO: info,
            layout.BAGIT: layout.BAGIT_TEXT,
            layout.MANIFEST: payload,
        }
        for name, text in tags.items():
            self._archive.add(name, [text])
        tagmanifest = layout.manifest(
            {name: hashlib.sha256(text).hexdigest() for name, text in tags.items()}
        )
        self._archive.add(layout.TAGMANIFEST, [tagmanifest])
        return tagmanifest

    def _payload(self, contents: Contents) -> Merkle:
        """The files below `data/`, in the order of their names; gives the shards' tree."""
        documents = dict(contents.documents)
        for name in [name for name in sorted(documents) if name < layout.COVERAGE]:
            self._add(name, [documents.pop(name)])
        encode = msgspec.json.Encoder(order="deterministic").encode
        self._add(layout.COVERAGE, (encode(entry) + b"\n" for entry in contents.coverage))
        for account_id, lines in contents.shards:
            self._add(layout.shard_name(account_id), _compressed(lines))
        shards = [name for name in self._digests if name.startswith(layout.EVIDENCE)]
        merkle = _merkle(shards, self._digests)
        documents[layout.MERKLE] = encode(merkle) + b"\n"
        for name in [name for name in sorted(documents) if name < layout.REPORT]:
            self._add(name, [documents.pop(name)])
        self._add(layout.REPORT, _parts(contents.report))
        for name in sorted(documents):
            self._add(name, [documents[name]])
        return merkle

    def _add(self, name: str, parts: Iterable[bytes]) -> None:
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for part in parts:
                digest.update(part)
                self._bytes += len(part)
                yield part

        self._archive.add(name, hashed())
        self._digests[name] = digest.hexdigest()


def _bag_info(contents: Contents, *, oxum: str, merkle: Merkle) -> bytes:
    run = contents.run
    previous = contents.previous
    told = {
        "Source-Organization": run.organization.id,
        "Bagging-Date": run.finished_at[:10],
        "Bag-Software-Agent": f"{run.tool.name} {run.tool.version}",
        "External-Identifier": run.id,
        "Payload-Oxum": oxum,
        "Bundle-Version": layout.VERSION,
        "Merkle-Root": merkle.root,
        "Merkle-Leaves": str(len(merkle.leaves)),
        "Previous-Bundle": f"{previous[0]} {previous[1]}" if previous else "none",
    }
    # A line break in a value would begin a member of somebody else's making.
    return "".join(f"{name}: {_one_line(value)}\n" for name, value in told.items()).encode()


def _one_line(value: str) -> str:
    return value if value.isprintable() else value.encode("unicode_escape").decode("ascii")


def _merkle(shards: Iterable[str], digests: Mapping[str, str]) -> Merkle:
    leaves = tuple(Leaf(name, digests[name]) for name in shards)
    tree = Merkle(root="", leaves=leaves)
    return msgspec.structs.replace(tree, root=root_of(tree.hashes()).hex())


def _compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    stream = zlib.compressobj(wbits=_GZIP)
    for part in parts:
        if compressed := stream.compress(part):
            yield compressed
    yield stream.flush()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(_PART):
            yield part
