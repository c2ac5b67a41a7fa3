"""What a service runs by: its configuration now, and the older ones that still hold tasks.

The same configuration may be shown up to three times, by the service's own fields, by a deployment
and by a service revision. What belongs together is one release: an id of a deployment and the ARN
of its service revision end with the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from orgscan.controls.verdict import quoted
from orgscan.model.ecs import Deployment, Placement, Service, ServiceRevision

_PLAIN = re.compile(r"[A-Za-z0-9_./-]{1,64}")
_NONE_NAMED = "the answer names none, though the service has tasks"


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration that a service runs tasks by.

    Attributes:
        name: as the beginning of a sentence names it.
        sources: what shows it, each as a sentence names it; empty where nothing could be seen.
        unseen: why it, or the service revision among its sources, could not be seen.
        is_current: whether new tasks start by it.
        is_passing: whether ECS is replacing it, so that it goes by itself.
    """

    name: str
    sources: tuple[tuple[str, Placement], ...] = ()
    unseen: str = ""
    is_current: bool = False
    is_passing: bool = False

    @property
    def placement(self) -> Placement:
        """Where its tasks start: the first source with a network, or the first."""
        placements = [placement for _, placement in self.sources]
        with_network = (one for one in placements if one.awsvpc is not None)
        return next(with_network, placements[0] if placements else Placement())

    @property
    def is_fargate(self) -> bool:
        """Whether any source says so."""
        return any(placement.is_fargate for _, placement in self.sources)


def releases(service: Service) -> Iterator[Release]:
    """Every release of a service without task sets, the current one first.

    An older deployment or revision counts only where it holds tasks, or does not say.
    """
    revisions = {revision.number: revision for revision in service.revisions if revision.asked}
    newest = [one for one in service.deployments if one.status == "PRIMARY"]
    older = [one for one in service.deployments if one.status != "PRIMARY" and one.holds_tasks]
    yield _current(service, newest, [revisions.pop(one.number, None) for one in newest])
    for deployment in older:
        yield _older(deployment, revisions.pop(deployment.number, None))
    for revision in revisions.values():
        yield _alone(revision)
    if _names_no_revision(service):
        yield Release(name="Its service revisions", unseen=_NONE_NAMED)


def _names_no_revision(service: Service) -> bool:
    return service.runs_by_revisions and not service.revisions and service.holds_tasks


def _current(
    service: Service, newest: list[Deployment], revisions: list[ServiceRevision | None]
) -> Release:
    shown: list[tuple[str, Placement]] = [("its own network configuration", service)]
    shown += [("its PRIMARY deployment", deployment) for deployment in newest]
    known = [revision for revision in revisions if revision is not None]
    shown += [("its service revision", one) for one in known if not one.unseen]
    unseen = next((one.unseen for one in known if one.unseen), "")
    return Release(name=_subject(service), sources=tuple(shown), unseen=unseen, is_current=True)


def _older(deployment: Deployment, revision: ServiceRevision | None) -> Release:
    name = f"Its {_word(deployment.status)} deployment {_plain(deployment.id)}"
    shown: list[tuple[str, Placement]] = [("DescribeServices", deployment)]
    if revision is not None and not revision.unseen:
        shown.append(("DescribeServiceRevisions", revision))
    return Release(
        name=name + _tasks(deployment.running_count),
        sources=tuple(shown),
        unseen=revision.unseen if revision is not None else "",
        is_passing=True,
    )


def _alone(revision: ServiceRevision) -> Release:
    name = f"Its service revision {_plain(revision.number)}{_tasks(revision.running_count)}"
    if revision.unseen:
        return Release(name=name, unseen=revision.unseen)
    return Release(name=name, sources=(("DescribeServiceRevisions", revision),))


_LIVES = {"DRAINING": "being deleted", "INACTIVE": "deleted"}


def _subject(service: Service) -> str:
    noun = "Express service" if service.is_express else "service"
    if service.status == "ACTIVE":
        return f"This {noun}"
    if life := _LIVES.get(service.status):
        return f"This {service.status} {noun} ({life})"
    status = f"status {quoted(service.status)}" if service.status else "no status stated"
    return f"This {noun} ({status})"


def _word(status: str) -> str:
    return status if status in {"ACTIVE", "INACTIVE"} else quoted(status)


def _plain(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quoted(name)


def _tasks(running: int | None) -> str:
    if running is None:
        return ""
    return f" ({running} running task{'' if running == 1 else 's'})"
