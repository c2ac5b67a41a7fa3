"""Pages of a list, and the opaque tokens between them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from orgscan.simulator.chance import Chance

T = TypeVar("T")


class BadPageToken(Exception):  # noqa: N818 - says what was presented, not what went wrong here
    """A token that this list never gave."""


class Pager:
    """Cuts lists into pages; with `empty_pages`, half of the pages are preceded by an empty one."""

    def __init__(self, chance: Chance, *, empty_pages: bool) -> None:
        self._chance = chance
        self._empty_pages = empty_pages

    def page(
        self, items: Sequence[T], token: str | None, size: int, listing: str
    ) -> tuple[Sequence[T], str | None]:
        """One page and the next one's token, None after the last.

        `listing` names what is listed; another listing's token is refused.

        Raises:
            BadPageToken: the token is not one of this listing.
        """
        start, fresh = self._read(token, listing) if token else (0, True)
        if self._empty_pages and fresh and self._chance.share("empty", listing, start) < 0.5:
            return items[:0], self._write(start, listing, fresh=False)
        end = start + size
        more = end < len(items)
        return items[start:end], self._write(end, listing, fresh=True) if more else None

    def _write(self, start: int, listing: str, *, fresh: bool) -> str:
        plain = f"{start}.{int(fresh)}"
        seal = self._chance.hex(32, "page", plain, listing)
        return base64.urlsafe_b64encode(f"{plain}.{seal}".encode()).decode()

    def _read(self, token: str, listing: str) -> tuple[int, bool]:
        try:
            start, fresh, _ = base64.urlsafe_b64decode(token).decode().split(".")
            place = int(start), fresh == "1"
        except ValueError:
            raise BadPageToken from None
        if self._write(place[0], listing, fresh=place[1]) != token:
            raise BadPageToken
        return place
