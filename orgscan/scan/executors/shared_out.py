"""Accounts shared out among workers; what a stop leaves over is said by this process."""

from __future__ import annotations

from orgscan.scan.book import Book
from orgscan.scan.executors.batches import batches_of
from orgscan.scan.executors.dispatch import Dispatch
from orgscan.scan.executors.interface import Executor, Workers
from orgscan.sweep.listing import Listing
from orgscan.sweep.stop import Stop


class SharedOut:
    """`orgscan.scan.executors.interface.Executor` on workers."""

    def __init__(self, workers: Workers, here: Executor, stop: Stop, run_id: str) -> None:
        """Take the workers.

        Args:
            workers: who come and go.
            here: this process, which says of the rest that the run was stopped before it.
            stop: ends the run early.
            run_id: for log lines.
        """
        self._workers = workers
        self._here = here
        self._stop = stop
        self._run_id = run_id

    async def run(self, accounts: Listing, book: Book) -> None:
        """As `Executor.run`."""
        batches = batches_of(await accounts.rest(), book, self._workers.count)
        dispatch = Dispatch(batches, book, self._stop, self._run_id)
        await dispatch.run(self._workers)
        left = [account for batch in dispatch.waiting for account in batch.accounts]
        if left:
            await self._here.run(Listing.of(left), book)
