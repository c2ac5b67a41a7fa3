"""`bag-info.txt` read back."""

from __future__ import annotations

from orgscan.errors import NotGenuine
from orgscan.evidence.layout import BAG_INFO


def read_bag_info(text: bytes) -> dict[str, str]:
    """Its members by name.

    Raises:
        NotGenuine: a line is none, or a name comes twice.
    """
    found: dict[str, str] = {}
    try:
        lines = text.decode().splitlines()
    except UnicodeDecodeError:
        raise NotGenuine("this is no text", where=BAG_INFO) from None
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon or name in found:
            raise NotGenuine(f"this is no line of it: {line[:60]!r}", where=BAG_INFO)
        found[name] = value
    return found
