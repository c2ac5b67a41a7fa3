"""Who owns a resource, as its tags or its service's say."""

from __future__ import annotations

import pytest

from orgscan.model.ecs import Service
from orgscan.model.finding import Resource
from orgscan.scan.owner import Owners

SERVICE = "arn:aws:ecs:eu-west-1:111122223333:service/prod/api"


def _owner(
    keys: tuple[str, ...], tags: dict[str, str], of_service: dict[str, str] | None = None
) -> str | None:
    service = Service(
        arn=SERVICE,
        name="api",
        cluster_arn="c",
        deployment_controller="EXTERNAL",
        status="ACTIVE",
        tags=of_service or {},
    )
    resource = Resource(type="AWS::ECS::TaskSet", arn="a", id="i", service_arn=SERVICE, tags=tags)
    return Owners(keys, [service]).of(resource)


@pytest.mark.parametrize(
    ("tags", "of_service", "owner"),
    [
        ({}, {}, None),
        ({"owner": "ann"}, {}, "ann"),
        ({"team": "shop"}, {}, "shop"),
        ({"team": "shop", "owner": "ann"}, {}, "ann"),
        ({"Owner": "ann"}, {}, "ann"),
        ({"OWNER": "b", "Owner": "a"}, {}, "b"),
        ({"owner": " "}, {"owner": "bob"}, "bob"),
        ({"owner": "", "team": "shop"}, {}, "shop"),
        ({"owner": "ann"}, {"owner": "bob"}, "ann"),
        ({}, {"owner": "bob"}, "bob"),
        ({"team": "shop"}, {"owner": "bob"}, "bob"),
        ({"release": "3"}, {"stage": "prod"}, None),
        ({"owner": "</script>\x1b[2J"}, {}, "</script>\x1b[2J"),
    ],
)
def test_the_first_key_that_is_there_names_the_owner(
    tags: dict[str, str], of_service: dict[str, str], owner: str | None
) -> None:
    """Keys in their order; for each, the resource's own tag before its service's."""
    assert _owner(("owner", "team"), tags, of_service) == owner


def test_other_keys_can_be_configured() -> None:
    """Whatever a company calls it, spaces included."""
    assert _owner(("Cost Centre",), {"cost centre": "4711", "owner": "ann"}) == "4711"


def test_without_keys_there_are_no_owners() -> None:
    """An empty list switches it off."""
    assert _owner((), {"owner": "ann"}, {"owner": "bob"}) is None


def test_what_runs_in_no_service_has_its_own_tags_only() -> None:
    """Another service's tags say nothing about it."""
    other = Service(
        arn=SERVICE,
        name="api",
        cluster_arn="c",
        deployment_controller="ECS",
        status="ACTIVE",
        tags={"owner": "bob"},
    )
    lone = Resource(type="AWS::ECS::Task", arn="a", id="i")

    assert Owners(("owner",), [other]).of(lone) is None
