"""House rules that no linter holds for us."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path for folder in ("orgscan", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
LONGEST = 50
# A reason follows the codes, after a dash, or a comment of its own.
EXCUSED = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z-, ]+\])\s+[#-]+\s*\S")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_50_lines(path: Path) -> None:
    """Docstring included."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno is not None}

    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_silenced_check_says_why(path: Path) -> None:
    """`noqa` and `type: ignore` name their code and carry a reason on the line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    silenced = [line for line in lines if re.search(r"#\s*(?:noqa|type:\s*ignore)", line)]

    assert [line for line in silenced if not EXCUSED.search(line) and "re." not in line] == []
