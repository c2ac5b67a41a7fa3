"""Every parser of what others have written, given anything: its result, or its documented error.

`docs/security.md` lists them. What has a fuzz test beside its other tests is named there, too.
"""

from __future__ import annotations

import contextlib
import copy
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.json import decode, encode

from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.interface import WireProtocol
from orgscan.aws.protocols.json11 import Json11
from orgscan.aws.protocols.query import Query
from orgscan.aws.protocols.restjson import RestJson
from orgscan.aws.surroundings import Override
from orgscan.config.allowlist import parse_allowlist
from orgscan.errors import (
    ConfigError,
    EvidenceError,
    HistoryError,
    RemediationError,
    ReportError,
    WorkerError,
)
from orgscan.evidence.bag_info import read_bag_info
from orgscan.evidence.local_key import load_public_key, load_signer
from orgscan.evidence.shard import digests_of
from orgscan.evidence.statement import read_statement
from orgscan.evidence.verify import verify
from orgscan.history.kept.file import check, reading, writing
from orgscan.journal.journal import Journal, first_line
from orgscan.journal.records import Begun
from orgscan.model.remediation import Begun as Applied
from orgscan.model.remediation import Code, Direction, Mark, NoAction, Plan
from orgscan.model.remediation_outcome import Outcome
from orgscan.permissions.capabilities import CAPABILITIES
from orgscan.remediation.appspec import UnreadableError, parse_appspec
from orgscan.remediation.digests import canonical, digest_of
from orgscan.remediation.journal import read_journal
from orgscan.remediation.outcome import read_outcome
from orgscan.remediation.plan_file import PlanV1, read_plan, require_unexpired
from orgscan.report.read import read_report
from orgscan.report.registry import FORMATS
from orgscan.report.streamed import open_report
from orgscan.scan.shard_file import read_shard

_MODEST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _json11(_: Operation[Any]) -> WireProtocol:
    return Json11("Service")


_PROTOCOLS: Mapping[str, Callable[[Operation[Any]], WireProtocol]] = {
    "ec2": lambda _: Ec2Query("2016-11-15"),
    "sts": lambda _: Query("2011-06-15"),
    "elbv2": lambda _: Query("2015-12-01"),
    "batch": lambda operation: RestJson(operation.name),
    "pipes": lambda operation: RestJson(operation.name),
    "scheduler": lambda operation: RestJson(operation.name),
}
_SAMPLE = Path(__file__).parents[1] / "reports" / "sample"
_REPORT, _BUNDLE = ((_SAMPLE / name).read_bytes() for name in ("report.json", "evidence.zip"))


class Parser(NamedTuple):
    """A parser, what it may raise, and something that it reads."""

    read: Callable[[bytes, Path], object]
    errors: tuple[type[Exception], ...]
    sample: bytes = b""


