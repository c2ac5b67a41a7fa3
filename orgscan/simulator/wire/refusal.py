"""A call that is refused: the error that the client gets to see."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - it is AWS's answer to a client, not an error of ours
    """One error answer.

    Attributes:
        code: AWS's own, for example `ClusterNotFoundException`.
        status: the HTTP status.
        members: further members of a JSON error, for example `Reason`.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, members: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.members = dict(members or {})
