"""A timestamp holds by the authority's certificate, and by no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.local_key import LocalSigner
from orgscan.evidence.seals import Trust
from orgscan.evidence.verify import verify
from tests.evidence.authority import Authority
from tests.evidence.forging import MakeBundle, unzipped, zipped

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is the timestamping authority here"
)

_TSR = "tagmanifest-sha256.txt.tsr"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """One that the reader trusts."""
    return Authority(tmp_path, "trusted")


def test_a_timestamp_holds_by_the_authoritys_root(
    make_bundle: MakeBundle, authority: Authority, signers: dict[str, LocalSigner]
) -> None:
    """With its certificate it is checked; without, said not to be."""
    bundle = make_bundle(signer=signers["ed25519"], timestamper=authority)

    _, checked = verify(bundle, Trust(tsa_certificate=authority.root)).notes
    assert checked.startswith("Timestamped 20")
    assert checked.endswith("by the authority that you trust")
    _, unchecked = verify(bundle).notes
    assert unchecked.startswith("TIMESTAMP NOT CHECKED: it says 20")


def test_another_authority_another_bundle_and_none_are_refused(
    make_bundle: MakeBundle, authority: Authority, tmp_path: Path
) -> None:
    """Each by name."""
    other = Authority(tmp_path, "other")
    bundle = make_bundle(timestamper=authority)

    with pytest.raises(NotGenuine, match=f"{_TSR}: the timestamp does not hold"):
        verify(bundle, Trust(tsa_certificate=other.root))
    stamped = unzipped(make_bundle("other.zip", run_id="20261125T020000Z-2b", timestamper=other))
    moved = {**unzipped(bundle), _TSR: stamped[_TSR]}
    with pytest.raises(NotGenuine, match=f"{_TSR}: the timestamp is not one of tagmanifest"):
        verify(zipped(moved, tmp_path / "moved.zip"))
    with pytest.raises(NotGenuine, match=f"{_TSR}: the bundle has no timestamp"):
        verify(make_bundle("none.zip"), Trust(tsa_certificate=authority.root))


@pytest.mark.parametrize("content", [b"", b"no timestamp", b"0\x03\x02\x01\x00"])
def test_what_is_no_timestamp_is_named(
    make_bundle: MakeBundle, tmp_path: Path, content: bytes
) -> None:
    """Whatever it is."""
    files = {**unzipped(make_bundle()), _TSR: content}

    with pytest.raises(NotGenuine, match=f"{_TSR}: this is no timestamp"):
        verify(zipped(files, tmp_path / "tampered.zip"))


def test_what_is_no_certificate_is_the_readers_mistake(
    make_bundle: MakeBundle, authority: Authority
) -> None:
    """The bundle is not to blame."""
    bundle = make_bundle(timestamper=authority)

    with pytest.raises(EvidenceError, match="--tsa-certificate: these are no certificates") as told:
        verify(bundle, Trust(tsa_certificate=b"nonsense"))
    assert not isinstance(told.value, NotGenuine)
