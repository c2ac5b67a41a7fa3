"""What a call comes to that did not get its answer, told alike on both paths."""

from __future__ import annotations

import re
import ssl

import aiohttp
import msgspec

from orgscan.aws.failure import CallFailed, FailureKind, kind_of
from orgscan.aws.http1 import ConnectError
from orgscan.aws.protocols.interface import Refusal, generic_refusal, in_its_words
from orgscan.aws.protocols.json11 import UNREADABLE_JSON, JsonError

# A document type would stand before the root, and is not matched: its entities expand without end.
_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>)?\s*<(\w+)")
_ERROR_ROOTS = frozenset({"ErrorResponse", "Response"})


def require_answer(api: str, protocol: str, status: int, body: bytes) -> None:
    """Let pass what the service itself answered, before botocore parses it.

    A page of a captive portal with status 200 parses to an empty list in botocore: "nothing found"
    where nothing was looked at. An error body that is no object ends in an AttributeError.

    Args:
        api: for example `organizations:ListAccounts`.
        protocol: botocore's name of it; answers of protocols other than JSON and query pass.
        status: the HTTP status.
        body: the answer.

    Raises:
        CallFailed: something else answered.
    """
    is_good = status < 300
    match protocol:
        case "json" | "rest-json":
            expected = dict[str, msgspec.Raw] if is_good else JsonError
            answered, code = _is_json(body, expected), "NotJson"
        case "query" | "ec2":
            roots = {f"{api.partition(':')[2]}Response"} if is_good else _ERROR_ROOTS
            answered, code = _root(body) in roots, "NotXml"
        case _:
            return
    if answered:
        return
    if is_good:
        message = f"the answer begins with {body[:40]!r}"
        raise CallFailed(FailureKind.TRANSIENT, api=api, code=code, message=message)
    raise refused(api, status, generic_refusal(status, body) or in_its_words(body))


def refused(api: str, status: int, refusal: Refusal) -> CallFailed:
    """An error answer as the failure of a call; without a code of its own it has the status."""
    return CallFailed(
        kind_of(refusal.code, refusal.message, status),
        api=api,
        code=refusal.code or str(status),
        message=refusal.message,
        status=status,
    )


def no_answer(api: str, error: Exception) -> CallFailed:
    """What the HTTP client raised, as the failure of a call."""
    match error:
        case aiohttp.ClientSSLError() | ssl.SSLError():
            kind, code = FailureKind.UNREACHABLE, "TLS"
        case TimeoutError():
            kind, code = FailureKind.TIMED_OUT, ""
        case ConnectError() | aiohttp.ClientConnectorError() | aiohttp.ClientHttpProxyError():
            kind, code = FailureKind.UNREACHABLE, ""
        case _:
            # Cut short, reset, or not HTTP at all.
            kind, code = FailureKind.TRANSIENT, ""
    return CallFailed(kind, api=api, code=code, message=f"{type(error).__name__}: {_words(error)}")


def _words(error: Exception) -> str:
    """The error for a person: aiohttp's own text shows objects, and may show a proxy's URL."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"{error.host}:{error.port}: {error.certificate_error}"
        case aiohttp.ClientConnectorError():
            return f"{error.host}:{error.port}: {error.os_error.strerror or error.os_error}"
        case aiohttp.ClientResponseError():
            return f"{error.status} {error.message}"
        case _:
            return str(error)


def _is_json(body: bytes, shape: type) -> bool:
    try:
        msgspec.json.decode(body, type=shape)
    except UNREADABLE_JSON:
        return False
    return True


def _root(body: bytes) -> str:
    found = _ROOT.match(body)
    return found[1].decode() if found else ""
