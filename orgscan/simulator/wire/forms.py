"""The query protocols' two forms: dotted parameters in, XML out.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape  # it writes, and reads nothing  # nosec B406

Tree = Mapping[str, "Tree"] | Sequence["Tree"] | str | int | float | bool | None
"""What an answer is made of."""


_DEEPEST = 16


class BadForm(ValueError):  # noqa: N818 - says what was presented
    """Parameters that contradict each other."""


def read_form(body: bytes) -> dict[str, object]:
    """Nested parameters from `Filter.1.Value.2=x`: a run of numbers (`member` or not) is a list.

    Raises:
        ValueError: the body is not text.
        BadForm: a name is both a value and a structure, or nested too deeply.
    """
    tree: dict[str, object] = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10_000):
        *branches, leaf = name.split(".")
        if len(branches) > _DEEPEST:
            raise BadForm(f"{name[:80]} is nested too deeply")
        at = tree
        for branch in branches:
            below = at.setdefault(branch, {})
            if not isinstance(below, dict):
                raise BadForm(f"{name} is both a value and a structure")
            at = below
        at[leaf] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"}:
        return _with_lists(value["member"])
    if value and all(name.isdecimal() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(below) for name, below in value.items()}


def write_xml(tree: Mapping[str, Tree], item: str) -> str:
    """Elements in order; a list's entries are `item` (EC2) or `member` (query); None is left out.

    Characters that XML cannot carry become U+FFFD.
    """
    return "".join(_elements(tree, item))


def _elements(tree: Mapping[str, Tree], item: str) -> Iterator[str]:
    for name, value in tree.items():
        if value is not None:
            yield f"<{name}>"
            yield from _content(value, item)
            yield f"</{name}>"


def _content(value: Tree, item: str) -> Iterator[str]:
    if isinstance(value, str):
        yield escape(_printable(value))
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, Mapping):
        yield from _elements(value, item)
    elif isinstance(value, Sequence):
        for entry in value:
            yield f"<{item}>"
            yield from _content(entry, item)
            yield f"</{item}>"
    else:
        yield str(value)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c >= " " or c in "\t\n" else "\ufffd" for c in text)
