"""What a run rests on is in its bundle, what must never be in it is not, and nothing is lost."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orgscan import __file__ as package
from orgscan.evidence.verify import verify
from orgscan.simulator import Fault, FaultKind, Scenario, Simulator, account_id

pytestmark = pytest.mark.integration

Sweep = Callable[..., Any]
_REGIONS = ("eu-west-1", "us-east-1")
_SEED = 21


def _scenario(**told: Any) -> Scenario:  # noqa: ANN401 - any member of a scenario
    """Five accounts with something of everything."""
    given: dict[str, Any] = {
        "accounts": 5,
        "seed": _SEED,
        "regions": _REGIONS,
        "density": 0.7,
        "hostile": True,
        "gallery": ((account_id(_SEED, 2), "us-east-1"),),
    }
    return Scenario(**{**given, **told})


def _files(bundle: bytes) -> dict[str, bytes]:
    """Every file of a bundle, evidence decompressed."""
    found = {}
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            found[name] = gzip.decompress(content) if name.endswith(".gz") else content
    return found


def _exchanges(bundle: bytes) -> list[dict[str, Any]]:
    return [
        msgspec.json.decode(line)
        for name, content in _files(bundle).items()
        if name.startswith("data/evidence/")
        for line in content.splitlines()
    ]


@pytest.fixture(scope="module")
def swept(sweep: Sweep) -> Any:  # noqa: ANN401 - the fixture's own type
    """An organization with launchers, a refused account and a denied region."""
    refused, denied = account_id(_SEED, 3), account_id(_SEED, 4)
    return sweep(
        _scenario(
            refused=(refused,),
            faults=(Fault(FaultKind.DENY_SCP, account=denied, region="eu-west-1", api="ecs:*"),),
        ),
        collect=("launchers", "load_balancers"),
    )


def test_the_bundle_of_a_run_holds(swept: Any, tmp_path: Path) -> None:  # noqa: ANN401 - the fixture's own type
    """Every finding's answers are in the file of its own account."""
    path = tmp_path / "evidence.zip"
    path.write_bytes(swept.written["evidence.zip"])

    assert len(swept.report["findings"]) > 20
    assert f"{len(swept.report['findings'])} findings" in verify(path).summary
    assert all(finding["evidence"] for finding in swept.report["findings"])
    assert _files(path.read_bytes())["data/report.json"] == swept.written["report.json"]


def test_every_call_that_the_report_counts_is_in_the_bundle(swept: Any) -> None:  # noqa: ANN401 - as above
    """No fault struck twice here, so that each call has exactly one answer."""
    kept = Counter(exchange["api"] for exchange in _exchanges(swept.written["evidence.zip"]))

    assert dict(kept) == swept.report["totals"]["api_calls"]


def test_each_gap_of_the_coverage_has_the_answer_that_it_rests_on(swept: Any) -> None:  # noqa: ANN401 - as above
    """The refusal, with AWS's own words, in the account's own file."""
    gaps = [entry for entry in swept.report["coverage"] if entry["error_code"]]
    exchanges = _exchanges(swept.written["evidence.zip"])

    assert {entry["api"] for entry in gaps} == {"sts:AssumeRole", "ecs:ListClusters"}
    for entry in gaps:
        (answer,) = [
            exchange
            for exchange in exchanges
            if exchange["account"] == entry["account_id"]
            and exchange["api"] == entry["api"]
            and exchange["region"] == (entry["region"] or "us-east-1")
        ]
        assert 400 <= answer["status"] < 500
        assert entry["error_code"] in answer["body"]


def test_an_exchange_says_who_asked_what_where_and_when(swept: Any) -> None:  # noqa: ANN401 - as above
    """Calls into an account are made by its own role, and central ones by the caller."""
    run = swept.report["run"]
    for exchange in _exchanges(swept.written["evidence.zip"]):
        assert exchange["at"][:19] <= run["finished_at"][:19]
        # Who the caller is, is asked before the run has begun.
        assert run["started_at"][:19] <= exchange["at"][:19] or not exchange["caller"]
        assert exchange["endpoint"].startswith("http://127.0.0.1:")
        assert exchange["request_id"]
        service = exchange["api"].split(":")[0]
        if service in {"sts", "organizations", "account"}:
            # Who the caller is, is what its first call asks.
            assert exchange["caller"] in {run["caller"]["arn"], ""}
        elif exchange["account"] != run["caller"]["account_id"]:
            session = f"assumed-role/orgscan-audit/orgscan-{run['id']}"
            assert exchange["caller"] == f"arn:aws:sts::{exchange['account']}:{session}"


