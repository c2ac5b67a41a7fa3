"""What never enters evidence: credentials, environments, secrets, commands and inputs.

Applied to the body of an answer before it is hashed, so that the digest which findings cite is
that of the body as it is kept. An answer that holds nothing of the kind keeps AWS's own bytes.
"""

from __future__ import annotations

import enum
import functools
import json
import re

import msgspec

from orgscan.aws.credentials import Credentials

REMOVED = "[removed by orgscan]"
"""What stands in place of a removed value; the member's name stays."""

_LOGGING = frozenset({"options", "secretoptions"})
_CONTAINERS = _LOGGING | {
    "args",
    "command",
    "dockerlabels",
    "entrypoint",
    "env",
    "environment",
    "environmentfiles",
    "healthcheck",
    "imagepullsecrets",
    "overrides",
    "containeroverrides",
    "parameters",
    "repositorycredentials",
    "secret",
    "secrets",
}
_FOREIGN_TARGETS = frozenset(
    {
        "appsyncparameters",
        "credentials",
        "httpparameters",
        "redshiftdataparameters",
        "runcommandparameters",
        "sagemakerpipelineparameters",
    }
)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is removed from the answers of one operation. Names are in lower case.

    Attributes:
        members: removed at any depth, whatever they hold.
        documents: members that hold a JSON document as text, of which only `KEPT_OF_DOCUMENTS`
            is kept, and every name.
        elements: of XML answers: elements whose text is removed.
    """

    members: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    elements: tuple[str, ...] = ()


KEPT_OF_DOCUMENTS = frozenset(
    {
        "assignpublicip",
        "base",
        "capacityprovider",
        "cluster",
        "count",
        "default",
        "end",
        "group",
        "launchtype",
        "next",
        "platformversion",
        "querylanguage",
        "resource",
        "securitygroups",
        "startat",
        "subnets",
        "taskdefinition",
        "type",
        "weight",
    }
)
"""Of a state machine's definition or a target's input: what says where a task would run."""

RULES = {
    "sts:AssumeRole": Rule(elements=("AccessKeyId", "SecretAccessKey", "SessionToken")),
    "ecs:DescribeServices": Rule(members=_LOGGING),
    "ecs:DescribeServiceRevisions": Rule(members=_LOGGING),
    "ecs:DescribeTaskDefinition": Rule(members=_CONTAINERS),
    "ecs:DescribeTasks": Rule(members=frozenset({"overrides"})),
    "batch:DescribeJobDefinitions": Rule(members=_CONTAINERS),
    "events:ListTargetsByRule": Rule(
        members=_FOREIGN_TARGETS | {"inputtransformer"}, documents=frozenset({"input"})
    ),
    "scheduler:GetSchedule": Rule(members=_FOREIGN_TARGETS, documents=frozenset({"input"})),
    "pipes:DescribePipe": Rule(members=_FOREIGN_TARGETS | _CONTAINERS | {"inputtemplate"}),
    "states:DescribeStateMachine": Rule(documents=frozenset({"definition"})),
}
"""By operation; all others keep their answers as they came."""

_WHOLE = REMOVED.encode()
# A refused signature is answered with the request as AWS read it, the session's token included.
_TOKEN_HEADER = re.compile(rb"(?i)(x-amz-security-token:\s*)[^\s\\\"<]+")


def redacted(api: str, body: bytes) -> bytes:
    """A good answer without what must not be kept.

    Args:
        api: for example `ecs:DescribeTasks`.
        body: as it came. One that cannot be read is removed whole, where there is a rule for it.
    """
    rule = RULES.get(api)
    if rule is None:
        return body
    if rule.elements:
        return _without_elements(body, rule.elements)
    # An escape in a name would hide it from a look at the bytes.
    may_hide = b"\\u" in body
    if not may_hide and not _any_member(api).search(body):
        return body if body.lstrip()[:1] == b"{" else _WHOLE
    try:
        return _rewritten(body, api) if may_hide else _spliced(body, api)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _WHOLE


@functools.cache
def _any_member(api: str) -> re.Pattern[bytes]:
    """Finds a name that the rule of an operation is about, up to its value."""
    names = b"|".join(name.encode() for name in sorted(RULES[api].members | RULES[api].documents))
    return re.compile(rb'"(%b)"\s*:\s*' % names, re.IGNORECASE)


_BACKSLASH = ord("\\")
_value_at = json.JSONDecoder(strict=False).raw_decode


def _spliced(body: bytes, api: str) -> bytes:
    """Apply the rule of an operation to its answer in AWS's own bytes; no name is escaped in it.

    Every page of tasks has values to remove: this takes a third of the time of `_rewritten`.
    """
    _JSON.decode(body)  # is JSON, so that the look for names goes by its quotes
    # One character for each byte: what ends a value is ASCII, which no part of a longer one is.
    text = body.decode("latin-1")
    kept, done = bytearray(), 0
    for found in _any_member(api).finditer(body):
        at = found.end()
        # A quote has a backslash before it where it stands within a name.
        if at <= done or body[found.start() - 1] == _BACKSLASH:
            continue
        value, end = _value_at(text, at)
        if value is None:
            continue
        if _fate(api, found[1].decode()) is _Fate.REDUCED:
            new = msgspec.json.encode(_reduced(msgspec.json.decode(body[at:end])))
        else:
            new = _REMOVED_TEXT
        kept += body[done:at]
        kept += new
        done = end
    return bytes(kept + body[done:])


_JSON = msgspec.json.Decoder(msgspec.Raw)
_REMOVED_TEXT = msgspec.json.encode(REMOVED)


def _rewritten(body: bytes, api: str) -> bytes:
    """Apply the rule of an operation to its answer, whose names may be escaped."""
    answer = msgspec.json.decode(body)
    _remove_members(answer, api)
    return msgspec.json.encode(answer)


def without_token(body: bytes, credentials: Credentials) -> bytes:
    """An error answer without the credentials that the request carried.

    Args:
        body: as it came.
        credentials: of the request.
    """
    for secret in (credentials.token, credentials.secret_key):
        if secret:
            body = body.replace(secret.encode(), _WHOLE)
    return _TOKEN_HEADER.sub(rb"\1" + _WHOLE, body)


def rules_as_data() -> dict[str, object]:
    """The rules for the bundle's `data/redaction.json`."""
    return {
        "marker": REMOVED,
        "everywhere": "The credentials that a request carried, where an error repeats them",
        "operations": {
            api: {
                "members_removed": sorted(rule.members),
                "documents_reduced": sorted(rule.documents),
                "xml_elements_removed": list(rule.elements),
            }
            for api, rule in sorted(RULES.items())
        },
        "kept_of_reduced_documents": sorted(KEPT_OF_DOCUMENTS),
    }


