"""`report.json` is what the contract says, byte for byte."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator

from orgscan.model.coverage import CoverageEntry, CoverageStatus
from orgscan.model.finding import AccountRef, ExceptionNote, Finding
from orgscan.report.json_v1 import JsonReport
from orgscan.report.read import StoredRun

EXPECTED = """\
{"format":"orgscan.report","version":1,
"run":{"id":"20261124T020000Z-1a2b3c","started_at":"2026-11-24T02:00:00Z",\
"finished_at":"2026-11-24T02:04:12Z","tool":{"name":"orgscan","version":"0.1.0"},\
"caller":{"account_id":"999988887777",\
"arn":"arn:aws:sts::999988887777:assumed-role/audit/nightly"},"partition":"aws",\
"organization":{"id":"o-exampleorg","management_account_id":"999988887777"},\
"scope":{"account":[],"exclude_account":[],"ou":[],"tag":[],"region":[],\
"role_name":"orgscan-audit"},"exit_status":1,"notes":[],\
"remediations":[],"trend":[]},
"totals":{"accounts":{"listed":1,"in_scope":1,"covered":0,"partly_covered":1,"not_covered":0,\
"not_active":0},"targets":{"in_scope":2,"covered":1,"not_covered":1,"partly_covered":0,\
"not_enabled":0},"services_by_controller":{"ECS":300,"EXTERNAL":8,"CODE_DEPLOY":4},\
"findings":{"ecs-taskset-no-public-ip":{"PASSED":0,"FAILED":1,"WARNING":0,"NOT_APPLICABLE":0,\
"NOT_EVALUATED":0}},"api_calls":{"ecs:ListClusters":680,"sts:AssumeRole":40},"throttled":2},
"controls":[],
"findings":[
{"key":"ecs-taskset-no-public-ip|111122223333|eu-west-1|\
arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001",\
"control_id":"ecs-taskset-no-public-ip","status":"FAILED","severity":"HIGH",\
"reason":"This PRIMARY task set states assignPublicIp ENABLED.",\
"account":{"id":"111122223333","name":"payments","ou_path":"r-ab12/ou-ab12-11111111"},\
"region":"eu-west-1","resource":{"type":"AWS::ECS::TaskSet",\
"arn":"arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/ecs-svc/0000000000000000001",\
"id":"ecs-svc/0000000000000000001",\
"cluster_arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",\
"service_arn":"arn:aws:ecs:eu-west-1:111122223333:service/prod/api","service_name":"api",\
"deployment_controller":"EXTERNAL","status":"PRIMARY","launch_type":"FARGATE",\
"scale_percent":100.0,"created_at":"2026-11-20T08:00:00Z",\
"updated_at":null,"tags":{"env":"prod","team":"a"}},\
"observed":{"assign_public_ip":"ENABLED","subnets":["subnet-1"],"security_groups":[],\
"public_ips":[],"capacity_providers":[],"platform_version":null,"task_definition":null,\
"running_count":null,"desired_count":null,"corroboration":"not asked","ipv6":[],"interfaces":[],\
"interfaces_seen":false,"started_by":null,"places":[],"images":[],"load_balancers":[]},\
"exposure":null,\
"exception":{"id":"bastion","owner":"ops@example.org","reason":"Known","ticket":"SEC-1",\
"expires":"2027-03-31"},"owner":null,"evidence":["sha256:1f","sha256:2e"],"past":null}
],
"coverage":[
{"account_id":"111122223333","account_name":"payments","region":null,\
"status":"ROLE_NOT_ASSUMABLE","reason":"The role is not there.","api":"sts:AssumeRole",\
"error_code":"AccessDenied","message":"not authorized","api_calls":1,"duration_ms":84,"ou_path":"",\
"missed":[]},
{"account_id":"111122223333","account_name":"payments","region":"eu-west-1","status":"COVERED",\
"reason":"","api":"","error_code":"","message":"","api_calls":3,"duration_ms":120,"ou_path":"",\
"missed":[]}
],
"metrics":null}
"""


def _written(record: StoredRun) -> str:
    out = io.BytesIO()
    JsonReport().write(record, out)
    return out.getvalue().decode()


def test_a_small_run_is_written_in_the_contracts_own_order(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """Every member, its place and its form are those of version 1."""
    finding = make_finding(
        tags={"team": "a", "env": "prod"},
        exception=ExceptionNote(
            id="bastion",
            owner="ops@example.org",
            reason="Known",
            ticket="SEC-1",
            expires="2027-03-31",
        ),
        evidence=("sha256:1f", "sha256:2e"),
    )
    refused = CoverageEntry(
        account_id="111122223333",
        account_name="payments",
        region=None,
        status=CoverageStatus.ROLE_NOT_ASSUMABLE,
        reason="The role is not there.",
        api="sts:AssumeRole",
        error_code="AccessDenied",
        message="not authorized",
        api_calls=1,
        duration_ms=84,
    )
    seen = CoverageEntry(
        account_id="111122223333",
        account_name="payments",
        region="eu-west-1",
        status=CoverageStatus.COVERED,
        api_calls=3,
        duration_ms=120,
    )

    record = make_record((finding,), (refused, seen), controls=())

    assert _written(record) == EXPECTED


def test_an_empty_run_is_still_a_whole_report(make_record: Callable[..., StoredRun]) -> None:
    """Lists are there and empty, never missing."""
    report = json.loads(_written(make_record()))

    assert list(report) == [
        "format",
        "version",
        "run",
        "totals",
        "controls",
        "findings",
        "coverage",
        "metrics",
    ]
    assert (report["findings"], report["coverage"]) == ([], [])


def test_the_same_run_gives_the_same_bytes(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """The order in which maps were filled does not show."""
    one = make_record((make_finding(tags={"a": "1", "b": "2"}),), services={"ECS": 1, "NEW": 2})
    other = make_record((make_finding(tags={"b": "2", "a": "1"}),), services={"NEW": 2, "ECS": 1})

    assert _written(one) == _written(other)


def test_a_controller_that_is_not_known_yet_is_counted_after_the_known_ones(
    make_record: Callable[..., StoredRun],
) -> None:
    """Nothing that was counted is left out, and the known three are there at zero."""
    report = json.loads(_written(make_record(services={"NEW": 2, "ECS": 1})))

    controllers = report["totals"]["services_by_controller"]
    assert list(controllers.items()) == [
        ("ECS", 1),
        ("EXTERNAL", 0),
        ("CODE_DEPLOY", 0),
        ("NEW", 2),
    ]


def test_hostile_names_are_kept_exactly_and_do_nothing_to_who_prints_the_file(
    make_record: Callable[..., StoredRun],
    make_finding: Callable[..., Finding],
    hostile_names: tuple[str, ...],
) -> None:
    """Each finding is one printable line of JSON, and holds the name as it is."""
    record = make_record(
        tuple(
            make_finding(name, account=AccountRef("111122223333", name, ""), tags={name: name})
            for name in hostile_names
        )
    )

    text = _written(record)

    assert [line for line in text.split("\n") if not line.isprintable()] == []
    findings = json.loads(text)["findings"]
    assert [finding["account"]["name"] for finding in findings] == list(hostile_names)
    assert [finding["resource"]["tags"] for finding in findings] == [
        {name: name} for name in hostile_names
    ]


def test_a_finding_is_written_before_the_next_one_is_asked_for(
    make_record: Callable[..., StoredRun], make_finding: Callable[..., Finding]
) -> None:
    """The writer holds one finding at a time, however many there are."""
    out = io.BytesIO()
    written_before: list[int] = []

    class Watched(StoredRun, frozen=True):
        def findings(self) -> Iterator[Finding]:
            for finding in super().findings():
                written_before.append(out.getvalue().count(b'"key"'))
                yield finding

    record = make_record(tuple(make_finding(number=number) for number in range(3)))
    JsonReport().write(Watched(record.report), out)

    assert written_before == [0, 1, 2]
