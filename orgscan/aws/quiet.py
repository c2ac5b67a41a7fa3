"""Libraries that say nothing: orgscan's own errors say more, and never a credential."""

from __future__ import annotations

import logging

# At debug level they write headers and bodies, credentials included.
_LIBRARIES = ("aiobotocore", "aiohttp", "botocore")


def silence_libraries() -> None:
    """Send their log lines nowhere, whatever the process has set up."""
    for library in _LIBRARIES:
        logger = logging.getLogger(library)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
