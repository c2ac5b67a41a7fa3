"""A finished run, sent where it is to go; whatever fails, the run lies whole where it was written.

What is done is in `delivery.json` beside the run, so that another try does only what is left.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from orgscan.aws.entrance import Entrance
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.delivery import receipt as receipts
from orgscan.delivery.bucket import Keeping, RunBucket, StoredObject
from orgscan.delivery.notice import tell_bus, tell_topic
from orgscan.delivery.receipt import HubResult, Receipt, write_receipt
from orgscan.delivery.security_hub import import_findings
from orgscan.errors import DeliveryError
from orgscan.model.run import RunRecord


async def check_destinations(way_in: Entrance, settings: Settings) -> None:
    """Find out before a sweep what would keep its run from being delivered.

    Raises:
        DeliveryError: the bucket cannot take it.
    """
    if settings.deliver_s3:
        await _bucket(way_in, settings, way_in.home_region, dt.datetime.now(dt.UTC)).check()


async def deliver(
    way_in: Entrance, settings: Settings, record: RunRecord, directory: Path
) -> Receipt:
    """Send a run to every destination of the settings.

    Args:
        way_in: the caller.
        settings: where to, and how it is kept there.
        record: the run.
        directory: its directory, under its final name.

    Raises:
        DeliveryError: the receipt itself cannot be written.
    """
    one = _Delivery(way_in, settings, record, directory)
    await one.tries(one.to_bucket)
    await one.tries(one.to_security_hub)
    await one.tries(one.to_topic)
    await one.tries(one.to_bus)
    return one.finished()


class _Delivery:
    def __init__(
        self, way_in: Entrance, settings: Settings, record: RunRecord, directory: Path
    ) -> None:
        self._way_in = way_in
        self._settings = settings
        self._record = record
        self._directory = directory
        self._objects: list[StoredObject] = []
        self._hub: HubResult | None = None
        self._notices: list[str] = []
        self._problems: list[str] = []

    async def tries(self, step: Callable[[], Awaitable[None]]) -> None:
        """One destination; what fails there costs the others nothing."""
        try:
            await step()
        except DeliveryError as error:
            self._problems.append(str(error))
        write_receipt(self._directory, self._receipt(None))

    async def to_bucket(self) -> None:
        """Every file of the run, each read back."""
        settings, run = self._settings, self._record.run
        if not settings.deliver_s3:
            return
        began = dt.datetime.fromisoformat(run.finished_at)
        bucket = _bucket(self._way_in, settings, self._way_in.home_region, began)
        if region := await bucket.check():
            bucket = _bucket(self._way_in, settings, region, began)
        prefix = _prefix(settings.deliver_s3)
        where = (*prefix, *map(_plain, (run.organization.id, run.id)))
        for path in _files(self._directory):
            key = "/".join((*where, path.name))
            self._objects.append(await bucket.store(path, key))

    async def to_security_hub(self) -> None:
        """Every finding, in the account and region that it is about."""
        if self._settings.deliver_security_hub:
            self._hub = await import_findings(
                self._way_in.engine,
                self._record,
                lambda account: self._way_in.importing_source(
                    self._settings, account, f"orgscan-{self._record.run.id}"
                ),
            )
            if not self._hub.is_complete:
                self._problems.append(_hub_problem(self._hub))

    async def to_topic(self) -> None:
        """A notice for people."""
        if topic := self._settings.deliver_sns_topic:
            await tell_topic(self._caller_in(topic), topic, self._record, self._place)
            self._notices.append(topic)

    async def to_bus(self) -> None:
        """A notice for programs."""
        if bus := self._settings.deliver_event_bus:
            await tell_bus(self._caller_in(bus), bus, self._record, self._place)
            self._notices.append(bus)

    def finished(self) -> Receipt:
        """The receipt, with its time where nothing is left to do."""
        now = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        receipt = self._receipt(None if self._problems else now)
        write_receipt(self._directory, receipt)
        return receipt

    def _receipt(self, delivered_at: str | None) -> Receipt:
        return Receipt(
            run_id=self._record.run.id,
            delivered_at=delivered_at,
            objects=tuple(self._objects),
            security_hub=self._hub,
            notices=tuple(self._notices),
            problems=tuple(self._problems),
        )

    @property
    def _place(self) -> str:
        """Where the run lies, for whoever is told of it."""
        if not self._objects:
            return f"It is kept where it was written: {self._directory.name}"
        return self._objects[0].uri.rpartition("/")[0] + "/"

    def _caller_in(self, arn: str) -> RegionSession:
        return self._way_in.caller_in(arn.split(":")[3])


def _bucket(way_in: Entrance, settings: Settings, region: str, began: dt.datetime) -> RunBucket:
    name = (settings.deliver_s3 or "").removeprefix("s3://").split("/")[0]
    locked = settings.deliver_lock_mode
    keeping = Keeping(
        kms_key=settings.deliver_kms_key,
        lock_mode=locked,
        retain_until=began + dt.timedelta(days=settings.deliver_lock_days) if locked else None,
        legal_hold=settings.deliver_legal_hold,
    )
    return RunBucket(way_in.caller_in(region), name, keeping)


def _prefix(uri: str) -> list[str]:
    return [part for part in uri.removeprefix("s3://").split("/")[1:] if part]


def _files(directory: Path) -> list[Path]:
    """What is sent: the files themselves, and nothing that a link leads to.

    Raises:
        DeliveryError: there is a link, which no run has.
    """
    found = sorted(
        path
        for path in directory.iterdir()
        if path.name != receipts.NAME and not path.name.startswith(".")
    )
    for path in found:
        if path.is_symlink():
            raise DeliveryError(
                "this is a link, and what it leads to is not sent",
                where=str(path),
                mend="Remove it, and look at who may write to the run's directory",
            )
    return [path for path in found if path.is_file()]


def _plain(name: str) -> str:
    """A part of a key, as a run's own report names it.

    Raises:
        DeliveryError: it would lead elsewhere.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}", name):
        raise DeliveryError(
            "a run of this name is not delivered",
            where=repr(name),
            mend="Look at who wrote its report.json",
        )
    return name


def _hub_problem(hub: HubResult) -> str:
    parts = [f"{count} account-regions: {reason}" for reason, count in hub.unreached.items()]
    if hub.refused_count:
        parts.append(f"{hub.refused_count} findings refused, the first: {hub.refused[0]}")
    return f"Security Hub did not take everything: {'; '.join(parts)}"
