"""Merkle trees are those of RFC 9162."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.evidence.merkle import inclusion_proof, leaf_hash, root_from_proof, root_of

# The leaves and roots that Certificate Transparency's own implementations are tested with.
_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True)


@pytest.mark.parametrize("size", range(len(_ROOTS)))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    """From no leaf to eight."""
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in _LEAVES[:size]]

    assert root_of(hashes).hex() == _ROOTS[size]


def test_the_proof_of_a_leaf_is_that_of_certificate_transparency() -> None:
    """Of the first leaf of eight."""
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in _LEAVES]

    assert [one.hex() for one in inclusion_proof(hashes, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@given(hashes=_HASHES, data=st.data())
def test_a_proof_leads_from_its_leaf_to_the_root_and_from_no_other(
    hashes: list[bytes], data: st.DataObject
) -> None:
    """Whatever the size of the tree and the leaf's place in it."""
    index = data.draw(st.integers(0, len(hashes) - 1))
    path = inclusion_proof(hashes, index)
    root = root_of(hashes)

    assert root_from_proof(hashes[index], index, len(hashes), path) == root
    other = hashlib.sha256(hashes[index]).digest()
    assert root_from_proof(other, index, len(hashes), path) != root
    assert root_from_proof(hashes[index], index, len(hashes), [*path, other]) != root
    assert root_from_proof(hashes[index], index, len(hashes), path[:-1]) != root or not path


@given(size=st.integers(-2, 5), index=st.integers(-3, 9))
def test_a_place_outside_the_tree_proves_nothing(size: int, index: int) -> None:
    """There is no such leaf."""
    leaf = leaf_hash(b"leaf")
    if not 0 <= index < size:
        assert root_from_proof(leaf, index, size, []) is None
    with pytest.raises(IndexError):
        inclusion_proof([leaf], 1)
