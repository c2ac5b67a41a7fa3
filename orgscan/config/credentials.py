"""Credentials have no place in a configuration: found by name or by shape, and never shown."""

from __future__ import annotations

import re

ADVICE = (
    "Remove it, and rotate it if the file was shared; "
    "orgscan takes credentials from AWS_PROFILE, the environment or the machine's own role"
)

_NAME = re.compile(
    r"secret|passw(or)?d|access_?key|api_?key|private_?key|session_?token|credential|^token$",
    re.IGNORECASE,
)
# Access key ids begin so: AKIA for a user's, ASIA for temporary ones (IAM unique identifiers).
_ACCESS_KEY_ID = re.compile(r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])")
# A secret access key has 40 of these and a session token hundreds; no other setting does.
_SECRET = re.compile(r"[A-Za-z0-9/+]{40,}={0,2}")


def is_credential_name(name: str) -> bool:
    """Whether a key is named like a credential, or is one."""
    return bool(_NAME.search(name.replace("-", "_"))) or is_credential(name)


def is_credential(value: str) -> bool:
    """Whether a text holds an AWS access key id."""
    return bool(_ACCESS_KEY_ID.search(value))


def masked(text: str) -> str:
    """The text without access key ids and whatever else may be a secret."""
    text = _ACCESS_KEY_ID.sub("<access key not shown>", text)
    return _SECRET.sub(lambda found: f"<{len(found[0])} characters not shown>", text)
