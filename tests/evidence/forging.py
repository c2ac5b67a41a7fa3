"""What tests of bundles share: answers, and archives as somebody writes them who means no good."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from orgscan.evidence.stored_zip import StoredZip
from orgscan.model.evidence import Exchange

ACCOUNTS = ("111111111111", "222222222222", "333333333333")

MakeBundle = Callable[..., Path]


def exchange(account: str, body: bytes, *, status: int = 200) -> Exchange:
    """One answer, of whatever bytes."""
    region = "eu-west-1"
    text: str | None
    try:
        text, encoded = body.decode(), None
    except UnicodeDecodeError:
        text, encoded = None, "//4="
    return Exchange(
        digest=f"sha256:{hashlib.sha256(body).hexdigest()}",
        api="ecs:ListClusters",
        account=account,
        region=region,
        endpoint=f"https://ecs.{region}.amazonaws.com/",
        at="2026-11-24T02:00:01.250Z",
        caller=f"arn:aws:sts::{account}:assumed-role/orgscan-audit/orgscan-1",
        request={"maxResults": 100},
        status=status,
        request_id="c0ffee00-0000-4000-8000-000000000001",
        body=text,
        body_base64=encoded,
    )


def unzipped(path: Path) -> dict[str, bytes]:
    """A bundle's files by name, in their order."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(files: dict[str, bytes], path: Path) -> Path:
    """An archive as orgscan writes it, of whatever files."""
    with path.open("wb") as out:
        archive = StoredZip(out)
        for name, content in files.items():
            archive.add(name, [content])
        archive.close()
    return path


def unpacked(files: dict[str, bytes], folder: Path) -> Path:
    """The files as files."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def rebound(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with manifests that fit them: what somebody does who knows how bags are made."""

    def line(name: str) -> str:
        return f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"

    payload = sorted(name for name in files if name.startswith("data/"))
    files = {**{name: files[name] for name in payload}, **files}
    files["manifest-sha256.txt"] = "".join(map(line, payload)).encode()
    tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
    files["tagmanifest-sha256.txt"] = "".join(map(line, tags)).encode()
    return files


def private_pem(key: PrivateKeyTypes) -> bytes:
    """A private key as a file holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