def _without_elements(body: bytes, elements: tuple[str, ...]) -> bytes:
    for element in elements:
        name = element.encode()
        body, found = re.subn(
            rb"(<%b(?:\s[^>]*)?>)[^<]*(</%b\s*>)" % (name, name), rb"\1" + _WHOLE + rb"\2", body
        )
        if not found:
            return _WHOLE
    return body


# Quicker than isinstance, on what was just decoded: there are no subclasses.
_NESTED = frozenset({dict, list})


class _Fate(enum.Enum):
    KEPT = enum.auto()
    REDUCED = enum.auto()
    REMOVED = enum.auto()


@functools.lru_cache(maxsize=4_096)
def _fate(api: str, name: str) -> _Fate:
    """What becomes of a member; answers have the same few names a thousand times."""
    rule, lowered = RULES[api], name.lower()
    if lowered in rule.members:
        return _Fate.REMOVED
    return _Fate.REDUCED if lowered in rule.documents else _Fate.KEPT


def _remove_members(value: object, api: str) -> None:
    """Apply the rule of an operation to its answer, in place."""
    if isinstance(value, list):
        for held in value:
            if type(held) in _NESTED:
                _remove_members(held, api)
        return
    if not isinstance(value, dict):
        return
    for name, held in value.items():
        fate = _fate(api, name)
        if held is None:
            continue
        if fate is _Fate.REMOVED:
            value[name] = REMOVED
        elif fate is _Fate.REDUCED:
            value[name] = _reduced(held)
        elif type(held) in _NESTED:
            _remove_members(held, api)


def _reduced(document: object) -> str:
    """A JSON document in text with its names, and of its values those that are kept."""
    try:
        inner = msgspec.json.decode(document) if isinstance(document, str) else None
    except (msgspec.MsgspecError, RecursionError):
        inner = None
    if not isinstance(inner, dict | list):
        return REMOVED
    return msgspec.json.encode(_reduced_value(inner, kept=False)).decode()


def _reduced_value(value: object, *, kept: bool) -> object:
    match value:
        case dict():
            return {
                # Step Functions marks a value that is a path by `.$` after its name.
                name: _reduced_value(
                    held, kept=str(name).lower().removesuffix(".$") in KEPT_OF_DOCUMENTS
                )
                for name, held in value.items()
            }
        case list():
            return [_reduced_value(held, kept=kept) for held in value]
        case None | bool():
            return value
        case _:
            return value if kept else REMOVED
