"""Where a service lies in a region and how it is signed: botocore's answer, asked once.

botocore prepares one request, which is stopped before it is sent. So partitions, FIPS,
dual-stack, `AWS_ENDPOINT_URL`, service-specific endpoints, proxies and the user agent are all
just as in botocore, by public events alone.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec
from botocore.awsrequest import AWSPreparedRequest
from botocore.utils import get_environ_proxies


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What the lean path needs to call one service in one region.

    Attributes:
        host: as signed and sent, with the port where it is not the scheme's own.
        path: `/`, unless a custom endpoint lies below another path.
        proxy: the proxy's URL; None for a direct connection.
    """

    url: str
    host: str
    path: str
    signing_region: str
    signing_name: str
    target_prefix: str
    content_type: str
    user_agent: str
    proxy: str | None


class _PreparedRequest(Exception):  # noqa: N818 - stops botocore before it sends; no failure
    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


async def learn_endpoint(client: Any, operation: str) -> Endpoint:  # noqa: ANN401 - clients are made at run time and have no type
    """Let a client prepare `operation`, and read off what it would have sent.

    Args:
        client: an aiobotocore client of a JSON service, with any credentials.
        operation: the method's Python name, of an operation without required members.
    """
    events = client.meta.events
    events.register_first("before-send", _stop, unique_id="orgscan-learn")
    try:
        await getattr(client, operation)()
    except _PreparedRequest as prepared:
        return _read(prepared.request)
    finally:
        events.unregister("before-send", unique_id="orgscan-learn")
    raise RuntimeError(f"botocore sent {operation} although it was to be stopped")


def _stop(request: AWSPreparedRequest, **_: object) -> None:
    raise _PreparedRequest(request)


def _read(request: AWSPreparedRequest) -> Endpoint:
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    scope = headers["authorization"].split("Credential=", 1)[1].split(",", 1)[0].split("/")
    _, _, region, name, _ = scope
    target = headers["x-amz-target"]
    return Endpoint(
        url=request.url,
        host=_host(parts),
        path=parts.path or "/",
        signing_region=region,
        signing_name=name,
        target_prefix=target.rsplit(".", 1)[0],
        content_type=headers["content-type"],
        user_agent=headers["user-agent"],
        proxy=get_environ_proxies(request.url).get(parts.scheme),
    )


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    bracketed = f"[{name}]" if ":" in name else name
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return bracketed if parts.port in {None, standard} else f"{bracketed}:{parts.port}"


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