def test_no_secret_enters_a_bundle(swept: Any) -> None:  # noqa: ANN401 - as above
    """Neither the credentials that were issued nor what owners wrote into their tasks."""
    files = _files(swept.written["evidence.zip"])
    content = b"".join(files.values())

    assert len(swept.simulator.record.secrets()) > 5
    for secret in swept.simulator.record.secrets():
        assert secret.encode() not in content
    assert b"no-report-may-show" not in content
    assert b"no report may show" not in content
    asked = {exchange["api"] for exchange in _exchanges(swept.written["evidence.zip"])}
    assert asked >= {
        "batch:DescribeJobDefinitions",
        "ecs:DescribeTasks",
        "events:ListTargetsByRule",
        "scheduler:GetSchedule",
        "states:DescribeStateMachine",
        "sts:AssumeRole",
    }


def test_what_was_removed_is_told_and_what_a_verdict_rests_on_is_kept(swept: Any) -> None:  # noqa: ANN401 - as above
    """The rules are a file of the bundle; networks of state machines and inputs stay."""
    files = _files(swept.written["evidence.zip"])
    rules = msgspec.json.decode(files["data/redaction.json"])
    exchanges = _exchanges(swept.written["evidence.zip"])

    for api in ("states:DescribeStateMachine", "ecs:DescribeTasks", "sts:AssumeRole"):
        assert api in rules["operations"]
        bodies = [one["body"] for one in exchanges if one["api"] == api and one["status"] == 200]
        assert bodies
        assert any(rules["marker"] in body for body in bodies)
    states = "".join(one["body"] for one in exchanges if one["api"].startswith("states:Desc"))
    assert "AssignPublicIp" in states
    assert "ENABLED" in states


def test_without_evidence_there_is_no_bundle_and_the_report_is_the_same(
    sweep: Sweep,
    swept: Any,  # noqa: ANN401 - as above
) -> None:
    """Digests too, since they are of what evidence would keep."""
    collect = ("launchers", "load_balancers")
    without = sweep(swept.simulator.scenario, evidence=False, collect=collect)

    assert sorted(without.written) == ["report.html", "report.json"]
    assert [one["key"] for one in without.report["findings"]] == [
        one["key"] for one in swept.report["findings"]
    ]


