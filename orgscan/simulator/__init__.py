"""An AWS organization behind real HTTP endpoints, for the demo, the tests and the benchmarks."""

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

__all__ = [
    "DEFAULT_REGIONS",
    "AccountMembers",
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultKind",
    "Home",
    "Mutation",
    "Record",
    "Rejection",
    "Scenario",
    "Simulator",
    "account_id",
]
