"""EventBridge rules: ListEventBuses → ListRules → ListTargetsByRule, which alone shows targets."""

from __future__ import annotations

from msgspec.structs import replace

from orgscan.aws.session import RegionSession
from orgscan.collect.launchers.describing import complete_all
from orgscan.collect.launchers.events_operations import (
    LIST_EVENT_BUSES,
    LIST_RULES,
    LIST_TARGETS_BY_RULE,
    RuleShape,
)
from orgscan.collect.launchers.interface import Collector, Gathered
from orgscan.collect.launchers.run_task import launch_of
from orgscan.collect.listing import list_all
from orgscan.model.launcher import Launcher, LauncherKind

_PAGE = 100


async def gather(session: RegionSession) -> Gathered:
    """The rules of every bus that start ECS tasks."""
    buses = await list_all(
        session,
        LIST_EVENT_BUSES,
        {"Limit": _PAGE},
        cursor_member="NextToken",
        page=lambda page: (page.event_buses, page.next_token),
    )
    found = [Gathered(missing=buses.missing)]
    for bus, _ in buses.items:
        found.append(await _rules_of(session, bus.name))
    return Gathered(
        tuple(launcher for part in found for launcher in part.launchers),
        tuple(dict.fromkeys(why for part in found for why in part.missing)),
    )


async def _rules_of(session: RegionSession, bus: str) -> Gathered:
    rules = await list_all(
        session,
        LIST_RULES,
        {"EventBusName": bus, "Limit": _PAGE},
        cursor_member="NextToken",
        page=lambda page: (page.rules, page.next_token),
    )

    async def complete(rule: Launcher) -> Launcher | None:
        return await _with_targets(session, bus, rule)

    done = await complete_all(
        [_rule(shape, bus, digest) for shape, digest in rules.items], complete
    )
    return Gathered(done.launchers, rules.missing + done.missing)


def _rule(shape: RuleShape, bus: str, digest: str) -> Launcher:
    return Launcher(
        kind=LauncherKind.RULE,
        arn=shape.arn or f"rule/{bus}/{shape.name}",
        name=shape.name,
        state=shape.state,
        evidence=(digest,),
    )


async def _with_targets(session: RegionSession, bus: str, rule: Launcher) -> Launcher | None:
    pages = session.pages(
        LIST_TARGETS_BY_RULE,
        {"Rule": rule.name, "EventBusName": bus, "Limit": _PAGE},
        cursor_member="NextToken",
        next_token=lambda page: page.next_token,
    )
    launches = []
    evidence = list(rule.evidence)
    async for reply in pages:
        evidence.append(reply.digest)
        launches += [
            launch_of(target.ecs_parameters, cluster=target.arn, place=target.id)
            for target in reply.data.targets
            if target.ecs_parameters is not None
        ]
    if not launches:
        return None
    return replace(rule, launches=tuple(launches), evidence=tuple(evidence))


EVENTS = Collector(
    name="launchers.events",
    about="EventBridge rules, on every event bus",
    operations=(LIST_EVENT_BUSES, LIST_RULES, LIST_TARGETS_BY_RULE),
    gather=gather,
)
