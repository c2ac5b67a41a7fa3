"""What is installed is what the page names, and the bill of materials is a valid one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
_SECONDS = 60


def _rows() -> dict[str, list[str]]:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `([\w.-]+)` \|(.*)\|(.*)\|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip() for cell in cells] for name, *cells in found}


def _locked() -> dict[str, list[str]]:
    """The hashes of each requirement."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    return {
        block.partition("==")[0]: re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
        for block in blocks
    }


def test_the_lock_holds_what_the_page_names_and_nothing_else() -> None:
    """A library that an upgrade brings along is reviewed before it is installed anywhere."""
    assert list(_rows()) == list(_locked())
    assert all(what and licence for _, what, licence in _rows().values())


def test_the_page_says_what_is_asked_for() -> None:
    """As pyproject.toml has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[^\w-]", one)[0] for one in project["dependencies"]}

    assert {name for name, (is_asked, *_) in _rows().items() if is_asked == "yes"} == asked


@pytest.mark.parametrize(
    "lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name
)
def test_every_requirement_is_locked_by_hash_and_names_no_place(lock: Path) -> None:
    """Wherever it comes from, it is the same file."""
    text = lock.read_text(encoding="utf-8")
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]

    assert names
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|--index-url|--find-links|--trusted-host", text)


def test_the_bill_of_materials_is_valid_and_has_every_hash(tmp_path: Path) -> None:
    """By CycloneDX's own schema; nothing in it depends on when or where it is made."""
    file = tmp_path / "orgscan.cdx.json"
    command = ["make", "--silent", "sbom", f"SBOM={file}", f"BIN={sys.prefix}/bin"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=_SECONDS)  # noqa: S603 - our own Makefile
    text = file.read_text(encoding="utf-8")

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    made = json.loads(text)
    assert "serialNumber" not in made
    assert "timestamp" not in made["metadata"]
    bill = {
        one["name"]: [
            digest["content"] for ref in one["externalReferences"] for digest in ref["hashes"]
        ]
        for one in made["components"]
    }
    assert bill == _locked()
