"""What a single value may be: AWS's own rules, each with the advice that goes with it.

Patterns and lengths are those of the AWS API references: STS `AssumeRole`, IAM `CreateRole`,
Organizations `ListParents` and `Tag`.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from orgscan.config.place import remote
from orgscan.config.problems import shown
from orgscan.config.shape import RefusedError, Shape
from orgscan.errors import ConfigError


def bare_account(text: str) -> str:
    """Advice where an account id is written with separators, or is in an ARN."""
    digits = re.sub(r"[-_ ]", "", text)
    if re.fullmatch(r"[0-9]{12}", digits) and digits != text:
        return f"Write {shown(digits)}"
    found = re.fullmatch(r"arn:aws[\w-]*:\w+:[\w-]*:([0-9]{12}):.*", text, re.ASCII)
    return f"Write {shown(found[1])}" if found else ""


def _bare_role(text: str) -> str:
    found = re.fullmatch(r"(?:arn:aws[\w-]*:iam::[0-9]*:role)?/([\w+=,.@/-]+)", text, re.ASCII)
    return f"Write {shown(found[1])}; the ARN is made for each account" if found else ""


def bare_region(text: str) -> str:
    """Advice where a region is written in capitals."""
    plain = text.strip().casefold()
    is_plain = plain != text and re.fullmatch(r"[a-z0-9*?-]+", plain)
    return f"Write {shown(plain)}" if is_plain else ""


def _visible(text: str) -> str:
    """The text, as long as a person can read all of it.

    Raises:
        RefusedError: it is empty, longer than 1,000 characters, or holds characters that cannot
            be seen, such as terminal escapes and marks that turn the direction of the text.
    """
    if not text.strip():
        raise RefusedError("the text is empty", "Write something, or remove the key")
    if len(text) > 1000:
        raise RefusedError(f"the text has {len(text)} characters", "Write at most 1000")
    if not text.isprintable():
        hidden = next(character for character in text if not character.isprintable())
        what = f"the text holds the invisible character U+{ord(hidden):04X}"
        raise RefusedError(what, "Remove it")
    return text


def _one_line(text: str) -> str:
    """As `_visible`, of prose, whose line ends are only folded."""
    return _visible(" ".join(text.split()))


def _tag(text: str) -> str:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        mend = 'Write it as KEY=VALUE, for example "environment=production"'
        raise RefusedError(f"{shown(text)} is not a tag", mend)
    if len(key) > 128 or len(value) > 256:
        mend = "A key has at most 128 characters and a value at most 256"
        raise RefusedError(f"the tag {shown(text)} is too long", mend)
    if not text.isprintable():
        raise RefusedError(f"the tag {shown(text)} holds invisible characters", "Remove them")
    return text


def _tag_key(text: str) -> str:
    if len(text) > 128:
        raise RefusedError(
            f"the tag key {shown(text)} is too long", "It has at most 128 characters"
        )
    return _visible(text)


def _session_tags(tags: dict[str, str]) -> dict[str, str]:
    """As STS takes them: https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html."""
    if len(tags) > 50:
        raise RefusedError(f"there are {len(tags)} session tags", "STS takes at most 50")
    folded: set[str] = set()
    for key, value in tags.items():
        _tag(f"{key}={value}")
        odd = re.search(r"[^\w\s.:/=+\-@]", key + value)
        if odd:
            mend = "STS takes letters, digits, spaces and _ . : / = + - @"
            raise RefusedError(
                f"{shown(odd[0])} has no place in the session tag {shown(key)}", mend
            )
        if key.casefold().startswith("aws:"):
            raise RefusedError(f"the session tag {shown(key)} is AWS's own", "Use another prefix")
        if key.casefold() in folded:
            mend = "STS does not tell keys apart by case; keep one"
            raise RefusedError(f"the session tag {shown(key)} is there twice", mend)
        folded.add(key.casefold())
    return tags


def _version(number: int) -> int:
    if number != 1:
        raise RefusedError(f"version {number} is not known to this orgscan", "Write: version: 1")
    return number


def _path(value: object) -> object:
    return Path(_visible(value)) if isinstance(value, str) else value


def _processes(value: object) -> object:
    """A number, be it written as text, or `auto`."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,4}", value):
        value = int(value)
    if value == "auto" or (type(value) is int and 1 <= value <= 256):
        return value
    what = f"{shown(value)} is" if isinstance(value, str) else "this is"
    raise RefusedError(f"{what} no number of processes", "Write 1 to 256, or auto")


def _shard(text: str) -> str:
    place, _, count = text.partition("/")
    if count and int(place) > int(count):
        raise RefusedError(
            f"there is no shard {place} of {count}", f"Write 1/{count} to {count}/{count}"
        )
    return text


def _text_place(text: str) -> str:
    try:
        remote(_visible(text))
    except ConfigError as error:
        raise RefusedError(error.what, error.mend) from None
    return text


