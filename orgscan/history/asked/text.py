"""An answer as lines for a person, names as they are: the CLI makes them safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orgscan.history.asked.answer import Answer, FixTime, Group, OpenFailure, Point, Series

_BAR = 30


def answer_lines(answer: Answer) -> Iterator[str]:
    """Everything there is to tell; a part of which there is nothing is left out."""
    yield from _head(answer)
    yield from _trend(answer.trend)
    for title, groups in (
        ("Control", answer.controls),
        ("Organizational unit", answer.units),
        ("Account", answer.accounts),
    ):
        yield from _part(_groups(title, groups))
    yield from _part(_ages(answer))
    yield from _part(_fix_times(answer.fix_times))
    yield from _part(_failures("Came back after they were resolved", answer.returned))
    yield from _part(_coverage(answer))
    yield from _part(_remediated(answer))
    yield from _part(_others(answer.others))


def _part(lines: Iterator[str]) -> Iterator[str]:
    """Lines with an empty one before them, if there are any."""
    for place, line in enumerate(lines):
        if place == 0:
            yield ""
        yield line


def _head(answer: Answer) -> Iterator[str]:
    series = answer.series
    yield f"History of {series.organization_id}: {_counted(series.runs, 'run')}"
    if series.scope != "{}":
        yield f"Scope     {series.scope}"
    narrowed = (answer.control_id, answer.ou, answer.account_id)
    if any(narrowed):
        yield f"Only      {' in '.join(each for each in narrowed if each)}"
    yield ""


def _trend(points: Sequence[Point]) -> Iterator[str]:
    most = max((point.counts.failed + point.counts.unknown for point in points), default=0)
    yield f"{'Run':16} {'Failed':>8} {'Unknown':>8} {'New':>7} {'Back':>6} {'Resolved':>9}  Seen"
    for point in points:
        counts = point.counts
        yield (
            f"{_minute(point.started_at)} {counts.failed:8,} {counts.unknown:8,} {counts.new:7,} "
            f"{counts.returned:6,} {counts.resolved:9,}  {_share(point):7} "
            f"{_bar(counts.failed, counts.unknown, most)}"
        ).rstrip()
    yield "# failed, ? failed when that was last decided; nothing counts as resolved in doubt"


def _share(point: Point) -> str:
    """The share of account-regions seen, cut and never rounded up."""
    if not point.targets:
        return "-"
    return f"{point.covered * 1000 // point.targets / 10:g} %"


def _bar(failed: int, unknown: int, most: int) -> str:
    """What is not zero is at least one character."""
    return "".join(
        sign * max(1, number * _BAR // most)
        for sign, number in (("#", failed), ("?", unknown))
        if number
    )


def _groups(title: str, groups: Sequence[Group]) -> Iterator[str]:
    if not groups:
        return
    names = [f"{group.id} {group.name}".rstrip() for group in groups]
    width = max(len(title), *map(len, names))
    yield (
        f"{title:{width}} {'Before':>8} {'Failed':>8} {'Unknown':>8} {'New':>7} {'Back':>6} "
        f"{'Resolved':>9}"
    )
    for name, group in zip(names, groups, strict=True):
        yield (
            f"{name:{width}} {group.before:8,} {group.failed:8,} {group.unknown:8,} "
            f"{group.new:7,} {group.returned:6,} {group.resolved:9,}"
        )


def _ages(answer: Answer) -> Iterator[str]:
    ages = answer.ages
    if not ages.open:
        yield "Nothing is open"
        return
    half = _days(ages.median_days)
    yield f"{_counted(ages.open, 'open failure')}, half of them for {half} or more"
    yield "  " + ", ".join(
        f"{'longer' if days == 'more' else f'under {days} d'}: {number:,}"
        for days, number in ages.by_days.items()
        if number
    )
    yield from _failures("The oldest", ages.oldest)


def _failures(title: str, failures: Sequence[OpenFailure]) -> Iterator[str]:
    if failures:
        yield f"{title}:"
    for failure in failures:
        times = f", {failure.times} times" if failure.times > 1 else ""
        doubt = "" if failure.status == "FAILED" else f", now {failure.status}"
        account = f"{failure.account_name} ({failure.account_id})"
        yield f"  {_days(failure.days):>8}  {account}{times}{doubt}"
        yield f"            {failure.control_id} {failure.arn}"


def _fix_times(times: Sequence[FixTime]) -> Iterator[str]:
    if times:
        yield "Time to fix, from the run that saw it first to the one that saw it resolved:"
    for one in times:
        yield (
            f"  {one.control_id}: half of {one.resolved:,} within {_days(one.median_days)}, "
            f"nine in ten within {_days(one.p90_days)}"
        )


def _coverage(answer: Answer) -> Iterator[str]:
    if answer.coverage:
        yield "Coverage, in account-regions:"
    for change in answer.coverage:
        parts = ((change.lost, "lost"), (change.gained, "seen again"))
        yield f"  {change.run_id}  {', '.join(f'{n:,} {what}' for n, what in parts if n)}"


def _remediated(answer: Answer) -> Iterator[str]:
    if answer.remediated:
        yield "Remediations:"
    for one in answer.remediated:
        yield f"  {one.approved_at}  {one.state}  {one.kind} by {one.permit} ({one.ticket})"
        yield f"    {one.finding_key}"


def _others(others: Sequence[Series]) -> Iterator[str]:
    if others:
        yield "Other runs, which cannot be compared with these (--run names one of them):"
    for series in others:
        scope = "" if series.scope == "{}" else f", scope {series.scope}"
        yield f"  {series.organization_id}{scope}: {_counted(series.runs, 'run')}"


def _minute(started_at: str) -> str:
    return started_at[:16].replace("T", " ")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _days(days: float | None) -> str:
    if days is None:
        return "-"
    return f"{days:.0f} d" if days >= 10 else f"{days:.1f} d"
