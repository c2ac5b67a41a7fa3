"""Files that their owner alone can read, and that are never written through somebody's link.

Journals, plans, receipts and evidence say what a whole organization looks like inside, and a
directory that is written to may have been made by somebody else.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

MODE = 0o600
# Windows has no links to be led by, and none of these.
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file readable by its owner alone, also where it was there before.

    Args:
        path: the file; a link of this name is refused.
        flags: of `os.open`.

    Raises:
        OSError: it cannot be opened.
    """
    file = os.open(path, flags | _NO_LINKS, MODE)
    # A device or a pipe of this name is everybody's.
    if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(file).st_mode):
        os.fchmod(file, MODE)
    return file


def new_file(path: Path, mode: int = MODE) -> BinaryIO:
    """A new file in the place of whatever had its name, which is not written to.

    Args:
        path: the file.
        mode: who may read it, less what the umask takes away.

    Raises:
        OSError: it cannot be made.
    """
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
