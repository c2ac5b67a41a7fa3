"""How the HTML report shows a finding on a service, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page

from orgscan.model.finding import Finding, Observed, Status
from orgscan.report.read import StoredRun

pytestmark = pytest.mark.browser

ARN = "arn:aws:ecs:eu-west-1:111122223333:service/prod/api"


def test_a_service_is_shown_as_a_service(
    open_report: Callable[..., Page],
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
) -> None:
    """Its own ARN and status, what is not stated, and what its service revisions added."""
    finding = make_finding(
        status=Status.WARNING,
        control_id="ecs-service-no-public-ip",
        observed=Observed(corroboration="differs"),
    )
    resource = replace(
        finding.resource, type="AWS::ECS::Service", arn=ARN, id="api", status="DRAINING"
    )
    page = open_report(make_record((replace(finding, resource=resource),)))
    page.locator("#findings-view .grid-body .grid-row").first.click()

    facts = {
        group.locator("dt").inner_text(): group.locator("dd").all_inner_texts()
        for group in page.locator("#detail .facts > div").all()
    }

    shown = ("Resource", "ARN", "assignPublicIp", "Service is", "DescribeServiceRevisions")
    assert [facts.get(name) for name in shown] == [
        ["AWS::ECS::Service"],
        [ARN],
        ["not stated"],
        ["DRAINING"],
        ["differs"],
    ]
    assert "DescribeTaskSets" not in facts
