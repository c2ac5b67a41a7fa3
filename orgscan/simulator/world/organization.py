"""Accounts and organizational units, made when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec

from orgscan.simulator.chance import Chance
from orgscan.simulator.scenario import Home, Scenario
from orgscan.simulator.world import names

MANAGEMENT, DELEGATED, MEMBER = 0, 1, 2
_HOME = {Home.MANAGEMENT: MANAGEMENT, Home.DELEGATED: DELEGATED, Home.MEMBER: MEMBER}

_SHARED_WITH = 12

EPOCH = 1_735_689_600
"""2025-01-01: nothing here is older than this and a little less than two years."""

_UNITS = (
    ("Security", None, 1),
    ("Workloads", None, 0),
    ("Production", "Workloads", 40),
    ("Staging", "Workloads", 20),
    ("Payments", "Production", 9),
    ("Sandbox", None, 12),
    ("Suspended", None, 0),
)
"""Name, the unit above it, and how many of the accounts lie directly in it."""
_WEIGHTS = tuple(weight for _, _, weight in _UNITS)


class Unit(msgspec.Struct, frozen=True):
    """The root or an organizational unit; `path` holds ids from the root down to it."""

    id: str
    name: str
    parent: str | None
    path: str


class SimulatedAccount(msgspec.Struct, frozen=True):
    """One account; `state` is Organizations' own word."""

    index: int
    id: str
    name: str
    email: str
    state: str
    unit: Unit
    joined: int
    invited: bool
    tags: dict[str, str]

    @property
    def is_active(self) -> bool:
        """Whether it can be called at all."""
        return self.state == "ACTIVE"


class Organization:
    """The accounts and units of a scenario; holds the last 4,096 accounts asked for."""

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        self._scenario = scenario
        self._chance = chance
        self.id = "o-" + chance.hex(10, "organization")
        self._tag = chance.hex(4, "root")
        self.units = {unit.id: unit for unit in self._make_units()}
        self._by_name = {unit.name: unit for unit in self.units.values()}
        self.account = functools.lru_cache(maxsize=4_096)(self._make_account)
        self._members: dict[str, list[int]] = {}

    @property
    def root(self) -> Unit:
        """The organization's one root."""
        return next(iter(self.units.values()))

    @property
    def management(self) -> SimulatedAccount:
        """The account that owns the organization."""
        return self.account(MANAGEMENT)

    @property
    def delegated(self) -> SimulatedAccount:
        """The delegated administrator account."""
        return self.account(DELEGATED)

    @property
    def home(self) -> SimulatedAccount:
        """The account of the caller's own credentials."""
        return self.account(_HOME[self._scenario.home])

    def by_id(self, account: str) -> SimulatedAccount | None:
        """The account, or None where it is not in this organization."""
        index = self._scenario.index_of(account)
        return None if index is None else self.account(index)

    def sharing(self, account: str) -> str | None:
        """The account that shares a VPC with this one, or this one itself where it shares."""
        index = self._scenario.index_of(account)
        # Shared with few, so that the owner's own view of them costs little.
        return self.delegated.id if index is not None and index < _SHARED_WITH else None

    def participants(self, account: str) -> list[str]:
        """The other accounts that use the VPC which this one shares."""
        if account != self.delegated.id:
            return []
        count = min(_SHARED_WITH, self._scenario.accounts)
        return [self._scenario.account_id(at) for at in range(count) if at != DELEGATED]

    def policy_arn(self, partition: str) -> str:
        """The service control policy that denials name."""
        place = f"arn:{partition}:organizations::{self.management.id}:policy/{self.id}"
        return f"{place}/service_control_policy/p-{self._chance.hex(8, 'policy')}"

    def accounts(self) -> Iterator[SimulatedAccount]:
        """Every account, in the order of ListAccounts."""
        return map(self.account, range(self._scenario.accounts))

    def units_below(self, parent: str) -> list[Unit]:
        """The units directly below a root or unit."""
        return [unit for unit in self.units.values() if unit.parent == parent]

    def members(self, parent: str) -> list[int]:
        """The numbers of the accounts directly in a root or unit; placed on the first call."""
        if not self._members:
            self._members = {unit: [] for unit in self.units}
            for index in range(self._scenario.accounts):
                self._members[self._unit_of(index, self._state_of(index)).id].append(index)
        return self._members[parent]

    def hostile(self, index: int) -> bool:
        """Whether this account has names and tags made to break what shows them."""
        scenario = self._scenario
        if not scenario.hostile or index in {MANAGEMENT, DELEGATED}:
            return False
        return index == MEMBER or self._chance.share("hostile", index) < 0.08

    def _make_units(self) -> Iterator[Unit]:
        root = Unit(f"r-{self._tag}", "Root", None, f"r-{self._tag}")
        yield root
        known = {"Root": root}
        listed = [*_UNITS]
        if self._scenario.hostile:
            listed.append((names.HOSTILE_UNIT, "Workloads", 0))
        for name, above, _ in listed:
            parent = known[above or "Root"]
            unit_id = f"ou-{self._tag}-{self._chance.hex(8, 'unit', name)}"
            known[name] = Unit(unit_id, name, parent.id, f"{parent.path}/{unit_id}")
            yield known[name]

    def _make_account(self, index: int) -> SimulatedAccount:
        chance = self._chance
        state = self._state_of(index)
        return SimulatedAccount(
            index=index,
            id=self._scenario.account_id(index),
            name=self._name_of(index),
            email=f"aws+{index:05d}@example.com",
            state=state,
            unit=self._unit_of(index, state),
            joined=EPOCH - chance.below(60_000_000, "joined", index),
            invited=chance.share("invited", index) < 0.3,
            tags=self._tags_of(index),
        )

    def _state_of(self, index: int) -> str:
        scenario, chance = self._scenario, self._chance
        if scenario.account_id(index) in scenario.suspended:
            return "SUSPENDED"
        if index > MEMBER and chance.share("suspended", index) < scenario.suspended_share:
            return chance.pick(("SUSPENDED", "SUSPENDED", "PENDING_CLOSURE"), "state", index)
        return "ACTIVE"

    def _unit_of(self, index: int, state: str) -> Unit:
        if index == MANAGEMENT:
            return self.root
        if index == DELEGATED:
            return self._by_name["Security"]
        if state != "ACTIVE":
            return self._by_name["Suspended"]
        if self.hostile(index):
            return self._by_name[names.HOSTILE_UNIT]
        unit, _, _ = self._chance.weighted(_UNITS, _WEIGHTS, "unit of", index)
        return self._by_name[unit]

    def _name_of(self, index: int) -> str:
        if index in {MANAGEMENT, DELEGATED}:
            return ("management", "security-tooling")[index]
        if self.hostile(index):
            if index > MEMBER and self._chance.share("long name", index) < 0.1:
                return names.LONG_NAME
            return names.HOSTILE_NAMES[(index - MEMBER) % len(names.HOSTILE_NAMES)]
        team = self._chance.pick(names.TEAMS, "team", index)
        stage = self._chance.pick(names.STAGES, "stage", index)
        return f"{team}-{stage}-{index:04d}"

    def _tags_of(self, index: int) -> dict[str, str]:
        tags = {
            "team": self._chance.pick(names.TEAMS, "team", index),
            "env": self._chance.pick(names.STAGES, "stage", index),
        }
        return tags | names.hostile_tags(self._name_of(index)) if self.hostile(index) else tags
