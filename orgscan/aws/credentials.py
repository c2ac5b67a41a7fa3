"""Credentials that travel with each request, and the sources that keep them fresh."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """One set of AWS credentials; its repr shows nothing but whose they are.

    Attributes:
        account_id: the account they were issued for.
        arn: who AWS takes their holder for; empty where that is not known yet.
        expires_at: seconds since the epoch; None where they do not expire.
    """

    account_id: str
    arn: str = ""
    access_key: str
    secret_key: str
    token: str | None = None
    expires_at: float | None = None

    def __repr__(self) -> str:
        return f"Credentials(account_id={self.account_id!r}, secrets withheld)"

    __str__ = __repr__


def can_be_sent(*secrets: str | None) -> bool:
    """Whether they go into the headers of a request; a line break would begin another one."""
    return all(one is None or (one.isascii() and one.isprintable()) for one in secrets)


class CredentialSource(Protocol):
    """Gives credentials for one account, and new ones where AWS calls the old ones expired."""

    @property
    def account_id(self) -> str:
        """The account that the credentials are for."""
        ...

    async def current(self) -> Credentials:
        """Credentials that are good for now.

        Raises:
            CallFailed: they could not be had, and why.
        """
        ...

    async def replace(self, stale: Credentials) -> Credentials:
        """Credentials other than `stale`, which AWS refused as expired."""
        ...


class RefreshedCredentials:
    """Asks for credentials once, shares them, and asks again ahead of their expiry.

    However many tasks wait, one request is made. A failed request is shared by those who waited
    for it and is not remembered: the next caller asks again.
    """

    # A page of a slow list may take a while between signing and checking; AWS allows 15 minutes
    # of clock skew but none on expiry.
    MARGIN_SECONDS = 300.0

    def __init__(
        self,
        account_id: str,
        fetch: Callable[[], Awaitable[Credentials]],
        clock: Callable[[], float],
    ) -> None:
        self.account_id = account_id
        self.arn = ""
        self._fetch = fetch
        self._clock = clock
        self._held: Credentials | None = None
        self._lock = asyncio.Lock()

    def identified(self, account_id: str, arn: str) -> None:
        """Note whose credentials these are, where only AWS could tell."""
        self.account_id, self.arn = account_id, arn
        self._held = None

    async def current(self) -> Credentials:
        """As `CredentialSource.current`."""
        held = self._held
        if held is not None and self._is_fresh(held):
            return held
        async with self._lock:
            if self._held is None or not self._is_fresh(self._held):
                self._held = await self._fetched()
            return self._held

    async def replace(self, stale: Credentials) -> Credentials:
        """As `CredentialSource.replace`."""
        async with self._lock:
            if self._held is None or self._held is stale:
                self._held = await self._fetched()
            return self._held

    async def _fetched(self) -> Credentials:
        fetched = await self._fetch()
        return replace(fetched, arn=self.arn) if self.arn else fetched

    def _is_fresh(self, held: Credentials) -> bool:
        return held.expires_at is None or held.expires_at - self.MARGIN_SECONDS > self._clock()
