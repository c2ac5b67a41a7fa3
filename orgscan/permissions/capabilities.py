"""The one table of permissions: what orgscan can do, the calls that it takes, and what is lost.

Calls are the operations that the code itself makes, so that the table cannot name one that no code
makes; `tests/integration/test_permissions.py` holds it against whole runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.config.settings import Settings
from orgscan.permissions.capability import Capability, Holder
from orgscan.permissions.delivering import DELIVERING
from orgscan.permissions.remediating import REMEDIATING
from orgscan.permissions.scanning import CORROBORATION, SCANNING, TAG_FILTER

CAPABILITIES = (*SCANNING, *DELIVERING, *REMEDIATING)

_SETTINGS = (CORROBORATION, TAG_FILTER, *dict.fromkeys(each.asked_by for each in DELIVERING))


def wanted(holder: Holder, asked: Sequence[str]) -> tuple[Capability, ...]:
    """What a holder needs.

    Args:
        holder: the caller or one of the roles.
        asked: what of the optional capabilities is asked for, by `asked_by` or by the beginning of
            it: `launchers` is all that starts tasks.
    """
    return tuple(
        capability
        for capability in CAPABILITIES
        if capability.holder is holder and _is_asked(capability.asked_by, asked)
    )


def asked_by(settings: Settings) -> tuple[str, ...]:
    """What a scan with these settings asks for beyond what every scan does."""
    is_signed = settings.evidence  # a key signs evidence and nothing else
    return (
        *settings.collect,
        *(
            name
            for name in _SETTINGS
            if getattr(settings, name) and (is_signed or name != "signing_kms_key")
        ),
    )


def _is_asked(name: str, asked: Sequence[str]) -> bool:
    return not name or any(name == one or name.startswith(f"{one}.") for one in asked)