def _file(read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """A parser of a file."""

    def of_bytes(data: bytes, folder: Path) -> object:
        path = folder / "file"
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        return read(path)

    return of_bytes


def _resealed(data: bytes, folder: Path) -> object:
    """A plan that somebody wrote, with the digest that goes with it."""
    try:
        held = decode(data)
        held["digest"] = digest_of(held["plan"])
    except (ValueError, TypeError, KeyError, RecursionError):
        held = {}
    path = folder / "plan"
    path.write_bytes(encode(held))
    require_unexpired(read_plan(path).plan, 0.0, path)
    return None


def _report(path: Path) -> object:
    record = open_report(path)
    return [*record.findings(), *record.coverage()]


def _rendered(path: Path) -> object:
    record = open_report(path)
    for report in FORMATS:
        report.write(record, io.BytesIO())
    return None


def _replayed(path: Path) -> object:
    with Journal.reopen(path) as journal:
        return [*journal.replay(), *journal.findings(), *journal.coverage()]


def _address(data: bytes, _: Path) -> object:
    override = Override("AWS_ENDPOINT_URL", data.decode(errors="replace"))
    assert "\x1b" not in override.shown
    return override.shown, override.is_in_the_clear, override.stays_here


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _shard(data: bytes, _: Path) -> object:
    return list(digests_of("data/evidence/1.ndjson.gz", [data]))


def _shard_file(data: bytes, folder: Path) -> object:
    (folder / "shard.json").write_bytes(data)
    return read_shard(folder)


def _store(data: bytes, folder: Path) -> object:
    for left in folder.glob("history.db*"):
        left.unlink()
    path = folder / "history.db"
    path.write_bytes(data)
    check(path)
    with reading(path) as store:
        return store.execute("SELECT name FROM sqlite_master").fetchall()


def _empty_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        with writing(path):
            pass
        return path.read_bytes()


def _key(path: Path) -> object:
    return load_signer(path, None)


_PLAN = PlanV1(
    format="orgscan.plan",
    version=1,
    digest="",
    plan=Plan(
        id="1",
        made_at="2026-11-24T02:00:00Z",
        expires_at="2026-11-25T02:00:00Z",
        made_by="arn",
        run_id="1",
        management_account_id="111122223333",
        allowlist="/allowlist.yaml",
        soak_seconds=1,
        actions=(),
        none=(NoAction(finding_key="a", service_name="b", code=Code.EXCEPTED, reason="c"),),
    ),
)
_CHANGES = b"".join(
    encode(line) + b"\n"
    for line in (
        Applied(
            format="orgscan.remediation-journal",
            version=1,
            at="2026-11-24T02:00:00Z",
            plan=_PLAN.plan,
            plan_digest="",
            approved_by="",
            approved_how="--yes",
        ),
        Mark(action="a", direction=Direction.FORWARD, at="2026-11-24T02:00:00Z", name="done"),
    )
)
_OUTCOME = Outcome(
    format="orgscan.remediation",
    version=1,
    plan_id="1",
    plan_digest="",
    run_id="1",
    approved_at="2026-11-24T02:00:00Z",
    approved_by="",
    approved_how="--yes",
    actions=(),
)
_BEGUN = encode(Begun(run_id="1", started_at="2026-11-24T02:00:00Z", basis={"a": "b"})) + b"\n"
_APPSPEC = b"""version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties: {TaskDefinition: "a:1", LoadBalancerInfo: {ContainerPort: 80}}
"""
_ALLOWLIST = b"""version: 1
exceptions:
  - {id: a, accounts: ["111122223333"], owner: o, reason: r, ticket: t, expires: 2027-01-31}
"""
_PEM = (
    b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
)
_ADDRESS = b"http://user:word@[::1]:8080/path?query#fragment"
_STATEMENT = b'{"payload":"e30=","payloadType":"x","signatures":[{"keyid":"","sig":""}]}'


def _small_report() -> bytes:
    """A small one: two findings and two lines of the ledger."""
    held = decode(_REPORT)
    held["findings"], held["coverage"] = held["findings"][:2], held["coverage"][:2]
    return encode(held)


PARSERS: dict[str, Parser] = {
    "allowlist": Parser(
        lambda data, _: parse_allowlist(_text(data), "a"),
        (ConfigError,),
        _ALLOWLIST,
    ),
    "report.json": Parser(_file(read_report), (ReportError,), _small_report()),
    "report.json, streamed": Parser(_file(_report), (ReportError,), _REPORT[:20_000]),
    "report.json, rendered again": Parser(_file(_rendered), (ReportError,), _small_report()),
    "run journal, its first line": Parser(_file(first_line), (ReportError,), _BEGUN),
    "run journal": Parser(_file(_replayed), (ReportError,), _BEGUN),
    "shard.json": Parser(_shard_file, (WorkerError,), b'{"format":"orgscan.shard","version":1}'),
    "history store": Parser(_store, (HistoryError,), _empty_store()),
    "plan": Parser(_resealed, (RemediationError,), encode(_PLAN)),
    "remediation journal": Parser(_file(read_journal), (RemediationError,), _CHANGES),
    "remediation.json": Parser(_file(read_outcome), (RemediationError,), encode(_OUTCOME)),
    "AppSpec": Parser(
        lambda data, _: canonical(parse_appspec(_text(data))),
        (UnreadableError,),
        _APPSPEC,
    ),
    "evidence bundle": Parser(_file(verify), (EvidenceError,), _BUNDLE),
    "bag-info.txt": Parser(
        lambda data, _: read_bag_info(data), (EvidenceError,), b"Merkle-Root: 00\n"
    ),
    "evidence of an account": Parser(
        _shard,
        (EvidenceError,),
        b"\x1f\x8b\x08",
    ),
    "signed statement": Parser(
        lambda data, _: read_statement(data, b"", _PEM), (EvidenceError,), _STATEMENT
    ),
    "public key": Parser(lambda data, _: load_public_key(data, "key"), (EvidenceError,), _PEM),
    "private key": Parser(_file(_key), (EvidenceError,), _PEM.replace(b"PUBLIC", b"PRIVATE")),
    "address of an endpoint": Parser(_address, (), _ADDRESS),
}


def _operations() -> Iterator[Operation[Any]]:
    for capability in CAPABILITIES:
        yield from (each for each in capability.operations if each.lean)


def _documents(sample: bytes) -> st.SearchStrategy[bytes]:
    """Anything; and something that is read, with pieces changed, doubled, or taken out."""
    kinds = [st.binary(max_size=300), st.sampled_from([b"", b"[" * 100_000, b'{"a":' * 100_000])]
    if sample:
        kinds += [_edited(sample)] * 2
        if _is_json(sample):
            kinds += [_rearranged(decode(sample)).map(encode)] * 3
    return st.one_of(kinds)


@st.composite
def _edited(draw: st.DrawFn, sample: bytes) -> bytes:
    data = bytearray(sample)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 8)))
        data[at:end] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[at:end]) * 2)))
    return bytes(data)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.just([]),
    st.just({}),
)


