"""Security Hub's imports, by botocore's judgement and AWS's documented lengths."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate
import msgspec
import pytest

from orgscan.model.finding import AccountRef, ExceptionNote, Finding, Observed, Status
from orgscan.model.run import RunRecord
from orgscan.report.asff import AsffReport
from orgscan.report.interface import Format
from orgscan.report.read import StoredRun

Written = Callable[[Format, RunRecord], bytes]

# From the API reference of AwsSecurityFinding; botocore's model does not have them.
MOST_CHARACTERS = {
    "Id": 512,
    "GeneratorId": 512,
    "ProductArn": 2048,
    "Title": 256,
    "Description": 1024,
    "ProductName": 128,
    "CompanyName": 128,
}


@pytest.fixture(scope="module")
def request_shape() -> botocore.model.Shape:
    """The shape of BatchImportFindings' request."""
    model = botocore.loaders.Loader().load_service_model("securityhub", "service-2")
    shape = botocore.model.ServiceModel(model).operation_model("BatchImportFindings").input_shape
    assert shape is not None
    return shape


def _batches(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def _only(data: bytes) -> dict[str, Any]:
    ((finding,),) = [batch["Findings"] for batch in _batches(data)]
    assert isinstance(finding, dict)
    return finding


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def test_every_line_is_a_request_that_botocore_accepts(
    full_record: StoredRun, written: Written, request_shape: botocore.model.Shape
) -> None:
    """Every status, exceptions and hostile names; also the pattern that no text is empty."""
    for batch in _batches(written(AsffReport(), full_record)):
        report = botocore.validate.ParamValidator().validate(batch, request_shape)

        assert report.generate_report() == ""
        assert [text for text in _texts(batch) if not re.search(r"\S", text)] == []


def test_no_text_is_longer_than_aws_takes(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Where everything is as long as it can be, or longer."""
    long = "x" * 5000
    finding = make_finding(
        "s" * 255,
        cluster="c" * 255,
        reason=long,
        account=AccountRef("111122223333", long, long),
        tags={f"{'k' * 120}{number}": "v" * 256 for number in range(60)},
        observed=Observed(subnets=("subnet-0123456789abcdef0",) * 200),
        exception=ExceptionNote(
            id=long, owner=long, reason=long, ticket=long, expires="2027-03-31"
        ),
        evidence=(f"sha256:{'ab' * 32}",) * 100,
    )
    found = _only(written(AsffReport(), make_record((finding,))))

    assert {name: len(found[name]) <= most for name, most in MOST_CHARACTERS.items()} == (
        dict.fromkeys(MOST_CHARACTERS, True)
    )
    (resource,) = found["Resources"]
    assert len(resource["Tags"]) == 50
    assert max(map(len, resource["Details"]["Other"].values())) <= 1024
    assert max(map(len, found["ProductFields"].values())) <= 2048
    assert len(found["Note"]["Text"]) == 512
    assert len(found["Remediation"]["Recommendation"]["Text"]) <= 512


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.FAILED, "FAILED"),
        (Status.WARNING, "WARNING"),
        (Status.NOT_EVALUATED, "NOT_AVAILABLE"),
        (Status.PASSED, "PASSED"),
        (Status.NOT_APPLICABLE, "NOT_AVAILABLE"),
    ],
)
def test_a_verdict_is_security_hubs_own_and_ours_is_its_reason(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    status: Status,
    expected: str,
) -> None:
    """What Security Hub has one word for stays two reasons."""
    found = _only(written(AsffReport(), make_record((make_finding(status=status),))))

    assert found["Compliance"]["Status"] == expected
    assert found["Compliance"]["StatusReasons"][0]["ReasonCode"] == f"ORGSCAN_{status}"
    assert found["Compliance"]["RelatedRequirements"] == ["CIS Controls v8 3.3"]
    assert found["RecordState"] == "ACTIVE"
    assert "Workflow" not in found


def test_the_id_is_the_same_in_every_run_and_another_for_another_resource(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Importing again updates, whatever the reason and the status have become."""
    before = _only(written(AsffReport(), make_record((make_finding(),))))
    later = make_record((make_finding(status=Status.PASSED, reason="Mended."),), run={"id": "b"})
    other = make_record((make_finding(number=2),))

    assert _only(written(AsffReport(), later))["Id"] == before["Id"]
    assert _only(written(AsffReport(), other))["Id"] != before["Id"]
    assert before["Id"].startswith("orgscan/ecs-taskset-no-public-ip/111122223333/eu-west-1/")


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")],
)
def test_the_product_is_the_accounts_own_in_the_findings_partition_and_region(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    written: Written,
    partition: str,
    region: str,
) -> None:
    """Security Hub takes nothing else from that account."""
    finding = make_finding(region=region)
    arn = finding.resource.arn.replace("arn:aws:", f"arn:{partition}:")
    moved = msgspec.structs.replace(
        finding, resource=msgspec.structs.replace(finding.resource, arn=arn)
    )
    found = _only(written(AsffReport(), make_record((moved,))))

    assert found["ProductArn"] == (
        f"arn:{partition}:securityhub:{region}:111122223333:product/111122223333/default"
    )
    assert found["Resources"][0]["Partition"] == partition


def test_a_task_set_has_other_details_and_a_service_its_own(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """Security Hub has no details for task sets."""
    finding = make_finding()
    arn = finding.resource.service_arn or ""
    service = msgspec.structs.replace(
        finding,
        resource=msgspec.structs.replace(finding.resource, type="AWS::ECS::Service", arn=arn),
    )
    (task_set,) = _only(written(AsffReport(), make_record((finding,))))["Resources"]
    (of_service,) = _only(written(AsffReport(), make_record((service,))))["Resources"]

    assert task_set["Type"] == "Other"
    assert list(task_set["Details"]) == ["Other"]
    assert task_set["Details"]["Other"]["AssignPublicIp"] == "ENABLED"
    assert of_service["Type"] == "AwsEcsService"
    assert of_service["Details"]["AwsEcsService"] == {
        "Cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "DeploymentController": {"Type": "EXTERNAL"},
        "LaunchType": "FARGATE",
        "Name": "api",
        "NetworkConfiguration": {
            "AwsVpcConfiguration": {"AssignPublicIp": "ENABLED", "Subnets": ["subnet-1"]}
        },
        "ServiceArn": arn,
    }


def test_an_accepted_failure_comes_in_suppressed_with_its_note(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """The verdict stays what it is."""
    note = ExceptionNote(id="b", owner="ops", reason="Known", ticket="S-1", expires="2027-03-31")
    found = _only(written(AsffReport(), make_record((make_finding(exception=note),))))

    assert found["Workflow"] == {"Status": "SUPPRESSED"}
    assert found["Note"] == {
        "Text": "Accepted by ops until 2027-03-31 (S-1): Known",
        "UpdatedBy": "orgscan",
        "UpdatedAt": "2026-11-24T02:04:12Z",
    }
    assert found["Compliance"]["Status"] == "FAILED"


def test_a_batch_is_of_one_account_and_region_and_of_a_hundred_at_most(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding], written: Written
) -> None:
    """What BatchImportFindings takes at once."""
    findings = (
        *(make_finding(number=number) for number in range(205)),
        make_finding(region="us-east-1"),
        make_finding(account=AccountRef("444455556666", "", "")),
    )
    batches = _batches(written(AsffReport(), make_record(findings)))

    assert [len(batch["Findings"]) for batch in batches] == [100, 100, 5, 1, 1]


def test_an_empty_run_is_an_empty_file(empty_record: StoredRun, written: Written) -> None:
    """No request."""
    assert written(AsffReport(), empty_record) == b""
