"""A bundle is whole, the same for the same run, and one that others can check."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.local_key import LocalSigner, load_signer
from orgscan.evidence.previous import newest_before
from orgscan.evidence.seals import Trust
from orgscan.evidence.share import extract
from orgscan.evidence.verify import sentences, verify
from tests.evidence.forging import ACCOUNTS, MakeBundle, private_pem, unpacked, unzipped

RUN = "20261124T020000Z-1a2b3c"


def test_an_unsigned_bundle_holds_and_says_loudly_that_it_is_not_signed(
    make_bundle: MakeBundle,
) -> None:
    """What was counted, and what that does not prove."""
    assert list(sentences(verify(make_bundle()))) == [
        f"Everything holds: run {RUN}, 3 findings and 3 lines of coverage on 37 answers",
        (
            "NOT SIGNED: nothing was changed since it was made, or whoever changed it made it "
            "anew. Only a signature tells these apart"
        ),
    ]


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256-sha256"])
def test_a_signed_bundle_holds_by_the_key_that_the_reader_trusts(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], algorithm: str
) -> None:
    """With the key it says so; without, that the key came along with what it signs."""
    signer = signers[algorithm]
    bundle = make_bundle(signer=signer)

    (trusted,) = verify(bundle, Trust(public_key=signer.public_key_pem())).notes
    assert trusted == f"Signed with your key, {signer.key_id}"
    (untrusted,) = verify(bundle).notes
    assert untrusted.startswith(f"SIGNED WITH A KEY OF ITS OWN, {signer.key_id}: it came with")


def test_another_key_is_refused_and_so_is_a_missing_signature(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner]
) -> None:
    """Somebody else's signature proves nothing, and neither does none."""
    theirs = Trust(public_key=signers["ed25519"].public_key_pem())

    with pytest.raises(NotGenuine, match="another key than yours"):
        verify(make_bundle(signer=signers["ecdsa-p256-sha256"]), theirs)
    with pytest.raises(NotGenuine, match="the bundle is not signed"):
        verify(make_bundle("unsigned.zip"), theirs)


def test_bagit_by_its_authors_finds_the_bag_valid(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path
) -> None:
    """An implementation that is not ours, seals and all."""
    folder = unpacked(unzipped(make_bundle(signer=signers["ed25519"])), tmp_path / "bag")

    assert bagit.Bag(str(folder)).validate()
    assert verify(folder).summary == verify(tmp_path / "evidence.zip").summary


def test_the_same_run_gives_the_same_bytes(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner]
) -> None:
    """Signatures included: neither time nor chance is in a bundle."""
    for signer in (None, *signers.values()):
        first = make_bundle("one.zip", signer=signer).read_bytes()
        assert make_bundle("two.zip", signer=signer).read_bytes() == first


def test_a_line_has_the_digest_of_its_body(make_bundle: MakeBundle) -> None:
    """As `jq -j .body | sha256sum` finds it, hostile names and all."""
    files = unzipped(make_bundle())
    for account in ACCOUNTS:
        lines = gzip.decompress(files[f"data/evidence/{account}.ndjson.gz"]).splitlines()
        assert len(lines) == 12
        for line in lines:
            told = msgspec.json.decode(line)
            digest = hashlib.sha256(told["body"].encode()).hexdigest()
            assert told["digest"] == f"sha256:{digest}"


def test_files_lie_in_the_order_of_their_names_then_the_tags(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner]
) -> None:
    """With no date, no permission and no comment of the machine that wrote them."""
    path = make_bundle(signer=signers["ed25519"])

    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == [
        "data/catalogue.json",
        "data/coverage.ndjson",
        *(f"data/evidence/{account}.ndjson.gz" for account in ACCOUNTS),
        "data/evidence/organization.ndjson.gz",
        "data/merkle.json",
        "data/report.json",
        "data/tool.json",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig",
        "tagmanifest-sha256.txt.pub",
        "tagmanifest-sha256.txt.dsse.json",
    ]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {(info.external_attr, info.comment, info.extra) for info in infos} == {(0, b"", b"")}


