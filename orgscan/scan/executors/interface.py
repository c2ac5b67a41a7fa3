"""What every executor gives: all accounts in the book, each target once."""

from __future__ import annotations

from typing import Protocol

from orgscan.journal.segment import Segment
from orgscan.scan.book import Book
from orgscan.scan.executors.messages import Batch
from orgscan.sweep.listing import Listing


class Executor(Protocol):
    """Sweeps accounts, wherever that is done."""

    async def run(self, accounts: Listing, book: Book) -> None:
        """Sweep every account that the book does not know; where a stop was said, say so there.

        Args:
            accounts: of the scope; who needs to know them all waits until they are listed.
            book: takes what was swept.

        Raises:
            OrgscanError: nobody is there to sweep, with what to do.
        """
        ...


class Worker(Protocol):
    """One engine somewhere, that takes a few batches at once."""

    @property
    def name(self) -> str:
        """For the log."""
        ...

    async def sweep(self, batch: Batch) -> Segment:
        """Sweep every account of a batch.

        Raises:
            WorkerLost: the worker is gone, and nothing of the batch was given back.
        """
        ...


class Workers(Protocol):
    """The workers of a run, who come and go."""

    @property
    def count(self) -> int:
        """How many there are, or will be in a moment; at least one."""
        ...

    async def hire(self) -> Worker:
        """The next one that is ready, as long as it takes.

        Raises:
            OrgscanError: there will be none.
        """
        ...

    def abandon(self) -> None:
        """Wait for nobody any more: whatever is under way ends as `WorkerLost`."""
        ...


class WorkerLost(Exception):  # noqa: N818 - what happened; the batch goes to another
    """A worker ended, or cannot be reached, before it gave a batch back: why, for the log."""
