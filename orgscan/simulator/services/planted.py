"""What owners write into tasks and what nobody else may ever see: the same in every account."""

from __future__ import annotations

from orgscan.simulator.wire.forms import Tree

VALUE = "a secret that no report may show"
ARGUMENT = "--password=that-no-report-may-show"


def container(*, capitalised: bool = False) -> dict[str, Tree]:
    """An environment and a command with secrets in them, as members of a container or override.

    Args:
        capitalised: as Step Functions and universal targets write members.
    """
    variable: dict[str, Tree] = {"name": "TOKEN", "value": VALUE}
    command: Tree = ["run", ARGUMENT]
    if not capitalised:
        return {"environment": [variable], "command": command}
    renamed: Tree = {name.capitalize(): value for name, value in variable.items()}
    return {"Environment": [renamed], "Command": command}
