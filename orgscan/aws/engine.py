"""The engine: paces, attempts, counts and retries every call that orgscan makes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

import msgspec
from aiobotocore.session import AioSession

from orgscan.aws.credentials import Credentials, CredentialSource
from orgscan.aws.endpoints import Endpoints
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.lean import LeanClient
from orgscan.aws.operation import Operation, Parameters, Reply
from orgscan.aws.ordinary import OrdinaryClients
from orgscan.aws.pace import Pacer
from orgscan.aws.tally import Tally
from orgscan.aws.tls import tls_context

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How patient the engine is.

    Attributes:
        call_timeout: seconds for one attempt.
        target_timeout: seconds for all of one account-region.
        backoff_base: seconds; attempt n waits at most base x 2^n, with full jitter.
        backoff_cap: seconds; the longest wait between two attempts.
    """

    call_timeout: float = 30.0
    target_timeout: float = 600.0
    backoff_base: float = 0.2
    backoff_cap: float = 10.0


# How many attempts each kind of failure is worth. Throttles pass by waiting; a hang costs a whole
# timeout each time.
_ATTEMPTS = {
    FailureKind.THROTTLED: 8,
    FailureKind.TRANSIENT: 5,
    FailureKind.UNREACHABLE: 3,
    FailureKind.TIMED_OUT: 2,
}
# Unreachable for a reason that no waiting mends.
_FINAL = frozenset({"TLS", "NoEndpoint"})

_REPLACEMENTS = 3


class Engine:
    """Makes calls for any account in any region, by the path that the operation asks for."""

    def __init__(
        self,
        session: AioSession,
        limits: Limits,
        *,
        connections: int,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Take the session that endpoints, certificates and proxies come from.

        Args:
            session: a botocore session; its credentials are not used.
            limits: how patient to be.
            connections: the most that are open at once, over all accounts.
            clock: monotonic seconds, for pacing; the event loop's where None.
        """
        self.tally = Tally()
        self.clock = clock or asyncio.get_running_loop().time
        self.limits = limits
        self._random = random.Random()  # noqa: S311 - spreads retries, guards nothing  # nosec B311
        self._stack = AsyncExitStack()
        self._endpoints = Endpoints(session, self._stack)
        self._ordinary = OrdinaryClients(
            session, connections=connections, timeout=limits.call_timeout
        )
        self._lean = LeanClient(
            tls=tls_context(session), connections=connections, timeout=limits.call_timeout
        )

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._ordinary)
        await self._stack.enter_async_context(self._lean)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def call(
        self,
        operation: Operation[T],
        parameters: Parameters,
        *,
        source: CredentialSource,
        region: str,
        pacer: Pacer,
    ) -> Reply[T]:
        """Call AWS, as often as it is worth it.

        Throttles, 5xx, resets and timeouts are tried again with full-jitter backoff; a denial
        never; expired credentials are replaced a few times, since new ones may lag behind too.
        Of what changes something, only what was throttled is tried again.

        Raises:
            CallFailed: what it came to in the end.
        """
        api = operation.api
        replaced = 0
        attempt = 0
        while True:
            await pacer.admit()
            credentials = await source.current()
            self.tally.calls[api] += 1
            asked = self.clock()
            try:
                reply = await self._attempt(operation, parameters, region, credentials)
            except CallFailed as failed:
                self.tally.answered(api, self.clock() - asked)
                if failed.kind is FailureKind.EXPIRED and replaced < _REPLACEMENTS:
                    replaced += 1
                    await source.replace(credentials)
                    continue
                attempt += 1
                if failed.kind is FailureKind.THROTTLED:
                    self.tally.throttled += 1
                    pacer.throttled()
                    if operation.has_other_way and pacer.is_overrun:
                        raise
                if attempt >= _ATTEMPTS.get(failed.kind, 1) or failed.code in _FINAL:
                    raise
                if operation.changes and failed.kind is not FailureKind.THROTTLED:
                    raise
                self.tally.retried += 1
            else:
                self.tally.answered(api, self.clock() - asked)
                pacer.answered()
                return reply
            await asyncio.sleep(self._backoff(attempt))

    async def _attempt(
        self,
        operation: Operation[T],
        parameters: Parameters,
        region: str,
        credentials: Credentials,
    ) -> Reply[T]:
        if not operation.lean:
            return await self._ordinary.attempt(
                operation, parameters, region=region, credentials=credentials
            )
        endpoint = self._endpoints.known(operation.service, region)
        if endpoint is None:
            endpoint = await self._endpoints.learn(operation.service, operation.name, region)
        return await self._lean.attempt(
            operation, parameters, endpoint=endpoint, credentials=credentials
        )

    def _backoff(self, attempt: int) -> float:
        ceiling = min(self.limits.backoff_cap, self.limits.backoff_base * 2.0**attempt)
        return self._random.uniform(0.0, ceiling)
