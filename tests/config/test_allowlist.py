"""The allowlist: what it excuses, what it never excuses, and what it refuses to be."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgscan.config.allowlist import Allowlist, ExceptionEntry, load_allowlist, parse_allowlist
from orgscan.errors import ConfigError
from orgscan.model.finding import ExceptionNote

TODAY = dt.date(2027, 1, 31)
FIELDS = {
    "id": "bastion",
    "accounts": '["111122223333"]',
    "regions": "[eu-west-1]",
    "clusters": "[edge]",
    "services": "[bastion]",
    "owner": "platform@example.org",
    "reason": "Entry point for suppliers",
    "ticket": "SEC-1",
    "expires": "2027-01-31",
}
PERMISSION = {
    **{key: value for key, value in FIELDS.items() if key != "reason"},
    "actions": "[replace-task-set]",
    "max_changes": "5",
}
EVERYTHING = (
    "matches everything. "
    'Name what is meant; a glob needs a part that tells things apart, such as "prod-*"'
)
NAME = "is not a name of letters, digits, _ and -, or a glob of such"
ID = "is not an id of up to 64 letters, digits and ._-"
ACTIONS = '"replace-task-set", "redeploy-codedeploy" or "update-service"'
UNKNOWN_MAX_CHANGES = (
    '13:5: unknown key "max_changes". Known are: accounts, clusters, expires, id, ous, owner, '
    "reason, regions, services, ticket"
)
TWELVE = "An account id has 12 digits; ? stands for one of them and * for any number"
A_DATE = "Write year, month and day, as in 2027-01-31"


def entry(fields: dict[str, str], **changes: str | None) -> str:
    """One entry as YAML; a change to None takes the key away."""
    merged = {**fields, **changes}
    lines = [f"{key}: {value}" for key, value in merged.items() if value is not None]
    return "  - " + textwrap.indent("\n".join(lines), "    ").lstrip() + "\n"


def exceptions(*entries: str) -> Allowlist:
    """An allowlist of these exceptions."""
    return parse_allowlist("version: 1\nexceptions:\n" + "".join(entries), "a.yaml")


def refusal(text: str) -> str:
    """The message with which a text is refused."""
    with pytest.raises(ConfigError) as error:
        parse_allowlist(text, "a.yaml")
    return str(error.value)


def excused(
    allowlist: Allowlist,
    *,
    account: str = "111122223333",
    ou_path: str = "r-ab12/ou-ab12-11111111/ou-ab12-22222222",
    region: str = "eu-west-1",
    cluster: str = "edge",
    service: str = "bastion",
    today: dt.date = TODAY,
) -> str | None:
    """The id of the exception that covers a service."""
    found = allowlist.exception_for(account, ou_path, region, cluster, service, today)
    return found.id if found else None


def test_an_exception_covers_exactly_what_it_names() -> None:
    """Account, region, cluster and service have to match, all four."""
    allowlist = exceptions(entry(FIELDS))
    assert excused(allowlist) == "bastion"
    assert excused(allowlist, account="444455556666") is None
    assert excused(allowlist, region="eu-west-2") is None
    assert excused(allowlist, cluster="edge-2") is None
    assert excused(allowlist, service="old-bastion") is None
    assert excused(allowlist, cluster="") is None


@pytest.mark.parametrize(
    ("changes", "where", "covers"),
    [
        ({"clusters": "[prod]"}, {"cluster": "nonprod"}, False),
        ({"clusters": "[prod-*]"}, {"cluster": "prod-eu"}, True),
        ({"clusters": "[prod-*]"}, {"cluster": "nonprod-eu"}, False),
        ({"services": "[a, b-?]"}, {"service": "b-1"}, True),
        ({"services": "[a, b-?]"}, {"service": "b-12"}, False),
        ({"services": "[A]"}, {"service": "a"}, False),
        ({"regions": "[eu-*]"}, {"region": "eu-north-1"}, True),
        ({"accounts": '["1111*"]'}, {"account": "111199999999"}, True),
        ({"accounts": '["11112222333?"]'}, {"account": "111122223334"}, True),
        ({"accounts": '["11112222333?"]'}, {"account": "111122223344"}, False),
        ({"accounts": None, "ous": "[ou-ab12-22222222]"}, {}, True),
        ({"accounts": None, "ous": "[ou-ab12-11111111]"}, {}, True),
        ({"accounts": None, "ous": "[r-ab12]"}, {}, True),
        ({"accounts": None, "ous": '["ou-ab12-1*"]'}, {}, True),
        ({"accounts": None, "ous": "[ou-ab12-33333333]"}, {}, False),
        ({"accounts": None, "ous": "[ou-ab12-11111111]"}, {"ou_path": ""}, False),
    ],
)
def test_globs_match_whole_names_and_units_include_what_is_below(
    changes: dict[str, str | None], where: dict[str, Any], *, covers: bool
) -> None:
    """`prod` never matches `nonprod`; an unknown OU path lies in no unit."""
    allowlist = exceptions(entry(FIELDS, **changes))
    assert excused(allowlist, **where) == ("bastion" if covers else None)


def test_an_exception_holds_through_its_last_day_and_no_longer() -> None:
    """The day after, it excuses nothing and is reported."""
    allowlist = exceptions(entry(FIELDS))
    tomorrow = TODAY + dt.timedelta(days=1)
    assert excused(allowlist, today=TODAY) == "bastion"
    assert allowlist.expired(TODAY) == ()
    assert excused(allowlist, today=tomorrow) is None
    assert [each.id for each in allowlist.expired(tomorrow)] == ["bastion"]


def test_an_expired_exception_does_not_hide_one_that_holds() -> None:
    """The first entry that holds is the one that counts."""
    allowlist = exceptions(
        entry(FIELDS, id="old", expires="2026-01-01"),
        entry(FIELDS, id="new"),
        entry(FIELDS, id="newer", expires="2028-01-01"),
    )
    assert excused(allowlist) == "new"


def test_expired_permissions_are_reported_as_well() -> None:
    """Both sections are looked at, permissions first."""
    text = (
        "version: 1\nremediate:\n"
        + entry(PERMISSION, id="fix")
        + "exceptions:\n"
        + entry(FIELDS, id="keep")
    )
    expired = parse_allowlist(text, "a.yaml").expired(dt.date(2030, 1, 1))
    assert [each.id for each in expired] == ["fix", "keep"]


def test_a_permission_carries_what_a_plan_needs() -> None:
    """Actions, replacement subnets and the bound on changes."""
    text = "version: 1\nremediate:\n" + entry(PERMISSION, subnets="[subnet-0a1b2c3d]")
    (permission,) = parse_allowlist(text, "a.yaml").remediate
    assert permission.actions == ("replace-task-set",)
    assert permission.subnets == ("subnet-0a1b2c3d",)
    assert permission.max_changes == 5
    assert permission.is_for("111122223333", "")
    assert permission.names("eu-west-1", "edge", "bastion")


def test_an_exception_becomes_the_note_beside_a_finding() -> None:
    """The finding shows who accepted it, why, where, and until when."""
    found = exceptions(entry(FIELDS, reason="'Entry point\n      for suppliers'")).exceptions[0]
    assert found.note() == ExceptionNote(
        id="bastion",
        owner="platform@example.org",
        reason="Entry point for suppliers",
        ticket="SEC-1",
        expires="2027-01-31",
    )


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n",
        "version: 1\nremediate: []\nexceptions: []\n",
        "version: 1\nremediate:\nexceptions:\n",
    ],
)
def test_an_allowlist_without_entries_permits_and_excuses_nothing(text: str) -> None:
    """Sections may be absent, empty, or have all their entries commented out."""
    allowlist = parse_allowlist(text, "a.yaml")
    assert (allowlist.remediate, allowlist.exceptions) == ((), ())
    assert excused(allowlist) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # A glob that matches everything, in each of the places where there are globs
        ({"accounts": '["*"]'}, f'5:16: "*" {EVERYTHING}'),
        ({"accounts": '["????????????"]'}, f'5:16: "????????????" {EVERYTHING}'),
        ({"accounts": None, "ous": '["ou-*"]'}, f'12:11: "ou-*" {EVERYTHING}'),
        ({"accounts": None, "ous": '["r-*"]'}, f'12:11: "r-*" {EVERYTHING}'),
        ({"accounts": None, "ous": '["*u-?*"]'}, f'12:11: "*u-?*" {EVERYTHING}'),
        ({"regions": '["**"]'}, f'6:15: "**" {EVERYTHING}'),
        ({"regions": '["*-*-?"]'}, f'6:15: "*-*-?" {EVERYTHING}'),
        ({"clusters": '["?*"]'}, f'7:16: "?*" {EVERYTHING}'),
        ({"services": '[api, "*"]'}, f'8:21: "*" {EVERYTHING}'),
        # Account ids
        (
            {"accounts": "[012345670123]"},
            '5:16: YAML reads 012345670123 as a number, not as text. Quote it: "012345670123"',
        ),
        (
            {"accounts": "[1111_2222_3333]"},
            '5:16: YAML reads 1111_2222_3333 as a number, not as text. Quote it: "111122223333"',
        ),
        ({"accounts": '["1111????"]'}, f'5:16: "1111????" can match no account id. {TWELVE}'),
        (
            {"accounts": '["1111*1111222233334"]'},
            f'5:16: "1111*1111222233334" can match no account id. {TWELVE}',
        ),
        # Names
        (
            {"clusters": '["arn:aws:ecs:eu-west-1:1:cluster/edge"]'},
            f'7:16: "arn:aws:ecs:eu-west-1:1:cluster/edge" {NAME}. Write the name alone: "edge"',
        ),
        (
            {"services": '["</script>"]'},
            f'8:16: "</script>" {NAME}. For example: "prod-*"',
        ),
        (
            {"regions": "[EU-WEST-1]"},
            '6:15: "EU-WEST-1" is not a region or a glob of regions. Write "eu-west-1"',
        ),
        ({"regions": "[]"}, "6:14: the list is empty. Write at least one value"),
        ({"regions": "eu-*"}, '6:14: expected a list, not "eu-*". Write ["eu-*"]'),
        # Keys
        ({"region": "[eu-west-1]"}, '13:5: unknown key "region". Did you mean "regions"?'),
        ({"max_changes": "5"}, UNKNOWN_MAX_CHANGES),
        ({"services": None}, '4:5: "services" is missing. Add: services: ...'),
        ({"expires": None}, '4:5: "expires" is missing. Add: expires: ...'),
        ({"reason": None}, '4:5: "reason" is missing. Add: reason: ...'),
        ({"ous": "[r-ab12]"}, "13:10: an entry has accounts or ous, not both. Write two entries"),
        ({"accounts": None}, "4:5: the entry names no accounts. Add accounts or ous"),
        # Days
        ({"expires": "2027-02-30"}, f'12:14: "2027-02-30" is not a date. {A_DATE}'),
        ({"expires": "2027-1-5"}, f'12:14: "2027-1-5" is not a date. {A_DATE}'),
        ({"expires": "never"}, f'12:14: "never" is not a date. {A_DATE}'),
        (
            {"expires": "2027-01-31T00:00:00Z"},
            f'12:14: "2027-01-31T00:00:00Z" is not a date. {A_DATE}',
        ),
        ({"expires": "20270131"}, f"12:14: expected a date, not 20270131. {A_DATE}"),
        ({"expires": "~"}, f"12:14: expected a date, not nothing. {A_DATE}"),
        # Texts that people read
        ({"owner": "''"}, "9:12: the text is empty. Write something, or remove the key"),
        (
            {"reason": r'"fine\e[2J"'},
            "10:13: the text holds the invisible character U+001B. Remove it",
        ),
        (
            {"ticket": r'"\u202eSEC-1"'},
            "11:13: the text holds the invisible character U+202E. Remove it",
        ),
        (
            {"id": "a b"},
            f'4:9: "a b" {ID}. For example: "payments-external"',
        ),
    ],
)
def test_a_bad_exception_is_refused_with_its_place_and_what_to_write(
    changes: dict[str, str | None], message: str
) -> None:
    """Whatever is not exactly right excuses nothing."""
    text = "version: 1\n# accepted\nexceptions:\n" + entry(FIELDS, **changes)
    assert refusal(text) == f"a.yaml:{message}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"actions": "[delete]"},
            f'11:15: expected {ACTIONS}, not "delete"',
        ),
        ({"actions": "[]"}, "11:14: the list is empty. Write at least one value"),
        ({"max_changes": "0"}, "12:18: 0 is too small. Write 1 or more"),
        ({"max_changes": None}, '3:5: "max_changes" is missing. Add: max_changes: ...'),
        (
            {"subnets": "[public]"},
            '13:15: "public" is not a subnet id. For example: "subnet-0123456789abcdef0"',
        ),
        (
            {"subnets": f"[{', '.join(f'subnet-{number:08x}' for number in range(17))}]"},
            "13:14: the list is too long. Write at most 16 values",
        ),
        ({"reason": "why"}, '13:5: unknown key "reason". Did you mean "regions"?'),
        ({"clusters": '["*"]'}, f'6:16: "*" {EVERYTHING}'),
    ],
)
def test_a_bad_permission_is_refused_with_its_place_and_what_to_write(
    changes: dict[str, str | None], message: str
) -> None:
    """Whatever is not exactly right permits nothing."""
    text = "version: 1\nremediate:\n" + entry(PERMISSION, **changes)
    assert refusal(text) == f"a.yaml:{message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "version: 1\nremediation: []\n",
            '2:1: unknown key "remediation". Did you mean "remediate"?',
        ),
        ("remediate: []\n", '1:1: "version" is missing. Begin the file with: version: 1'),
        ("version: 3\n", "1:10: version 3 is not known to this orgscan. Write: version: 1"),
        (
            "version: 1\nexceptions: bastion\n",
            '2:13: expected a list, not "bastion". Write ["bastion"]',
        ),
        (
            "version: 1\nexceptions: [bastion]\n",
            '2:14: expected keys and values, not "bastion". Write each as key: value',
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(text: str, message: str) -> None:
    """The file itself is held to the same rules as its entries."""
    assert refusal(text) == f"a.yaml:{message}"


def test_ids_are_unique_over_both_sections() -> None:
    """Plans, journals and reports quote the id, so it must mean one entry."""
    text = "version: 1\nremediate:\n" + entry(PERMISSION) + "exceptions:\n" + entry(FIELDS)
    assert (
        refusal(text) == 'a.yaml:14:9: duplicate id "bastion", first on line 3. Give each its own'
    )


def test_a_duplicate_key_in_an_entry_is_refused() -> None:
    """The second `services` would silently replace the first."""
    text = "version: 1\nexceptions:\n" + entry(FIELDS) + "    services: [other]\n"
    assert refusal(text) == (
        'a.yaml:12:5: duplicate key "services", first on line 7. Keep one of them'
    )


def test_all_problems_of_an_allowlist_are_told_together() -> None:
    """In the file's order, with duplicate ids among the rest."""
    text = (
        "version: 1\nexceptions:\n"
        + entry(FIELDS, services='["*"]')
        + entry(FIELDS, accounts=None, owner="''")
    )
    assert refusal(text).splitlines() == [
        "4 problems in the configuration:",
        f'  a.yaml:7:16: "*" {EVERYTHING}',
        "  a.yaml:12:5: the entry names no accounts. Add accounts or ous",
        '  a.yaml:12:9: duplicate id "bastion", first on line 3. Give each its own',
        "  a.yaml:16:12: the text is empty. Write something, or remove the key",
    ]


