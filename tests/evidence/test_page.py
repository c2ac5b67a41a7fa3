"""The page about checking without orgscan is true: its own commands are run."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.evidence.local_key import LocalSigner
from orgscan.evidence.previous import digest_of
from orgscan.evidence.share import extract
from tests.evidence.authority import Authority
from tests.evidence.forging import ACCOUNTS, MakeBundle, unpacked, unzipped, zipped

_PAGE = Path(__file__).parents[2] / "docs" / "verify-without-orgscan.md"
_TOOLS = ("bash", "unzip", "sha256sum", "openssl", "jq", "gunzip", "base64", "diff", "cmp")

pytestmark = [
    pytest.mark.skipif(shutil.which(tool) is None, reason=f"the page needs {tool}")
    for tool in _TOOLS
]


def _blocks() -> dict[str, str]:
    """The commands of each section by its heading."""
    text = _PAGE.read_text(encoding="utf-8")
    sections = re.split(r"^#+ ", text, flags=re.MULTILINE)
    found = {}
    for section in sections:
        heading, _, rest = section.partition("\n")
        commands = re.findall(r"^```sh\n(.*?)^```", rest, re.MULTILINE | re.DOTALL)
        if commands:
            found[heading] = "".join(commands)
    return found


_KIND = {"ecdsa-p256-sha256": "ECDSA P-256, and KMS", "ed25519": "Ed25519"}
_ALWAYS = (
    "Nothing was changed",
    "Nothing was added",
    "{kind}",
    "Either",
    "Each answer has its digest",
    "Each finding rests on answers of its account",
    "The coverage ledger is the report's",
)


def _run(folder: Path, algorithm: str, *headings: str) -> subprocess.CompletedProcess[str]:
    blocks = _blocks()
    script = "".join(blocks[heading.format(kind=_KIND[algorithm])] for heading in headings)
    return subprocess.run(  # noqa: S603 - the page's own commands
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - whichever bash there is
        cwd=folder,
        capture_output=True,
        # What a command prints of a changed file need not be text.
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def test_the_page_has_the_sections_that_are_run_here() -> None:
    """Every block of commands is run by one of these tests."""
    assert list(_blocks()) == [
        "Unpack",
        *_ALWAYS[:2],
        *_KIND.values(),
        *_ALWAYS[3:],
        "It follows the bundle before it",
        "An authority says when it was there",
        "One account's share",
    ]


@pytest.mark.parametrize("algorithm", list(_KIND))
def test_a_bundle_that_holds_passes_every_command(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, algorithm: str
) -> None:
    """From the ZIP to the chain, with either kind of key."""
    before = unzipped(make_bundle("previous.zip", run_id="20261123T020000Z-0f"))
    unpacked(before, tmp_path / "previous")
    previous = ("20261123T020000Z-0f", digest_of(before["tagmanifest-sha256.txt"]))
    make_bundle(signer=signers[algorithm], previous=previous)
    (tmp_path / "signer.pub").write_bytes(signers[algorithm].public_key_pem())

    done = _run(tmp_path, algorithm, "Unpack", *_ALWAYS, "It follows the bundle before it")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_timestamp_passes_its_command(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path
) -> None:
    """Beside everything else."""
    authority = Authority(tmp_path, "authority")
    make_bundle(signer=signers["ed25519"], timestamper=authority)
    (tmp_path / "signer.pub").write_bytes(signers["ed25519"].public_key_pem())
    (tmp_path / "tsa.pem").write_bytes(authority.root)
    sections = ("Unpack", *_ALWAYS, "An authority says when it was there")

    done = _run(tmp_path, "ed25519", *sections)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "tsa.pem").write_bytes(Authority(tmp_path, "another").root)
    shutil.rmtree(tmp_path / "bundle")
    assert _run(tmp_path, "ed25519", *sections).returncode != 0


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_of_any_file_fails_a_command(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, data: st.DataObject
) -> None:
    """Seals included."""
    algorithm = data.draw(st.sampled_from(list(_KIND)))
    files = unzipped(make_bundle(signer=signers[algorithm]))
    (tmp_path / "signer.pub").write_bytes(signers[algorithm].public_key_pem())
    name = data.draw(st.sampled_from(list(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    changed = bytearray(files[name])
    changed[at] ^= data.draw(st.integers(1, 255))
    zipped({**files, name: bytes(changed)}, tmp_path / "evidence.zip")
    shutil.rmtree(tmp_path / "bundle", ignore_errors=True)

    assert _run(tmp_path, algorithm, "Unpack", *_ALWAYS).returncode != 0


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_share_passes_its_commands_and_another_accounts_does_not(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, account: str
) -> None:
    """The proof leads from the file to the root that was signed."""
    signer = signers["ed25519"]
    extract(make_bundle(signer=signer), account, tmp_path / "share.zip")
    files = unzipped(tmp_path / "share.zip")
    (tmp_path / "signer.pub").write_bytes(signer.public_key_pem())
    sections = ("{kind}", "Either", "One account's share")

    done = _run(unpacked(files, tmp_path / "share"), "ed25519", *sections)
    assert done.returncode == 0, done.stdout + done.stderr
    shard = f"data/evidence/{account}.ndjson.gz"
    other = unpacked({**files, shard: files[shard] + b"\n"}, tmp_path / "other")
    assert _run(other, "ed25519", *sections).returncode != 0
