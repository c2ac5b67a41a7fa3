"""The pages as a site: built strictly, every page in its table of contents."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
SECONDS = 120


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """As `make docs` does: a page in no table of contents and a link to nowhere are warnings."""
    done = subprocess.run(  # noqa: S603 - the locked generator, on our own pages
        [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "--keep-going", DOCS, tmp_path / "site"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    pages = {path.stem for path in DOCS.glob("*.md")}
    assert {path.stem for path in (tmp_path / "site").glob("*.html")} >= pages


def test_the_front_page_leads_to_every_other() -> None:
    """By its text, since only the site shows the table of contents."""
    front = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((\w[\w-]*)\.md\)", front))

    assert linked == {path.stem for path in DOCS.glob("*.md")} - {"index"}
