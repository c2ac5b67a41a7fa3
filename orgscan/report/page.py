"""What every HTML page of orgscan is made with: templates, their assets, and a strict policy.

Text from outside reaches a page through autoescaping, with what is unprintable made visible. A
content security policy allows the page's own style and scripts by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources

import jinja2

from orgscan.model.coverage import CoverageStatus
from orgscan.model.finding import Status
from orgscan.report.visible import visible


def policy(styles: str, scripts: Sequence[str] = ()) -> str:
    """The content security policy of a page with this style and these scripts."""
    script_hashes = " ".join(_hash(script) for script in scripts) or "'none'"
    return (
        f"default-src 'none'; style-src {_hash(styles)}; script-src {script_hashes}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def asset(name: str) -> str:
    """A file of `templates/`."""
    templates = resources.files("orgscan.report").joinpath("templates")
    return templates.joinpath(name).read_text(encoding="utf-8")


@cache
def environment() -> jinja2.Environment:
    """The templates; `{{ … }}` escapes what it prints, and shows what is unprintable."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters["when"] = _when
    made.filters["words"] = _words
    return made


def _shown(value: object) -> object:
    """What `{{ … }}` prints: strings with their unprintable characters made visible."""
    return visible(value) if type(value) is str else value


def _words(status: Status | CoverageStatus) -> str:
    """`Not evaluated` for NOT_EVALUATED."""
    return status.replace("_", " ").capitalize().replace("scp", "SCP")


def _when(timestamp: str) -> str:
    """`24 November 2026, 02:00 UTC`; what is no timestamp is left as it is."""
    found = moment(timestamp)
    return f"{found.day} {found:%B %Y, %H:%M} UTC" if found else timestamp


def moment(timestamp: str) -> datetime | None:
    """A time in UTC; None where it is none."""
    try:
        found = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
