"""Each setting, as a table: what is taken, and the exact words with which the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.config.settings import Settings


def test_a_file_with_its_version_alone_gives_the_defaults(load: Callable[..., Settings]) -> None:
    """Every default is stated here once more, because users rely on them."""
    assert load("version: 1\n").model_dump() == {
        "role_name": "orgscan-audit",
        "management_role_name": None,
        "own_account": "credentials",
        "external_id": None,
        "source_identity": None,
        "session_tags": {},
        "session_policy": True,
        "sts_region": None,
        "profile": None,
        "account": (),
        "exclude_account": (),
        "ou": (),
        "tag": (),
        "region": (),
        "corroborate_task_sets": True,
        "allowlist": None,
        "output": Path("reports"),
        "format": ("html", "json"),
        "concurrency": 64,
        "exit_zero": False,
        "progress": None,
        "log_format": "text",
    }


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("role_name: team/orgscan-audit", "role_name", "team/orgscan-audit"),
        ("role_name: a+b=c,d.e@f_g", "role_name", "a+b=c,d.e@f_g"),
        ("management_role_name: audit", "management_role_name", "audit"),
        ("own_account: assume", "own_account", "assume"),
        ("external_id: a:b/c", "external_id", "a:b/c"),
        ("source_identity: nightly", "source_identity", "nightly"),
        ("session_tags: {team: cloud security}", "session_tags", {"team": "cloud security"}),
        ("session_policy: false", "session_policy", False),
        ("sts_region: us-gov-west-1", "sts_region", "us-gov-west-1"),
        ("profile: audit", "profile", "audit"),
        ('account: ["012345670123"]', "account", ("012345670123",)),
        ("account: ['111122223333', '111122223333']", "account", ("111122223333",)),
        ("exclude_account: ['111122223333']", "exclude_account", ("111122223333",)),
        ("ou: [ou-ab12-11111111, r-ab12]", "ou", ("ou-ab12-11111111", "r-ab12")),
        ("tag: [env=prod, 'a=b=c', empty=]", "tag", ("env=prod", "a=b=c", "empty=")),
        ("region: [eu-*, '*', us-east-?]", "region", ("eu-*", "*", "us-east-?")),
        ("corroborate_task_sets: false", "corroborate_task_sets", False),
        ("allowlist: my/list.yaml", "allowlist", Path("my/list.yaml")),
        ("output: /var/lib/orgscan", "output", Path("/var/lib/orgscan")),
        ("format: [json]", "format", ("json",)),
        ("concurrency: 4096", "concurrency", 4096),
        ("exit_zero: true", "exit_zero", True),
        ("progress: false", "progress", False),
        ("log_format: json", "log_format", "json"),
    ],
)
def test_a_good_value_is_taken_as_it_is_written(
    load: Callable[..., Settings], line: str, key: str, value: object
) -> None:
    """Each key takes what AWS takes."""
    assert getattr(load(f"version: 1\n{line}\n"), key) == value


ROLE = "is not a role name of up to 64 letters, digits and +=,.@_-, which may follow a path"
EXTERNAL_ID = "is not an external id of 2 to 1224 letters, digits and +=,.@:/_-"
ACCOUNT = "is not an account id, which has 12 digits"
UNIT = "is not the id of an organizational unit or of the root"
REGION = "is not a region or a glob of regions"
ROTATE = (
    "Remove it, and rotate it if the file was shared; "
    "orgscan takes credentials from AWS_PROFILE, the environment or the machine's own role"
)
QUOTED = "Write true or false, without quotes"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        # Keys
        ("regions: [eu-west-1]", '1: unknown key "regions". Did you mean "region"?'),
        ("role-name: audit", '1: unknown key "role-name". Did you mean "role_name"?'),
        ("verbose: true", None),
        ("role_name: a\nrole_name: b", None),
        ("1: a", '1: YAML does not read the key "1" as text. Quote it: "1"'),
        ("[a]: b", "1: a key must be text. Write a name, a colon and a value"),
        ("<<: {role_name: a}", "1: merge keys are not supported. Write the keys out"),
        # What YAML makes of account ids
        (
            "account: [012345670123]",
            '11: YAML reads 012345670123 as a number, not as text. Quote it: "012345670123"',
        ),
        (
            "account: [111122223333]",
            '11: YAML reads 111122223333 as a number, not as text. Quote it: "111122223333"',
        ),
        (
            "account: [1111_2222_3333]",
            '11: YAML reads 1111_2222_3333 as a number, not as text. Quote it: "111122223333"',
        ),
        ("account: ['1111-2222-3333']", f'11: "1111-2222-3333" {ACCOUNT}. Write "111122223333"'),
        (
            "account: ['arn:aws:iam::111122223333:root']",
            f'11: "arn:aws:iam::111122223333:root" {ACCOUNT}. Write "111122223333"',
        ),
        ("account: ['12345']", f'11: "12345" {ACCOUNT}. For example: "111122223333"'),
        ("account: ['٣٣٣٣٣٣٣٣٣٣٣٣']", f'11: "٣٣٣٣٣٣٣٣٣٣٣٣" {ACCOUNT}. For example: "111122223333"'),
        (
            "account: ['111122223333']\nexclude_account: ['111122223333']",
            None,
        ),
        # Types
        (
            "account: '111122223333'",
            '10: expected a list, not "111122223333". Write ["111122223333"]',
        ),
        ("account: {a: b}", "10: expected a list, not keys and values. Write [...]"),
        ("account:", "1: expected a list, not nothing. Write [...]"),
        ("role_name:", "1: there is no value. Write one, or remove the key"),
        ("role_name: [a]", "12: expected text, not a list"),
        ("role_name: off", '12: YAML reads off as false, not as text. Quote it: "off"'),
        ("external_id: 1_000", '14: YAML reads 1_000 as a number, not as text. Quote it: "1_000"'),
        ("external_id: 12:30", '14: YAML reads 12:30 as a number, not as text. Quote it: "12:30"'),
        ("external_id: 1.5", '14: YAML reads 1.5 as a number, not as text. Quote it: "1.5"'),
        (
            "external_id: 2027-01-31",
            '14: YAML reads 2027-01-31 as a date, not as text. Quote it: "2027-01-31"',
        ),
        ("output: 2027", '9: YAML reads 2027 as a number, not as text. Quote it: "2027"'),
        (
            "concurrency: many",
            '14: expected a whole number, not "many". Write a decimal number, such as 64',
        ),
        (
            "concurrency: 0100",
            "14: expected a whole number, not 0100. Write a decimal number, such as 64",
        ),
        (
            "concurrency: true",
            "14: expected a whole number, not true. Write a decimal number, such as 64",
        ),
        ("concurrency: 0", "14: 0 is too small. Write 1 or more"),
        ("concurrency: 5000", "14: 5000 is too large. Write 4096 or less"),
        ("session_policy: 'no'", f'17: expected true or false, not "no". {QUOTED}'),
        ("exit_zero: 1", f"12: expected true or false, not 1. {QUOTED}"),
        ("progress: auto", f'11: expected true or false, not "auto". {QUOTED}'),
        ("log_format: xml", '13: expected "text" or "json", not "xml"'),
        ("own_account: role", '14: expected "credentials" or "assume", not "role"'),
        ("format: [htlm]", '10: expected "html" or "json", not "htlm"'),
        ("format: []", "9: the list is empty. Write at least one value"),
        ("session_tags: [a]", "15: expected keys and values, not a list. Write each as key: value"),
        (
            "profile: !!python/name:os.system x",
            '10: the tag "!!python/name:os.system" is not allowed. Write a plain value',
        ),
        # AWS's rules
        (
            "role_name: arn:aws:iam::111122223333:role/team/audit",
            f'12: "arn:aws:iam::111122223333:role/team/audit" {ROLE}. '
            'Write "team/audit"; the ARN is made for each account',
        ),
        (
            "role_name: /team/audit",
            f'12: "/team/audit" {ROLE}. Write "team/audit"; the ARN is made for each account',
        ),
        ("role_name: org scan", f'12: "org scan" {ROLE}. For example: "team/orgscan-audit"'),
        (f"role_name: {'a-' * 33}", None),
        ("external_id: x", f'14: "x" {EXTERNAL_ID}. For example: "orgscan-7f3a"'),
        ("external_id: 'a b'", f'14: "a b" {EXTERNAL_ID}. For example: "orgscan-7f3a"'),
        (
            "source_identity: a/b",
            '18: "a/b" is not a source identity of 2 to 64 letters, digits and +=,.@_-. '
            'For example: "orgscan"',
        ),
        ("ou: [Workloads]", f'6: "Workloads" {UNIT}. For example: "ou-ab12-11111111"'),
        ("region: [EU-West-1]", f'10: "EU-West-1" {REGION}. Write "eu-west-1"'),
        ("region: ['eu-[wc]*']", f'10: "eu-[wc]*" {REGION}. For example: "eu-*"'),
        ("sts_region: eu-*", '13: "eu-*" is not a region. For example: "eu-west-1"'),
        (
            "tag: [production]",
            '7: "production" is not a tag. Write it as KEY=VALUE, for example "environment=production"',
        ),
        (
            "tag: ['=x']",
            '7: "=x" is not a tag. Write it as KEY=VALUE, for example "environment=production"',
        ),
        (
            "session_tags: {'aws:x': y}",
            '15: the session tag "aws:x" is AWS\'s own. Use another prefix',
        ),
        (
            "session_tags: {Team: a, team: b}",
            '15: the session tag "team" is there twice. STS does not tell keys apart by case; keep one',
        ),
        (
            "session_tags: {team: <b>}",
            '15: "<" has no place in the session tag "team". STS takes letters, digits, spaces and _ . : / = + - @',
        ),
        ("session_tags: {team: 1}", '22: YAML reads 1 as a number, not as text. Quote it: "1"'),
        ("output: ''", "9: the text is empty. Write something, or remove the key"),
        # Hostile text comes back escaped
        (
            r'role_name: "a\e[31m\u202e</script>"',
            f'12: "a\\u001b[31m\\u202e</script>" {ROLE}. For example: "team/orgscan-audit"',
        ),
        (r'profile: "a\u202eb"', "10: the text holds the invisible character U+202E. Remove it"),
        (r'tag: ["a=\e[2J"]', '7: the tag "a=\\u001b[2J" holds invisible characters. Remove them'),
        # Credentials are never shown
        (
            "aws_secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            '1: the key "aws_secret_access_key" looks like a credential, which does not belong here. '
            + ROTATE,
        ),
        (
            "AKIAIOSFODNN7EXAMPLE: x",
            '1: the key "<access key not shown>" looks like a credential, which does not belong here. '
            + ROTATE,
        ),
        ("external_id: ASIAIOSFODNN7EXAMPLE", "14: a credential does not belong here. " + ROTATE),
        ("aws: {session-token: abc}", None),
        (
            "account: [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]",
            f'11: "<40 characters not shown>" {ACCOUNT}. For example: "111122223333"',
        ),
    ],
)
def test_a_bad_value_is_refused_with_its_place_and_what_to_write(
    refusal: Callable[..., str], line: str, message: str | None
) -> None:
    """The message names line and column, says what is wrong, and what would be right."""
    print(line, "=>", refusal(f"version: 1\n{line}\n"))
    assert message is None or refusal(f"version: 1\n{line}\n") == f"a.yaml:2:{message}"
