"""What a person got wrong is one clear line that says what to mend, and never a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orgscan.simulator import Endpoint, Fault, FaultKind, Home, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

_MEMBER = account_id(7, 2)
_SCENARIO = Scenario(accounts=3, seed=7, regions=("us-east-1", "eu-west-1"), density=0.5)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """A small organization without faults."""
    with Simulator(_SCENARIO).serve_in_thread() as endpoint:
        yield endpoint


def _refused(done: Any, *says: str) -> None:  # noqa: ANN401 - the orgscan fixture's own type
    assert done.status == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    for words in says:
        assert words in done.err
    assert done.report is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--account", "999999999999"], ["--account", "'999999999999' is not in the organization"]),
        (["--exclude-account", "999999999999"], ["--exclude-account", "The nearest there is"]),
        (["--region", "eu-wst-1"], ["--region", "'eu-wst-1' is not", "'eu-west-1'"]),
        (["--ou", "ou-none-11111111"], ["--ou", "is not an organizational unit", "nearest"]),
        (["--tag", "no-such-key=1"], ["--tag", "is not a tag of these accounts"]),
        (
            ["--account", _MEMBER, "--exclude-account", _MEMBER],
            ["--exclude-account", "in account and in exclude_account"],
        ),
        (["--account", "12345"], ["--account", "12345"]),
        (["--format", "pdf"], ["--format", "pdf"]),
        (["--concurrency", "0"], ["--concurrency"]),
        (["--no-such-option"], ["No such option", "--no-such-option"]),
        (["--config", "missing.yaml"], ["missing.yaml"]),
        (["--profile", "nobody"], ["nobody"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_option_names_itself_and_the_mend(
    orgscan: Callable[..., Any],
    environ_of: Callable[..., dict[str, str]],
    endpoint: Endpoint,
    arguments: list[str],
    says: list[str],
) -> None:
    """Exit status 2, nothing on standard output, no run directory."""
    _refused(orgscan("scan", *arguments, environ=environ_of(endpoint)), *says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nrole_nam: x\n", ["orgscan.yaml:2:1", "role_nam", "role_name"]),
        ("version: 1\nconcurrency: many\n", ["orgscan.yaml:2:14", "many"]),
        ("version: 1\naccount: [012345670123]\n", ["orgscan.yaml:2:11", '"012345670123"']),
        ("version: 1\nrole_name: [\n", ["orgscan.yaml:3:1"]),
        ("", ["orgscan.yaml", "empty"]),
    ],
)
def test_a_wrong_settings_file_is_refused_with_file_line_and_column(
    orgscan: Callable[..., Any], tmp_path: Path, text: str, says: list[str]
) -> None:
    """The default file is found in the working directory, and its problems have their place."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "orgscan.yaml").write_text(text)

    _refused(orgscan("scan", environ={}), *says)


def test_no_credentials_at_all(orgscan: Callable[..., Any]) -> None:
    """The error says how to give some."""
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    _refused(orgscan("scan", environ=nowhere), "no AWS credentials were found", "AWS_PROFILE")


def test_credentials_that_aws_does_not_accept(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]], endpoint: Endpoint
) -> None:
    """The error names the call and AWS's message, and no secret."""
    environ = {**environ_of(endpoint), "AWS_SECRET_ACCESS_KEY": "a wrong secret"}
    done = orgscan("scan", environ=environ)

    _refused(done, "sts:GetCallerIdentity", "valid")
    assert "a wrong secret" not in done.err


def test_an_endpoint_that_nobody_answers(orgscan: Callable[..., Any]) -> None:
    """A dead endpoint is said, not waited for."""
    environ = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
    }

    _refused(orgscan("scan", environ=environ), "cannot be reached", "network")


def test_a_caller_who_may_not_list_accounts(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]]
) -> None:
    """A member account's credentials: the error names the permissions and where to run."""
    with Simulator(Scenario(accounts=3, home=Home.MEMBER)).serve_in_thread() as endpoint:
        done = orgscan("scan", environ=environ_of(endpoint))

    _refused(done, "organizations:", "delegated administrator")


def test_tags_that_cannot_be_read_for_a_filter(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]]
) -> None:
    """The permission is named, and the way around it."""
    denied = Fault(FaultKind.DENY_IAM, api="organizations:ListTagsForResource")
    with Simulator(Scenario(accounts=9, faults=(denied,))).serve_in_thread() as endpoint:
        done = orgscan("scan", "--tag", "env=prod", environ=environ_of(endpoint))

    _refused(done, "--tag", "organizations:ListTagsForResource", "--ou")


def test_a_sign_in_that_has_expired(orgscan: Callable[..., Any], tmp_path: Path) -> None:
    """An SSO profile without a valid session: sign in again, and no traceback."""
    (tmp_path / "aws").write_text(
        "[profile sso]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n"
        "region = us-east-1\n[sso-session s]\nsso_region = us-east-1\n"
        "sso_start_url = https://example.awsapps.com/start\n"
    )
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "aws"), "AWS_PROFILE": "sso"}

    _refused(orgscan("scan", environ=environ), "credentials", "aws sso login")


def test_an_output_that_cannot_be_written_is_said_before_aws_is_asked(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    """No call is made for a run that could not be kept."""
    (tmp_path / "taken").write_text("a file")
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        done = orgscan("scan", "--output", "taken", environ=environ_of(endpoint))

    _refused(done, "taken", "--output")
    assert simulator.record.calls.total() == 0


def test_a_role_that_does_not_exist_is_coverage_and_no_usage_error(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]], endpoint: Endpoint
) -> None:
    """Each member is ROLE_NOT_ASSUMABLE; the caller's own account is still swept; exit 4 or 5."""
    done = orgscan("scan", "--role-name", "no-such-role", environ=environ_of(endpoint))

    by_status = {
        (entry["account_id"] == account_id(7, 0), entry["region"] is None): entry["status"]
        for entry in done.report["coverage"]
        if entry["status"] != "REGION_NOT_ENABLED"
    }
    assert by_status == {(True, False): "COVERED", (False, True): "ROLE_NOT_ASSUMABLE"}
    assert done.status in {4, 5}


def test_a_scan_of_what_is_denied_everywhere_says_so(
    orgscan: Callable[..., Any], environ_of: Callable[..., dict[str, str]]
) -> None:
    """Nothing seen is never a clean bill: exit 4, and the verdict says that nothing was seen."""
    denied = Fault(FaultKind.DENY_SCP, api="ecs:*")
    scenario = Scenario(accounts=3, regions=("us-east-1",), faults=(denied,))
    with Simulator(scenario).serve_in_thread() as endpoint:
        done = orgscan("scan", environ=environ_of(endpoint))

    assert done.status == 4
    assert done.out.splitlines()[0] == "Nothing could be seen: none of 3 account-regions answered."


def test_an_endpoint_in_the_clear_is_refused_before_anything_is_called(
    orgscan: Callable[..., Any],
) -> None:
    """By every command that has credentials; the run directory is not left behind either."""
    environ = {"AWS_ENDPOINT_URL_STS": "http://sts.example.org", "AWS_REGION": "eu-west-1"}
    for command in ("scan", "doctor"):
        done = orgscan(command, environ=environ)

        assert (done.status, done.out, done.report) == (2, "", None)
        assert done.err == (
            "orgscan: AWS_ENDPOINT_URL_STS: http://sts.example.org is spoken to without TLS: "
            "credentials would lie open. Use an https:// address, or set allow_insecure_endpoint "
            "if you mean it\n"
        )
