"""Whatever is done to a bundle, verification names it."""

from __future__ import annotations

import gzip
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.errors import NotGenuine
from orgscan.evidence.local_key import LocalSigner
from orgscan.evidence.seals import Trust
from orgscan.evidence.share import extract
from orgscan.evidence.verify import verify
from tests.evidence.forging import ACCOUNTS, MakeBundle, rebound, unpacked, unzipped, zipped

Files = dict[str, bytes]

_FEW = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_SHARD = f"data/evidence/{ACCOUNTS[0]}.ndjson.gz"


def _changed(content: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(content) - 1))
    flip = data.draw(st.integers(1, 255))
    return content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]


@_FEW
@given(data=st.data())
def test_every_byte_of_an_archive_is_held(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, data: st.DataObject
) -> None:
    """Headers, directory, contents and seals, of a signed bundle, an unsigned one and a share."""
    signer = data.draw(st.sampled_from([None, *signers.values()]))
    bundle = make_bundle(signer=signer)
    if data.draw(st.booleans()):
        share = tmp_path / "share.zip"
        share.unlink(missing_ok=True)
        extract(bundle, ACCOUNTS[0], share)
        bundle = share
    content = bundle.read_bytes()
    verify(bundle)

    bundle.write_bytes(_changed(content, data))
    with pytest.raises(NotGenuine):
        verify(bundle)


@_FEW
@given(data=st.data())
def test_every_byte_of_every_file_is_held(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, data: st.DataObject
) -> None:
    """Also where the bundle was unpacked."""
    signer = data.draw(st.sampled_from(list(signers.values())))
    files = unzipped(make_bundle(signer=signer))
    name = data.draw(st.sampled_from(list(files)))
    folder = unpacked(files, tmp_path / "bag")
    verify(folder)

    (folder / name).write_bytes(_changed(files[name], data))
    with pytest.raises(NotGenuine):
        verify(folder)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_standard_tools_catch_every_byte_too(
    make_bundle: MakeBundle, signers: dict[str, LocalSigner], tmp_path: Path, data: st.DataObject
) -> None:
    """sha256sum for what the manifests list, openssl for the tagmanifest and its signature."""
    signer = signers["ecdsa-p256-sha256"]
    files = unzipped(make_bundle(signer=signer))
    listed = [name for name in files if not name.endswith((".pub", ".json"))]
    name = data.draw(st.sampled_from([*listed, "data/report.json"]))
    folder = unpacked(files, tmp_path / "bag")
    trusted = tmp_path / "trusted.pub"
    trusted.write_bytes(signer.public_key_pem())
    assert _holds_by_standard_tools(folder, trusted)

    (folder / name).write_bytes(_changed(files[name], data))
    assert not _holds_by_standard_tools(folder, trusted)


def _holds_by_standard_tools(folder: Path, key: Path) -> bool:
    commands = (
        ("sha256sum", "--strict", "-c", "manifest-sha256.txt"),
        ("sha256sum", "--strict", "-c", "tagmanifest-sha256.txt"),
        ("openssl", "dgst", "-sha256", "-verify", str(key), "-signature",
         "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt"),
    )  # fmt: skip
    return all(
        subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0  # noqa: S603 - three fixed commands
        for command in commands
    )


def _without(name: str) -> Callable[[Files], Files]:
    return lambda files: {each: held for each, held in files.items() if each != name}


def _with(name: str, content: bytes = b"") -> Callable[[Files], Files]:
    return lambda files: {**files, name: content}


def _reversed(files: Files) -> Files:
    return dict(reversed(files.items()))


def _swapped_shards(files: Files) -> Files:
    one, other = _SHARD, f"data/evidence/{ACCOUNTS[1]}.ndjson.gz"
    return rebound({**files, one: files[other], other: files[one]})


def _edited(name: str, old: bytes, new: bytes) -> Callable[[Files], Files]:
    def edit(files: Files) -> Files:
        assert old in files[name]
        return rebound({**files, name: files[name].replace(old, new)})

    return edit


def _edited_shard(old: bytes, new: bytes) -> Callable[[Files], Files]:
    def edit(files: Files) -> Files:
        lines = gzip.decompress(files[_SHARD])
        assert old in lines
        return rebound({**files, _SHARD: gzip.compress(lines.replace(old, new), mtime=0)})

    return edit


