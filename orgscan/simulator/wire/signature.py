"""Signature Version 4, checked as AWS documents it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import calendar
import functools
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote_plus

import msgspec
from multidict import CIMultiDictProxy

_ALGORITHM = "AWS4-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(\w+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;_.-]+),\s*Signature=([0-9a-f]{64})",
    re.ASCII,
)
_SKEW_SECONDS = 15 * 60
_EMPTY = hashlib.sha256(b"").hexdigest()


class Claim(msgspec.Struct, frozen=True):
    """What an Authorization header says."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str


class Incoming(msgspec.Struct, frozen=True):
    """The parts of a request that a signature covers; `target` is the raw path and query."""

    method: str
    target: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]


class BadSignature(Exception):  # noqa: N818 - says what was presented, not what went wrong here
    """A signature that does not hold, with AWS's explanation; `stale` where only its time is."""

    def __init__(self, message: str, *, stale: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.stale = stale


def read_claim(headers: CIMultiDictProxy[str]) -> Claim | None:
    """The claim of a request, or None where it is not signed in a form that can be read."""
    found = _AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if found is None:
        return None
    key_id, date, region, service, signed, signature = found.groups()
    return Claim(key_id, date, region, service, tuple(signed.split(";")), signature)


def verify(claim: Claim, incoming: Incoming, secret: str, now: float) -> None:
    """Check that the claim was made with this secret, for this request, at this time.

    Raises:
        BadSignature: anything about it does not hold.
    """
    headers = incoming.headers
    stamp = headers.get("X-Amz-Date", "")
    _check_time(claim, stamp, now)
    _check_signed_headers(claim, headers)
    body_hash = hashlib.sha256(incoming.body).hexdigest() if incoming.body else _EMPTY
    if headers.get("X-Amz-Content-SHA256", body_hash) != body_hash:
        raise BadSignature("The provided 'x-amz-content-sha256' header does not match the body.")
    scope = f"{claim.date}/{claim.region}/{claim.service}/aws4_request"
    request = hashlib.sha256(_canonical_request(claim, incoming, body_hash).encode()).hexdigest()
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{request}"
    key = _signing_key(secret, claim.date, claim.region, claim.service)
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    if not hmac.compare_digest(expected, claim.signature):
        raise BadSignature(
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details."
        )


def _check_time(claim: Claim, stamp: str, now: float) -> None:
    sent = _seconds(stamp)
    if sent is None or not stamp.startswith(claim.date):
        raise BadSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version")
    if abs(now - sent) > _SKEW_SECONDS:
        limit = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now - _SKEW_SECONDS))
        raise BadSignature(
            f"Signature expired: {stamp} is now earlier than {limit}"
            if sent < now
            else f"Signature not yet current: {stamp} is still later than now",
            stale=True,
        )


@functools.lru_cache(maxsize=64)
def _seconds(stamp: str) -> int | None:
    try:
        return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return None


def _check_signed_headers(claim: Claim, headers: CIMultiDictProxy[str]) -> None:
    """The host and every `x-amz-` header that was sent have to be signed."""
    signed = claim.signed
    if "host" not in signed:
        raise BadSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    for name in headers:
        lower = name.lower()
        if lower.startswith("x-amz-") and lower not in signed:
            raise BadSignature(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def _canonical_request(claim: Claim, incoming: Incoming, body_hash: str) -> str:
    path, query = incoming.path, incoming.target.partition("?")[2]
    lines = []
    for name in claim.signed:
        values = incoming.headers.getall(name, None)
        if values is None:
            raise BadSignature(f"'{name}' is a 'SignedHeader' and was not sent.")
        lines.append(f"{name}:{','.join(' '.join(value.split()) for value in values)}\n")
    # S3 alone takes the path as it was sent.
    as_sent = path == "/" or claim.service == "s3"
    canonical_path = path if as_sent else quote(path, safe="/~")
    return (
        f"{incoming.method}\n{canonical_path}\n{_canonical_query(query)}\n{''.join(lines)}\n"
        f"{';'.join(claim.signed)}\n{body_hash}"
    )


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = [part.partition("=") for part in query.split("&")]
    encoded = [
        (quote(unquote_plus(name), safe="-_.~"), quote(unquote_plus(value), safe="-_.~"))
        for name, _, value in pairs
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


@functools.lru_cache(maxsize=8_192)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
