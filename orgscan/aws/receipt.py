"""What came back from AWS, as evidence keeps it, and how it becomes an exchange."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import time
from functools import cached_property

import msgspec

from orgscan.model.evidence import Exchange


class Receipt(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One answer of AWS, or that none came.

    Attributes:
        endpoint: the URL it was asked at.
        caller: the ARN it was asked as.
        status: the HTTP status; 0 where no answer came.
        body: after redaction.
        at: seconds since the epoch.
    """

    endpoint: str
    caller: str
    status: int = 0
    request_id: str = ""
    body: bytes = b""
    at: float = msgspec.field(default_factory=time.time)

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the body; of most answers nobody asks for it."""
        return f"sha256:{hashlib.sha256(self.body).hexdigest()}"

    def exchange(
        self,
        api: str,
        account_id: str,
        region: str,
        request: dict[str, object],
        *,
        error: str = "",
    ) -> Exchange:
        """The receipt with what was asked.

        Args:
            api: for example `ecs:ListClusters`.
            account_id: the account that the call was about.
            region: where it was asked.
            request: the request's members.
            error: why the answer could not be used.
        """
        text, encoded = _as_text(self.body)
        moment = dt.datetime.fromtimestamp(self.at, dt.UTC)
        return Exchange(
            digest=self.digest,
            api=api,
            account=account_id,
            region=region,
            endpoint=self.endpoint,
            at=f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
            caller=self.caller,
            request=request,
            status=self.status,
            request_id=self.request_id,
            body=text,
            body_base64=encoded,
            error=error,
        )


def request_id(headers: dict[str, str]) -> str:
    """AWS's id of a request; services spell the header in two ways.

    Args:
        headers: of the answer, their names in lower case.
    """
    return headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or ""


def _as_text(body: bytes) -> tuple[str | None, str | None]:
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return None, base64.b64encode(body).decode()
