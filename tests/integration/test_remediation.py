"""Plan, apply and rollback over real HTTP, on a simulated organization that changes as AWS does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgscan.aws.engine import Limits
from orgscan.aws.entrance import entrance
from orgscan.aws.failure import CallFailed
from orgscan.aws.pace import Pacer
from orgscan.config.place import Remote
from orgscan.config.settings import Settings
from orgscan.model.finding import Finding
from orgscan.model.remediation import Code, Plan
from orgscan.permissions.capability import Holder
from orgscan.permissions.remediating import REMEDIATING
from orgscan.permissions.scanning import SCANNING
from orgscan.remediation.apply import Order, apply_plan, plan_run, roll_back
from orgscan.remediation.clock import SkippingClock
from orgscan.remediation.journal import RemediationJournal
from orgscan.remediation.plan_file import write_plan
from orgscan.remediation.site import Site
from orgscan.remediation.work import Worked
from orgscan.remediation.writes import WRITES
from orgscan.report.read import StoredRun, read_report
from orgscan.scan.pipeline import Request, scan
from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, Trouble, TroubleKind
from orgscan.simulator.demo import private_beside
from orgscan.sweep.stop import Stop

pytestmark = pytest.mark.integration

LIMITS = Limits(call_timeout=30.0, target_timeout=120.0, backoff_base=0.001, backoff_cap=0.01)
REGION = "eu-west-1"
EXCEPTION = """
exceptions:
  - id: accepted
    accounts: ["{account}"]
    regions: [{region}]
    clusters: ["{cluster}"]
    services: ["{name}"]
    owner: o@example.org
    reason: accepted
    ticket: T-2
    expires: 2099-12-31