def test_an_allowlist_is_read_from_its_file(tmp_path: Path) -> None:
    """The path given is the one that errors name."""
    file = tmp_path / "allowlist.yaml"
    file.write_text("version: 1\nexceptions:\n" + entry(FIELDS), encoding="utf-8")
    assert excused(load_allowlist(file)) == "bastion"
    with pytest.raises(ConfigError, match="there is no such file") as error:
        load_allowlist(tmp_path / "none.yaml")
    assert error.value.where == str(tmp_path / "none.yaml")


NAMES = st.text(alphabet="ab-_1", min_size=1, max_size=6)


@given(pattern=NAMES, name=NAMES, today=st.dates())
def test_an_exception_never_covers_another_name_or_another_day(
    pattern: str, name: str, today: dt.date
) -> None:
    """Without wildcards a name covers itself alone, and only until the entry expires."""
    found = ExceptionEntry(
        id="x",
        accounts=("111122223333",),
        regions=("eu-west-1",),
        clusters=("edge",),
        services=(pattern,),
        owner="o",
        reason="r",
        ticket="t",
        expires=TODAY,
    )
    allowlist = Allowlist(version=1, exceptions=(found,))
    covered = excused(allowlist, service=name, today=today) is not None
    assert covered == (pattern == name and today <= TODAY)
