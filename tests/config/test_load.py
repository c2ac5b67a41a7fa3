"""Three sources of settings: which one wins, and how each is named when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orgscan.config.load import load_settings
from orgscan.config.settings import Settings
from orgscan.errors import ConfigError

ACCOUNT = "is not an account id, which has 12 digits"
FILE = "version: 1\nrole_name: from-file\nregion: [eu-west-1]\n"


def test_without_any_source_the_defaults_hold(load: Callable[..., Settings]) -> None:
    """Nobody needs a file, a variable or an option to begin."""
    assert load() == Settings()


@pytest.mark.parametrize(
    ("environ", "options", "role"),
    [
        ({}, {}, "from-file"),
        ({"ORGSCAN_ROLE_NAME": "from-env"}, {}, "from-env"),
        ({}, {"role_name": "from-option"}, "from-option"),
        ({"ORGSCAN_ROLE_NAME": "from-env"}, {"role_name": "from-option"}, "from-option"),
        ({"ORGSCAN_ROLE_NAME": "from-env"}, {"role_name": None}, "from-env"),
        ({"ORGSCAN_ROLE_NAME": " "}, {}, "from-file"),
    ],
)
def test_an_option_beats_the_environment_which_beats_the_file(
    load: Callable[..., Settings], environ: dict[str, str], options: dict[str, object], role: str
) -> None:
    """What is not given, or an empty variable, beats nothing."""
    assert load(FILE, environ, **options).role_name == role


def test_a_number_that_may_be_left_out_can_be_a_variable_too(
    load: Callable[..., Settings],
) -> None:
    """Whatever a file can say, the environment can."""
    settings = load(None, {"ORGSCAN_TIMEOUT": "3600", "ORGSCAN_KEEP_RUNS": "30"})

    assert (settings.timeout, settings.keep_runs) == (3600, 30)


@pytest.mark.parametrize(
    ("environ", "options", "regions"),
    [
        ({}, {}, ("eu-west-1",)),
        ({"ORGSCAN_REGION": "us-*"}, {}, ("us-*",)),
        ({"ORGSCAN_REGION": "us-*"}, {"region": ["ap-*"]}, ("ap-*",)),
        ({}, {"region": []}, ("eu-west-1",)),
        ({}, {"region": None}, ("eu-west-1",)),
    ],
)
def test_a_list_is_replaced_and_never_added_to(
    load: Callable[..., Settings],
    environ: dict[str, str],
    options: dict[str, object],
    regions: tuple[str, ...],
) -> None:
    """`--region` narrows to what it names, whatever the file says."""
    assert load(FILE, environ, **options).region == regions


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("ROLE_NAME", "team/audit", "team/audit"),
        ("MANAGEMENT_ROLE_NAME", "audit", "audit"),
        ("OWN_ACCOUNT", "assume", "assume"),
        ("EXTERNAL_ID", "abc", "abc"),
        ("SOURCE_IDENTITY", "nightly", "nightly"),
        ("SESSION_TAGS", "team=security, cost=42", {"team": "security", "cost": "42"}),
        ("SESSION_POLICY", "no", False),
        ("STS_REGION", "eu-west-1", "eu-west-1"),
        ("PROFILE", "audit", "audit"),
        ("ACCOUNT", "012345670123,111122223333", ("012345670123", "111122223333")),
        ("EXCLUDE_ACCOUNT", "012345670123\n111122223333", ("012345670123", "111122223333")),
        ("OU", "r-ab12", ("r-ab12",)),
        ("TAG", "env=prod tier=1", ("env=prod", "tier=1")),
        ("REGION", " eu-*, us-east-1 ,", ("eu-*", "us-east-1")),
        ("CORROBORATE_TASK_SETS", "0", False),
        ("OWNER_TAGS", "owner,team", ("owner", "team")),
        ("ALLOWLIST", "a.yaml", "a.yaml"),
        ("OUTPUT", "/out", Path("/out")),
        ("FORMAT", "json", ("json",)),
        ("CONCURRENCY", "1000", 1000),
        ("EXIT_ZERO", "YES", True),
        ("PROGRESS", "true", True),
        ("LOG_FORMAT", "json", "json"),
    ],
)
def test_every_setting_has_its_variable(
    load: Callable[..., Settings], variable: str, text: str, value: object
) -> None:
    """Lists are split at commas and white space; switches take true, false, 1, 0, yes and no."""
    assert getattr(load(None, {f"ORGSCAN_{variable}": text}), variable.lower()) == value


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("ORGSCAN_REGIONS", "x", 'unknown variable. Did you mean "ORGSCAN_REGION"?'),
        ("ORGSCAN_OUTPT", "x", 'unknown variable. Did you mean "ORGSCAN_OUTPUT"?'),
        ("ORGSCAN_OUTPUT_DIR", "x", 'unknown variable. Did you mean "ORGSCAN_OUTPUT"?'),
        ("ORGSCAN_ROLE", "x", 'unknown variable. Did you mean "ORGSCAN_ROLE_NAME"?'),
        ("ORGSCAN_role_name", "x", 'unknown variable. Did you mean "ORGSCAN_ROLE_NAME"?'),
        ("ORGSCAN_CONCURRENCY", "many", 'expected a whole number, not "many"'),
        ("ORGSCAN_CONCURRENCY", "0", "0 is too small. Write 1 or more"),
        ("ORGSCAN_EXIT_ZERO", "maybe", 'expected true or false, not "maybe"'),
        ("ORGSCAN_LOG_FORMAT", "xml", 'expected "text" or "json", not "xml"'),
        (
            "ORGSCAN_SESSION_TAGS",
            "security",
            'expected KEY=VALUE pairs with different keys, not "security"',
        ),
        (
            "ORGSCAN_SESSION_TAGS",
            "a=1,a=2",
            'expected KEY=VALUE pairs with different keys, not "a=1,a=2"',
        ),
        (
            "ORGSCAN_REGION",
            "eu-west-1 EU\x1b[31m",
            '"EU\\u001b[31m" is not a region or a glob of regions. For example: "eu-*"',
        ),
    ],
)
def test_a_wrong_variable_is_named(
    refusal: Callable[..., str], variable: str, text: str, message: str
) -> None:
    """The variable stands where a file's line would."""
    assert refusal(None, {variable: text}) == f"{variable}: {message}"


