"""What the ledger says of a target that was seen in part."""

from __future__ import annotations

import pytest

from orgscan.model.coverage import CoverageStatus
from orgscan.model.ecs import EcsFacts, Unseen
from orgscan.model.facts import RegionFacts
from orgscan.model.organization import Account
from orgscan.model.outcome import Collected, NotCollected
from orgscan.sweep.entries import swept

ACCOUNT = Account(id="111122223333", name="payments", state="ACTIVE")
CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"


def refused(api: str) -> NotCollected:
    """A call that was denied."""
    return NotCollected(status=CoverageStatus.DENIED, reason=f"{api}: denied", api=api)


NAMED = Unseen(
    resource_type="AWS::ECS::Cluster",
    arn=CLUSTER,
    cluster_arn=CLUSTER,
    why=refused("ecs:ListServices"),
)


@pytest.mark.parametrize(
    ("facts", "missed"),
    [
        (RegionFacts(ecs=EcsFacts()), ()),
        (RegionFacts(ecs=EcsFacts(unseen=(NAMED,))), ()),
        (
            RegionFacts(ecs=EcsFacts(unseen=(NAMED,), cut_short=refused("ecs:ListClusters"))),
            ("ecs:ListClusters",),
        ),
        (
            RegionFacts(
                ecs=EcsFacts(),
                missing=(
                    refused("pipes:ListPipes"),
                    refused("ecs:ListTasks"),
                    refused("ecs:ListTasks"),
                ),
            ),
            ("pipes:ListPipes", "ecs:ListTasks"),
        ),
    ],
    ids=["whole", "what is known by name", "the list of clusters", "parts, each call once"],
)
def test_the_ledger_names_the_calls_that_left_out_what_nobody_knows_of(
    facts: RegionFacts, missed: tuple[str, ...]
) -> None:
    """What is known by name has its own finding, and is not among them."""
    assert swept(ACCOUNT, "eu-west-1", Collected(facts)).entry.missed == missed
