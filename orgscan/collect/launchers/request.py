"""A RunTask request as JSON: in a state of a state machine, or as a schedule's input.

In a state, expressions may stand for any part of it. JSONPath marks them by the key
(`"AssignPublicIp.$"`), JSONata by the value (`"{% $public %}"`).
https://states-language.net/
"""

from __future__ import annotations

import enum
from typing import Any, Final

import msgspec

from orgscan.model.ecs import AwsvpcConfiguration
from orgscan.model.launcher import Launch

Json = Any
"""Whatever JSON holds."""


class Language(enum.Enum):
    """What may stand for a value; PLAIN has no expressions."""

    PLAIN = enum.auto()
    JSONPATH = enum.auto()
    JSONATA = enum.auto()


class _Expression(enum.Enum):
    TOKEN = enum.auto()


_EXPRESSION: Final = _Expression.TOKEN


class _UntoldError(Exception):
    """A part of the request that tells nothing, and why."""


def plain_request(text: str | None) -> Launch:
    """The request of a universal target, which is its input, as text."""
    try:
        request = msgspec.json.decode(text or "")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Launch(untold="has an input that is not JSON")
    return read_request(request, Language.PLAIN, what="input")


def read_request(request: Json, language: Language, *, what: str, place: str = "") -> Launch:
    """What a request states of the tasks it starts; takes any JSON and never raises.

    Args:
        request: the whole of it.
        language: of the expressions that may stand in it.
        what: the member that holds it, `Parameters`, `Arguments` or `input`.
        place: where it stands.
    """
    if _is_expression(request, language):
        return Launch(place=place, untold=_dynamic(what))
    if not isinstance(request, dict):
        return Launch(place=place, untold=_no_object(what))
    launch = Launch(
        place=place,
        cluster=_text(_member(request, "Cluster", language)),
        task_definition=_text(_member(request, "TaskDefinition", language)),
        launch_type=_text(_member(request, "LaunchType", language)),
        platform_version=_text(_member(request, "PlatformVersion", language)),
        capacity_providers=_providers(
            _member(request, "CapacityProviderStrategy", language), language
        ),
    )
    try:
        awsvpc = _awsvpc(request, language)
    except _UntoldError as untold:
        return msgspec.structs.replace(launch, untold=str(untold))
    return msgspec.structs.replace(launch, awsvpc=awsvpc)


def _awsvpc(request: dict[str, Json], language: Language) -> AwsvpcConfiguration | None:
    """The awsvpc configuration, or None where none is stated.

    Raises:
        _UntoldError: it, or what decides, is an expression or no such thing at all.
    """
    network = _object(request, "NetworkConfiguration", language)
    awsvpc = None if network is None else _object(network, "AwsvpcConfiguration", language)
    if awsvpc is None:
        return None
    stated = _member(awsvpc, "AssignPublicIp", language)
    if stated is _EXPRESSION:
        raise _UntoldError(_dynamic("AssignPublicIp"))
    return AwsvpcConfiguration(
        subnets=_texts(_member(awsvpc, "Subnets", language)),
        security_groups=_texts(_member(awsvpc, "SecurityGroups", language)),
        assign_public_ip=_as_text(stated),
    )


def _object(of: dict[str, Json], name: str, language: Language) -> dict[str, Json] | None:
    value = _member(of, name, language)
    if value is _EXPRESSION:
        raise _UntoldError(_dynamic(name))
    if value is not None and not isinstance(value, dict):
        raise _UntoldError(_no_object(name))
    return value


def _member(of: dict[str, Json], name: str, language: Language) -> Json:
    """A member's value, `_EXPRESSION` where one decides it, or None.

    Step Functions writes members as RunTask's model but capitalised; the case is not held to that.
    """
    wanted, by_path = name.lower(), f"{name.lower()}.$"
    found = None
    for key, value in of.items():
        if language is Language.JSONPATH and key.lower() == by_path:
            return _EXPRESSION
        if key.lower() == wanted:
            found = _EXPRESSION if _is_expression(value, language) else value
    return found


def _is_expression(value: Json, language: Language) -> bool:
    return (
        language is Language.JSONATA and isinstance(value, str) and value.strip().startswith("{%")
    )


def _dynamic(what: str) -> str:
    return f"takes {what} from an expression that is evaluated at each start"


def _no_object(what: str) -> str:
    return f"gives as {what} something other than an object"


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _as_text(value: Json) -> str | None:
    """What is stated, as text: a value of another type is stated too, and not a documented one."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _providers(value: Json, language: Language) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    names = (
        _text(_member(item, "CapacityProvider", language))
        for item in items
        if isinstance(item, dict)
    )
    return tuple(name for name in names if name)
