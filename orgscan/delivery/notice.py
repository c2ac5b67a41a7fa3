"""A notice of a run: to an SNS topic for people, to an EventBridge bus for programs.

It has counts and where the run lies, and no name that somebody outside gave to a resource.
"""

from __future__ import annotations

import msgspec

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.errors import DeliveryError
from orgscan.model.run import AccountTotals, RunRecord, TargetTotals
from orgscan.report.text import summary_lines

SOURCE = "orgscan"
DETAIL_TYPE = "orgscan run finished, version 1"

_NOTICES = Bucket("notices", burst=5, rate=5)
_LONGEST_SUBJECT = 100


class PublishReply(msgspec.Struct, rename="pascal"):
    """sns:Publish."""

    message_id: str


class PutEventsEntry(msgspec.Struct, rename="pascal"):
    """`PutEventsResultEntry`."""

    event_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None


class PutEventsReply(msgspec.Struct, rename="pascal"):
    """events:PutEvents; an entry that failed arrives in a good answer."""

    failed_entry_count: int = 0
    entries: list[PutEventsEntry] = []


PUBLISH = Operation(service="sns", name="Publish", reply=PublishReply, bucket=_NOTICES)
PUT_EVENTS = Operation(service="events", name="PutEvents", reply=PutEventsReply, bucket=_NOTICES)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a run; the detail of an event.

    Attributes:
        findings: by control id, then by status, zeros left out.
        delivered_to: where in S3; None where it was not delivered there.
    """

    run_id: str
    organization_id: str
    started_at: str
    finished_at: str
    exit_status: int
    accounts: AccountTotals
    targets: TargetTotals
    findings: dict[str, dict[str, int]]
    delivered_to: str | None = None


def notice_of(record: RunRecord, delivered_to: str | None) -> Notice:
    """The notice of a run.

    Args:
        record: the run.
        delivered_to: where in S3 it lies.
    """
    run, totals = record.run, record.totals
    return Notice(
        run_id=run.id,
        organization_id=run.organization.id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        exit_status=run.exit_status,
        accounts=totals.accounts,
        targets=totals.targets,
        findings={
            control: {status: count for status, count in counts.items() if count}
            for control, counts in totals.findings.items()
        },
        delivered_to=delivered_to,
    )


async def tell_topic(session: RegionSession, topic_arn: str, record: RunRecord, at: str) -> None:
    """Publish the run's summary.

    Args:
        session: the caller in the topic's region.
        topic_arn: the topic.
        record: the run.
        at: where the run lies.

    Raises:
        DeliveryError: the topic does not take it.
    """
    first, *_ = summary_lines(record)
    notice = msgspec.json.encode(notice_of(record, at), order="deterministic").decode()
    try:
        await session.call(
            PUBLISH,
            {
                "TopicArn": topic_arn,
                "Subject": _subject(record),
                "Message": f"{first}\n\n{at}\n\n{notice}\n",
            },
        )
    except CallFailed as failed:
        raise _not_told(topic_arn, failed.why.reason) from None


async def tell_bus(session: RegionSession, bus_arn: str, record: RunRecord, at: str) -> None:
    """Put the run as an event on a bus.

    Args:
        session: the caller in the bus's region.
        bus_arn: the bus.
        record: the run.
        at: where the run lies.

    Raises:
        DeliveryError: the bus does not take it.
    """
    entry = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": msgspec.json.encode(notice_of(record, at), order="deterministic").decode(),
        "EventBusName": bus_arn,
    }
    try:
        reply = (await session.call(PUT_EVENTS, {"Entries": [entry]})).data
    except CallFailed as failed:
        raise _not_told(bus_arn, failed.why.reason) from None
    if reply.failed_entry_count:
        one = reply.entries[0] if reply.entries else PutEventsEntry()
        raise _not_told(bus_arn, f"{one.error_code}: {one.error_message}")


def _subject(record: RunRecord) -> str:
    """ASCII and short, as SNS wants it."""
    failed = sum(counts.get("FAILED", 0) for counts in record.totals.findings.values())
    missed = record.totals.targets.not_covered
    seen = "everything in scope was seen" if not missed else f"{missed} account-regions not seen"
    return f"orgscan: {failed} findings failed, {seen}"[:_LONGEST_SUBJECT]


def _not_told(where: str, why: str) -> DeliveryError:
    return DeliveryError(
        f"the notice is not taken: {why}",
        where=where,
        mend="Correct the ARN, or allow the caller sns:Publish or events:PutEvents on it",
    )
