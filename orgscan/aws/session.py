"""An account as it is called: its credentials, one region, its paces and its count of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Generic, Self, TypeVar

from orgscan.aws.credentials import CredentialSource
from orgscan.aws.engine import Engine
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.pace import Paces
from orgscan.aws.receipt import Receipt
from orgscan.model.evidence import Kept

T = TypeVar("T")


class RegionSession:
    """One account in one region. Whoever holds it can call that account there and no other."""

    def __init__(
        self, engine: Engine, source: CredentialSource, region: str, kept: Kept | None = None
    ) -> None:
        """Take what calls are made with.

        Args:
            engine: makes them.
            source: the account's credentials.
            region: where they go.
            kept: where each call and its answer are kept as evidence; None for nowhere.
        """
        self.region = region
        self.api_calls = 0
        self._engine = engine
        self._source = source
        self._kept = kept
        self._paces = Paces(engine.clock)

    def about(self, kept: Kept | None) -> RegionSession:
        """The same session, paces included, for calls whose evidence is kept elsewhere.

        Args:
            kept: of the account that the calls are about.
        """
        other = RegionSession(self._engine, self._source, self.region, kept)
        other._paces = self._paces
        return other

    @property
    def account_id(self) -> str:
        """The account that the calls go to."""
        return self._source.account_id

    async def call(self, operation: Operation[T], parameters: Parameters) -> Reply[T]:
        """One call, retried as the engine sees fit.

        Raises:
            CallFailed: what it came to in the end.
        """
        pacer = self._paces.of(operation.bucket)
        self.api_calls += 1
        try:
            reply = await self._engine.call(
                operation, parameters, source=self._source, region=self.region, pacer=pacer
            )
        except CallFailed as failed:
            self._keep(operation, parameters, failed.receipt, error=failed)
            raise
        self._keep(operation, parameters, reply.receipt)
        return reply

    def _keep(
        self,
        operation: Operation[T],
        parameters: Parameters,
        receipt: Receipt | None,
        *,
        error: CallFailed | None = None,
    ) -> None:
        if self._kept is None or receipt is None:
            return
        if error is not None and error.api != operation.api:
            return  # never made: entering the account failed, which is kept where that was tried
        no_use = error is not None and not error.status
        self._kept.add(
            receipt.exchange(
                operation.api,
                self._kept.account_id,
                self.region,
                parameters,
                error=f"{error.code} {error.message}".strip() if error and no_use else "",
            )
        )

    def is_overrun(self, operation: Operation[T]) -> bool:
        """Whether AWS lets far fewer of such calls through than were thought to be allowed."""
        return self._paces.is_overrun(operation.bucket)

    def share_among(self, callers: int) -> None:
        """Keep to one part of the account's quotas, which so many processes draw on together."""
        self._paces.share_among(callers)

    def pages(
        self,
        operation: Operation[T],
        parameters: Parameters,
        *,
        cursor_member: str,
        next_token: Callable[[T], str | None],
    ) -> AsyncIterator[Reply[T]]:
        """Every page of a list; an empty page with a token is followed like any other.

        Args:
            operation: the list operation.
            parameters: its members without the token.
            cursor_member: the request member that takes the token, `nextToken` or `NextToken`.
            next_token: reads the token off a page.

        Raises:
            CallFailed: a page could not be had, or a token came back that had been followed.
        """
        return _Pages(self, operation, parameters, cursor_member, next_token)


class _Pages(Generic[T]):
    """`RegionSession.pages`; were it a generator, the event loop would keep account of each."""

    __slots__ = ("_cursor_member", "_followed", "_next", "_next_token", "_operation", "_session")

    def __init__(
        self,
        session: RegionSession,
        operation: Operation[T],
        parameters: Parameters,
        cursor_member: str,
        next_token: Callable[[T], str | None],
    ) -> None:
        self._session = session
        self._operation = operation
        self._cursor_member = cursor_member
        self._next_token = next_token
        self._next: Parameters | None = parameters
        self._followed: set[str] = set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Reply[T]:
        parameters = self._next
        if parameters is None:
            raise StopAsyncIteration
        token = parameters.get(self._cursor_member)
        if token in self._followed:
            raise CallFailed(
                FailureKind.REFUSED,
                api=self._operation.api,
                code="TokenRepeated",
                message="the same page token came back; the list has no end",
            )
        page = await self._session.call(self._operation, parameters)
        if token:
            self._followed.add(token)
        found = self._next_token(page.data)
        self._next = {**parameters, self._cursor_member: found} if found else None
        return page