def _scan(environ: dict[str, str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this interpreter, arguments of the tests
        [sys.executable, "-m", "orgscan", "scan", "--output", "runs", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class _KillAt(Counter[tuple[str, str, str]]):
    """Counts calls, and kills a process when there have been so many."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.child: subprocess.Popen[str] | None = None
        self._left = calls

    def __setitem__(self, key: tuple[str, str, str], value: int) -> None:
        super().__setitem__(key, value)
        self._left -= 1
        if self._left == 0 and self.child is not None:
            self.child.send_signal(signal.SIGKILL)


@pytest.fixture
def served(environ_of: Callable[..., dict[str, str]]) -> Iterator[tuple[Simulator, dict[str, str]]]:
    """Thirty accounts, and what leads a process to them."""
    simulator = Simulator(
        Scenario(accounts=30, seed=4, regions=_REGIONS, density=0.3, latency_ms=5)
    )
    with simulator.serve_in_thread() as endpoint:
        yield simulator, environ_of(endpoint)


def test_a_killed_run_resumes_to_a_bundle_that_holds(
    served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """What the dead processes had journaled has its answers, whenever they died."""
    simulator, environ = served
    resume: tuple[str, ...] = ()
    for calls in (70, 40, 90):
        simulator.record.calls = calls_left = _KillAt(calls)
        calls_left.child = _scan(environ, tmp_path, "--concurrency", "8", *resume)
        calls_left.child.communicate(timeout=60)
        assert calls_left.child.returncode == -signal.SIGKILL
        resume = ("--resume",)
    simulator.record.calls = Counter()
    done = _scan(environ, tmp_path, *resume)
    out, errors = done.communicate(timeout=60)
    assert done.returncode in {0, 1}, errors

    (bundle,) = tmp_path.glob("runs/latest/evidence.zip")
    assert "Evidence  runs/" in out
    assert verify(bundle).summary.startswith("run ")
    # Each account-region has its first question, also where an earlier process asked it.
    listed = {
        (one["account"], one["region"])
        for one in _exchanges(bundle.read_bytes())
        if one["api"] == "ecs:ListClusters"
    }
    assert listed == {(account_id(4, at), region) for at in range(30) for region in _REGIONS}


def test_runs_of_one_organization_chain_and_a_key_signs_them(
    served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """The second bundle names the first; `orgscan verify` holds it to that and to the key."""
    environ = {**served[1], "ORGSCAN_SIGNING_KEY_PASSPHRASE": "open sesame"}
    key, public = tmp_path / "key.pem", tmp_path / "key.pub"
    for command in (
        ("openssl", "genpkey", "-algorithm", "ed25519", "-aes-256-cbc", "-out", str(key),
         "-pass", "pass:open sesame"),
        ("openssl", "pkey", "-in", str(key), "-passin", "pass:open sesame", "-pubout", "-out",
         str(public)),
    ):  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - two fixed commands
    key.chmod(0o600)
    for _ in range(2):
        _scan(environ, tmp_path, "--signing-key", str(key)).communicate(timeout=60)
    first, second = sorted(tmp_path.glob("runs/2*/evidence.zip"))
    assert b"sesame" not in b"".join(_files(first.read_bytes()).values())

    def checked(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(  # noqa: S603 - this interpreter, arguments of the test
            [sys.executable, "-m", "orgscan", "verify", *arguments],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    trusted = ("--public-key", str(public))
    status, told = checked(str(second), *trusted, "--previous", str(first))
    assert status == 0
    assert "Signed with your key, sha256:" in told
    status, told = checked(str(first), *trusted, "--previous", str(second))
    assert status == 1
    assert "this does not hold: bag-info.txt: the bundle before it is none" in told
    status, told = checked(str(tmp_path / "absent.zip"))
    assert status == 2
    assert "the bundle cannot be read: No such file" in told


def test_a_key_that_cannot_sign_is_told_before_anything_is_swept(
    orgscan: Callable[..., Any], served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """Nobody sweeps for an hour and then learns that the key's file is missing."""
    simulator, environ = served
    done = orgscan("scan", "--signing-key", str(tmp_path / "absent.pem"), environ=environ)

    assert done.status == 2
    assert "the signing key cannot be read" in done.err
    assert not simulator.record.calls


def test_a_bundle_says_how_it_was_made_also_where_only_html_is_asked_for(
    served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """The report, the allowlist, the settings and the program, and no other file beside it."""
    _, environ = served
    allowlist = tmp_path / "config" / "allowlist.yaml"
    allowlist.parent.mkdir()
    allowlist.write_text("version: 1\n# nothing is excepted\n", encoding="utf-8")
    _scan(environ, tmp_path, "--format", "html", "--region", "eu-*").communicate(timeout=60)

    (run,) = tmp_path.glob("runs/2*")
    assert sorted(path.name for path in run.iterdir()) == ["evidence.zip", "report.html"]
    assert verify(run / "evidence.zip").notes[0].startswith("NOT SIGNED")
    files = _files((run / "evidence.zip").read_bytes())
    assert files["data/allowlist.yaml"] == allowlist.read_bytes()
    configuration = msgspec.json.decode(files["data/configuration.json"])
    assert (configuration["region"], configuration["format"]) == (["eu-*"], ["html"])
    tool = msgspec.json.decode(files["data/tool.json"])
    code = Path(package).read_bytes()
    assert tool["files"]["__init__.py"] == hashlib.sha256(code).hexdigest()


def test_the_spool_is_readable_by_its_owner_alone_and_goes_with_the_journal(
    served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """While a run is under way its answers lie beside the journal, and nowhere after."""
    simulator, environ = served
    simulator.record.calls = calls_left = _KillAt(60)
    calls_left.child = _scan(environ, tmp_path)
    calls_left.child.communicate(timeout=60)
    (spool,) = tmp_path.glob("runs/.*.partial/journal-evidence.ndjson")
    assert spool.stat().st_mode & 0o777 == 0o600
    digests = [msgspec.json.decode(line) for line in spool.read_bytes().splitlines()]
    assert all(
        one["digest"] == f"sha256:{hashlib.sha256(one['body'].encode()).hexdigest()}"
        for one in digests
    )

    simulator.record.calls = Counter()
    _scan(environ, tmp_path, "--resume").communicate(timeout=60)
    (run,) = tmp_path.glob("runs/2*")
    assert sorted(path.name for path in run.iterdir()) == [
        "evidence.zip",
        "report.html",
        "report.json",
    ]


def test_what_was_changed_since_goes_into_report_and_evidence(
    served: tuple[Simulator, dict[str, str]], tmp_path: Path
) -> None:
    """As the scan was told, by the document that remediation leaves."""
    _, environ = served
    changed = {
        "format": "orgscan.remediation",
        "version": 1,
        "plan_id": "20261126T120000Z-1a2b3c",
        "plan_digest": "sha256:0",
        "run_id": "20261126T110000Z-1a2b3c",
        "approved_at": "2026-11-26T12:05:00Z",
        "approved_by": "arn:aws:sts::999988887777:assumed-role/mender/alice",
        "approved_how": "--yes",
        "actions": [],
    }
    file = tmp_path / "plan.remediation.json"
    file.write_bytes(msgspec.json.encode(changed))
    _scan(environ, tmp_path, "--remediation", str(file)).communicate(timeout=60)

    (run,) = tmp_path.glob("runs/2*")
    report = msgspec.json.decode((run / "report.json").read_bytes())
    files = _files((run / "evidence.zip").read_bytes())
    assert report["run"]["remediations"] == [changed]
    assert msgspec.json.decode(files["data/remediation-1.json"]) == changed
