"""Messages on a pipe: four bytes of length, and that much MessagePack."""

from __future__ import annotations

import asyncio
import struct

import msgspec

from orgscan.scan.executors.messages import FromWorker, ToWorker

_LENGTH = struct.Struct(">I")
_TO: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_FROM: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def frame(message: ToWorker | FromWorker) -> bytes:
    """A message as it goes over the pipe."""
    raw = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(raw)) + raw


async def read_order(reader: asyncio.StreamReader) -> ToWorker | None:
    """The next message to a worker; None at the end of the pipe."""
    raw = await _read(reader)
    return None if raw is None else _TO.decode(raw)


async def read_answer(reader: asyncio.StreamReader) -> FromWorker | None:
    """The next message from a worker; None at the end of the pipe."""
    raw = await _read(reader)
    return None if raw is None else _FROM.decode(raw)


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None  # whoever wrote it is gone, be it in the middle of a message
