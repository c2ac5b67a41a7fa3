"""What manages a service besides people: it will undo a change that is made beside it."""

from __future__ import annotations

from collections.abc import Iterator

from orgscan.model.remediation import Shape

_STACK = "aws:cloudformation:stack-name"
# Tag keys and values are their owners' own; these words in them are as good as a name.
_TOOLS = ("terraform", "opentofu", "pulumi", "pipecd", "spinnaker", "copilot", "harness", "argo")


def undone_by(*shapes: Shape) -> Iterator[str]:
    """One warning for each manager that the tags of services or task sets name, in order."""
    tags = {tag["key"]: tag["value"] for shape in shapes for tag in shape.get("tags") or ()}
    if stack := tags.get(_STACK):
        yield (
            f"CloudFormation stack {stack!r} manages it and will undo this: change its template too"
        )
    words = " ".join(f"{key} {value}" for key, value in sorted(tags.items())).lower()
    for tool in _TOOLS:
        if tool in words:
            yield f"its tags name {tool}, which will undo this: change it there too"