"""
GATE = "codedeploy:ContinueDeployment"
TASK_SETS, SERVICES = "ecs-taskset-no-public-ip", "ecs-service-no-public-ip"


class Stage:
    """One served organization, scanned, and whoever mends it.

    Attributes:
        run: the scan.
    """

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.directory = directory
        self.settings = Settings(
            output=directory,
            format=("json",),
            account=(simulator.scenario.account_id(2),),
            region=(REGION,),
        )
        self.clock = SkippingClock()
        self.run = self.scan()

    def scan(self) -> StoredRun:
        """Sweep it."""
        result = asyncio.run(scan(Request(settings=self.settings, limits=LIMITS), Stop()))
        return read_report(result.directory)

    def public(self, controller: str) -> Finding:
        """The first failed finding under a controller that something can be done about."""
        failed = {
            one.key: one
            for one in self.run.findings()
            if one.status == "FAILED"
            and one.resource.deployment_controller == controller
            and one.control_id in {TASK_SETS, SERVICES}
        }
        made = self.plan(self.allow(*failed.values()))
        return failed[made.actions[0].finding_key]

    def allow(self, *findings: Finding) -> Path:
        """An allowlist of these services, one entry each."""
        file = self.directory / "allowlist.yaml"
        entries: dict[str | None, dict[str, object]] = {}
        for finding in findings:
            resource = finding.resource
            subnets = private_beside(
                self.simulator.world, finding.account.id, finding.region, finding.observed.subnets
            )
            entries[resource.service_arn] = {
                "id": f"entry-{len(entries)}",
                "accounts": [finding.account.id],
                "regions": [finding.region],
                "clusters": [(resource.cluster_arn or "").rpartition("/")[2]],
                "services": [resource.service_name],
                "actions": ["replace-task-set", "redeploy-codedeploy", "update-service"],
                "owner": "o@example.org",
                "ticket": "T-1",
                "expires": "2099-12-31",
                "max_changes": 1,
                **({"subnets": subnets} if subnets else {}),
            }
        # JSON is YAML too; a date has to be one, and no string.
        text = msgspec.json.encode(list(entries.values())).decode()
        text = text.replace('"2099-12-31"', "2099-12-31")
        file.write_text(f"version: 1\nremediate: {text}\n", encoding="utf-8")
        return file

    def plan(self, allowlist: Path | str) -> Plan:
        """Plan, and write it to `plan.json`."""
        made = asyncio.run(
            plan_run(
                self.run.run,
                list(self.run.findings()),
                self.settings,
                allowlist_place=str(allowlist),
                valid_seconds=3600,
                soak_seconds=600,
                clock=self.clock,
            )
        )
        write_plan(made, self.directory / "plan.json")
        return made

    def order(self) -> Order:
        """As `--yes --accept-unproven` would have it, without waiting."""
        return Order(
            settings=self.settings,
            approve=lambda _plan, _what: "--yes",
            accept_unproven=True,
            clock=self.clock,
            limits=LIMITS,
        )

    def apply(self, *, resume: bool = False) -> Worked:
        """Apply `plan.json`."""
        plan, journal = self.directory / "plan.json", self.directory / "journal.ndjson"
        order = msgspec.structs.replace(self.order(), resume=resume)
        return asyncio.run(apply_plan(plan, journal, order))

    def roll_back(self) -> Worked:
        """Take it back."""
        return asyncio.run(roll_back(self.directory / "journal.ndjson", self.order()))

    def writes(self) -> list[str]:
        """What was changed, by whichever account."""
        return [
            one.api for one in self.simulator.record.mutations if not one.api.startswith("sts:")
        ]

    def touched(self) -> set[str]:
        """The accounts in which anything was changed."""
        return {one.account for one in self.simulator.record.mutations if one.api[:4] != "sts:"}

    def verdict(self, finding: Finding) -> set[str]:
        """What a new scan says of the service that a finding was about."""
        return {
            one.status
            for one in self.scan().findings()
            if one.control_id == finding.control_id
            and one.resource.service_arn == finding.resource.service_arn
            and one.resource.status != "DRAINING"
        }


async def _at_once(_pacer: Pacer) -> None:
    """No wait."""


@pytest.fixture
def stage(tmp_path: Path, environ_of: Callable[..., dict[str, str]]) -> Iterator[Any]:
    """Serves a gallery of every kind of service, and scans it."""
    with ExitStack() as stack:

        def make(directory: Path = tmp_path, **changes: Any) -> Stage:  # noqa: ANN401 - members of the scenario
            plain = Scenario(density=0.0, seed=changes.pop("seed", 0))
            gallery = ((plain.account_id(2), REGION),)
            simulator = Simulator(msgspec.structs.replace(plain, gallery=gallery, **changes))
            endpoint = stack.enter_context(simulator.serve_in_thread())
            stack.enter_context(patch.dict(os.environ, environ_of(endpoint), clear=True))
            # Pacing waits in real time, and has its own tests.
            stack.enter_context(patch.object(Pacer, "admit", _at_once))
            return Stage(simulator, directory)

        yield make


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def kill() -> Callable[[int], AbstractContextManager[None]]:
    """Dies in the middle of writing the journal, at so many lines from where it is armed."""
    append = RemediationJournal.append

    def armed(number: int) -> AbstractContextManager[None]:
        left = [number]

        def dying(journal: RemediationJournal, line: Any) -> None:  # noqa: ANN401 - any line
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            append(journal, line)

        return patch.multiple(RemediationJournal, append=dying)

    return armed


FORWARD = {
    "EXTERNAL": [
        "ecs:CreateTaskSet",
        "ecs:UpdateTaskSet",
        "ecs:UpdateServicePrimaryTaskSet",
        "ecs:UpdateTaskSet",
        "ecs:DeleteTaskSet",
    ],
    "CODE_DEPLOY": ["codedeploy:CreateDeployment"],
    "ECS": ["ecs:UpdateService"],
}


@pytest.mark.parametrize("controller", FORWARD)
def test_a_public_service_is_mended_seen_private_and_restored(
    stage: Callable[..., Stage], controller: str
) -> None:
    """Under each controller; a new scan says what apply said that it had observed."""
    at = stage()
    finding = at.public(controller)
    made = at.plan(at.allow(finding))
    assert [planned.finding_key for planned in made.actions] == [finding.key]
    assert at.writes() == []

    assert at.apply() == Worked(True)
    assert [api for api in at.writes() if api != GATE] == FORWARD[controller]
    assert at.verdict(finding) == {"PASSED"}

    assert at.roll_back() == Worked(True)
    assert at.verdict(finding) == {"FAILED"}
    assert at.touched() == {finding.account.id}


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "ECS"])
@pytest.mark.parametrize("line", [2, 3])
@pytest.mark.parametrize("then", ["resume", "rollback"])
def test_the_process_may_die_at_any_line_of_the_journal(
    stage: Callable[..., Stage],
    kill: Callable[[int], AbstractContextManager[None]],
    controller: str,
    line: int,
    then: str,
) -> None:
    """Resume mends it by one deployment and no more; rollback leaves it as it was."""
    at = stage()
    finding = at.public(controller)
    at.plan(at.allow(finding))
    with kill(line), contextlib.suppress(Killed):
        at.apply()

    worked = at.apply(resume=True) if then == "resume" else at.roll_back()

    assert worked == Worked(True)
    assert at.verdict(finding) == {"PASSED" if then == "resume" else "FAILED"}
    made = [
        api for api in at.writes() if api in {"codedeploy:CreateDeployment", "ecs:UpdateService"}
    ]
    assert len(made) <= (1 if then == "resume" else 2)


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.LOSE_REQUEST])
@pytest.mark.parametrize("controller", FORWARD)
def test_a_lost_answer_is_looked_up_and_never_asked_for_twice(
    stage: Callable[..., Stage], controller: str, kind: FaultKind
) -> None:
    """Whether the call happened (RESET) or not (LOSE_REQUEST) is read from the live state."""
    api = FORWARD[controller][0]
    at = stage(faults=(Fault(kind=kind, api=api, first=1),))
    finding = at.public(controller)
    at.plan(at.allow(finding))

    assert at.apply() == Worked(True)
    accepted = [
        one for one in at.simulator.record.mutations if (one.api, one.answer) == (api, "accepted")
    ]
    assert len(accepted) == 1
    assert at.verdict(finding) == {"PASSED"}


@pytest.mark.parametrize("kind", [TroubleKind.NEVER_STABLE, TroubleKind.NO_CAPACITY])
@pytest.mark.parametrize("controller", FORWARD)
def test_what_never_becomes_steady_is_taken_back(
    stage: Callable[..., Stage], controller: str, kind: TroubleKind
) -> None:
    """Within bounds, and the service serves as before."""
    at = stage(troubles=(Trouble(kind=kind),))
    finding = at.public(controller)
    at.plan(at.allow(finding))

    worked = at.apply()

    assert not worked.is_done
    assert "taken back" in worked.text
    assert at.verdict(finding) == {"FAILED"}


def test_targets_that_never_become_healthy_are_taken_back(stage: Callable[..., Stage]) -> None:
    """Before any traffic moves: the primary is never changed."""
    at = stage(troubles=(Trouble(kind=TroubleKind.UNHEALTHY),), external_balancers=True)
    finding = at.public("EXTERNAL")
    at.plan(at.allow(finding))

    worked = at.apply()

    assert not worked.is_done
    assert "taken back" in worked.text
    assert "ecs:UpdateServicePrimaryTaskSet" not in at.writes()
    assert at.verdict(finding) == {"FAILED"}


@pytest.mark.parametrize(
    "kind",
    [
        TroubleKind.MEDDLE_TASK_SET,
        TroubleKind.MEDDLE_SCALE,
        TroubleKind.MEDDLE_PRIMARY,
        TroubleKind.MEDDLE_DESIRED,
        TroubleKind.MEDDLE_DELETE,
    ],
)
def test_somebody_else_at_work_ends_in_a_legal_state(
    stage: Callable[..., Stage], kind: TroubleKind
) -> None:
    """Done, stopped or taken back: AWS never refuses a deletion as the primary's, or by scale."""
    at = stage(troubles=(Trouble(kind=kind, after_writes=2),))
    finding = at.public("EXTERNAL")
    at.plan(at.allow(finding))

    worked = at.apply()

    refused = [one for one in at.simulator.record.mutations if one.answer != "accepted"]
    assert [one.answer for one in refused if one.api == "ecs:DeleteTaskSet"] == []
    assert worked.is_done or worked.text
    if kind is TroubleKind.MEDDLE_DESIRED:
        assert worked == Worked(True)


