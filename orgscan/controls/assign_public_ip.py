"""What the controls on `assignPublicIp` share: how they say what is stated, and what it means."""

from __future__ import annotations

import functools

import msgspec

from orgscan.controls.verdict import quoted
from orgscan.model.ecs import AwsvpcConfiguration, Placement
from orgscan.model.finding import Status

ENABLED, DISABLED = "ENABLED", "DISABLED"

UNDOCUMENTED = "AWS documents only ENABLED and DISABLED."
INCOMPLETE = (
    "runs on Fargate, which always uses awsvpc networking, but no network configuration was "
    "returned for it. The answer is incomplete, so nothing can be concluded from it."
)
NO_AWSVPC = (
    "states no awsvpc network configuration. With the bridge, host and none network modes there is "
    "no assignPublicIp to set."
)


class Verdict(msgspec.Struct, frozen=True):
    """A status, why, and the value of assignPublicIp that it rests on, if it rests on one."""

    status: Status
    reason: str
    assign_public_ip: str | None = None


def not_stated(api_reference: str, others: str) -> str:
    """What is to be said of awsvpc networking without the setting.

    Args:
        api_reference: what the ECS API reference says of the default.
        others: who says that the default is ENABLED.
    """
    return (
        "uses awsvpc networking and states no assignPublicIp. The documents disagree on the "
        f"default: the ECS API reference says {api_reference}; {others} say ENABLED."
    )


def value_of(config: AwsvpcConfiguration | None) -> str | None:
    """The setting as it is stated; None where it is not."""
    return None if config is None else config.assign_public_ip


# Thousands of task sets state the same; what AWS does not document is bounded by the size.
@functools.lru_cache(maxsize=256)
def statement(*said: tuple[str, str | None]) -> str:
    """What the sources of one configuration state, at least one of them something.

    Args:
        said: each source as a sentence names it, and its value; the foremost source first.
    """
    sources: dict[str, list[str]] = {}
    for source, value in said:
        if value is not None:
            sources.setdefault(value, []).append(source)
    if len(sources) > 1:
        parts = [f"{_shown(value)} in {' and '.join(those)}" for value, those in sources.items()]
        alone = all(len(those) == 1 for those in sources.values())
        return f"states assignPublicIp {(' and ' if alone else ', but ').join(parts)}"
    ((value, those),) = sources.items()
    only = "" if said[0][1] is not None else f" in {those[0]} only"
    return f"states assignPublicIp {_shown(value)}{only}"


def effect_of_enabled(placement: Placement, holder: str) -> str:
    """What ENABLED leads to, without a full stop.

    Args:
        placement: where the tasks start.
        holder: what states it, for example `the set`.
    """
    if outside := _outside_fargate(placement):
        return f"AWS refuses ENABLED outside Fargate, and {holder} has {outside}: an anomaly"
    return "With ENABLED its tasks get a public IPv4 address"


def _shown(value: str) -> str:
    return value if value in {ENABLED, DISABLED} else quoted(value)


def _outside_fargate(placement: Placement) -> str:
    """What shows that the tasks do not run on Fargate; empty if they do, or nothing shows it."""
    if placement.is_fargate:
        return ""
    if placement.launch_type:
        return f"launch type {quoted(placement.launch_type)}"
    return "other capacity providers" if placement.capacity_providers else ""
