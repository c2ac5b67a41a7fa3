"""How far the internet can reach something: our judgement, from configuration."""

from __future__ import annotations

import enum

import msgspec


class Grade(enum.StrEnum):
    """From worst to best; `unknown` where what decides it could not be seen."""

    REACHABLE = "reachable"
    ADDRESSABLE = "addressable"
    CONFIGURED = "configured"
    NONE = "none"
    UNKNOWN = "unknown"


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """A grade with what it rests on.

    Attributes:
        grade: `reachable`: a public address that something lets traffic in to; `addressable`: a
            public address, and nothing lets traffic in; `configured`: would get one; `none`;
            `unknown`.
        reason: one sentence for a person.
        sources: from where, as address ranges or prefix lists; empty unless reachable.
        ports: on which ports, for example `tcp/443` or `all`; empty unless reachable.
        in_front: ARNs of internet-facing load balancers that forward to it, whatever its own
            addresses; empty also where nobody asked.
    """

    grade: Grade
    reason: str
    sources: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    in_front: tuple[str, ...] = ()
