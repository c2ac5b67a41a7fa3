"""An HTTP/1.1 answer, read from the bytes as they come: by its length, in chunks, or until the end.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

from typing import NamedTuple

_LONGEST_HEAD = 64 * 1024
_LONGEST_BODY = 256 * 1024 * 1024
_HEX_DIGITS = b"0123456789abcdefABCDEF"


class Answer(NamedTuple):
    """A whole answer; header names are in lower case, and of repeated ones the last holds."""

    status: int
    headers: dict[str, str]
    body: bytes


class BadAnswerError(OSError):
    """What came back is cut short, or is not HTTP."""


class AnswerReader:
    """Reads one answer from the bytes as they come."""

    def __init__(self) -> None:
        self.keeps_alive = False
        self._data = bytearray()
        self._status = 0
        self._headers: dict[str, str] = {}
        self._length: int | None = None
        self._chunks: _Chunks | None = None
        self._has_head = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come at all."""
        return not self._data and not self._has_head

    def feed(self, data: bytes) -> Answer | None:
        """Take some bytes; gives the answer once it is whole.

        Raises:
            BadAnswerError: this is not HTTP, or larger than any answer of AWS.
        """
        if self._has_head:
            self._data += data
        else:
            rest = self._past_head(bytes(self._data + data) if self._data else data)
            if rest is None:
                return None
            if len(rest) == self._length:
                return self._answer(rest)  # mostly all of it comes at once
            self._data = bytearray(rest)
        if len(self._data) > _LONGEST_BODY:
            raise BadAnswerError("the answer does not end")
        if self._chunks is not None:
            whole = self._chunks.feed(self._data)
            if whole is None:
                return None
            self.keeps_alive = self.keeps_alive and not self._data
            return self._answer(whole)
        if self._length is None or len(self._data) < self._length:
            return None
        # Bytes beyond the answer belong to nothing that was asked.
        self.keeps_alive = self.keeps_alive and len(self._data) == self._length
        return self._answer(bytes(self._data[: self._length]))

    def _past_head(self, data: bytes) -> bytes | None:
        """What follows the head; None, and all is kept, where that has not come yet."""
        while not self._has_head:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                if len(data) > _LONGEST_HEAD:
                    raise BadAnswerError("the answer's head does not end")
                self._data = bytearray(data)
                return None
            self._read_head(data[:end])
            data = data[end + 4 :]
        return data

    def ended(self) -> Answer | None:
        """The connection was closed in order: the end of an answer that states no length."""
        if self._has_head and self._length is None and self._chunks is None:
            return self._answer(bytes(self._data))
        return None

    def _answer(self, body: bytes) -> Answer:
        return Answer(self._status, self._headers, body)

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        if version not in {"HTTP/1.1", "HTTP/1.0"} or not rest[:3].isdecimal():
            raise BadAnswerError(f"this is not an HTTP answer: {first[:40]!r}")
        self._status = int(rest[:3])
        if 100 <= self._status < 200:
            return  # an interim answer; the real one follows
        self._headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise BadAnswerError(f"this is no header: {line[:40]!r}")
            self._headers[name.lower()] = value.strip()
        self._has_head = True
        self._read_framing(version)

    def _read_framing(self, version: str) -> None:
        connection = self._headers.get("connection", "").lower()
        self.keeps_alive = version == "HTTP/1.1" and connection != "close"
        if "chunked" in self._headers.get("transfer-encoding", "").lower():
            self._chunks = _Chunks()
            return
        length = self._headers.get("content-length")
        if length is not None:
            if not (length.isascii() and length.isdecimal()):
                raise BadAnswerError(f"this is no length: {length[:40]!r}")
            self._length = int(length)
        elif self._status in {204, 304}:
            self._length = 0
        else:
            self.keeps_alive = False


class _Chunks:
    """Reads a chunked body (RFC 9112, 7.1); trailers are passed over."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._in_trailers = False

    def feed(self, data: bytearray) -> bytes | None:
        """Take whole chunks off `data`; gives the body once the last one has come."""
        while True:
            end = data.find(b"\r\n")
            if end < 0:
                if len(data) > _LONGEST_HEAD:
                    raise BadAnswerError("a chunk's size does not end")
                return None
            if self._in_trailers:
                del data[: end + 2]
                if end == 0:
                    return bytes(self._body)
                continue
            size = self._size(bytes(data[:end]))
            if size == 0:
                del data[: end + 2]
                self._in_trailers = True
                continue
            if len(data) < end + 2 + size + 2:
                return None
            self._body += data[end + 2 : end + 2 + size]
            if len(self._body) > _LONGEST_BODY:
                raise BadAnswerError("the answer does not end")
            del data[: end + 2 + size + 2]

    @staticmethod
    def _size(line: bytes) -> int:
        digits = line.partition(b";")[0].strip()
        # Python's own reading would take signs, underscores and prefixes too.
        if not digits or digits.strip(_HEX_DIGITS) or len(digits) > 8:
            raise BadAnswerError(f"this is no chunk's size: {digits[:40]!r}")
        return int(digits, 16)
