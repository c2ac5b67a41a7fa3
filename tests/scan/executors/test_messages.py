"""What a worker is told: what a sweep reads, and nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from orgscan import __version__
from orgscan.aws.engine import Limits
from orgscan.config.allowlist import parse_allowlist
from orgscan.config.settings import Settings
from orgscan.errors import CallerError, OrgscanError
from orgscan.scan.executors.messages import Failed, Order, failed, order_of

SETTINGS = Settings(
    role_name="team/audit",
    external_id="ext-7f3a",
    session_tags={"team": "security"},
    profile="here-alone",
    region=("eu-*",),
    collect=("launchers", "load_balancers"),
    owner_tags=("owner", "<script>", "أمن"),
    output=Path("/secret/place"),
    signing_key=Path("/secret/key.pem"),
    deliver_s3="s3://secret-bucket/runs",
    concurrency=7,
)
ALLOWLIST = """
version: 1
remediate:
  - {id: change, accounts: ["111122223333"], regions: [eu-west-1], clusters: [c], services: [s],
     actions: [update-service], owner: o@example.org, ticket: T-1, expires: 2027-01-31,
     max_changes: 1}
exceptions:
  - {id: accepted, accounts: ["111122223333"], regions: [eu-west-1], clusters: [c], services: [s],
     owner: 'Ω "team" 😀', reason: "it: is # meant", ticket: T-2, expires: 2027-03-31}
"""


def _order(*, with_profile: bool = False, allowlist: str = ALLOWLIST) -> Order:
    order = order_of(
        SETTINGS,
        parse_allowlist(allowlist, "allowlist.yaml"),
        run_id="20261126T020000Z-1a2b3c",
        caller_account="111122223333",
        home_region="eu-west-1",
        today=dt.date(2026, 11, 26),
        limits=Limits(),
        with_profile=with_profile,
    )
    return msgspec.msgpack.decode(msgspec.msgpack.encode(order), type=Order)


def test_what_a_sweep_reads_arrives_as_it_was() -> None:
    """Roles, filters, collectors and tags; the rest is as by default."""
    told = _order().as_settings()

    kept = ("role_name", "external_id", "session_tags", "region", "collect", "owner_tags")
    for name in (*kept, "concurrency"):
        assert getattr(told, name) == getattr(SETTINGS, name)
    assert told.output == Settings().output


def test_where_a_run_goes_and_who_signs_it_is_no_workers_business() -> None:
    """None of it is in the message; profiles are only where they are the same ones."""
    sent = msgspec.msgpack.encode(_order())

    assert b"secret" not in sent
    assert b"here-alone" not in sent
    assert b"here-alone" in msgspec.msgpack.encode(_order(with_profile=True))


def test_exceptions_arrive_and_permissions_do_not() -> None:
    """A worker judges, and changes nothing."""
    told, whole = _order().as_allowlist(), parse_allowlist(ALLOWLIST, "allowlist.yaml")

    assert told is not None
    assert told.exceptions == whole.exceptions
    assert told.remediate == ()


def test_an_order_names_the_one_version_that_may_take_it() -> None:
    """The coordinator's own."""
    assert _order().version == __version__


def test_an_error_that_a_person_can_mend_is_the_same_one_elsewhere() -> None:
    """Its class, what failed, where and what to do."""
    error = CallerError("no AWS credentials were found", where="here", mend="Sign in")
    told = failed(ExceptionGroup("a task group", [error]))
    raised = msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=Failed).error()

    assert type(raised) is CallerError
    assert str(raised) == str(error)


def test_a_bug_elsewhere_is_a_bug_here_with_its_traceback() -> None:
    """And never an error that asks a person to mend something."""
    raised = failed(ValueError("unexpected")).error()

    assert not isinstance(raised, OrgscanError)
    assert "ValueError: unexpected" in str(raised)


@pytest.mark.parametrize("kind", ["OrgscanError.__init__", "annotations", "Exception", ""])
def test_no_name_but_that_of_an_error_of_orgscan_is_raised(kind: str) -> None:
    """Whatever a worker writes."""
    assert type(Failed(kind, "what").error()) is RuntimeError
