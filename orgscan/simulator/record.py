"""What a simulator saw and gave away, for tests to look at."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from orgscan.simulator.scenario import FaultKind


class Credentials(msgspec.Struct, frozen=True):
    """A key pair; the session token is None for a user's own key."""

    account: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Mutation(msgspec.Struct, frozen=True):
    """One call that is not a read, with its parameters as they were sent.

    `answer` is `accepted`, or the error code it was refused with.
    """

    account: str
    region: str
    api: str
    parameters: bytes
    answer: str


class Rejection(msgspec.Struct, frozen=True):
    """One call whose signature or token did not hold; `code` is what it was answered with."""

    access_key_id: str
    region: str
    service: str
    code: str
    reason: str


class Record:
    """What happened, as it happened.

    Attributes:
        calls: by (account, region, api), as `ecs:ListClusters`; the account asked about, which
            for `sts:AssumeRole` is the role's own. Counts every call whose signature held,
            those included that a fault then struck.
        faults: how often each kind struck.
        throttled: calls refused by a token bucket, by (account, region, api).
        mutations: every call that was not a read.
        rejected_signatures: the last 1,000.
        issued: the last 20,000 key pairs, the caller's own apart.
    """

    def __init__(self, caller: Credentials) -> None:
        self.caller = caller
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.faults: Counter[FaultKind] = Counter()
        self.throttled: Counter[tuple[str, str, str]] = Counter()
        self.mutations: list[Mutation] = []
        self.rejected_signatures: deque[Rejection] = deque(maxlen=1_000)
        self.issued: deque[Credentials] = deque(maxlen=20_000)

    def secrets(self) -> set[str]:
        """Every secret key and session token given away, the caller's included."""
        pairs = (self.caller, *self.issued)
        found = {pair.secret_access_key for pair in pairs}
        return found | {pair.session_token for pair in pairs if pair.session_token}

    def calls_by_api(self) -> Counter[str]:
        """How often each API was called, over all accounts and regions."""
        total: Counter[str] = Counter()
        for (_, _, api), count in self.calls.items():
            total[api] += count
        return total