def test_an_allowlist_in_aws_is_read_anew_before_the_change(
    stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again for each of its steps; taking back needs no allowlist."""
    at = stage()
    permitting = at.allow(at.public("EXTERNAL"))
    asked: list[str] = []

    def fetch(place: Remote) -> bytes:
        asked.append(str(place))
        return permitting.read_bytes()

    monkeypatch.setattr("orgscan.remediation.apply.fetcher_of", lambda _settings: fetch)
    made = at.plan("ssm:/orgscan/allowlist")
    assert at.apply() == Worked(True)
    assert made.allowlist == "ssm:/orgscan/allowlist"
    assert len(asked) > 2

    asked.clear()
    at.roll_back()
    assert asked == []


def test_an_entry_that_is_taken_out_in_aws_permits_nothing(
    stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was planned by it is refused, and nothing is changed."""
    at = stage()
    text = at.allow(at.public("EXTERNAL")).read_bytes()
    monkeypatch.setattr("orgscan.remediation.apply.fetcher_of", lambda _settings: lambda _: text)
    at.plan("ssm:/orgscan/allowlist")
    emptied = b"version: 1\n"
    monkeypatch.setattr("orgscan.remediation.apply.fetcher_of", lambda _settings: lambda _: emptied)

    worked = at.apply()
    assert "the allowlist does not permit it now" in worked.text
    assert at.writes() == []


def _except(file: Path, finding: Finding) -> None:
    """Add an exception for the service of a finding."""
    resource = finding.resource
    with file.open("a", encoding="utf-8") as allowlist:
        allowlist.write(
            EXCEPTION.format(
                account=finding.account.id,
                region=REGION,
                cluster=(resource.cluster_arn or "").rpartition("/")[2],
                name=resource.service_name,
            )
        )


def test_only_permitted_services_are_ever_written_to(stage: Callable[..., Stage]) -> None:
    """Of all failed findings, one service is permitted and another one excepted as well."""
    at = stage()
    failed = [
        one
        for one in at.run.findings()
        if one.status == "FAILED" and one.control_id in {TASK_SETS, SERVICES}
    ]
    every = at.plan(at.allow(*failed)).actions
    by_key = {one.key: one for one in failed}
    permitted, excepted = (by_key[one.finding_key] for one in every[:2])
    file = at.allow(permitted, excepted)
    _except(file, excepted)
    made = at.plan(file)
    assert [one.finding_key for one in made.actions] == [permitted.key]
    codes = {one.code for one in made.none}
    assert {Code.EXCEPTED, Code.NOT_ALLOWLISTED} <= codes

    assert at.apply() == Worked(True)
    written = [
        msgspec.json.decode(one.parameters)["service"]
        for one in at.simulator.record.mutations
        if one.api.startswith("ecs:")
    ]
    assert set(written) == {permitted.resource.service_arn}


def _fits(pattern: str, name: str) -> bool:
    """Whether a glob stands for the whole name, worked out anew."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


def _require_as_planned(at: Stage, plan: Plan) -> None:
    """Every write names a service, or a deployment group, of the plan."""
    services = {one.place.service_arn for one in plan.actions}
    groups = {(one.before.get("application"), one.before.get("group")) for one in plan.actions}
    for one in at.simulator.record.mutations:
        if one.api.startswith("ecs:"):
            assert msgspec.json.decode(one.parameters)["service"] in services
        elif one.api == "codedeploy:CreateDeployment":
            sent = msgspec.json.decode(one.parameters)
            assert (sent["applicationName"], sent["deploymentGroupName"]) in groups


def _widened(at: Stage, chosen: list[Finding], shapes: list[str], *, expired: bool) -> Path:
    """An allowlist whose entries stand for a name, for names alike, or for none of them."""
    file = at.allow(*chosen)
    text = file.read_text(encoding="utf-8")
    for finding, shape in zip(chosen, shapes, strict=False):
        name = finding.resource.service_name or ""
        pattern = {"exact": name, "prefix*": f"{name[:3]}*", "part": name[1:] or "x"}[shape]
        text = text.replace(f'"services":["{name}"]', f'"services":["{pattern}"]', 1)
    if expired:
        text = text.replace('"expires":2099-12-31', '"expires":2020-01-31', 1)
    file.write_text(text, encoding="utf-8")
    return file


def _permitted(file: Path, findings: list[Finding]) -> set[str]:
    """The services that the entries stand for which have not expired."""
    entries = file.read_text(encoding="utf-8").partition("remediate: ")[2]
    quoted = re.sub(r"(20\d\d-\d\d-\d\d)", r'"\1"', entries)
    live = [one for one in msgspec.json.decode(quoted) if one["expires"] > "2026-11-26"]
    names = {one.resource.service_name or "" for one in findings}
    return {name for name in names if any(_fits(one["services"][0], name) for one in live)}


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 99),
    picks=st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True),
    shapes=st.lists(st.sampled_from(["exact", "prefix*", "part"]), min_size=3, max_size=3),
    expired=st.booleans(),
    excepts=st.booleans(),
)
def test_nothing_outside_a_generated_allowlist_is_written_to(
    stage: Callable[..., Stage],
    tmp_path: Path,
    seed: int,
    picks: list[int],
    shapes: list[str],
    expired: bool,
    excepts: bool,
) -> None:
    """Globs stand for whole names, an expired entry permits nothing, an exception wins."""
    directory = tmp_path / f"{seed}-{len(list(tmp_path.iterdir()))}"
    directory.mkdir()
    at = stage(directory, seed=seed)
    failed = [
        one
        for one in at.run.findings()
        if one.status == "FAILED" and one.control_id in {TASK_SETS, SERVICES}
    ]
    mendable = {one.finding_key for one in at.plan(at.allow(*failed)).actions}
    able = [one for one in failed if one.key in mendable]
    chosen = [able[pick % len(able)] for pick in picks]
    file = _widened(at, chosen, shapes, expired=expired)
    permitted = _permitted(file, failed)
    first = chosen[0]
    if excepts:
        _except(file, first)
        permitted -= {first.resource.service_name or ""}

    plan = at.plan(file)
    if plan.actions:
        at.apply()

    assert {one.place.service_name for one in plan.actions} <= permitted
    _require_as_planned(at, plan)


def _there_and_back(at: Stage) -> None:
    """A service under each controller, mended and restored."""
    for controller in FORWARD:
        at.plan(at.allow(at.public(controller)))
        at.apply()
        at.roll_back()
        (at.directory / "journal.ndjson").unlink()


def test_a_remediation_needs_what_the_table_names_and_nothing_else(
    stage: Callable[..., Stage],
    asked_of_aws: Mapping[Holder, set[str]],
    kill: Callable[[int], AbstractContextManager[None]],
) -> None:
    """Under each controller it is applied and taken back, once from the middle of a deployment."""
    _there_and_back(stage(bare_revisions=True, external_balancers=True))
    at = stage(seed=5)
    _there_and_back(at)
    at.plan(at.allow(at.public("CODE_DEPLOY")))
    with kill(3), contextlib.suppress(Killed):
        at.apply()
    at.roll_back()
    # Of every place that an AppSpec may lie in, S3 included.
    failed = [one for one in at.run.findings() if one.status == "FAILED"]
    at.plan(at.allow(*(one for one in failed if one.control_id in {TASK_SETS, SERVICES})))

    for holder in (Holder.READ_ROLE, Holder.REMEDIATE_ROLE):
        named = {action for each in REMEDIATING if each.holder is holder for action in each.actions}
        scanned = {action for each in SCANNING for action in each.actions}
        assert asked_of_aws[holder] - scanned == named
    assert asked_of_aws[Holder.CALLER] <= {
        action for each in SCANNING if each.holder is Holder.CALLER for action in each.actions
    }


def test_throttled_writes_are_made_once_the_bucket_has_filled(stage: Callable[..., Stage]) -> None:
    """AWS turned them down, so that they may be sent again."""
    at = stage(faults=(Fault(kind=FaultKind.THROTTLE, api="ecs:*TaskSet", first=3),))
    finding = at.public("EXTERNAL")
    at.plan(at.allow(finding))

    assert at.apply() == Worked(True)


def test_planning_and_scanning_change_nothing_and_could_not(stage: Callable[..., Stage]) -> None:
    """No call but reads, and a session policy that leaves no other."""
    at = stage()
    at.plan(at.allow(at.public("EXTERNAL")))

    assert at.writes() == []
    policies = {
        one.parameters for one in at.simulator.record.mutations if one.api == "sts:AssumeRole"
    }
    assert all(b"Policy=" in parameters for parameters in policies)


def test_the_demo_prints_what_its_page_shows(orgscan: Callable[..., Any]) -> None:
    """Planned, refused, planned again, applied, rolled back: line for line, run ids apart."""
    page = (Path(__file__).parents[2] / "docs" / "remediation.md").read_text(encoding="utf-8")
    block = page.split("$ orgscan remediate apply plan.json --yes\n")[1].split("```")[0]

    done = orgscan("demo", "--accounts", "12", "--remediate", environ={})

    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(f"$ orgscan remediate apply plan.json --yes\n{block}")
    assert "     PREFLIGHT_FAILED      worker: way-out: " in done.out


def test_a_writing_session_is_refused_on_every_other_service(stage: Callable[..., Stage]) -> None:
    """By its session policy, although the remediate role itself may change it."""
    at = stage()
    made = at.plan(at.allow(at.public("ECS")))
    other = msgspec.structs.replace(
        made.actions[0].place, service_arn=f"{made.actions[0].place.service_arn}-2"
    )

    async def write() -> str:
        async with entrance(at.settings, LIMITS) as way_in:
            site = Site(way_in, at.settings, "orgscan-test", made.management_account_id)
            members = {"cluster": other.cluster_arn, "service": other.service_arn}
            with pytest.raises(CallFailed) as refused:
                await site.writer(made.actions[0]).call(WRITES["ecs:UpdateService"], members)
            return refused.value.message

    assert asyncio.run(write()).endswith(
        f"not authorized to perform: ecs:UpdateService on resource: {other.service_arn} because no "
        "session policy allows the ecs:UpdateService action"
    )