def test_a_variable_with_a_hostile_name_is_shown_escaped(refusal: Callable[..., str]) -> None:
    """Whoever sets the environment does not get to write on the terminal."""
    message = refusal(None, {"ORGSCAN_REGION\x1b[31M": "x"})
    assert message == (
        '"ORGSCAN_REGION\\u001b[31M": unknown variable. Did you mean "ORGSCAN_REGION"?'
    )


def test_variables_of_other_programs_are_let_alone(load: Callable[..., Settings]) -> None:
    """Only names that begin with ORGSCAN_ are ours; completion has its own underscore."""
    environ = {"AWS_REGION": "x", "_ORGSCAN_COMPLETE": "x", "orgscan_x": "x", "REGION": "x"}
    assert load(None, environ) == Settings()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"region": ["EU-WEST-1"]},
            '--region: "EU-WEST-1" is not a region or a glob of regions. Write "eu-west-1"',
        ),
        ({"concurrency": 0}, "--concurrency: 0 is too small. Write 1 or more"),
        (
            {"exclude_account": ["1"]},
            f'--exclude-account: "1" {ACCOUNT}. For example: "111122223333"',
        ),
        (
            {"format": ["pdf"]},
            (
                '--format: expected "html", "json", "ndjson", "csv", "ocsf", "asff", "sarif", '
                '"oscal", "junit" or "markdown", not "pdf"'
            ),
        ),
        ({"role_nam": "x"}, '--role-nam: unknown option. Did you mean "--role-name"?'),
    ],
)
def test_a_wrong_option_is_named(
    refusal: Callable[..., str], options: dict[str, object], message: str
) -> None:
    """The option stands where a file's line would."""
    assert refusal(**options) == message


def test_an_option_given_as_a_path_is_taken(load: Callable[..., Settings]) -> None:
    """The command line parses `--output` into a path itself."""
    assert load(output=Path("/out")).output == Path("/out")


def test_a_credential_in_a_variable_or_option_is_refused_and_not_shown(
    refusal: Callable[..., str],
) -> None:
    """Settings end in reports and logs, so credentials must not be among them."""
    message = refusal(
        None, {"ORGSCAN_EXTERNAL_ID": "AKIAIOSFODNN7EXAMPLE"}, tag=["a=ASIA" + 16 * "X"]
    )
    assert [line.partition(". ")[0] for line in message.splitlines()] == [
        "2 problems in the configuration:",
        "  ORGSCAN_EXTERNAL_ID: a credential does not belong here",
        "  --tag: a credential does not belong here",
    ]


