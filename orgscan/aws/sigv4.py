"""Signature Version 4 for one shape of request: a POST without query and with few headers.

That shape is all that the AWS JSON and query protocols have. Signing keys are kept per
(access key, date, region, service), which leaves two hashes and one HMAC for each request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TypeVar

from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint

K = TypeVar("K")

_KEYS_KEPT = 4096


class Signer:
    """Signs requests and remembers the signing keys it derived."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str, str, str], bytes] = {}
        self._date_keys: dict[tuple[str, str], bytes] = {}
        self._second = -1
        self._stamp = ""

    def headers(
        self,
        credentials: Credentials,
        *,
        endpoint: Endpoint,
        operation: str,
        body: bytes,
        now: float | None = None,
    ) -> dict[str, str]:
        """The headers that make a POST to the endpoint a signed call of an operation.

        Args:
            credentials: whose call it is.
            endpoint: where it goes, and how that place is signed.
            operation: AWS's name of it.
            body: the payload, whole.
            now: seconds since the epoch; the system's clock where None.
        """
        content_type = endpoint.protocol.content_type
        stamp = self._stamp_of(int(time.time() if now is None else now))
        date = stamp[:8]
        headers = {"Content-Type": content_type, "X-Amz-Date": stamp}
        signed = "content-type;host;x-amz-date"
        lines = f"content-type:{content_type}\nhost:{endpoint.host}\nx-amz-date:{stamp}\n"
        if token := credentials.token:
            headers["X-Amz-Security-Token"] = token
            signed += ";x-amz-security-token"
            lines += f"x-amz-security-token:{token}\n"
        if target := endpoint.protocol.target(operation):
            headers["X-Amz-Target"] = target
            signed += ";x-amz-target"
            lines += f"x-amz-target:{target}\n"
        canonical = (
            f"POST\n{endpoint.path}\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
        )
        scope = f"{date}/{endpoint.signing_region}/{endpoint.signing_name}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        key = self._signing_key(credentials, date, endpoint)
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={signed}, Signature={signature}"
        )
        return headers

    def _stamp_of(self, second: int) -> str:
        if second != self._second:
            self._stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
            self._second = second
        return self._stamp

    def _signing_key(self, credentials: Credentials, date: str, endpoint: Endpoint) -> bytes:
        region, service = endpoint.signing_region, endpoint.signing_name
        # The secret is not part of the cache's key: one access key has one secret.
        name = (credentials.access_key, date, region, service)
        key = self._keys.get(name)
        if key is None:
            key = self._date_key(credentials, date)
            for part in (region, service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            _keep(self._keys, name, key)
        return key

    def _date_key(self, credentials: Credentials, date: str) -> bytes:
        """What the keys of all regions and services are derived from."""
        name = (credentials.access_key, date)
        key = self._date_keys.get(name)
        if key is None:
            key = hmac.digest(f"AWS4{credentials.secret_key}".encode(), date.encode(), "sha256")
            _keep(self._date_keys, name, key)
        return key


def _keep(keys: dict[K, bytes], name: K, key: bytes) -> None:
    if len(keys) >= _KEYS_KEPT:
        keys.clear()
    keys[name] = key
