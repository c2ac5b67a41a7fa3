"""Names are whatever an account's owner wrote: make what cannot be seen visible, and inert.

One definition for every output: a character that Python does not call printable (controls, terminal
escapes, text direction marks, zero-width characters, line breaks, odd spaces) is written as an
escape, so that it can be read and is not obeyed.
"""

from __future__ import annotations

import json


def visible(text: str) -> str:
    r"""Return `text` on one line, with every unprintable character as an escape.

    `"\x1b[2J"` becomes the six printable characters `\x1b[2J`, a right-to-left override `\u202e`.
    """
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else _python_escape(mark) for mark in text)


def plain_json(encoded: bytes) -> bytes:
    r"""Return the same JSON value with unprintable characters as `\uXXXX`.

    JSON allows most of them raw, where they would act on whoever prints the file. `encoded` must
    be compact: a line break between tokens is unprintable too.
    """
    text = encoded.decode()
    if text.isprintable():
        return encoded
    return "".join(mark if mark.isprintable() else json.dumps(mark)[1:-1] for mark in text).encode()


def _python_escape(mark: str) -> str:
    return mark.encode("unicode_escape").decode("ascii")
