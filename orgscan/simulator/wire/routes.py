"""How REST services say which operation is called: by method and path.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from orgscan.simulator.wire.signature import Incoming

_ROUTES = {
    "account": (("POST", "/listRegions", "ListRegions"),),
    "batch": (("POST", "/v1/describejobdefinitions", "DescribeJobDefinitions"),),
    "pipes": (("GET", "/v1/pipes", "ListPipes"), ("GET", "/v1/pipes/{Name}", "DescribePipe")),
    "scheduler": (
        ("GET", "/schedules", "ListSchedules"),
        ("GET", "/schedules/{Name}", "GetSchedule"),
    ),
}


def read_route(service: str, incoming: Incoming) -> tuple[str, bytes | dict[str, object]]:
    """The operation's name, and its parameters: a body of JSON, or those of path and query.

    The name is empty where the service has nothing there.
    """
    parts = incoming.path.split("/")
    for method, template, name in _ROUTES[service]:
        labels = _labels(template.split("/"), parts)
        if method == incoming.method and labels is not None:
            return name, incoming.body if method == "POST" else _query(incoming) | labels
    return "", {}


def read_object(incoming: Incoming) -> tuple[str, dict[str, object]]:
    """S3's one call here, with the bucket first in the path.

    The name is empty for any other.
    """
    bucket, _, key = incoming.path.removeprefix("/").partition("/")
    if incoming.method != "GET" or not bucket or not key:
        return "", {}
    return "GetObject", {"Bucket": unquote(bucket), "Key": unquote(key)}


def _labels(template: list[str], parts: list[str]) -> dict[str, object] | None:
    """The path's labels, or None where the path is another one."""
    if len(template) != len(parts):
        return None
    labels: dict[str, object] = {}
    for wanted, part in zip(template, parts, strict=True):
        if wanted.startswith("{"):
            labels[wanted.strip("{}")] = unquote(part)
        elif wanted != part:
            return None
    return labels


def _query(incoming: Incoming) -> dict[str, object]:
    try:
        return dict(parse_qsl(incoming.target.partition("?")[2], max_num_fields=100))
    except ValueError:
        return {}
