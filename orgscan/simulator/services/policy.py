"""As much of IAM's policy language as a session policy needs: what it allows and denies.

Conditions are taken as met, and NotAction, NotResource and NotPrincipal are not known.
"""

from __future__ import annotations

import functools
from fnmatch import fnmatchcase

import msgspec


class _Statement(msgspec.Struct, rename="pascal"):
    effect: str
    action: str | list[str]
    resource: str | list[str] = "*"


class _Policy(msgspec.Struct, rename="pascal"):
    statement: _Statement | list[_Statement]


def is_policy(text: str) -> bool:
    """Whether the text can be read as a policy."""
    try:
        msgspec.json.decode(text, type=_Policy)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


@functools.lru_cache(maxsize=4_096)
def allows(text: str, action: str, resource: str) -> bool:
    """Whether a policy allows an action, such as `ecs:ListClusters`, on a resource."""
    found = msgspec.json.decode(text, type=_Policy).statement
    statements = found if isinstance(found, list) else [found]
    effects = {
        statement.effect
        for statement in statements
        if _matches(statement.action, action.lower(), fold=True)
        and _matches(statement.resource, resource, fold=False)
    }
    return effects == {"Allow"}


def _matches(patterns: str | list[str], value: str, *, fold: bool) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    # A call on every resource is not narrowed by a pattern for some: AWS lets `*` alone through.
    return any(fnmatchcase(value, p.lower() if fold else p) for p in listed)