@st.composite
def _rearranged(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same, with one part of it something else, or gone."""
    whole = here = copy.deepcopy(value)
    while isinstance(here, dict | list) and here:
        place: Any = draw(
            st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))
        )
        if not isinstance(here[place], dict | list) or draw(st.integers(0, 4)) == 0:
            if draw(st.booleans()):
                here[place] = draw(_SCALARS)
            else:
                del here[place]
            break
        here = here[place]
    return whole


def _is_json(data: bytes) -> bool:
    try:
        decode(data)
    except msgspec.DecodeError:
        return False
    return True


@pytest.mark.parametrize("name", PARSERS)
def test_anything_is_read_or_refused_with_the_documented_error(name: str, tmp_path: Path) -> None:
    """No traceback, no hang, and nothing but the error that the parser says it raises."""
    parser = PARSERS[name]

    @_MODEST
    @given(data=_documents(parser.sample))
    def hold(data: bytes) -> None:
        with contextlib.suppress(*parser.errors):
            parser.read(data, tmp_path)

    hold()


@pytest.mark.parametrize("operation", list(_operations()), ids=lambda operation: operation.api)
def test_any_answer_is_read_or_is_the_failure_of_its_call(operation: Operation[Any]) -> None:
    """Good or bad, whoever sent it."""
    protocol = _PROTOCOLS.get(operation.service, _json11)(operation)

    @_MODEST
    @given(data=_documents(_answer(operation)), status=st.integers(100, 999))
    def hold(data: bytes, status: int) -> None:
        with contextlib.suppress(CallFailed):
            protocol.decode(operation, data)
        refusal = protocol.refusal(status, "", data)
        assert isinstance(refusal.code + refusal.message, str)

    hold()


def _answer(operation: Operation[Any]) -> bytes:
    """Something with the members that are read."""
    members = {field.encode_name: [{"a": "b"}] for field in msgspec.structs.fields(operation.reply)}
    if operation.service in {"ec2", "sts", "elbv2"}:
        inside = "".join(f"<{name}><item><a>b</a></item></{name}>" for name in members)
        return f"<{operation.name}Response>{inside}</{operation.name}Response>".encode()
    return encode(members)
