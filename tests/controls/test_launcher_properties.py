"""What holds for any launcher, however odd."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from orgscan.controls.ecs_launcher_no_public_ip import EcsLauncherNoPublicIp
from orgscan.model.ecs import AwsvpcConfiguration, EcsFacts
from orgscan.model.facts import RegionFacts
from orgscan.model.finding import Finding, Status
from orgscan.model.launcher import Launch, Launcher, LauncherKind
from orgscan.model.organization import Account

ACCOUNT = Account(id="111122223333", name="</script>\x1b[2J\u202e", state="ACTIVE")

texts = st.text(max_size=60)
launches = st.builds(
    Launch,
    place=texts,
    cluster=st.none() | texts,
    launch_type=st.sampled_from(["FARGATE", "EC2", "MANAGED_INSTANCES", None]) | texts,
    capacity_providers=st.sampled_from([(), ("FARGATE",), ("FARGATE_SPOT",), ("my-asg",)]),
    awsvpc=st.none()
    | st.builds(
        AwsvpcConfiguration,
        assign_public_ip=st.sampled_from(["ENABLED", "DISABLED", None]) | texts,
    ),
    untold=st.sampled_from(["", "", "takes AssignPublicIp from an expression"]),
)
launchers = st.builds(
    Launcher,
    kind=st.sampled_from(LauncherKind),
    arn=st.uuids().map(lambda unique: f"arn:aws:events:r:a:rule/{unique}"),
    name=texts,
    state=st.sampled_from(["ENABLED", "DISABLED", "RUNNING", "STOPPED", "ACTIVE", None]) | texts,
    launches=st.lists(launches, max_size=4).map(tuple),
    unreadable=st.sampled_from(["", "", "has a definition that is not JSON"]),
)
# Other work on the machine must not decide whether an example is too slow.
unhurried = settings(deadline=None)


def judged(seen: list[Launcher]) -> list[Finding]:
    """The findings on these launchers."""
    facts = RegionFacts(ecs=EcsFacts(), launchers=tuple(seen))
    return list(EcsLauncherNoPublicIp().evaluate(ACCOUNT, "eu-west-1", facts))


def stated(launch: Launch) -> str | None:
    """What is stated of the setting, and can be told."""
    return launch.awsvpc.assign_public_ip if launch.awsvpc and not launch.untold else None


@unhurried
@given(st.lists(launchers, max_size=5))
def test_every_launcher_has_exactly_one_finding(seen: list[Launcher]) -> None:
    """Nothing is dropped, nothing is doubled, and the same facts give the same findings."""
    findings = judged(seen)

    assert [finding.resource.arn for finding in findings] == [one.arn for one in seen]
    assert len({finding.key for finding in findings}) == len(findings)
    assert judged(seen) == findings


@unhurried
@given(launchers)
def test_a_launcher_fails_exactly_where_it_states_enabled_and_is_not_switched_off(
    launcher: Launcher,
) -> None:
    """No other place in it, no launch type and no kind talks an ENABLED away."""
    (finding,) = judged([launcher])

    says_so = any(stated(launch) == "ENABLED" for launch in launcher.launches)
    is_on = launcher.state not in {"DISABLED", "STOPPED"}
    assert (finding.status is Status.FAILED) == (says_so and is_on and not launcher.unreadable)


@unhurried
@given(launchers)
def test_nothing_passes_but_a_stated_disabled_or_the_default_of_batch(launcher: Launcher) -> None:
    """Every place that has the setting states it, or is a Batch job for Fargate."""
    (finding,) = judged([launcher])

    if finding.status is Status.PASSED:
        is_job = launcher.kind is LauncherKind.JOB_DEFINITION
        for launch in launcher.launches:
            has_setting = launch.awsvpc is not None or launch.is_fargate
            by_default = is_job and stated(launch) is None
            assert not launch.untold
            assert stated(launch) == "DISABLED" or by_default or not has_setting


@unhurried
@given(launchers)
def test_a_verdict_on_a_launcher_is_printable_text_on_one_line(launcher: Launcher) -> None:
    """Whatever its owner wrote, the reason is plain ASCII without control characters."""
    (finding,) = judged([launcher])

    assert finding.reason.isascii()
    assert finding.reason.isprintable()
