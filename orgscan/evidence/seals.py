"""Checks what was made of a bundle's tagmanifest: signature, statement, timestamp."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from orgscan.errors import EvidenceError, NotGenuine
from orgscan.evidence.files import Files, small
from orgscan.evidence.layout import PUBLIC_KEY, SIGNATURE, STATEMENT, TAGMANIFEST, TIMESTAMP
from orgscan.evidence.local_key import PublicKey, is_signature, key_id, load_public_key, pem_of
from orgscan.evidence.statement import read_statement


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader brings along; None where that is nothing.

    Attributes:
        public_key: PEM of the key that must have signed.
        tsa_certificate: PEM of the timestamping authority's certificates.
    """

    public_key: bytes | None = None
    tsa_certificate: bytes | None = None


def check_seals(files: Files, tagmanifest: bytes, trust: Trust) -> Iterator[str]:
    """What the seals prove, one sentence each.

    Raises:
        NotGenuine: a seal does not hold, or one is missing that the reader asks for.
        EvidenceError: what the reader brought cannot be used.
    """
    yield from _signature(files, tagmanifest, trust.public_key)
    yield from _timestamp(files, tagmanifest, trust.tsa_certificate)


def _signature(files: Files, tagmanifest: bytes, trusted: bytes | None) -> Iterator[str]:
    if SIGNATURE not in files.names:
        yield _unsigned(files, trusted)
        return
    key = _key(files, trusted)
    if not is_signature(key, small(files, SIGNATURE), tagmanifest):
        raise NotGenuine(f"the signature is not one of {TAGMANIFEST}", where=SIGNATURE)
    message, signature = read_statement(small(files, STATEMENT), tagmanifest, pem_of(key))
    if not is_signature(key, signature, message):
        raise NotGenuine("the signature is not one of the statement", where=STATEMENT)
    if trusted is not None:
        yield f"Signed with your key, {key_id(key)}"
    else:
        yield (
            f"SIGNED WITH A KEY OF ITS OWN, {key_id(key)}: it came with the bundle, and proves "
            "nothing until you know whose it is. Give the one that you trust with --public-key"
        )


def _unsigned(files: Files, trusted: bytes | None) -> str:
    for name in (PUBLIC_KEY, STATEMENT):
        if name in files.names:
            raise NotGenuine("the signature is missing", where=SIGNATURE)
    if trusted is not None:
        raise NotGenuine("the bundle is not signed", where=SIGNATURE)
    return (
        "NOT SIGNED: nothing was changed since it was made, or whoever changed it made it anew. "
        "Only a signature tells these apart"
    )


def _key(files: Files, trusted: bytes | None) -> PublicKey:
    """The public key in the bundle, which is the reader's where that has one."""
    pem = small(files, PUBLIC_KEY)
    try:
        key = load_public_key(pem, PUBLIC_KEY)
    except EvidenceError as error:
        raise NotGenuine(error.what, where=PUBLIC_KEY) from None
    if pem_of(key) != pem:
        raise NotGenuine("the public key is not written as orgscan writes it", where=PUBLIC_KEY)
    if trusted is not None and pem_of(load_public_key(trusted, "--public-key")) != pem:
        raise NotGenuine("it was signed with another key than yours", where=PUBLIC_KEY)
    return key


def _timestamp(files: Files, tagmanifest: bytes, trusted: bytes | None) -> Iterator[str]:
    if TIMESTAMP not in files.names:
        if trusted is not None:
            raise NotGenuine("the bundle has no timestamp", where=TIMESTAMP)
        return
    try:
        response = decode_timestamp_response(small(files, TIMESTAMP))
        info = response.tst_info
        imprint, moment = info.message_imprint.message, info.gen_time
    except ValueError as error:
        raise NotGenuine(f"this is no timestamp: {error}", where=TIMESTAMP) from None
    if imprint != hashlib.sha256(tagmanifest).digest():
        raise NotGenuine(f"the timestamp is not one of {TAGMANIFEST}", where=TIMESTAMP)
    if trusted is None:
        yield (
            f"TIMESTAMP NOT CHECKED: it says {moment:%Y-%m-%dT%H:%M:%SZ}. Give the authority's "
            "certificate with --tsa-certificate"
        )
        return
    try:
        _verifier(trusted).build().verify_message(response, tagmanifest)
    except VerificationError as error:
        raise NotGenuine(f"the timestamp does not hold: {error}", where=TIMESTAMP) from None
    yield f"Timestamped {moment:%Y-%m-%dT%H:%M:%SZ} by the authority that you trust"


def _verifier(pem: bytes) -> VerifierBuilder:
    """A verifier that trusts the certificates of a file: its CAs, or the authority itself."""
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise EvidenceError(
            f"these are no certificates in PEM: {error}", where="--tsa-certificate"
        ) from None
    builder = VerifierBuilder()
    for certificate in certificates:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        elif _is_authority(certificate):
            builder = builder.add_intermediate_certificate(certificate)
        else:
            builder = builder.tsa_certificate(certificate)
    return builder


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def read_trusted(path: Path | None, option: str) -> bytes | None:
    """A file that the reader brings along.

    Raises:
        EvidenceError: it cannot be read.
    """
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"the file cannot be read: {error.strerror or error}", where=f"{option} {path}"
        ) from None