def test_all_problems_of_all_sources_are_told_together(refusal: Callable[..., str]) -> None:
    """A file's problems come in its own order, then those of variables, then those of options."""
    text = "version: 1\nregions: []\nconcurrency: 0\nprofile: audit\nprofile: audit\n"
    message = refusal(text, {"ORGSCAN_OU": "x"}, log_format="xml")
    unit = "is not the id of an organizational unit or of the root"
    assert message.splitlines() == [
        "5 problems in the configuration:",
        '  a.yaml:2:1: unknown key "regions". Did you mean "region"?',
        "  a.yaml:3:14: 0 is too small. Write 1 or more",
        '  a.yaml:5:1: duplicate key "profile", first on line 4. Keep one of them',
        f'  ORGSCAN_OU: "x" {unit}. For example: "ou-ab12-11111111"',
        '  --log-format: expected "text" or "json", not "xml"',
    ]


def test_a_file_full_of_problems_shows_the_first_of_them(refusal: Callable[..., str]) -> None:
    """Nobody reads ten thousand lines of errors, and they must not take minutes to make."""
    text = "version: 1\n" + "".join(f"key{number}: 1\n" for number in range(10_000))
    lines = refusal(text).splitlines()
    assert lines[0] == "more than 25 problems in the configuration:"
    assert len(lines) == 26


def test_a_value_that_is_beaten_must_be_right_all_the_same(refusal: Callable[..., str]) -> None:
    """A mistake in the file would strike on the first run without the option."""
    assert refusal("version: 1\nconcurrency: 0\n", concurrency=8) == (
        "a.yaml:2:14: 0 is too small. Write 1 or more"
    )


def test_sources_that_contradict_each_other_are_both_named(refusal: Callable[..., str]) -> None:
    """Each is right by itself; the message says where both halves are."""
    message = refusal("version: 1\nexclude_account: ['111122223333']\n", account=["111122223333"])
    assert message == (
        '--account and a.yaml:2:18: "111122223333" is in account and in exclude_account. '
        "Remove it from one of them"
    )


def test_the_default_file_is_read_where_it_is_there(
    here: Path, load: Callable[..., Settings]
) -> None:
    """`config/orgscan.yaml` needs no option."""
    (here / "config").mkdir()
    (here / "config/orgscan.yaml").write_text(FILE)
    assert load().role_name == "from-file"


def test_a_default_file_that_is_a_dead_link_is_an_error(
    here: Path, refusal: Callable[..., str]
) -> None:
    """Sweeping with the defaults although someone meant other settings would be a surprise."""
    (here / "config").mkdir()
    (here / "config/orgscan.yaml").symlink_to("nowhere.yaml")
    assert refusal() == (
        "config/orgscan.yaml: there is no such file. Give the path of a file that exists"
    )


def test_a_variable_names_the_file_unless_the_option_does(here: Path) -> None:
    """ORGSCAN_CONFIG beats the default file, and --config beats ORGSCAN_CONFIG."""
    (here / "variable.yaml").write_text("version: 1\nrole_name: by-variable\n")
    (here / "option.yaml").write_text("version: 1\nrole_name: by-option\n")
    environ = {"ORGSCAN_CONFIG": "variable.yaml"}
    by_variable = load_settings(file=None, environ=environ, options={})
    by_option = load_settings(file=Path("option.yaml"), environ=environ, options={})
    assert (by_variable.role_name, by_option.role_name) == ("by-variable", "by-option")


@pytest.mark.usefixtures("here")
def test_a_named_file_must_be_there() -> None:
    """Only the default file may be missing."""
    with pytest.raises(ConfigError, match=r"^none\.yaml: there is no such file\."):
        load_settings(file=None, environ={"ORGSCAN_CONFIG": "none.yaml"}, options={})


def test_the_default_allowlist_is_taken_where_it_is_there(
    here: Path, load: Callable[..., Settings]
) -> None:
    """Accepted exceptions show in the report without an option, unless another file is named."""
    (here / "config").mkdir()
    (here / "config/allowlist.yaml").write_text("version: 1\n")
    assert load().allowlist == "config/allowlist.yaml"
    assert load("version: 1\nallowlist: other.yaml\n").allowlist == "other.yaml"
