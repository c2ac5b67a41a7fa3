"""An AWS organization behind real HTTP endpoints, for the demo, the tests and the benchmarks."""

from orgscan.simulator.demo import demo_scenario
from orgscan.simulator.launcher_truth import LauncherTruth
from orgscan.simulator.record import Credentials, Mutation, Record, Rejection
from orgscan.simulator.scenario import (
    DEFAULT_REGIONS,
    AccountMembers,
    Fault,
    FaultKind,
    Home,
    Scenario,
    Trouble,
    TroubleKind,
    account_id,
)
from orgscan.simulator.simulator import Endpoint, Simulator
from orgscan.simulator.truth import Gap, Truth, UnseenTruth
from orgscan.simulator.truth_running import ClusterTruth, InterfaceTruth, TaskTruth
from orgscan.simulator.truth_services import ServiceTruth
from orgscan.simulator.truth_task_sets import TaskSetTruth

__all__ = [
    "DEFAULT_REGIONS",
    "AccountMembers",
    "ClusterTruth",
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultKind",
    "Gap",
    "Home",
    "InterfaceTruth",
    "LauncherTruth",
    "Mutation",
    "Record",
    "Rejection",
    "Scenario",
    "ServiceTruth",
    "Simulator",
    "TaskSetTruth",
    "TaskTruth",
    "Trouble",
    "TroubleKind",
    "Truth",
    "UnseenTruth",
    "account_id",
    "demo_scenario",
]
