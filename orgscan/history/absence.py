"""What one run says of a finding that is open in the other run only."""

from __future__ import annotations

from typing import NamedTuple

from orgscan.model.coverage import CoverageStatus
from orgscan.model.diff import Basis
from orgscan.model.finding import Status
from orgscan.model.seen import SeenFinding, SeenRun, SeenTarget, SeenVerdict

_LOOKED = frozenset({CoverageStatus.COVERED, CoverageStatus.PARTLY_COVERED})
# Tasks are found by the interfaces that they hold.
_BY_INTERFACE = frozenset({"AWS::ECS::Task", "AWS::EC2::NetworkInterface"})
_ALWAYS_ASKED = frozenset({"ecs", "ec2"})


class Absence(NamedTuple):
    """What is said instead; `why` is a clause, and empty where the basis says it all."""

    basis: Basis
    why: str = ""


def absence(run: SeenRun, other: SeenRun, finding: SeenFinding) -> Absence:
    """Why a finding is not open in a run.

    Args:
        run: the one in which it is not.
        other: the one in which it is.
        finding: as `other` has it.
    """
    target = run.target(finding.account.id, finding.region)
    if target is None:
        return _out_of_ledger(run, finding)
    if target.status not in _LOOKED:
        return Absence(Basis.NOT_COVERED, _not_covered(target))
    told = other.target(finding.account.id, finding.region)
    if told is None or told.status not in _LOOKED:
        # No report of orgscan has this; somebody else's may.
        return Absence(Basis.NOT_COVERED, "the ledger of the other run does not hold its place")
    verdict = run.others.get(finding.key)
    if verdict is not None:
        return _judged(verdict, finding)
    return _not_named(run, target, finding)


def _out_of_ledger(run: SeenRun, finding: SeenFinding) -> Absence:
    if finding.account.id in run.coverage:
        return Absence(Basis.OUT_OF_SCOPE, "its region was not in scope")
    if run.scope.chooses_accounts:
        return Absence(Basis.OUT_OF_SCOPE, "its account was not in scope")
    return Absence(Basis.ACCOUNT_JOINED, "its account was not in the organization")


def _not_covered(target: SeenTarget) -> str:
    what = "its account-region" if target.region else "its account"
    return f"{what} was not seen ({target.status}): {target.reason}"


def _judged(verdict: SeenVerdict, finding: SeenFinding) -> Absence:
    if verdict.status is Status.NOT_EVALUATED:
        return Absence(Basis.NOT_EVALUATED, f"it could not be seen: {verdict.reason}")
    if finding.rests_on_addresses and not verdict.interfaces_seen:
        return Absence(
            Basis.ADDRESSES_NOT_SEEN,
            "the addresses in use, which it rests on, were not all looked at",
        )
    return Absence(Basis(verdict.status.value))


def _not_named(run: SeenRun, target: SeenTarget, finding: SeenFinding) -> Absence:
    """Nothing is said of it, which means that it was not there if it would have been seen."""
    if finding.control_id not in run.controls:
        return Absence(Basis.CONTROL_NOT_RUN, f"{finding.control_id} did not run")
    service = _service(finding)
    if service not in _ALWAYS_ASKED:
        # What starts tasks is asked for by its own setting, and only where there is a cluster.
        if service not in run.services:
            return Absence(Basis.NOT_ASKED, f"nothing was asked of {service}")
        if (finding.account.id, finding.region) not in run.judged:
            return Absence(
                Basis.NOT_ASKED, f"no cluster was there, so that nothing was asked of {service}"
            )
    around = _around(run, finding)
    if around is not None:
        return Absence(
            Basis.NOT_EVALUATED, f"what it is part of could not be seen: {around.reason}"
        )
    if target.status is CoverageStatus.PARTLY_COVERED and _touches(target, finding):
        return Absence(
            Basis.PARTLY_COVERED, f"its account-region was seen only in part: {target.reason}"
        )
    return Absence(Basis.NOT_THERE)


def _around(run: SeenRun, finding: SeenFinding) -> SeenVerdict | None:
    """The cluster or service that a finding lies in, where that could not be evaluated."""
    place, _, _ = finding.key.rpartition("|")
    for arn in (finding.resource.service_arn, finding.resource.cluster_arn):
        verdict = run.others.get(f"{place}|{arn}") if arn else None
        if verdict is not None and verdict.status is Status.NOT_EVALUATED:
            return verdict
    return None


def _touches(target: SeenTarget, finding: SeenFinding) -> bool:
    """Whether what was missed there may have left the resource out."""
    if target.missed is None:
        return True
    services = {_service(finding)}
    if finding.resource.type in _BY_INTERFACE:
        services |= _ALWAYS_ASKED
    return any(api.partition(":")[0] in services for api in target.missed)


def _service(finding: SeenFinding) -> str:
    """The AWS service that answers for the resource, by its ARN."""
    parts = finding.resource.arn.split(":")
    return parts[2] if len(parts) > 2 else ""
