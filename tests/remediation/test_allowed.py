"""Nothing outside the allowlist is planned, whatever the allowlist and the organization are."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.config.allowlist import parse_allowlist
from orgscan.model.finding import AccountRef, Finding, Observed, Resource, Severity, Status
from orgscan.model.remediation import ActionKind, Code, Permit, Place, PlannedAction, Proof
from orgscan.remediation.allowed import Refused, permitted
from orgscan.remediation.plan import Planning, make_plan

TODAY = dt.date(2026, 11, 26)
NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC).timestamp()
ACCOUNTS = ("111122223333", "111122223334", "911122223333")
REGIONS = ("eu-west-1", "eu-west-2")
NAMES = ("prod", "nonprod", "prod-eu", "api", "api-2")
UNITS = {one: f"r-ab12/ou-ab12-{one[:8]}" for one in ACCOUNTS}

entries = st.fixed_dictionaries(
    {
        "accounts": st.lists(
            st.sampled_from([*ACCOUNTS, "1111*", "?11122223333"]), min_size=1, unique=True
        ),
        "regions": st.lists(st.sampled_from([*REGIONS, "eu-*"]), min_size=1, unique=True),
        "clusters": st.lists(st.sampled_from([*NAMES, "prod*"]), min_size=1, unique=True),
        "services": st.lists(st.sampled_from([*NAMES, "api*", "?pi"]), min_size=1, unique=True),
        "expires": st.sampled_from(["2026-11-25", "2026-11-26", "2027-01-01"]),
    }
)


def place(**changes: str) -> Place:
    """A service."""
    members = {"account": ACCOUNTS[0], "region": REGIONS[0], "cluster": "prod", "service": "api"}
    members |= changes
    head = f"arn:aws:ecs:{members['region']}:{members['account']}"
    return Place(
        account_id=members["account"],
        account_name="payments",
        ou_path=UNITS[members["account"]],
        region=members["region"],
        cluster_arn=f"{head}:cluster/{members['cluster']}",
        service_arn=f"{head}:service/{members['cluster']}/{members['service']}",
        service_name=members["service"],
        resource_arn=f"{head}:task-set/{members['cluster']}/{members['service']}/ecs-svc/1",
        controller="EXTERNAL",
    )


def document(remediate: list[dict[str, Any]], exceptions: list[dict[str, Any]]) -> str:
    """An allowlist; JSON is YAML too."""
    common = {"owner": "o@example.org", "ticket": "T-1"}
    permitting = [
        {**one, **common, "id": f"r{n}", "actions": ["replace-task-set"], "max_changes": 99}
        for n, one in enumerate(remediate)
    ]
    excusing = [
        {**one, **common, "id": f"e{n}", "reason": "so it is"} for n, one in enumerate(exceptions)
    ]
    text = msgspec.json.encode({"version": 1, "remediate": permitting, "exceptions": excusing})
    return re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", text.decode())


def names(entry: dict[str, Any], of: Place) -> bool:
    """Whether an entry names a service and holds: written anew, from the contract."""
    parts = {
        "accounts": of.account_id,
        "regions": of.region,
        "clusters": of.cluster_name,
        "services": of.service_name,
    }
    return entry["expires"] >= TODAY.isoformat() and all(
        any(_anchored(pattern).fullmatch(value) for pattern in entry[key])
        for key, value in parts.items()
    )


def _anchored(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))


PLACES = [
    place(account=account, region=region, cluster=cluster, service=service)
    for account in ACCOUNTS
    for region in REGIONS
    for cluster in NAMES
    for service in NAMES
]


@given(remediate=st.lists(entries, max_size=3), exceptions=st.lists(entries, max_size=3))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_only_what_an_entry_names_and_no_exception_covers_is_planned(
    remediate: list[dict[str, Any]], exceptions: list[dict[str, Any]]
) -> None:
    """Over 150 services: `prod` never names `nonprod`, expiry holds, exceptions win."""
    allowlist = parse_allowlist(document(remediate, exceptions), "a.yaml")

    planned = {
        of
        for of in PLACES
        if isinstance(permitted(allowlist, of, ActionKind.REPLACE_TASK_SET, TODAY), Permit)
    }

    assert planned == {
        of
        for of in PLACES
        if any(names(entry, of) for entry in remediate)
        and not any(names(entry, of) for entry in exceptions)
    }


ENTRY = {
    "accounts": [ACCOUNTS[0]],
    "regions": ["eu-west-1"],
    "clusters": ["prod"],
    "services": ["api"],
    "expires": "2026-11-26",
}
WHY: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], ActionKind, Code]] = [
    ("no entry", [], [], ActionKind.REPLACE_TASK_SET, Code.NOT_ALLOWLISTED),
    ("expired", [{**ENTRY, "expires": "2026-11-25"}], [], ActionKind.REPLACE_TASK_SET,
     Code.ENTRY_EXPIRED),
    ("another action", [ENTRY], [], ActionKind.UPDATE_SERVICE, Code.ACTION_NOT_PERMITTED),
    ("excepted", [ENTRY], [ENTRY], ActionKind.REPLACE_TASK_SET, Code.EXCEPTED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("remediate", "exceptions", "kind", "code"), [row[1:] for row in WHY], ids=[r[0] for r in WHY]
)
def test_what_is_not_permitted_says_why(
    remediate: list[dict[str, Any]],
    exceptions: list[dict[str, Any]],
    kind: ActionKind,
    code: Code,
) -> None:
    """Each with its own code."""
    allowlist = parse_allowlist(document(remediate, exceptions), "a.yaml")

    refused = permitted(allowlist, place(), kind, TODAY)

    assert isinstance(refused, Refused)
    assert refused.code is code


def finding(of: Place) -> Finding:
    """A failed finding on its task set."""
    return Finding(
        key=f"ecs-taskset-no-public-ip|{of.account_id}|{of.region}|{of.resource_arn}",
        control_id="ecs-taskset-no-public-ip",
        status=Status.FAILED,
        severity=Severity.HIGH,
        reason="It states ENABLED.",
        account=AccountRef(of.account_id, of.account_name, of.ou_path),
        region=of.region,
        resource=Resource(
            type="AWS::ECS::TaskSet",
            arn=of.resource_arn,
            id="ecs-svc/1000000000000000001",
            cluster_arn=of.cluster_arn,
            service_arn=of.service_arn,
            service_name=of.service_name,
            deployment_controller=of.controller,
            status="PRIMARY",
        ),
        observed=Observed(assign_public_ip="ENABLED"),
    )


def test_an_account_is_not_even_read_where_nothing_is_permitted(tmp_path: Path) -> None:
    """Permission comes first: no session is made for what no entry names."""

    def reader(of: Place) -> Any:  # noqa: ANN401 - it never returns
        raise AssertionError(f"{of.service_arn} was read")

    async def prove(_session: object, _planned: PlannedAction) -> Proof:
        raise AssertionError("unreachable: nothing is planned")

    planning = Planning(
        allowlist=parse_allowlist(document([], []), "a.yaml"),
        allowlist_place=str(tmp_path / "a.yaml"),
        reader=reader,
        prove=prove,
        now=NOW,
        made_by="arn:aws:iam::999999999999:user/ada",
        run_id="20261126T110000Z-123456",
        management_account_id="999999999999",
        soak_seconds=600,
        valid_seconds=86_400,
    )

    made = asyncio.run(make_plan([finding(of) for of in PLACES[:5]], planning))

    assert made.actions == ()
    assert {one.code for one in made.none} == {Code.NOT_ALLOWLISTED}
    assert (made.made_at, made.expires_at) == ("2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z")


async def test_max_changes_counts_services_of_one_run(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    """The second service of an entry with one change is left, with the reason."""
    at = bench()
    once = at.allowlist.remediate[0].model_copy(update={"max_changes": 1})
    allowlist = at.allowlist.model_copy(update={"remediate": (once,)})

    async def prove(_session: object, _planned: PlannedAction) -> Proof:
        return Proof(verdict="PASS")

    planning = Planning(
        allowlist=allowlist,
        allowlist_place=str(tmp_path / "a.yaml"),
        reader=lambda _: at.hands(None).reader,
        prove=prove,
        now=NOW,
        made_by="arn:aws:iam::999999999999:user/ada",
        run_id="20261126T110000Z-123456",
        management_account_id="999999999999",
        soak_seconds=600,
        valid_seconds=86_400,
    )
    other = msgspec.structs.replace(
        at.place, service_arn=f"{at.place.service_arn}-2", service_name="api-2"
    )

    made = await make_plan([finding(at.place), finding(other)], planning)

    assert [one.place.service_name for one in made.actions] == ["api"]
    assert [(one.service_name, one.code, one.reason) for one in made.none] == [
        ("api-2", Code.MAX_CHANGES, "entry 'payments-external' permits 1 changes in one run")
    ]
