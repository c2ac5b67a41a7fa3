"""What AWS was asked and what it answered, as evidence keeps it: one exchange a line.

Member names are those of the lines of a bundle (`docs/evidence.md`).
"""

from __future__ import annotations

import msgspec


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call and its answer; of a call that was retried, the last answer.

    Attributes:
        digest: `sha256:` and the hex digest of the body as it is kept here. Findings name it.
        api: for example `ecs:ListClusters`.
        account: the account that the call was about; empty for calls about the organization.
        region: where it was asked.
        endpoint: the URL it was sent to.
        at: when the answer had come: UTC, ISO 8601, to the millisecond.
        caller: the ARN it was made as; empty while the caller was not known yet.
        request: the request's members, by AWS's own names.
        status: the HTTP status; 0 where no answer came.
        request_id: AWS's id of the request; empty where none came.
        body: the answer's body, after redaction.
        body_base64: instead of `body` where that is not UTF-8.
        error: why no answer could be used; empty where AWS answered, refusals included.
    """

    digest: str
    api: str
    account: str
    region: str
    endpoint: str
    at: str
    caller: str
    request: dict[str, object]
    status: int
    request_id: str
    body: str | None = None
    body_base64: str | None = None
    error: str = ""


class Kept:
    """The exchanges of one account, or of one of its regions, that are not yet on disk.

    Attributes:
        account_id: the account that they are about; empty for the organization's.
    """

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self._exchanges: list[Exchange] = []

    def add(self, exchange: Exchange) -> None:
        """Keep one more."""
        self._exchanges.append(exchange)

    def drain(self) -> list[Exchange]:
        """Everything kept so far, which is forgotten here."""
        drained, self._exchanges = self._exchanges, []
        return drained
