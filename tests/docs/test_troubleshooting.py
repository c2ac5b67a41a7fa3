"""The page of messages has whatever orgscan can complain of, read off its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orgscan import errors
from orgscan.config.validation import _WORDS
from orgscan.model.coverage import CoverageStatus

PACKAGE = Path(errors.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
# Which positional argument of a call is the message.
_ERRORS = {
    name: 0
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.OrgscanError)
}
# What becomes a ConfigError together with what else is wrong with the configuration.
_PROBLEMS = {"RefusedError": 0, "Problem": 1, "problem": 1, "Refused": 1}
# Messages that are collected where they are made, or that are AWS's or botocore's own.
_PASSED_ON = {
    "'\\n  '.join([f'{count} problems in the configuration:', *lines])",
    "error.what",
    "problem.what",
    "refused.what",
    "self.what",
    "source.unknown(str(path[-1]))",
    "str(error)",
}
_NONE = ast.Constant(None)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_the_page_has_every_message_and_no_other() -> None:
    """What differs from case to case is `…`; a message that is not told apart is in `<>` here."""
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shown = {message for message, _ in rows} - set(CoverageStatus)
    known = _every_message()

    assert sorted(known - shown) == [], "not on docs/troubleshooting.md"
    assert sorted(shown - known) == [], "on docs/troubleshooting.md, and not in the code"
    assert len(rows) == len({message for message, _ in rows})


@pytest.mark.parametrize("status", CoverageStatus)
def test_the_page_says_where_to_look_for_each_status_of_coverage(status: CoverageStatus) -> None:
    """What it means is on the page of coverage."""
    assert f"\n| `{status}` | " in PAGE.read_text(encoding="utf-8")


def _every_message() -> set[str]:
    """Each message of the package, as the page spells it: code in it is `…` too."""
    found = {re.sub(r"{\w+}", "…", what) for what, _ in _WORDS.values()}
    for path in PACKAGE.rglob("*.py"):
        if "simulator" not in path.parts:
            found.update(_messages(ast.parse(path.read_text(encoding="utf-8")), _makers(path)))
    # What is nothing but AWS's own words is on no page.
    return {re.sub("`[^`]*`", "…", message) for message in found} - {"", "…"}


def _makers(path: Path) -> dict[str, int]:
    if path.parent.name != "config":
        return _ERRORS
    # Of the environment's values the message is shown as it is.
    return _ERRORS | _PROBLEMS | ({"ValueError": 0} if path.stem == "environment" else {})


def _messages(tree: ast.Module, makers: dict[str, int]) -> Iterator[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    while True:
        helpers = {
            function.name: at
            for function in functions
            for message in _made_in(function, makers)
            if (at := _parameter(function, message)) is not None
        }
        if helpers.keys() <= makers.keys():
            break
        makers = makers | helpers
    for function in functions:
        yield from _returned(function)
        for message in _made_in(function, makers):
            if _parameter(function, message) is None:
                yield from _texts(function, message)


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Of functions that say what is wrong and what to write instead, or what is unknown."""
    if function.name != "unknown" and ast.unparse(function.returns or _NONE) != "tuple[str, str]":
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value:
            yield from _said(node.value)


def _made_in(function: ast.AST, makers: dict[str, int]) -> Iterator[ast.expr]:
    """The messages of the calls in a function, without those of functions inside it."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, _FUNCTIONS):
            continue
        yield from _made_in(node, makers)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in makers and len(node.args) > makers[name]:
                yield node.args[makers[name]]


def _parameter(function: ast.AST, message: ast.expr) -> int | None:
    """Which parameter the message is, or begins with, as in `f"{what}: {why}"`."""
    assert isinstance(function, _FUNCTIONS)
    match message:
        case ast.JoinedStr(values=[ast.FormattedValue(value=first), ast.Constant(value=then), *_]):
            message = first if str(then).startswith(": ") else message
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    if isinstance(message, ast.Name) and message.id in names:
        return names.index(message.id)
    return None


def _texts(function: ast.AST, message: ast.expr) -> list[str]:
    """What a message can be; where that cannot be told, its source in angle brackets."""
    if ast.unparse(message) in _PASSED_ON:
        return []
    if isinstance(message, ast.Name):
        values = _assigned(function, message)
        # What another function of the module returns is collected there.
        return [text for one in values for text in _said(one)] if values else [f"<{message.id}>"]
    texts = _said(message) or [f"<{ast.unparse(message)}>"]
    match message:
        case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name() as first), *_]):
            begun = [text for value in _assigned(function, first) for text in _said(value)]
            return [text + texts[0].removeprefix("…") for text in begun] or texts
        case _:
            return texts


def _assigned(function: ast.AST, name: ast.Name) -> list[ast.expr]:
    """The values that a function gives to one of its names."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _names(node.targets[0])[:1] == [name.id]
    ]


def _names(target: ast.expr) -> list[str]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return [part.id for part in parts if isinstance(part, ast.Name)]


def _said(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            written = [part.value if isinstance(part, ast.Constant) else "…" for part in parts]
            return [re.sub("…+", "…", "".join(map(str, written)))]
        case ast.IfExp(body=one, orelse=other):
            return _said(one) + _said(other)
        case ast.BinOp(left=one):
            return _said(one)
        case ast.Tuple(elts=[first, *_]):
            return _said(first)
        case _:
            return []
