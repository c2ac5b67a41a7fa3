"""Each setting, as a table: what is taken, and the exact words with which the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from orgscan.cli.scan import scan
from orgscan.collect import load_balancers
from orgscan.collect.launchers.registry import COLLECTORS
from orgscan.config.settings import CollectName, ConfigFile, FormatName, Settings
from orgscan.report.registry import FORMATS

# Every default is stated here once more, because users rely on them.
DEFAULTS: dict[str, object] = {
    "role_name": "orgscan-audit",
    "management_role_name": None,
    "remediate_role": "orgscan-remediate",
    "own_account": "credentials",
    "external_id": None,
    "source_identity": None,
    "session_tags": {},
    "session_policy": True,
    "sts_region": None,
    "profile": None,
    "allow_insecure_endpoint": False,
    "account": (),
    "exclude_account": (),
    "ou": (),
    "tag": (),
    "region": (),
    "corroborate_task_sets": True,
    "owner_tags": ("owner", "team"),
    "mappings": (),
    "collect": (),
    "allowlist": None,
    "output": Path("reports"),
    "keep_runs": None,
    "keep_days": None,
    "format": ("html", "json"),
    "deliver_s3": None,
    "deliver_kms_key": None,
    "deliver_lock_mode": None,
    "deliver_lock_days": 365,
    "deliver_legal_hold": False,
    "deliver_history": False,
    "history": True,
    "history_file": None,
    "deliver_security_hub": False,
    "deliver_security_hub_role": "orgscan-security-hub",
    "deliver_sns_topic": None,
    "deliver_event_bus": None,
    "remediation": (),
    "evidence": True,
    "signing_key": None,
    "signing_kms_key": None,
    "tsa_url": None,
    "concurrency": 64,
    "run_lock": "output",
    "run_lock_hours": 12,
    "timeout": None,
    "exit_zero": False,
    "progress": None,
    "log_format": "text",
    "metrics": "none",
    "heartbeat_seconds": 60,
    "processes": 1,
    "shard": None,
    "shard_group": None,
    "dask": None,
    "dask_ca": None,
    "dask_cert": None,
    "dask_key": None,
    "dask_insecure": False,
}


def test_a_file_with_its_version_alone_gives_the_defaults(load: Callable[..., Settings]) -> None:
    """Nothing has to be set."""
    assert load("version: 1\n").model_dump() == DEFAULTS


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("role_name: team/orgscan-audit", "role_name", "team/orgscan-audit"),
        ("role_name: a+b=c,d.e@f_g", "role_name", "a+b=c,d.e@f_g"),
        ("management_role_name: audit", "management_role_name", "audit"),
        ("own_account: assume", "own_account", "assume"),
        ("processes: 8", "processes", 8),
        ("processes: auto", "processes", "auto"),
        ("shard: 16/16", "shard", "16/16"),
        ("shard: batch", "shard", "batch"),
        ("shard_group: nightly-2026-11-26", "shard_group", "nightly-2026-11-26"),
        ("dask: tls://scheduler.example.org:8786", "dask", "tls://scheduler.example.org:8786"),
        ("dask: tls://[fd00::1]:8786", "dask", "tls://[fd00::1]:8786"),
        ("dask: local", "dask", "local"),
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
        ("owner_tags: [Cost Centre, team, team]", "owner_tags", ("Cost Centre", "team")),
        ("owner_tags: []", "owner_tags", ()),
        ("collect: [launchers]", "collect", ("launchers",)),
        (
            "collect: [launchers.states, launchers.batch, launchers.states]",
            "collect",
            ("launchers.states", "launchers.batch"),
        ),
        ("allowlist: my/list.yaml", "allowlist", "my/list.yaml"),
        ("allowlist: ssm:/orgscan/allowlist", "allowlist", "ssm:/orgscan/allowlist"),
        ("allowlist: s3://a-bucket/a b.yaml", "allowlist", "s3://a-bucket/a b.yaml"),
        ("output: /var/lib/orgscan", "output", Path("/var/lib/orgscan")),
        ("format: [json]", "format", ("json",)),
        ("evidence: false", "evidence", False),
        ("signing_key: keys/audit.pem", "signing_key", Path("keys/audit.pem")),
        ("concurrency: 4096", "concurrency", 4096),
        ("keep_runs: 30", "keep_runs", 30),
        ("keep_days: 90", "keep_days", 90),
        ("metrics: emf", "metrics", "emf"),
        ("heartbeat_seconds: 300", "heartbeat_seconds", 300),
        ("run_lock: bucket", "run_lock", "bucket"),
        ("run_lock_hours: 3", "run_lock_hours", 3),
        ("timeout: 3600", "timeout", 3600),
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
SOURCE = "is not a source identity of 2 to 64 letters, digits and +=,.@_-"
ACCOUNT = "is not an account id, which has 12 digits"
UNIT = "is not the id of an organizational unit or of the root"
REGION = "is not a region or a glob of regions"
GUESSED = "as a number, not as text. Quote it:"
NUMBER = "Write a decimal number, such as 64"
SWITCH = "Write true or false, without quotes"
PAIR = 'Write it as KEY=VALUE, for example "environment=production"'
BARE_ROLE = 'Write "team/audit"; the ARN is made for each account'
TAG_LENGTHS = "A key has at most 128 characters and a value at most 256"
STS_TAG = "STS takes letters, digits, spaces and _ . : / = + - @"
IS_KEY = "looks like a credential, which does not belong here"
IS_CREDENTIAL = "a credential does not belong here"
ROTATE = (
    "Remove it, and rotate it if the file was shared; "
    "orgscan takes credentials from AWS_PROFILE, the environment or the machine's own role"
)
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

KEYS = [
    ("regions: [eu-west-1]", '1: unknown key "regions". Did you mean "region"?'),
    ("role-name: audit", '1: unknown key "role-name". Did you mean "role_name"?'),
    ("1: a", '1: YAML does not read the key "1" as text. Quote it: "1"'),
    ("[a]: b", "1: a key must be text. Write a name, a colon and a value"),
    ("<<: {role_name: a}", "1: merge keys are not supported. Write the keys out"),
]
GUESSES_OF_YAML = [
    ("account: [012345670123]", f'11: YAML reads 012345670123 {GUESSED} "012345670123"'),
    ("account: [111122223333]", f'11: YAML reads 111122223333 {GUESSED} "111122223333"'),
    ("account: [1111_2222_3333]", f'11: YAML reads 1111_2222_3333 {GUESSED} "111122223333"'),
    ("external_id: 1_000", f'14: YAML reads 1_000 {GUESSED} "1_000"'),
    ("external_id: 12:30", f'14: YAML reads 12:30 {GUESSED} "12:30"'),
    ("external_id: 0x1f", f'14: YAML reads 0x1f {GUESSED} "0x1f"'),
    ("external_id: 1.5", f'14: YAML reads 1.5 {GUESSED} "1.5"'),
    (
        "external_id: 2027-01-31",
        '14: YAML reads 2027-01-31 as a date, not as text. Quote it: "2027-01-31"',
    ),
    ("role_name: off", '12: YAML reads off as false, not as text. Quote it: "off"'),
    ("output: 2027", f'9: YAML reads 2027 {GUESSED} "2027"'),
    ("session_tags: {team: 1}", f'22: YAML reads 1 {GUESSED} "1"'),
    ("role_name:", "11: there is no value. Write one, or remove the key"),
]
TYPES = [
    ("account: '111122223333'", '10: expected a list, not "111122223333". Write ["111122223333"]'),
    ("account: {a: b}", "10: expected a list, not keys and values. Write [...]"),
    ("account:", "9: expected a list, not nothing. Write [...]"),
    ("role_name: [a]", "12: expected text, not a list"),
    ("concurrency: many", f'14: expected a whole number, not "many". {NUMBER}'),
    ("concurrency: 0100", f"14: expected a whole number, not 0100. {NUMBER}"),
    ("concurrency: true", f"14: expected a whole number, not true. {NUMBER}"),
    ("concurrency: 0", "14: 0 is too small. Write 1 or more"),
    ("concurrency: 5000", "14: 5000 is too large. Write 4096 or less"),
    ("session_policy: 'no'", f'17: expected true or false, not "no". {SWITCH}'),
    ("exit_zero: 1", f"12: expected true or false, not 1. {SWITCH}"),
    ("progress: auto", f'11: expected true or false, not "auto". {SWITCH}'),
    ("log_format: xml", '13: expected "text" or "json", not "xml"'),
    ("own_account: role", '14: expected "credentials" or "assume", not "role"'),
    (
        "format: [htlm]",
        (
            '10: expected "html", "json", "ndjson", "csv", "ocsf", "asff", "sarif", "oscal", '
            '"junit" or "markdown", not "htlm"'
        ),
    ),
    ("collect: launchers", '10: expected a list, not "launchers". Write ["launchers"]'),
    ("format: []", "9: the list is empty. Write at least one value"),
    ("session_tags: [a]", "15: expected keys and values, not a list. Write each as key: value"),
    (
        "profile: !!python/name:os.system x",
        '10: the tag "!!python/name:os.system" is not allowed. Write a plain value',
    ),
    ("region: !!set {a, b}", '9: the tag "!!set" is not allowed. Write a plain value'),
]
SHARED_OUT = [
    ("processes: many", '12: "many" is no number of processes. Write 1 to 256, or auto'),
    ("processes: true", "12: this is no number of processes. Write 1 to 256, or auto"),
    ("processes: 0", "12: this is no number of processes. Write 1 to 256, or auto"),
    ("shard: 5/3", "8: there is no shard 5 of 3. Write 1/3 to 3/3"),
    ("shard: 0/3", '8: "0/3" is not a shard I/N, counted from 1, or "batch". For example: "1/16"'),
    (
        "dask: http://h:1",
        (
            '7: "http://h:1" is not a Dask scheduler\'s address, or "local". '
            'For example: "tls://scheduler.example.org:8786"'
        ),
    ),
]
RULES_OF_AWS = [
    ("account: ['1111-2222-3333']", f'11: "1111-2222-3333" {ACCOUNT}. Write "111122223333"'),
    (
        "account: ['arn:aws:iam::111122223333:root']",
        f'11: "arn:aws:iam::111122223333:root" {ACCOUNT}. Write "111122223333"',
    ),
    ("account: ['12345']", f'11: "12345" {ACCOUNT}. For example: "111122223333"'),
    (f"account: ['{'٣' * 12}']", f'11: "{"٣" * 12}" {ACCOUNT}. For example: "111122223333"'),
    (
        "role_name: arn:aws:iam::111122223333:role/team/audit",
        f'12: "arn:aws:iam::111122223333:role/team/audit" {ROLE}. {BARE_ROLE}',
    ),
    ("role_name: /team/audit", f'12: "/team/audit" {ROLE}. {BARE_ROLE}'),
    ("role_name: org scan", f'12: "org scan" {ROLE}. For example: "team/orgscan-audit"'),
    (
        f"role_name: {'a-' * 33}",
        f'12: "{"a-" * 33}" {ROLE}. For example: "team/orgscan-audit"',
    ),
    ("external_id: x", f'14: "x" {EXTERNAL_ID}. For example: "orgscan-7f3a"'),
    ("external_id: 'a b'", f'14: "a b" {EXTERNAL_ID}. For example: "orgscan-7f3a"'),
    ("source_identity: a/b", f'18: "a/b" {SOURCE}. For example: "orgscan"'),
    ("ou: [Workloads]", f'6: "Workloads" {UNIT}. For example: "ou-ab12-11111111"'),
    ("region: [EU-West-1]", f'10: "EU-West-1" {REGION}. Write "eu-west-1"'),
    ("region: ['eu-[wc]*']", f'10: "eu-[wc]*" {REGION}. For example: "eu-*"'),
    ("sts_region: eu-*", '13: "eu-*" is not a region. For example: "eu-west-1"'),
    ("tag: [production]", f'7: "production" is not a tag. {PAIR}'),
    ("tag: ['=x']", f'7: "=x" is not a tag. {PAIR}'),
    (
        f"tag: ['{'k' * 30}={'v-' * 129}']",
        f'7: the tag "{"k" * 30}={"v-" * 24}…" is too long. {TAG_LENGTHS}',
    ),
    (
        f"owner_tags: [{'k-' * 65}]",
        f'14: the tag key "{"k-" * 39}k…" is too long. It has at most 128 characters',
    ),
    ("owner_tags: ['']", "14: the text is empty. Write something, or remove the key"),
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
        f'15: "<" has no place in the session tag "team". {STS_TAG}',
    ),
    (
        f"session_tags: {{{', '.join(f't{number}: v' for number in range(51))}}}",
        "15: there are 51 session tags. STS takes at most 50",
    ),
    ("output: ''", "9: the text is empty. Write something, or remove the key"),
]
UNKNOWN_HOSTILE = (
    r'1: unknown key "\u001b]0;x\u0007". '
    f"Known are: {', '.join(sorted(ConfigFile.model_fields))}"
)
HOSTILE = [
    (
        r'role_name: "a\e[31m\u202e</script>"',
        f'12: "a\\u001b[31m\\u202e</script>" {ROLE}. For example: "team/orgscan-audit"',
    ),
    (r'profile: "a\u202eb"', "10: the text holds the invisible character U+202E. Remove it"),
    (r'tag: ["a=\e[2J"]', '7: the tag "a=\\u001b[2J" holds invisible characters. Remove them'),
    (
        r'external_id: !!int "\e[31m"',
        rf'14: YAML reads "\u001b[31m" {GUESSED} "\u001b[31m"',
    ),
    (
        r'external_id: !!bool "\e[31m"',
        r'14: YAML reads "\u001b[31m" as false, not as text. Quote it: "\u001b[31m"',
    ),
    (r'concurrency: !!int "\u202e1"', rf'14: expected a whole number, not "\u202e1". {NUMBER}'),
    (r'"\e]0;x\a": 1', UNKNOWN_HOSTILE),
    (f"profile: {'a-' * 501}", "10: the text has 1002 characters. Write at most 1000"),
]
CREDENTIALS = [
    (f"aws_secret_access_key: {SECRET}", f'1: the key "aws_secret_access_key" {IS_KEY}. {ROTATE}'),
    ("Session-Token: abc", f'1: the key "Session-Token" {IS_KEY}. {ROTATE}'),
    ("AKIAIOSFODNN7EXAMPLE: x", f'1: the key "<access key not shown>" {IS_KEY}. {ROTATE}'),
    ("external_id: ASIAIOSFODNN7EXAMPLE", f"14: {IS_CREDENTIAL}. {ROTATE}"),
    ("profile: key=AKIAIOSFODNN7EXAMPLE", f"10: {IS_CREDENTIAL}. {ROTATE}"),
    (
        f"account: [{SECRET}]",
        f'11: "<40 characters not shown>" {ACCOUNT}. For example: "111122223333"',
    ),
]


@pytest.mark.parametrize(
    ("line", "message"),
    [*KEYS, *GUESSES_OF_YAML, *TYPES, *SHARED_OUT, *RULES_OF_AWS, *HOSTILE, *CREDENTIALS],
)
def test_a_bad_value_is_refused_with_its_place_and_what_to_write(
    refusal: Callable[..., str], line: str, message: str
) -> None:
    """The message names line and column, says what is wrong, and what would be right."""
    assert refusal(f"version: 1\n{line}\n") == f"a.yaml:2:{message}"


def test_an_unknown_key_that_is_like_no_other_gets_the_list(refusal: Callable[..., str]) -> None:
    """Where there is no near match, all keys are named."""
    message = refusal("version: 1\nxyz: 1\n")
    assert message.startswith(
        'a.yaml:2:1: unknown key "xyz". Known are: account, allow_insecure_endpoint, '
    )


def test_a_duplicate_key_is_refused_where_it_is_repeated(refusal: Callable[..., str]) -> None:
    """YAML would let the last one win without a word."""
    assert refusal("version: 1\nrole_name: a\nprofile: p\nrole_name: b\n") == (
        'a.yaml:4:1: duplicate key "role_name", first on line 2. Keep one of them'
    )


def test_an_account_cannot_be_both_in_and_out(refusal: Callable[..., str]) -> None:
    """Two filters that contradict each other are a mistake, whichever would win."""
    text = "version: 1\naccount: ['111122223333']\nexclude_account: ['111122223333']\n"
    assert refusal(text) == (
        'a.yaml:3:18: "111122223333" is in account and in exclude_account. '
        "Remove it from one of them"
    )


def test_a_credential_in_a_group_of_its_own_is_found_too(refusal: Callable[..., str]) -> None:
    """The unknown group and the credential in it are told together; the value is not shown."""
    first, second, third = refusal("version: 1\naws: {session-token: abc}\n").splitlines()
    assert first == "2 problems in the configuration:"
    assert second.startswith('  a.yaml:2:1: unknown key "aws". Known are: account, ')
    assert third == f'  a.yaml:2:7: the key "session-token" {IS_KEY}. {ROTATE}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profile: audit\n", 'a.yaml:1:1: "version" is missing. Begin the file with: version: 1'),
        ("version: 2\n", "a.yaml:1:10: version 2 is not known to this orgscan. Write: version: 1"),
        (
            "version: '1'\n",
            f'a.yaml:1:10: expected a whole number, not "1". {NUMBER}',
        ),
        ("version: true\n", f"a.yaml:1:10: expected a whole number, not true. {NUMBER}"),
    ],
)
def test_a_file_states_its_version(refusal: Callable[..., str], text: str, message: str) -> None:
    """A file of a later format must not be read as if it were this one."""
    assert refusal(text) == message


@pytest.mark.parametrize("key", ["profile", "output", "allowlist"])
def test_spaces_in_a_name_are_kept(load: Callable[..., Settings], key: str) -> None:
    """Profiles and paths are found by what they are called, to the last space."""
    assert str(getattr(load(f"version: 1\n{key}: 'a  b '\n"), key)) == "a  b "


def test_every_report_format_can_be_set() -> None:
    """The settings and the reports know the same names."""
    assert set(get_args(FormatName)) == {each.name for each in FORMATS}


def test_every_optional_collector_can_be_asked_for() -> None:
    """The settings and the collectors know the same names, and one name for all of them."""
    assert set(get_args(CollectName)) == {
        "launchers",
        *(each.name for each in COLLECTORS),
        load_balancers.NAME,
    }


def test_every_option_of_a_scan_is_a_key() -> None:
    """Whatever the command line can say, a file can."""
    assert set(signature(scan).parameters) - set(Settings.model_fields) == {
        "config",
        "dry_run",
        "quiet",
        "resume",
        "verbose",
    }


def test_settings_cannot_be_changed_afterwards(load: Callable[..., Settings]) -> None:
    """What a run reports as its scope is what it was started with."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(load("version: 1\n"), "role_name", "other")  # noqa: B010 - mypy would refuse it


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("version: 1\n", "orgscan-audit"),
        ("version: 1\nrole_name: audit\n", "audit"),
        ("version: 1\nrole_name: audit\nmanagement_role_name: root-audit\n", "root-audit"),
    ],
)
def test_the_management_account_takes_the_common_role_unless_it_has_its_own(
    load: Callable[..., Settings], text: str, role: str
) -> None:
    """StackSets do not reach the management account, so its role may have another name."""
    assert load(text).management_role == role
