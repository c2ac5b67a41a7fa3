"""Key pairs that need no list: all that was issued can be told from the key id and the token.

A key id encodes its account; the secret is derived from it; a session token carries who the
session is, until when and under which policy, sealed so that it fits no other key. The secrets
are as good as public (they follow from the seed): they guard nothing but a simulation.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

import msgspec

from orgscan.simulator.record import Credentials

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DIGITS = {letter: value for value, letter in enumerate(_ALPHABET)}
_SERIAL_BITS = 40
_SEAL = 16


class Session(msgspec.Struct, frozen=True, array_like=True):
    """What a session token says.

    Attributes:
        role: the role's name without its path.
        expires: seconds since 1970.
        policy: the session policy as it was sent, or empty.
    """

    access_key_id: str
    account: str
    role: str
    role_id: str
    name: str
    expires: int
    policy: str = ""
    source_identity: str = ""
    tags: dict[str, str] = {}


class Identity(msgspec.Struct, frozen=True):
    """Who signed a call; `session` is None for the caller's own user key."""

    account: str
    arn: str
    user_id: str
    secret: str
    session: Session | None = None


class BadToken(Exception):  # noqa: N818 - says what was presented, not what went wrong here
    """A key or a token that was never issued, or a token that belongs to another key."""


class Issuer:
    """Issues credentials and knows them again."""

    def __init__(self, seed: int, partition: str) -> None:
        self._key = hashlib.sha256(f"orgscan simulator credentials {seed}".encode()).digest()
        self._partition = partition
        self._serials: dict[str, int] = {}
        self.identity = functools.lru_cache(maxsize=16_384)(self._identity)

    def user(self, account: str) -> Credentials:
        """The one user of an account, with a key that does not expire."""
        key_id = _key_id("AKIA", account, 0)
        return Credentials(account, key_id, self._secret(key_id))

    def session(self, session: Session) -> Credentials:
        """A new session; its `access_key_id` is filled in here."""
        serial = self._serials.get(session.account, 0) + 1
        self._serials[session.account] = serial
        key_id = _key_id("ASIA", session.account, serial)
        sealed = msgspec.structs.replace(session, access_key_id=key_id)
        payload = msgspec.json.encode(sealed)
        token = base64.b64encode(self._seal(payload) + payload).decode()
        return Credentials(session.account, key_id, self._secret(key_id), token)

    def _identity(self, key_id: str, token: str | None) -> Identity:
        """Who presents this key and token.

        Raises:
            BadToken: the two were not issued, or not to each other.
        """
        account = _account_of(key_id)
        if account is None or (token is None) != key_id.startswith("AKIA"):
            raise BadToken
        if token is None:
            if _key_id("AKIA", account, 0) != key_id:
                raise BadToken
            arn = f"arn:{self._partition}:iam::{account}:user/orgscan"
            user_id = "AIDA" + key_id[4:]
            return Identity(account, arn, user_id, self._secret(key_id))
        session = self._open(token)
        if session.access_key_id != key_id:
            raise BadToken
        return Identity(
            account=account,
            arn=f"arn:{self._partition}:sts::{account}:assumed-role/{session.role}/{session.name}",
            user_id=f"{session.role_id}:{session.name}",
            secret=self._secret(key_id),
            session=session,
        )

    def _open(self, token: str) -> Session:
        try:
            raw = base64.b64decode(token, validate=True)
        except ValueError:
            raise BadToken from None
        if not hmac.compare_digest(raw[:_SEAL], self._seal(raw[_SEAL:])):
            raise BadToken
        return msgspec.json.decode(raw[_SEAL:], type=Session)

    def _seal(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"token" + payload, "sha256")[:_SEAL]

    def _secret(self, key_id: str) -> str:
        digest = hmac.digest(self._key, b"secret" + key_id.encode(), "sha256")
        return base64.b64encode(digest).decode()[:40]


def _key_id(prefix: str, account: str, serial: int) -> str:
    number = int(account) << _SERIAL_BITS | serial
    letters = [_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5)]
    return prefix + "".join(letters)


def _account_of(key_id: str) -> str | None:
    if len(key_id) != 20 or key_id[:4] not in {"AKIA", "ASIA"}:
        return None
    number = 0
    for letter in key_id[4:]:
        if (digit := _DIGITS.get(letter)) is None:
            return None
        number = number << 5 | digit
    account = number >> _SERIAL_BITS
    return f"{account:012d}" if account < 10**12 else None
