"""`orgscan deliver`, and the end of a scan: a finished run sent where the settings say."""

from __future__ import annotations

from pathlib import Path

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.config.settings import Settings
from orgscan.delivery.deliver import deliver
from orgscan.delivery.receipt import Receipt
from orgscan.errors import ConfigError
from orgscan.report.streamed import open_report


async def deliver_run(settings: Settings, directory: Path, limits: Limits | None = None) -> Receipt:
    """Send a run to every destination of the settings, or what is left of it.

    Args:
        settings: where to.
        directory: the run's directory itself, and no link to it.
        limits: how patient to be with AWS.

    Raises:
        OrgscanError: the run cannot be read, nothing says where to, or there are no credentials.
    """
    if not settings.delivers:
        raise ConfigError(
            "nothing says where to deliver to",
            where="deliver_s3",
            mend="Set deliver_s3, deliver_security_hub, deliver_sns_topic or deliver_event_bus",
        )
    record = open_report(directory)
    async with entrance(settings, limits or Limits()) as way_in:
        return await deliver(way_in, settings, record, directory)
