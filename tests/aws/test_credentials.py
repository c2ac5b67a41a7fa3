"""Credentials are fetched once, kept fresh, and never shown."""

from __future__ import annotations

import asyncio

import pytest

from orgscan.aws.credentials import Credentials, RefreshedCredentials
from orgscan.aws.failure import CallFailed, FailureKind


class Issuer:
    """Issues numbered credentials, and lets a test hold them back."""

    def __init__(self) -> None:
        self.issued = 0
        self.now = 0.0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.refuses = False

    def clock(self) -> float:
        """The time that a test sets."""
        return self.now

    async def fetch(self) -> Credentials:
        """Credentials good for an hour."""
        await self.may_answer.wait()
        self.issued += 1
        if self.refuses:
            raise CallFailed(FailureKind.DENIED, api="sts:AssumeRole")
        return Credentials(
            account_id="111122223333",
            access_key=f"ASIA{self.issued}",
            secret_key="a secret",
            token="a token",
            expires_at=self.now + 3600,
        )


@pytest.fixture
def issuer() -> Issuer:
    """An issuer that answers at once."""
    return Issuer()


@pytest.fixture
def source(issuer: Issuer) -> RefreshedCredentials:
    """The credentials of one account."""
    return RefreshedCredentials("111122223333", issuer.fetch, issuer.clock)


async def test_many_waiters_make_one_request(issuer: Issuer, source: RefreshedCredentials) -> None:
    """However many regions start at once, the role is assumed once."""
    issuer.may_answer.clear()
    waiting = [asyncio.create_task(source.current()) for _ in range(50)]
    await asyncio.sleep(0)
    issuer.may_answer.set()
    given = await asyncio.gather(*waiting)

    assert issuer.issued == 1
    assert {one.access_key for one in given} == {"ASIA1"}


async def test_they_are_renewed_ahead_of_their_expiry(
    issuer: Issuer, source: RefreshedCredentials
) -> None:
    """Five minutes before the end new ones are asked for; before that the old ones serve."""
    await source.current()
    issuer.now = 3299.0
    assert (await source.current()).access_key == "ASIA1"
    issuer.now = 3300.0
    assert (await source.current()).access_key == "ASIA2"


async def test_those_refused_as_expired_are_replaced_once(
    issuer: Issuer, source: RefreshedCredentials
) -> None:
    """All who hold the same stale credentials get the same new ones."""
    stale = await source.current()
    fresh = [await source.replace(stale) for _ in range(3)]

    assert issuer.issued == 2
    assert {one.access_key for one in fresh} == {"ASIA2"}


async def test_a_refusal_is_not_remembered(issuer: Issuer, source: RefreshedCredentials) -> None:
    """Whoever asks after a failure asks anew."""
    issuer.refuses = True
    with pytest.raises(CallFailed):
        await source.current()
    issuer.refuses = False

    assert (await source.current()).access_key == "ASIA2"


async def test_printing_them_shows_no_secret(source: RefreshedCredentials) -> None:
    """Neither repr nor str nor formatting gives anything but the account."""
    held = await source.current()

    for text in (repr(held), str(held), f"{held}", f"{[held]}"):
        assert "a secret" not in text
        assert "a token" not in text
        assert "ASIA" not in text
        assert "111122223333" in text
