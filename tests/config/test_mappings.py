"""A company's own mappings: what is taken, and where each mistake is said to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import jsonschema_rs
import pytest

from orgscan.config.load import load_settings
from orgscan.config.mappings import UserMapping
from orgscan.config.schemas import config_schema
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError

CONTROL = "ecs-taskset-no-public-ip"
CONTROLS = (CONTROL, "ecs-service-no-public-ip")
GOOD = {"control": CONTROL, "framework": "F", "version": '"2.1"', "id": '"7.1"', "title": "T"}
KEYS = "control, framework, id, note, source, title, version"
IN_FILE = "Write it in config/orgscan.yaml, or in the file that --config names"


def _text(*mappings: Mapping[str, str | None]) -> str:
    """A configuration whose first mapping begins in line 3, one key a line."""
    lines = ["version: 1", "mappings:"]
    for changes in mappings:
        keys = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
        lines += [
            f"  {'-' if at == 0 else ' '} {key}: {value}"
            for at, (key, value) in enumerate(keys.items())
        ]
    return "\n".join(lines) + "\n"


def _refusal(here: Path, *mappings: Mapping[str, str | None]) -> str:
    (here / "a.yaml").write_text(_text(*mappings), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file=Path("a.yaml"), environ={}, options={}, control_ids=CONTROLS)
    return str(refused.value)


def test_a_mapping_is_taken_as_it_is_written(load: Callable[..., Settings]) -> None:
    """Source and note may be left out; folded text is one line."""
    settings = load(_text({}, {"id": '"7.2"', "source": "ch. 4", "note": ">-\n      a\n      b"}))

    first = UserMapping(control=CONTROL, framework="F", version="2.1", id="7.1", title="T")
    second = first.model_copy(update={"id": "7.2", "source": "ch. 4", "note": "a b"})
    assert settings.mappings == (first, second)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"control": "ecs-taskset"},
            f'3:14: unknown control "ecs-taskset". Did you mean "{CONTROL}"?',
        ),
        (
            {"control": "ecs_service_no_public_ip"},
            f'3:14: unknown control "ecs_service_no_public_ip". Did you mean "{CONTROLS[1]}"?',
        ),
        (
            {"control": "nist"},
            f'3:14: unknown control "nist". Known are: {", ".join(CONTROLS)}',
        ),
        ({"title": None}, '3:5: "title" is missing. Add: title: ...'),
        ({"titel": "x"}, '8:5: unknown key "titel". Did you mean "title"?'),
        (
            {"verified": "true"},
            f'8:5: unknown key "verified". Known are: {KEYS}',
        ),
        ({"id": "7.10"}, '6:9: YAML reads 7.10 as a number, not as text. Quote it: "7.10"'),
        (
            {"version": "2024-01-01"},
            '5:14: YAML reads 2024-01-01 as a date, not as text. Quote it: "2024-01-01"',
        ),
        ({"framework": "''"}, "4:16: the text is empty. Write something, or remove the key"),
        ({"framework": "f-" * 41}, "4:16: the text has 82 characters. Write at most 80"),
        ({"title": "t-" * 201}, "7:12: the text has 402 characters. Write at most 400"),
        ({"note": "n-" * 501}, "8:11: the text has 1002 characters. Write at most 1000"),
        (
            {"title": r'"a\u202eb"'},
            "7:12: the text holds the invisible character U+202E. Remove it",
        ),
    ],
)
def test_a_bad_mapping_is_refused_at_its_place(
    here: Path, changes: dict[str, str | None], message: str
) -> None:
    """Line and column, what is wrong, and what to write instead."""
    assert _refusal(here, changes) == f"a.yaml:{message}"


def test_a_duplicate_is_refused_where_it_is_repeated(here: Path) -> None:
    """The same requirement twice for one control is a mistake; for another control it is not."""
    other = {"control": CONTROLS[1]}

    assert _refusal(here, {}, other, {"title": "Again"}) == (
        'a.yaml:16:9: duplicate mapping "F 2.1 7.1", first on line 3. Keep one of them'
    )


def test_all_problems_are_told_together_in_the_files_order(here: Path) -> None:
    """One look at the file is enough."""
    message = _refusal(here, {"control": "x-y"}, {"title": "''"}, {})

    places = [line.strip().split(": ")[0] for line in message.splitlines()[1:]]
    assert places == ["a.yaml:3:14", "a.yaml:12:12", "a.yaml:16:9"]


def test_a_list_whose_entries_are_all_commented_out_is_empty(load: Callable[..., Settings]) -> None:
    """As in the allowlist."""
    assert load("version: 1\nmappings:\n  # - control: ...\n").mappings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mappings: {}", "a.yaml:2:11: expected a list, not keys and values. Write [...]"),
        (
            "mappings: [x]",
            'a.yaml:2:12: expected keys and values, not "x". Write each as key: value',
        ),
    ],
)
def test_what_is_no_list_of_mappings_is_refused(
    refusal: Callable[..., str], text: str, message: str
) -> None:
    """Each mapping is a group of keys."""
    assert refusal(f"version: 1\n{text}\n") == message


def test_there_is_an_end_to_how_many(refusal: Callable[..., str]) -> None:
    """A report is read by people."""
    many = ", ".join(
        f"{{control: c, framework: F, version: v, id: i{at}, title: T}}" for at in range(1001)
    )
    assert refusal(f"version: 1\nmappings: [{many}]\n") == (
        "a.yaml:2:11: the list is too long. Write at most 1000 values"
    )


@pytest.mark.parametrize(
    ("environ", "options", "message"),
    [
        (
            {"ORGSCAN_MAPPINGS": "x"},
            {},
            f"ORGSCAN_MAPPINGS: mappings can be set in the configuration file only. {IN_FILE}",
        ),
        (
            {},
            {"mappings": ["x"]},
            f"--mappings: mappings can be set in the configuration file only. {IN_FILE}",
        ),
    ],
)
def test_no_variable_and_no_option_can_hold_mappings(
    refusal: Callable[..., str],
    environ: dict[str, str],
    options: dict[str, object],
    message: str,
) -> None:
    """A list of groups has no good form there, and the message says where it belongs."""
    assert refusal(None, environ, **options) == message


def test_a_mistyped_variable_is_never_sent_to_a_key_that_it_cannot_set(
    refusal: Callable[..., str],
) -> None:
    """Suggestions name what would work."""
    message = refusal(None, {"ORGSCAN_MAPPING": "x"})

    assert message.startswith("ORGSCAN_MAPPING: unknown variable. Known are: ")
    assert "ORGSCAN_MAPPINGS" not in message


def test_without_known_controls_any_is_taken(load: Callable[..., Settings]) -> None:
    """Who loads settings for another reason need not know the catalogue."""
    assert load(_text({"control": "anything"})).mappings[0].control == "anything"


def test_the_schema_knows_the_mappings_and_the_controls() -> None:
    """An editor completes the control and marks what orgscan would refuse."""
    schema = config_schema(CONTROLS)
    good = {"control": CONTROL, "framework": "F", "version": "1", "id": "7", "title": "T"}

    def valid(**changes: object) -> bool:
        return jsonschema_rs.is_valid(schema, {"version": 1, "mappings": [{**good, **changes}]})

    assert valid()
    assert valid(source="S", note="N")
    assert not valid(control="other")
    assert not valid(verified=True)
    assert not valid(id=7)
