"""An AWS organization behind real HTTP endpoints, for the demo, the tests and the benchmarks."""

from orgscan.simulator.demo import demo_scenario
from orgscan.simulator.record import Credentials, Mutation, Record, Rejection
from orgscan.simulator.scenario import (
    DEFAULT_REGIONS,
    AccountMembers,
    Fault,
    FaultKind,
    Home,
    Scenario,
    account_id,
)
from orgscan.simulator.simulator import Endpoint, Simulator
from orgscan.simulator.truth import Gap, TaskSetTruth, Truth, UnseenTruth
from orgscan.simulator.truth_services import ServiceTruth

__all__ = [
    "DEFAULT_REGIONS",
    "AccountMembers",
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultKind",
    "Gap",
    "Home",
    "Mutation",
    "Record",
    "Rejection",
    "Scenario",
    "ServiceTruth",
    "Simulator",
    "TaskSetTruth",
    "Truth",
    "UnseenTruth",
    "account_id",
    "demo_scenario",
]
