"""This process alone: what is swept goes straight into the book."""

from __future__ import annotations

from orgscan.scan.book import Book
from orgscan.sweep.listing import Listing
from orgscan.sweep.sweep import Sweep


class InProcess:
    """`orgscan.scan.executors.interface.Executor` without anybody else."""

    def __init__(self, sweep: Sweep) -> None:
        """Take the sweep."""
        self._sweep = sweep

    async def run(self, accounts: Listing, book: Book) -> None:
        """As `Executor.run`."""
        await self._sweep.run(accounts, book)
