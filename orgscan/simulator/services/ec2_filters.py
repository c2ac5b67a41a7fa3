"""EC2's filters, ids and pages: the same for every Describe call.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from orgscan.simulator.services.call import Call
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import BadPageToken
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.world.network import Vpc

T = TypeVar("T")

Values = Mapping[str, Callable[[T], Sequence[str]]]
"""By filter name, what a resource holds under it; a filter matches if any of them does."""


class Filter(msgspec.Struct, rename="pascal"):
    """Any of the values has to match; `*` is any text and `?` any character."""

    name: str
    value: tuple[str, ...] = ()


class Describe(msgspec.Struct, rename="pascal"):
    """The parameters that every Describe call has, its ids apart."""

    filter: tuple[Filter, ...] = ()
    max_results: int | None = None
    next_token: str | None = None


class Kind(msgspec.Struct, frozen=True):
    """One kind of resource.

    Attributes:
        ids: the name of the parameter that lists ids, `SubnetId`.
        not_found: the error code for an id that is not there.
        most: the greatest page size; the smallest is 5.
    """

    ids: str
    not_found: str
    most: int = 1_000


def select(
    call: Call,
    resources: Iterable[T],
    wanted: tuple[str, ...],
    request: Describe,
    kind: Kind,
    values: Values[T],
    id_of: Callable[[T], str],
) -> tuple[list[T], str | None]:
    """The resources asked for, one page of them, and the next page's token.

    Raises:
        Refusal: an id is not there, a filter is not known, or the page makes no sense.
    """
    found = list(resources)
    if wanted:
        known = {id_of(resource) for resource in found}
        if missing := [each for each in wanted if each not in known]:
            raise Refusal(kind.not_found, f"The ID '{missing[0]}' does not exist")
        found = [resource for resource in found if id_of(resource) in wanted]
    for wish in request.filter:
        read = values.get(wish.name)
        if read is None:
            raise Refusal("InvalidParameterValue", f"The filter '{wish.name}' is invalid")
        found = [resource for resource in found if _any_matches(wish.value, read(resource))]
    return _page(call, found, wanted, request, kind)


def _any_matches(patterns: Sequence[str], held: Sequence[str]) -> bool:
    return any(_compiled(pattern).fullmatch(value) for pattern in patterns for value in held)


@functools.lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _page(
    call: Call, found: list[T], wanted: tuple[str, ...], request: Describe, kind: Kind
) -> tuple[list[T], str | None]:
    size = request.max_results
    if size is None and request.next_token is None:
        return found, None
    if wanted:
        raise Refusal(
            "InvalidParameterCombination",
            f"The parameter {kind.ids}s cannot be used with the parameter MaxResults",
        )
    if size is not None and not 5 <= size <= kind.most:
        raise Refusal(
            "InvalidParameterValue",
            f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value between 5 "
            f"and {kind.most}.",
        )
    filters = [(wish.name, *wish.value) for wish in request.filter]
    listing = f"{call.account} {call.region} {kind.ids} {filters}"
    try:
        page, token = call.pager.page(found, request.next_token, size or kind.most, listing)
    except BadPageToken:
        raise Refusal("InvalidNextToken", "The token is not valid.") from None
    return list(page), token


def networks(call: Call) -> tuple[Vpc, ...]:
    """The VPCs that the caller sees; none where nothing runs."""
    workload = call.world.workload(call.account, call.region)
    return workload.network.vpcs if workload else ()


def answer(name: str, entries: Sequence[Tree], token: str | None) -> Tree:
    """The response; the token is left out after the last page."""
    return {name: entries, "nextToken": token}


def boolean(value: bool) -> tuple[str]:
    """As filters spell it."""
    return ("true",) if value else ("false",)
