"""What lies where in a bundle (BagIt 1.0), and how its manifests are written.

https://www.rfc-editor.org/rfc/rfc8493
"""

from __future__ import annotations

from collections.abc import Mapping

FILENAME = "evidence.zip"
VERSION = "1"

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
TAGS = (BAG_INFO, BAGIT, MANIFEST)
"""What the tagmanifest lists, in its order."""

SIGNATURE = f"{TAGMANIFEST}.sig"
PUBLIC_KEY = f"{TAGMANIFEST}.pub"
STATEMENT = f"{TAGMANIFEST}.dsse.json"
TIMESTAMP = f"{TAGMANIFEST}.tsr"
SEALS = (SIGNATURE, PUBLIC_KEY, STATEMENT, TIMESTAMP)
"""What is made of the tagmanifest, and so cannot be listed in it; any of them may be missing."""

PROOF = "inclusion-proof.json"
"""In one account's share only."""

EVIDENCE = "data/evidence/"
COVERAGE = "data/coverage.ndjson"
REPORT = "data/report.json"
MERKLE = "data/merkle.json"
ORGANIZATION = "organization"

BAGIT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def shard_name(account_id: str) -> str:
    """The file of an account's evidence; of what is of no account where the id is empty."""
    return f"{EVIDENCE}{account_id or ORGANIZATION}.ndjson.gz"


def account_of(shard: str) -> str:
    """The account whose evidence a file holds; empty for the organization's."""
    found = shard.removeprefix(EVIDENCE).removesuffix(".ndjson.gz")
    return "" if found == ORGANIZATION else found


def manifest_line(name: str, digest: str) -> str:
    """A line as `sha256sum -c` reads it. It is also the Merkle leaf of a shard, less its end."""
    return f"{digest}  {name}\n"


def manifest(digests: Mapping[str, str]) -> bytes:
    """The manifest of files by name, sorted."""
    return "".join(manifest_line(name, digests[name]) for name in sorted(digests)).encode()


def leaf(name: str, digest: str) -> bytes:
    """The Merkle leaf of a shard: its line of the manifest, without the line break."""
    return manifest_line(name, digest).rstrip("\n").encode()