_TAMPERING: list[tuple[Callable[[Files], Files], str]] = [
    (_without(_SHARD), rf"^{_SHARD}: the file is missing"),
    (_without("bagit.txt"), "^bagit.txt: the file is missing"),
    (_without("bag-info.txt"), "^bag-info.txt: the file is missing"),
    (_without("manifest-sha256.txt"), "^manifest-sha256.txt: the file is missing"),
    (_without("tagmanifest-sha256.txt"), "^tagmanifest-sha256.txt: the file is missing"),
    (_without("tagmanifest-sha256.txt.sig"), "sig: the signature is missing"),
    (_without("tagmanifest-sha256.txt.pub"), "pub: the file is missing"),
    (_without("tagmanifest-sha256.txt.dsse.json"), "dsse.json: the file is missing"),
    (_with("data/extra.txt"), "^data/extra.txt: the file is in no manifest"),
    (_with("extra.txt"), "^extra.txt: the file is in no manifest"),
    (_reversed, "it stands where data/catalogue.json has to"),
    (_with(_SHARD, b"x"), rf"^{_SHARD}: the file does not have its digest in manifest-sha256.txt"),
    (_with("bag-info.txt", b"x"), "the file does not have its digest in tagmanifest-sha256.txt"),
    (_edited("data/catalogue.json", b"[", b"[1,"), "Payload-Oxum is not the payload's size"),
    (_edited("data/catalogue.json", b"[]", b"{}"), "signature is not one of tagmanifest"),
    (_swapped_shards, "data/merkle.json: its leaves are not the files of evidence"),
]


@pytest.mark.parametrize(("tamper", "told"), _TAMPERING)
def test_each_way_of_tampering_is_named(
    make_bundle: MakeBundle,
    signers: dict[str, LocalSigner],
    tmp_path: Path,
    tamper: Callable[[Files], Files],
    told: str,
) -> None:
    """The first thing that does not hold, by the file's name; manifests made anew or not."""
    bundle = make_bundle(signer=signers["ed25519"])
    tampered = zipped(tamper(unzipped(bundle)), tmp_path / "tampered.zip")

    with pytest.raises(NotGenuine, match=told):
        verify(tampered, Trust(public_key=signers["ed25519"].public_key_pem()))


def test_a_finding_without_its_answer_is_named(make_bundle: MakeBundle) -> None:
    """A digest that no line of the account's file has."""
    missing = f"sha256:{'0' * 64}"

    with pytest.raises(NotGenuine, match=rf"{ACCOUNTS[0]}.*rests on {missing}, which is not there"):
        verify(make_bundle(extra_evidence=(missing,)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"body":"{', b'"body":"[', r"gz:1: the body does not have the digest of its line"),
        (b'"account":"1', b'"account":"4', r"gz:1: the line is of account '411111111111'"),
        (b'{"digest"', b'{"digits"', r"gz:1: this is no line of evidence"),
        (b'"body":', b'"bodies":', r"gz:1: this is no line of evidence: it has to have one body"),
        (b"}\n", b"}", r"gz: the last line does not end"),
    ],
)
def test_a_line_that_does_not_hold_is_named(
    make_bundle: MakeBundle, tmp_path: Path, old: bytes, new: bytes, told: str
) -> None:
    """In a share whose maker fitted everything else to it but the root."""
    files = unzipped(make_bundle())
    tampered = _edited_shard(old, new)(files)
    tampered = rebound(_with_tree(tampered))

    with pytest.raises(NotGenuine, match=told):
        verify(zipped(tampered, tmp_path / "tampered.zip"))


def _with_tree(files: Files) -> Files:
    """The files with a Merkle tree, a size and a root that fit their evidence."""
    from orgscan.evidence.bundle import _merkle  # noqa: PLC0415 - what a forger would use

    manifest = files["manifest-sha256.txt"].decode()
    digests = {line[66:]: line[:64] for line in manifest.splitlines()}
    shards = [name for name in digests if name.startswith("data/evidence/")]
    tree = _merkle(shards, digests)
    files = {**files, "data/merkle.json": msgspec.json.encode(tree) + b"\n"}
    return _with_size(files, {"Merkle-Root": tree.root})


def _with_size(files: Files, more: dict[str, str] | None = None) -> Files:
    """The files with a `bag-info.txt` that has their size, and what else it shall say."""
    sizes = [len(held) for name, held in files.items() if name.startswith("data/")]
    told = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    told |= {"Payload-Oxum": f"{sum(sizes)}.{len(sizes)}", **(more or {})}
    text = "".join(f"{name}: {value}\n" for name, value in told.items())
    return {**files, "bag-info.txt": text.encode()}


def test_a_report_of_another_version_is_named(make_bundle: MakeBundle, tmp_path: Path) -> None:
    """With what can read it."""
    files = unzipped(make_bundle())
    edited = _edited("data/report.json", b'"version":1', b'"version":2')(files)

    with pytest.raises(NotGenuine, match=r'report.json: .*version: \["orgscan.report",2\].*newer'):
        verify(zipped(edited, tmp_path / "tampered.zip"))


def test_a_ledger_that_is_not_the_reports_is_named(make_bundle: MakeBundle, tmp_path: Path) -> None:
    """Coverage is told twice, and has to be one."""
    files = unzipped(make_bundle())
    edited = _edited("data/coverage.ndjson", b"COVERED", b"TIMED_O")(files)
    with pytest.raises(NotGenuine, match="ndjson:1: this is no line of coverage"):
        verify(zipped(edited, tmp_path / "tampered.zip"))
    edited = _edited("data/coverage.ndjson", b"eu-west-1", b"eu-west-2")(files)
    with pytest.raises(NotGenuine, match=r"the ledger is not that of report\.json"):
        verify(zipped(edited, tmp_path / "tampered.zip"))


@pytest.mark.parametrize(
    "name", ["data/merkle.json", "data/report.json", "data/coverage.ndjson", _SHARD]
)
def test_a_file_that_is_nested_without_end_is_named(
    make_bundle: MakeBundle, tmp_path: Path, name: str
) -> None:
    """Readers that recurse would end in a crash."""
    nested = b"[" * 100_000 + b"]" * 100_000 + b"\n"
    content = gzip.compress(nested, mtime=0) if name == _SHARD else nested
    files = rebound({**unzipped(make_bundle()), name: content})
    files = rebound(_with_tree(files) if name == _SHARD else _with_size(files))

    with pytest.raises(NotGenuine, match=f"{name}.*: this is no "):
        verify(zipped(files, tmp_path / "tampered.zip"))


def test_an_entry_that_claims_more_than_an_archive_holds_is_refused(tmp_path: Path) -> None:
    """Sizes are the archive's own words."""
    path = tmp_path / "claims.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("data/a")
        archive.writestr(info, b"")
        info.file_size = info.compress_size = 5 << 30

    with pytest.raises(NotGenuine, match="larger than 4 GiB"):
        verify(path)


@pytest.fixture
def hostile_zip(tmp_path: Path) -> Callable[..., Path]:
    """Writes archives with Python's own zipfile, whatever they hold."""

    def write(names: tuple[str, ...], content: bytes, kind: int = zipfile.ZIP_STORED) -> Path:
        path = tmp_path / "hostile.zip"
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name in names:
                archive.writestr(name, content)
        return path

    return write


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "data/../../evil", "C:evil", "data\\..\\evil", "data//x"]
)
def test_a_path_that_leads_elsewhere_is_refused(
    hostile_zip: Callable[..., Path], name: str
) -> None:
    """Before anything is read, and nothing is ever unpacked."""
    with pytest.raises(NotGenuine, match="a path that leads elsewhere"):
        verify(hostile_zip((name,), b"evil"))


