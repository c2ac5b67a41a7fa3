"""The small languages that the simulator reads: dotted forms, wildcards and IAM policies."""

from __future__ import annotations

import json

import pytest

from orgscan.simulator.services import policy
from orgscan.simulator.wire.forms import BadForm, Tree, read_form, write_xml

READ = {"Effect": "Allow", "Action": ["ecs:List*", "ecs:DescribeServices"], "Resource": "*"}


def text(*statements: object) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_form_becomes_lists_and_structures() -> None:
    """EC2's lists are bare numbers, the query protocol's are members."""
    body = b"Filter.1.Name=vpc-id&Filter.1.Value.2=b&Filter.1.Value.1=a&Tags.member.1.Key=k&A=%26"
    assert read_form(body) == {
        "Filter": [{"Name": "vpc-id", "Value": ["a", "b"]}],
        "Tags": [{"Key": "k"}],
        "A": "&",
    }


@pytest.mark.parametrize("body", [b"A=1&A.B=2", b"." * 40 + b"=1"])
def test_a_form_that_contradicts_itself_is_refused(body: bytes) -> None:
    """A value that is a structure too, or is nested without end."""
    with pytest.raises(BadForm):
        read_form(body)


def test_xml_escapes_what_it_carries() -> None:
    """Markup becomes text, and what XML cannot carry is replaced."""
    tree: dict[str, Tree] = {"a": "<b>&\x1b", "none": None, "yes": True, "list": ["x", {"n": 1}]}
    assert write_xml(tree, "item") == (
        "<a>&lt;b&gt;&amp;\ufffd</a><yes>true</yes><list><item>x</item><item><n>1</n></item></list>"
    )


@pytest.mark.parametrize(
    ("statements", "action", "resource", "allowed"),
    [
        ([READ], "ecs:ListClusters", "*", True),
        ([READ], "ECS:listclusters", "*", True),
        ([READ], "ecs:DescribeTasks", "*", False),
        ([READ], "ecs:UpdateService", "arn:aws:ecs:x", False),
        ([READ | {"Resource": "arn:aws:ecs:*:service/a*"}], "ecs:ListServices", "*", False),
        (
            [READ | {"Resource": ["arn:aws:ecs:*:service/a*"]}],
            "ecs:DescribeServices",
            "arn:aws:ecs:eu:1:service/api",
            True,
        ),
        ([READ, {"Effect": "Deny", "Action": "ecs:*"}], "ecs:ListClusters", "*", False),
        ([READ, {"Effect": "Deny", "Action": "ec2:*"}], "ecs:ListClusters", "*", True),
    ],
)
def test_a_policy_allows_what_a_statement_allows_and_none_denies(
    statements: list[object], action: str, resource: str, allowed: bool
) -> None:
    """Names of actions are the same in any case, and `*` is any text."""
    assert policy.allows(text(*statements), action, resource) is allowed
