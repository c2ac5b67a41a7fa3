"""Endpoints that are not AWS's own: which are found, which are refused, and what a run says."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiobotocore.session import AioSession

from orgscan.aws.stored_text import GET_OBJECT, GET_PARAMETER, fetcher
from orgscan.aws.surroundings import (
    SERVICES,
    endpoint_overrides,
    notes_on_surroundings,
    require_encrypted,
)
from orgscan.config.place import Parameter
from orgscan.errors import CallerError
from orgscan.permissions.capabilities import CAPABILITIES

_CONFIG = """
[default]
endpoint_url = http://profile.example.org
services = odd
[services odd]
kms =
  endpoint_url = http://kms.example.org:8080/path
dynamodb =
  endpoint_url = http://dynamodb.example.org
"""


def _refused(session: AioSession) -> str:
    with pytest.raises(CallerError) as error:
        require_encrypted(endpoint_overrides(session), allowed=False)
    return str(error.value)


def test_every_service_that_is_called_is_looked_for() -> None:
    """By AWS's own id, in the spelling that the SDKs use in settings."""
    session = AioSession()
    called = {operation.service for each in CAPABILITIES for operation in each.operations}
    called |= {GET_PARAMETER.service, GET_OBJECT.service}
    models = [
        session.get_component("data_loader").load_service_model(service, "service-2")
        for service in (*called, "sts")
    ]
    ids = {model["metadata"]["serviceId"] for model in models}

    assert {name.lower().replace(" ", "_") for name in ids} <= SERVICES


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("AWS_ENDPOINT_URL", "http://proxy.internal:4566"),
        ("AWS_ENDPOINT_URL_STS", "http://169.254.170.2"),
        ("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1.example.org"),
        ("AWS_ENDPOINT_URL_SSO_OIDC", "HTTP://localhost.example.org"),
        ("AWS_ENDPOINT_URL_S3", "ftp://example.org"),
        ("AWS_ENDPOINT_URL_EC2", "http://[2001:db8::1]/path"),
    ],
)
def test_an_endpoint_without_tls_beyond_this_machine_is_refused(
    session: AioSession, monkeypatch: pytest.MonkeyPatch, variable: str, url: str
) -> None:
    """Whichever variable sets it; the error says which, and what to do."""
    monkeypatch.setenv(variable, url)

    assert _refused(session).startswith(f"{variable}: ")
    require_encrypted(endpoint_overrides(session), allowed=True)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:4566", "http://[::1]:8080", "http://localhost", "https://vpce.example.org"],
)
def test_this_machine_and_tls_are_let_through(
    session: AioSession, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """The demo and tests use the first; VPC endpoints the last. The run says so all the same."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    overrides = endpoint_overrides(session)
    require_encrypted(overrides, allowed=False)

    (note,) = notes_on_surroundings(session, overrides)
    assert url.partition("/path")[0] in note
    assert ("without TLS" in note) == url.startswith("http:")


def test_what_a_proxy_would_carry_does_not_stay_on_this_machine(
    session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loopback address means the proxy's own there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    assert "without TLS" in _refused(session)

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    require_encrypted(endpoint_overrides(session), allowed=False)


def test_the_profile_is_read_like_the_variables(
    session: AioSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its services section too; what orgscan never calls is left alone."""
    (tmp_path / "config").write_text(_CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    assert [(one.setting, one.shown) for one in endpoint_overrides(session)] == [
        ("endpoint_url of the AWS profile", "http://profile.example.org"),
        ("endpoint_url of kms in services odd", "http://kms.example.org:8080"),
    ]


def test_settings_in_aws_are_never_read_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would allow it might be in them."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://ssm.example.org")

    with pytest.raises(CallerError, match="without TLS"):
        fetcher(None)(Parameter("/orgscan/config"))


def test_endpoints_that_are_ignored_are_not_looked_at(
    session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`, as botocore has it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://example.org")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")

    assert endpoint_overrides(session) == ()


def test_no_name_or_password_of_an_address_is_shown(
    session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the error nor in the note."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:hunter2@example.org/?token=hunter3")
    notes = tuple(notes_on_surroundings(session, endpoint_overrides(session)))

    assert "hunter" not in _refused(session) + "".join(notes)
    assert "http://example.org" in notes[0]


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("https://example.org/creds", True),
        ("http://169.254.170.23/v1/credentials", False),
        ("http://localhost:1234/", False),
    ],
)
def test_credentials_from_somewhere_else_are_told(
    session: AioSession, monkeypatch: pytest.MonkeyPatch, url: str, is_told: bool
) -> None:
    """ECS, EKS and this machine give credentials; anybody else is named in the run."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)

    assert any("credentials came from" in note for note in notes_on_surroundings(session, ())) == (
        is_told
    )


def test_certificates_of_ones_own_are_told(
    session: AioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds that authority can answer in AWS's place."""
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/company.pem")

    (note,) = notes_on_surroundings(session, ())
    assert "/etc/company.pem" in note