def test_two_files_of_one_name_are_refused(hostile_zip: Callable[..., Path]) -> None:
    """Tools differ in which one they take."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = hostile_zip(("data/a", "data/a"), b"")

    with pytest.raises(NotGenuine, match="data/a: the ZIP holds two files of one name"):
        verify(path)


def test_a_zip_bomb_is_refused_before_it_is_inflated(hostile_zip: Callable[..., Path]) -> None:
    """Orgscan stores what is compressed already; a compressed entry is somebody else's."""
    path = hostile_zip(("data/bomb",), bytes(10 << 20), zipfile.ZIP_DEFLATED)

    with pytest.raises(NotGenuine, match="compressed by the ZIP, which orgscan never does"):
        verify(path)


def test_a_line_that_inflates_without_end_fills_no_memory(
    make_bundle: MakeBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up at the longest line that there can be."""
    monkeypatch.setattr("orgscan.evidence.shard._LONGEST_LINE", 4 << 20)
    files = unzipped(make_bundle())
    bomb = rebound({**files, _SHARD: gzip.compress(b"[" * (64 << 20), mtime=0)})
    bomb = rebound(_with_tree(bomb))

    with pytest.raises(NotGenuine, match=rf"{_SHARD}: a line does not end"):
        verify(zipped(bomb, tmp_path / "bomb.zip"))


@_FEW
@given(data=st.data())
def test_a_truncated_or_lengthened_zip_is_refused(
    make_bundle: MakeBundle, data: st.DataObject
) -> None:
    """Wherever it was cut, and whatever was put before or behind it."""
    bundle = make_bundle()
    content = bundle.read_bytes()
    kept = data.draw(st.integers(0, len(content) - 1))
    extra = data.draw(st.binary(min_size=1, max_size=30))
    other = data.draw(st.sampled_from([content[:kept], content + extra, extra + content]))
    bundle.write_bytes(other)

    with pytest.raises(NotGenuine):
        verify(bundle)


def test_links_in_an_unpacked_bundle_are_not_followed(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    """They could lead to any file of the machine."""
    folder = unpacked(unzipped(make_bundle()), tmp_path / "bag")
    (folder / "data" / "tool.json").unlink()
    (folder / "data" / "tool.json").symlink_to("/etc/hostname")

    with pytest.raises(NotGenuine, match=r"data/tool\.json: this is no plain file"):
        verify(folder)
