"""A request as a command of the AWS CLI, for whoever wants to read or do it by hand."""

from __future__ import annotations

import re
import shlex

import msgspec

from orgscan.model.remediation import Place, Request

_SERVICES = {"codedeploy": "deploy"}


def command(request: Request, place: Place) -> str:
    """One line that a POSIX shell takes; structures are JSON, as the CLI reads them."""
    service, _, name = request.api.partition(":")
    words = ["aws", _SERVICES.get(service, service), _dashed(name), "--region", place.region]
    for member, value in request.parameters.items():
        words += [f"--{_dashed(member)}", _text(value)]
    return shlex.join(words)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