def _date(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass  # refused below, like everything else that is no day of the calendar
    raise RefusedError(
        f"{shown(value)} is not a date", "Write year, month and day, as in 2027-01-31"
    )


def _nothing_as_empty(value: object) -> object:
    """A key whose entries are all commented out has no value: it lists nothing."""
    return () if value is None else value


def without_repeats(values: tuple[str, ...]) -> tuple[str, ...]:
    """Each value once, in the order given."""
    return tuple(dict.fromkeys(values))


_ROLE_CHARACTERS = r"[\w+=,.@-]"
ORGANIZATIONAL_UNIT = r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"

AccountId = Annotated[
    str, Shape(r"[0-9]{12}", "an account id, which has 12 digits", "111122223333", bare_account)
]
RoleName = Annotated[
    str,
    Shape(
        rf"(?=.{{1,511}}$)(?:{_ROLE_CHARACTERS}+/)*{_ROLE_CHARACTERS}{{1,64}}",
        "a role name of up to 64 letters, digits and +=,.@_-, which may follow a path",
        "team/orgscan-audit",
        _bare_role,
    ),
]
ExternalId = Annotated[
    str,
    Shape(
        r"[\w+=,.@:/-]{2,1224}",
        "an external id of 2 to 1224 letters, digits and +=,.@:/_-",
        "orgscan-7f3a",
    ),
]
SourceIdentity = Annotated[
    str,
    Shape(
        rf"{_ROLE_CHARACTERS}{{2,64}}",
        "a source identity of 2 to 64 letters, digits and +=,.@_-",
        "orgscan",
    ),
]
OrganizationalUnitId = Annotated[
    str,
    Shape(
        ORGANIZATIONAL_UNIT, "the id of an organizational unit or of the root", "ou-ab12-11111111"
    ),
]
RegionGlob = Annotated[
    str, Shape(r"[a-z0-9*?-]+", "a region or a glob of regions", "eu-*", bare_region)
]
Region = Annotated[str, Shape(r"[a-z]{2,}(?:-[a-z0-9]+)+", "a region", "eu-west-1", bare_region)]
TagFilter = Annotated[
    str,
    AfterValidator(_tag),
    WithJsonSchema(
        {"type": "string", "pattern": "^[^=]+=", "examples": ["environment=production"]}
    ),
]
TagKey = Annotated[str, AfterValidator(_tag_key)]
SessionTags = Annotated[dict[str, str], AfterValidator(_session_tags)]
SubnetId = Annotated[
    str,
    Shape(r"subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})", "a subnet id", "subnet-0123456789abcdef0"),
]
S3Uri = Annotated[
    str,
    Shape(
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9!_.*'()-]+)*/?",
        "a place in S3",
        "s3://example-bucket/orgscan",
    ),
]
HttpUrl = Annotated[
    str,
    Shape(
        r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[\w./~%+-]*)?",
        "an HTTP address",
        "https://tsa.example.org/stamp",
    ),
]
_ARN_HEAD = r"arn:aws[\w-]*"
KmsKeyArn = Annotated[
    str,
    Shape(
        _ARN_HEAD + r":kms:[a-z0-9-]+:[0-9]{12}:(?:key|alias)/[\w/-]+",
        "the ARN of a KMS key",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
SnsTopicArn = Annotated[
    str,
    Shape(
        _ARN_HEAD + r":sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}",
        "the ARN of an SNS topic",
        "arn:aws:sns:eu-west-1:111122223333:orgscan",
    ),
]
EventBusArn = Annotated[
    str,
    Shape(
        _ARN_HEAD + r":events:[a-z0-9-]+:[0-9]{12}:event-bus/[\w./-]{1,256}",
        "the ARN of an event bus",
        "arn:aws:events:eu-west-1:111122223333:event-bus/default",
    ),
]
Processes = Annotated[
    int | Literal["auto"],
    BeforeValidator(_processes),
    WithJsonSchema(
        {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 256}, {"const": "auto"}]}
    ),
]
ShardPlace = Annotated[
    str,
    Shape(
        r"[1-9][0-9]{0,4}/[1-9][0-9]{0,4}|batch",
        'a shard I/N, counted from 1, or "batch"',
        "1/16",
    ),
    AfterValidator(_shard),
]
ShardGroup = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}",
        "a name of up to 80 letters, digits and ._-",
        "nightly-2026-11-26",
    ),
]
DaskAddress = Annotated[
    str,
    Shape(
        r"local|(?:tls|tcp)://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}",
        'a Dask scheduler\'s address, or "local"',
        "tls://scheduler.example.org:8786",
    ),
]
EntryId = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "an id of up to 64 letters, digits and ._-",
        "payments-external",
    ),
]
TextPlace = Annotated[str, AfterValidator(_text_place), WithJsonSchema({"type": "string"})]
Visible = Annotated[str, AfterValidator(_visible)]
OneLine = Annotated[str, AfterValidator(_one_line)]
FilePath = Annotated[
    Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "minLength": 1})
]
Version = Annotated[int, AfterValidator(_version), WithJsonSchema({"const": 1})]
Day = Annotated[dt.date, BeforeValidator(_date)]
Once = AfterValidator(without_repeats)
NothingAsEmpty = BeforeValidator(_nothing_as_empty)
