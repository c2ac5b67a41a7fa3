"""The page of benchmark figures says which goals were reached, and which were not."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.calls import CallCost
from benchmarks.diff import DiffCost
from benchmarks.history import HistoryCost
from benchmarks.judging import ALL, Judging, measure_judging
from benchmarks.machine import Machine, this_machine
from benchmarks.page import PageCost
from benchmarks.scale import ScaleCost
from benchmarks.summary import Results, goals, page
from benchmarks.sweep import Cost
from benchmarks.throttled import Throttled
from orgscan.controls.registry import CONTROLS


def _cost(accounts: int, *, cpu: float, peak_mib: float, wall: float) -> Cost:
    return Cost(
        accounts=accounts,
        targets=17 * accounts,
        calls=20 * accounts,
        lists_per_target=1.0,
        findings=0,
        cpu=cpu,
        wall=wall,
        peak_mib=peak_mib,
        server_cpu=0.0,
    )


@pytest.fixture
def results() -> Results:
    """A run whose latency costs too much, and which reaches everything else."""
    machine = Machine("2026-11-24", "Some CPU", 2, 8.0, 0.5, "Linux x86_64", "CPython 3.11", {})
    calm = _cost(1_000, cpu=4.0, peak_mib=90.0, wall=5.0)
    return Results(
        machine=machine,
        calls=[CallCost("bare", 100, 0.1, 1.0), CallCost("engine", 100, 0.05, 0.5)],
        sweeps=[calm, _cost(10_000, cpu=32.0, peak_mib=140.0, wall=60.0)],
        calm=calm,
        distant=_cost(1_000, cpu=4.0, peak_mib=90.0, wall=7.0),
        unkept=calm,
        kept=_cost(1_000, cpu=5.0, peak_mib=95.0, wall=6.0),
        kept_largest=_cost(10_000, cpu=40.0, peak_mib=160.0, wall=70.0),
        throttled=[Throttled("orgscan", 2_000, 1_500, 90, 0, 0, 270.0)],
        judging=Judging(
            100_000,
            200,
            {"ecs-taskset-no-public-ip": 1.6, "none": 0.001, ALL: 1.8},
            100_000,
            0.9,
        ),
        scale=[
            ScaleCost("one process", 3_000, 51_000, 30.0, 24.0, 20.0, 20.0, 20.0, 150.0),
            ScaleCost("two processes", 3_000, 51_000, 20.0, 26.0, 22.0, 11.0, 11.0, 290.0),
            ScaleCost("Dask", 3_000, 51_000, 20.0, 29.0, 25.5, 12.0, 3.0, 420.0),
        ],
        pages=[PageCost(100_000, 22_678, 9.9, 600.0, {"a letter": 40.0, "a name": 130.0})],
        diff=DiffCost(100_000, 170_000, {"NEW": 800, "RESOLVED": 900}, 430.0, 1.6, 1.5, 300.0),
        history=HistoryCost(365, 100_000, 2.7, 1.9, 116.0, 0.25, 1.5),
    )


def test_each_goal_is_measured_on_the_largest_sweep_or_on_what_it_is_about(
    results: Results,
) -> None:
    """The figures and what they have to be at most, in the order of the page."""
    assert [(goal.reach, round(goal.measured, 6), goal.is_met) for goal in goals(results)] == [
        (0.6, 0.16, True),
        (1.7, 1.6, True),
        (1.0, 1.0, True),
        (150.0, 32.0, True),
        (250.0, 140.0, True),
        (60.0, 50.0, True),
        (1.3, 1.4, False),
        (1.5, 1.2, True),
        (40.0, 20.0, True),
        (10.0, 6.0, True),
        (0.0, 0.0, True),
        (1.0, 0.9, True),
        (0.56, 0.55, True),
        (2.0, 1.933333, True),
        (0.56, 0.6, False),
        (800.0, 600.0, True),
        (120.0, 130.0, False),
        (12.0, 9.9, True),
        (2.0, 1.6, True),
        (300.0, 116.0, True),
        (3.0, 2.7, True),
        (3.0, 1.9, True),
        (0.5, 0.25, True),
    ]


def test_a_goal_that_was_missed_is_said_on_the_page(results: Results) -> None:
    """In its own row, beside the figure."""
    missed = [line for line in page(results).splitlines() if "not reached" in line]

    assert missed == [
        "| wall time with 50 ms latency, to that without | ≤ 1.3 x | 1.40 x | **not reached** |",
        "| busiest of two Dask workers, 3,000 accounts | ≤ 0.56 x | 0.60 x | **not reached** |",
        "| report.html, slowest filter, 100,000 findings | ≤ 120 ms | 130 ms | **not reached** |",
    ]


def test_judging_is_told_control_by_control_and_together(results: Results) -> None:
    """By task sets a second; a control that had nothing to judge has no row."""
    rows = page(results).partition("## Judging")[2].partition("## Several")[0].splitlines()

    assert [row for row in rows if row.startswith("|")] == [
        "| control | CPU | task sets a second |",
        "| --- | --- | --- |",
        "| ecs-taskset-no-public-ip | 1.60 s | 62,500 |",
        "| all together | 1.80 s | 55,556 |",
    ]


def test_what_each_way_costs_more_for_a_target_is_told(results: Results) -> None:
    """Beyond one process, while sweeping."""
    rows = page(results).partition("## Several processes")[2].partition("## report")[0].splitlines()

    assert [row.split(" | ")[-2] for row in rows if row.startswith("|")][2:] == [
        "0 us",
        "39 us",
        "108 us",
    ]


def test_judging_measures_every_control_on_every_task_set() -> None:
    """Small here; the shares of CPU are the figures of a run and not of a test."""
    found = measure_judging(500, 1)

    assert (found.sets, found.regions) == (500, 1)
    assert list(found.seconds) == [*(control.entry.id for control in CONTROLS), ALL]


def test_a_machine_is_told_by_its_kind_alone() -> None:
    """A file of results is named by CPU and cores, and says which libraries there were."""
    machine = msgspec.structs.replace(this_machine(), cpu="AMD EPYC(tm) Processor", cores=2)

    assert machine.short_name == "amd-epyc-2-cores"
    assert set(machine.libraries) >= {"aiobotocore", "orgscan"}