def test_bundles_chain(make_bundle: MakeBundle, tmp_path: Path) -> None:
    """Each names the newest one before it of the same organization, and is held to it."""
    for run_id, name in (("20261101T000000Z-aa", "a"), ("20261102T000000Z-bb", "b")):
        folder = tmp_path / "runs" / run_id
        folder.mkdir(parents=True)
        make_bundle(f"{name}.zip", run_id=run_id).rename(folder / "evidence.zip")
    damaged = tmp_path / "runs" / "20261103T000000Z-cc"
    damaged.mkdir()
    (damaged / "evidence.zip").write_bytes(b"PK")

    found = newest_before(tmp_path / "runs", RUN, "o-exampleorg")
    assert found is not None
    assert found[0] == "20261102T000000Z-bb"
    assert newest_before(tmp_path / "runs", RUN, "o-another") is None
    assert newest_before(tmp_path / "runs", "20261101T000000Z-aa", "o-exampleorg") is None

    bundle = make_bundle(previous=found)
    verify(bundle, previous=tmp_path / "runs" / "20261102T000000Z-bb" / "evidence.zip")
    with pytest.raises(NotGenuine, match="the bundle before it is 20261102T000000Z-bb sha256:"):
        verify(bundle, previous=tmp_path / "runs" / "20261101T000000Z-aa" / "evidence.zip")


@pytest.mark.parametrize("signed", [True, False])
def test_one_accounts_share_holds_and_tells_nothing_of_the_others(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, signed: bool
) -> None:
    """Its evidence and the proof that it is part of the signed whole."""
    signer = signers["ed25519"] if signed else None
    share = tmp_path / "share.zip"
    extract(make_bundle(signer=signer), ACCOUNTS[1], share)

    trust = Trust(public_key=signer.public_key_pem()) if signer else Trust()
    verified = verify(share, trust)
    assert verified.summary == f"run {RUN}, one account's share: {ACCOUNTS[1]}, 12 answers"
    content = b"".join(unzipped(share).values())
    assert not any(account.encode() in content for account in (ACCOUNTS[0], ACCOUNTS[2]))


def test_a_share_of_an_account_that_is_not_there_is_refused(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    """And nothing is written, and nothing written over."""
    share = tmp_path / "share.zip"
    with pytest.raises(EvidenceError, match="no evidence of account 999999999999"):
        extract(make_bundle(), "999999999999", share)
    assert not share.exists()

    share.write_bytes(b"mine")
    with pytest.raises(EvidenceError, match="there already"):
        extract(make_bundle(), ACCOUNTS[0], share)
    assert share.read_bytes() == b"mine"


class _Refusing(LocalSigner):
    async def sign(self, message: bytes) -> bytes:
        raise EvidenceError(f"the key does not sign {len(message)} bytes")


def test_a_bundle_that_cannot_be_signed_leaves_nothing(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    """Not even half of it."""
    with pytest.raises(EvidenceError, match="does not sign"):
        make_bundle(signer=_Refusing(ed25519.Ed25519PrivateKey.generate()))

    assert [path.name for path in tmp_path.iterdir()] == ["evidence.zip.report.json"]


def test_a_key_file_signs_if_only_its_owner_may_read_it(
    tmp_path: Path, signers: dict[str, LocalSigner]
) -> None:
    """Both kinds of key, encrypted or not."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    plain, encrypted = tmp_path / "plain.pem", tmp_path / "encrypted.pem"
    plain.write_bytes(private_pem(key))
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"a passphrase"),
        )
    )
    for path in (plain, encrypted):
        path.chmod(0o600)

    expected = asyncio.run(signers["ed25519"].sign(b"message"))
    assert asyncio.run(load_signer(plain, None).sign(b"message")) == expected
    assert asyncio.run(load_signer(encrypted, "a passphrase").sign(b"message")) == expected
    for passphrase in (None, "another"):
        with pytest.raises(EvidenceError, match="passphrase is another one") as refused:
            load_signer(encrypted, passphrase)
        assert "PRIVATE" not in str(refused.value)
    plain.chmod(0o640)
    with pytest.raises(EvidenceError, match=r"others may read .*0640.*chmod 600"):
        load_signer(plain, None)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (lambda: rsa.generate_private_key(65537, 2048), "of another kind.*openssl genpkey"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "of another kind.*openssl genpkey"),
        (None, "no private key in PEM"),
    ],
)
def test_another_kind_of_key_is_refused_with_one_that_works(
    tmp_path: Path, key: Callable[[], PrivateKeyTypes] | None, problem: str
) -> None:
    """RSA, another curve, or no key at all."""
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem(key()) if key else b"-----BEGIN NONSENSE-----\n")
    path.chmod(0o600)

    with pytest.raises(EvidenceError, match=problem):
        load_signer(path, None)
    with pytest.raises(EvidenceError, match="cannot be read"):
        load_signer(tmp_path / "absent.pem", None)
