"""A child of `--processes`: takes batches from its standard input, and gives back segments.

It ends when its input does, so that no child outlives whoever started it. Ctrl-C and SIGTERM are
the parent's to act on; a child is told.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.streams import FlowControlMixin
from typing import BinaryIO

from orgscan.errors import OrgscanError
from orgscan.scan.event_loop import collecting_seldom, loop_factory
from orgscan.scan.executors.frames import frame, read_order
from orgscan.scan.executors.messages import Batch, Done, FromWorker, Order, StopNow, failed
from orgscan.scan.executors.station import Station, station


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Nothing that somebody prints may come between the messages.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    with collecting_seldom(), asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(answers))


async def _serve(answers: BinaryIO) -> None:
    reader, writer = await _streams(answers)
    order = await read_order(reader)
    if not isinstance(order, Order):
        return
    try:
        async with station(order) as here, asyncio.TaskGroup() as group:
            await _take_batches(reader, writer, here, group)
    except OrgscanError as error:
        await _answer(writer, failed(error))


async def _take_batches(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    here: Station,
    group: asyncio.TaskGroup,
) -> None:
    tasks: set[asyncio.Task[None]] = set()
    while (message := await read_order(reader)) is not None:
        match message:
            case Batch():
                task = group.create_task(_sweep(here, message, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            case StopNow(reason):
                here.stop.now(reason)
            case Order():
                pass  # there is one, and it came first
    for task in tasks:
        task.cancel()


async def _sweep(here: Station, batch: Batch, writer: asyncio.StreamWriter) -> None:
    try:
        answer: FromWorker = Done(batch.number, await here.sweep(batch))
    except Exception as error:  # noqa: BLE001 - a bug is the parent's to report
        answer = failed(error)
    await _answer(writer, answer)


async def _answer(writer: asyncio.StreamWriter, message: FromWorker) -> None:
    writer.write(frame(message))
    await writer.drain()


async def _streams(answers: BinaryIO) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Standard input, and what was standard output."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    transport, protocol = await loop.connect_write_pipe(FlowControlMixin, answers)
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)


if __name__ == "__main__":
    main()
