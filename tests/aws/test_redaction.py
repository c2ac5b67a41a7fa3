"""What must never be kept is removed before anything is hashed, and nothing else is."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.aws.credentials import Credentials
from orgscan.aws.redaction import REMOVED, RULES, redacted, rules_as_data, without_token

_SECRET = "no-evidence-may-hold-this"
_CONTAINER = {
    "name": "app",
    "environment": [{"name": "TOKEN", "value": _SECRET}],
    "command": ["run", _SECRET],
    "secrets": [{"name": "KEY", "valueFrom": _SECRET}],
}
_ASSUMED = (
    b"<AssumeRoleResponse><AssumeRoleResult><Credentials>"
    b"<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>%b</SecretAccessKey>"
    b"<SessionToken>\n%b\n</SessionToken><Expiration>2026-11-24T03:00:00Z</Expiration>"
    b"</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


@pytest.mark.parametrize(
    ("api", "answer", "kept"),
    [
        (
            "ecs:DescribeTasks",
            {"tasks": [{"taskArn": "arn", "overrides": {"containerOverrides": [_CONTAINER]}}]},
            {"tasks": [{"taskArn": "arn", "overrides": REMOVED}]},
        ),
        (
            "ecs:DescribeServices",
            {"services": [{"logConfiguration": {"logDriver": "a", "options": {"t": _SECRET}}}]},
            {"services": [{"logConfiguration": {"logDriver": "a", "options": REMOVED}}]},
        ),
        (
            "ecs:DescribeTaskDefinition",
            {"taskDefinition": {"containerDefinitions": [_CONTAINER]}},
            {
                "taskDefinition": {
                    "containerDefinitions": [
                        {
                            "name": "app",
                            "environment": REMOVED,
                            "command": REMOVED,
                            "secrets": REMOVED,
                        }
                    ]
                }
            },
        ),
        (
            "batch:DescribeJobDefinitions",
            {"jobDefinitions": [{"containerProperties": {"image": "i", "command": [_SECRET]}}]},
            {"jobDefinitions": [{"containerProperties": {"image": "i", "command": REMOVED}}]},
        ),
        (
            "events:ListTargetsByRule",
            {"Targets": [{"Id": "1", "Input": f'{{"a":"{_SECRET}","AssignPublicIp":"ENABLED"}}'}]},
            {"Targets": [{"Id": "1", "Input": f'{{"a":"{REMOVED}","AssignPublicIp":"ENABLED"}}'}]},
        ),
        (
            "scheduler:GetSchedule",
            {"Target": {"Arn": "arn", "Input": _SECRET}},
            {"Target": {"Arn": "arn", "Input": REMOVED}},
        ),
        (
            "pipes:DescribePipe",
            {"TargetParameters": {"EcsTaskParameters": {"Overrides": _CONTAINER}}},
            {"TargetParameters": {"EcsTaskParameters": {"Overrides": REMOVED}}},
        ),
        (
            "states:DescribeStateMachine",
            {
                "definition": f'{{"StartAt":"a","States":{{"a":{{"Parameters":'
                f'{{"Subnets.$":"$.s","Body":["{_SECRET}",7,null,true]}}}}}}}}'
            },
            {
                "definition": f'{{"StartAt":"a","States":{{"a":{{"Parameters":'
                f'{{"Subnets.$":"$.s","Body":["{REMOVED}","{REMOVED}",null,true]}}}}}}}}'
            },
        ),
    ],
)
def test_secrets_of_an_answer_are_replaced_and_their_names_stay(
    api: str, answer: object, kept: object
) -> None:
    """One answer of each operation that may hold any."""
    found = redacted(api, msgspec.json.encode(answer))

    assert msgspec.json.decode(found) == kept
    assert _SECRET.encode() not in found


def test_credentials_of_an_assumed_role_are_replaced() -> None:
    """When they expire stays."""
    secret = _SECRET.encode()
    found = redacted("sts:AssumeRole", _ASSUMED % (secret, secret))

    assert secret not in found
    assert b"ASIA1" not in found
    assert found.count(REMOVED.encode()) == 3
    assert b"<Expiration>2026-11-24T03:00:00Z</Expiration>" in found


@pytest.mark.parametrize("api", sorted(RULES))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"options":{"input":{"definition":{"overrides":{"command":["no-evidence-may-hold-this"',
        b"<html>no-evidence-may-hold-this</html>",
        b"<A><SecretAccessKey><![CDATA[no-evidence-may-hold-this]]></SecretAccessKey></A>",
        b"\xff\xfe no-evidence-may-hold-this",
        b'"no-evidence-may-hold-this"',
        b"[" * 5_000,
    ],
)
def test_an_answer_that_cannot_be_read_is_removed_whole(api: str, body: bytes) -> None:
    """Nobody can tell what is in it."""
    assert redacted(api, body) == REMOVED.encode()


@given(body=st.binary(max_size=60))
def test_an_answer_without_a_rule_keeps_its_bytes(body: bytes) -> None:
    """As one does that has a rule, and nothing to remove."""
    assert redacted("ecs:ListClusters", body) is body
    plain = b'{"tasks": [],  "failures":[]}'
    assert redacted("ecs:DescribeTasks", plain) is plain


def test_a_name_in_escapes_is_found_as_well() -> None:
    """JSON may write any letter as one."""
    body = b'{"tasks":[{"\\u006fverrides":"no-evidence-may-hold-this"}]}'

    assert redacted("ecs:DescribeTasks", body) == (
        b'{"tasks":[{"overrides":"[removed by orgscan]"}]}'
    )


_NAMES = st.sampled_from(["overrides", "Overrides", 'a"overrides', "overrides\\", "name", "ü"])
_TEXTS = st.sampled_from(['"overrides":', '\\"overrides": {', "\\", '"', "ü€", "}", ""]) | st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=8
)
_ANSWERS = st.recursive(
    _TEXTS | st.none() | st.booleans() | st.integers(-5, 5),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(_NAMES, held, max_size=4),
    max_leaves=12,
)


@given(tasks=_ANSWERS, spaces=st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")]))
def test_removing_in_place_and_writing_anew_come_to_the_same(
    tasks: object, spaces: tuple[str, str]
) -> None:
    """An answer with an escape in a name is written anew; without, the bytes around stay."""
    text = json.dumps({"tasks": tasks}, separators=spaces, ensure_ascii=False)
    in_place = redacted("ecs:DescribeTasks", text.encode())
    anew = redacted("ecs:DescribeTasks", f'{{"\\u007a":0,{text[1:]}'.encode())

    assert {"z": 0, **msgspec.json.decode(in_place)} == msgspec.json.decode(anew)


@pytest.mark.parametrize(
    "body",
    [
        b"<Message>The request was 'x-amz-security-token:tok/en+1=='</Message>",
        b'{"message":"host:a\\nx-amz-security-token:tok/en+1==\\n\\nhost;x-amz"}',
        b"tok/en+1== and wJalrXUtnFEMI/K7MDENG",
        b"X-Amz-Security-Token: another-token-of-somebody",
    ],
)
def test_an_error_that_repeats_the_request_loses_its_credentials(body: bytes) -> None:
    """AWS answers a refused signature with the headers that it read."""
    held = Credentials(
        account_id="111122223333",
        access_key="ASIA1",
        secret_key="wJalrXUtnFEMI/K7MDENG",
        token="tok/en+1==",
    )
    found = without_token(body, held)

    assert b"tok/en" not in found
    assert b"wJalr" not in found
    assert b"another-token" not in found
    assert REMOVED.encode() in found


def test_the_rules_are_told_as_data() -> None:
    """Each operation with what is removed, for whoever reads the evidence."""
    told = rules_as_data()

    assert told["marker"] == REMOVED
    operations = told["operations"]
    assert isinstance(operations, dict)
    assert operations.keys() == RULES.keys()
    assert operations["ecs:DescribeTasks"] == {
        "members_removed": ["overrides"],
        "documents_reduced": [],
        "xml_elements_removed": [],
    }
