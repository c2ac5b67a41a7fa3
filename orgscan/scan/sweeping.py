"""The sweep and the judge of a scan's settings, the same in whatever process they work."""

from __future__ import annotations

import datetime as dt

from orgscan.aws.entrance import Entrance
from orgscan.collect import load_balancers
from orgscan.collect.launchers.registry import collectors_named
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.controls.registry import controls_for
from orgscan.organization.regions import RegionReader
from orgscan.scan.judge import Judge
from orgscan.sweep.stop import Stop
from orgscan.sweep.sweep import Sweep, SweepOptions


def sweep_of(
    settings: Settings,
    way_in: Entrance,
    reader: RegionReader,
    *,
    run_id: str,
    stop: Stop,
    concurrency: int | None = None,
) -> Sweep:
    """The sweep that settings ask for.

    Args:
        settings: of the scan.
        way_in: how accounts are entered.
        reader: reads accounts' regions centrally.
        run_id: shows in every member's CloudTrail.
        stop: ends it early.
        concurrency: account-regions at once; None for the setting's.
    """
    return Sweep(
        way_in.engine,
        SweepOptions(
            concurrency=concurrency or settings.concurrency,
            regions=settings.region,
            known_regions=way_in.known_regions,
            corroborate=settings.corroborate_task_sets,
            collectors=collectors_named(settings.collect),
            load_balancers=load_balancers.NAME in settings.collect,
            evidence=settings.evidence,
        ),
        home_region=way_in.home_region,
        reader=reader,
        source_of=way_in.sources(settings, f"orgscan-{run_id}"),
        stop=stop,
    )


def judge_of(settings: Settings, allowlist: Allowlist | None, today: dt.date) -> Judge:
    """The judge that settings ask for.

    Args:
        settings: which controls, and which tags name an owner.
        allowlist: whose exceptions are shown beside findings.
        today: the day in UTC on which the run began.
    """
    return Judge(controls_for(settings.collect), allowlist, today, settings.owner_tags)
