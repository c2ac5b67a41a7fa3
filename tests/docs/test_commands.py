"""Every command that a page shows is run as it stands there, or held to what would run it.

orgscan's own run against a simulated organization, its bucket, keys and topics served by moto; what
an example is named by (an account, a unit, a run) is put in place of what the page names.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import msgspec
import pytest
import shellingham
import yaml
from moto.server import ThreadedMotoServer
from typer.main import get_command

from orgscan import __file__ as package
from orgscan.cli import remediate
from orgscan.cli.app import app, main
from orgscan.remediation.clock import SkippingClock, WallClock
from orgscan.simulator import Endpoint, Fault, FaultKind, Scenario, Simulator, account_id
from orgscan.simulator.demo import private_beside

pytestmark = pytest.mark.integration

ROOT = Path(package).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SECONDS = 120
_FENCED = re.MULTILINE | re.DOTALL
_MEMBER = account_id(5, 2)
_SCENARIO = Scenario(
    accounts=4,
    seed=5,
    regions=("eu-west-1", "us-east-1"),
    disabled_regions=(),
    gallery=((_MEMBER, "eu-west-1"),),
)
# What a command may exit with besides 0: findings and gaps are what these look for.
_MAY_EXIT = {
    "scan": {1, 4, 5},
    "merge": {1, 4, 5},
    "diff": {1},
    "doctor": {4},
    "remediate status": {1},
    "remediate preflight": {1, 4},
}
# Commands that need what a page cannot have, with what runs them.
_ELSEWHERE = {
    "--dask": "tests/integration/scale/test_dask.py, with a cluster in processes of its own",
    "--processes": "tests/integration/scale, in processes of its own",
}
# Programs that only others have, with what their commands are held to instead.
_NOT_RUN = {
    "docker": "tests/container builds and runs the image; the arguments are looked up",
    "duckdb": "reads a file that tests/report holds to OCSF's schema",
    "gh": "sends to GitHub",
    "make": "its target is looked up",
    "pip": "tests/release installs the wheel",
    ".venv/bin/python": "runs pytest",
}


# The AWS CLI's own commands, made of several calls, with the options that the pages give them.
_OF_THE_CLI: dict[str, set[str]] = {
    "deploy": {"--stack-name", "--template-file", "--capabilities", "--parameter-overrides"},
    "cp": set(),
}


class Block(msgspec.Struct, frozen=True):
    """A fenced block of a page.

    Attributes:
        place: page and line.
        commands: what stands after `$`, with what it goes on with.
    """

    place: str
    commands: tuple[str, ...]

    def __str__(self) -> str:
        return self.place


def _blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for fence in re.finditer(r"^ *```(\w*)\n(.*?)^ *```$", text, _FENCED):
            # In a transcript what a command prints follows it; elsewhere what it goes on with.
            rest = r"(?:.|\n(?! *\$ ))*" if fence[1] == "console" else r"(?:.*\\\n)*.*"
            commands = re.findall(rf"^ *\$ ({rest})", fence[2], re.MULTILINE)
            line = text.count("\n", 0, fence.start()) + 1
            yield Block(f"{page.name}:{line}", tuple(each.strip() for each in commands))


BLOCKS = [block for block in _blocks() if block.commands]
COMMANDS = [(block.place, command) for block in BLOCKS for command in block.commands]


def _program(command: str) -> str:
    return command.split(maxsplit=1)[0]


def _words(command: str) -> list[str]:
    """As a shell reads it."""
    return shlex.split(command.replace("\\\n", " "), comments=True)


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    """A moto with the pages' bucket, and settings in it; gives what leads orgscan to it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    s3, ssm = _client("s3", url), _client("ssm", url)
    s3.create_bucket(Bucket="example-audit")
    s3.put_object(Bucket="example-audit", Key="settings/orgscan.yaml", Body=b"version: 1")
    ssm.put_parameter(Name="/orgscan/config", Value="version: 1", Type="SecureString")
    yield {"AWS_ENDPOINT_URL_S3": url, "AWS_ENDPOINT_URL_SSM": url}
    server.stop()


def _client(service: str, url: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    make: Any = boto3.client
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "not a secret"}
    return make(service, region_name="us-east-1", endpoint_url=url, **keys)


def _environ(endpoint: Endpoint) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_REGION": endpoint.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }


def _orgscan(where: Path, environ: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - this interpreter, arguments of this test
        [sys.executable, "-m", "orgscan", *arguments],
        cwd=where,
        env=dict(environ),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory as its user has it after the first signed scan, with an allowlist."""
    where = tmp_path_factory.mktemp("scanned")
    _sh("openssl genpkey -algorithm ed25519 -out signer.pem && chmod 600 signer.pem", where)
    _sh("openssl pkey -in signer.pem -pubout -out signer.pub", where)
    simulator = Simulator(_SCENARIO)
    with simulator.serve_in_thread() as endpoint:
        environ = _environ(endpoint)
        formats = [f"--format={name}" for name in ("html", "json", "ndjson", "asff", "markdown")]
        _orgscan(where, environ, "init")
        for _ in ("previous", "latest"):
            _orgscan(where, environ, "scan", "--signing-key", "signer.pem", *formats)
    for name in ("findings.ndjson", "findings.asff.ndjson", "evidence.zip"):
        shutil.copy(where / "reports" / "latest" / name, where)
    entry = _entry(simulator, _replaceable(where))
    for name in ("config/allowlist.yaml", "demo-allowlist.yaml"):
        (where / name).write_text(yaml.safe_dump({"version": 1, "remediate": [entry]}))
    return where


def _replaceable(where: Path) -> dict[str, Any]:
    """A finding on a public task set that orgscan can replace."""
    report = json.loads((where / "reports" / "latest" / "report.json").read_bytes())
    return next(
        finding
        for finding in report["findings"]
        if finding["status"] == "FAILED"
        and finding["resource"]["type"] == "AWS::ECS::TaskSet"
        and finding["resource"]["deployment_controller"] == "EXTERNAL"
        and finding["resource"]["status"] == "PRIMARY"
        and finding["observed"]["public_ips"]
    )


def _entry(simulator: Simulator, finding: dict[str, Any]) -> dict[str, Any]:
    account, region, resource = finding["account"]["id"], finding["region"], finding["resource"]
    return {
        "id": "example",
        "accounts": [account],
        "regions": [region],
        "clusters": [resource["cluster_arn"].rpartition("/")[2]],
        "services": [resource["service_name"]],
        "actions": ["replace-task-set"],
        "subnets": private_beside(simulator.world, account, region, finding["observed"]["subnets"]),
        "owner": "platform@example.org",
        "ticket": "SEC-1234",
        "expires": yaml.safe_load("2099-12-31"),
        "max_changes": 1,
    }


def _sh(command: str, where: Path) -> None:
    subprocess.run(  # noqa: S603 - a command of this project's own pages
        ["bash", "-euo", "pipefail", "-c", command],  # noqa: S607 - wherever it is installed
        cwd=where,
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )


Run = Callable[[str], int]


@pytest.fixture
def run(
    scanned: Path,
    bucket: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Run]:
    """Runs a page's command by the program's own entry, in a copy of the user's directory."""
    where = tmp_path / "user"
    shutil.copytree(scanned, where, symlinks=True)
    simulator = Simulator(_SCENARIO)
    logger = logging.getLogger("orgscan")
    before = (logger.handlers, logger.propagate, logger.level)
    clock = SkippingClock()
    with simulator.serve_in_thread() as endpoint:
        for name in [name for name in os.environ if name.startswith(("AWS_", "ORGSCAN_"))]:
            monkeypatch.delenv(name)
        for name, value in (_environ(endpoint) | bucket | {"HOME": str(tmp_path)}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(where)
        # No test waits a quarter of an hour for a task set to soak, or types an answer.
        monkeypatch.setattr(WallClock, "now", lambda _: clock.now())
        monkeypatch.setattr(WallClock, "sleep", lambda _, seconds: clock.sleep(seconds))
        monkeypatch.setattr(remediate, "approve_on_terminal", lambda _plan, _what: "the reader")
        monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
        names = _stands_for(simulator, where)

        def start(command: str) -> int:
            arguments = _words(_replaced(command, names))[1:]
            if "--resume" in arguments:
                _break_off(where)
            monkeypatch.setattr(sys, "argv", ["orgscan", *arguments])
            try:
                main()
            except SystemExit as ended:
                return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
            return 0

        yield start
    logger.handlers, logger.propagate, level = before
    logger.setLevel(level)


def _replaced(command: str, names: Mapping[str, str]) -> str:
    for example, real in names.items():
        command = command.replace(example, real)
    return command


def _stands_for(simulator: Simulator, where: Path) -> dict[str, str]:
    """What the pages name, and what there is; the longest first."""
    finding = _replaceable(where)
    newest = (where / "reports" / "latest").resolve().name
    organization = simulator.world.organization
    member = next(account for account in organization.accounts() if account.id == _MEMBER)
    key, value = next(iter(dict(member.tags).items()))
    task_definition = finding["observed"]["task_definition"]
    subnet, *_ = finding["observed"]["subnets"]
    return {
        "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7": task_definition,
        "20261124T020000Z-1a2b3c": newest,
        "20261126T013806Z-3a33d0": f"reports/{newest}",
        # All of an array job's shards at once.
        "--shard 3/16": "--shard 1/1",
        "--exclude-account 111122223333": f"--exclude-account {account_id(5, 3)}",
        "111122223333": _MEMBER,
        "ou-ab12-11111111": finding["account"]["ou_path"].rpartition("/")[2],
        "team=payments": f"{key}={value}",
        "subnet-0a1b": subnet,
        "subnet-0c2d": subnet,
        "sg-0e3f": finding["observed"]["security_groups"][0],
    }


def _break_off(where: Path) -> None:
    """Leave a run behind that was killed, as `--resume` needs one."""
    hanging = Fault(FaultKind.HANG, "*", "us-east-1", "ecs:ListClusters")
    with Simulator(_changed(faults=(hanging,))).serve_in_thread() as endpoint:
        process = subprocess.Popen(
            [sys.executable, "-m", "orgscan", "scan", "--log-format", "json"],
            cwd=where,
            env=_environ(endpoint),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        next(line for line in process.stderr if b"Sweeping" in line)
        process.kill()
        process.communicate(timeout=SECONDS)


def _changed(**changes: object) -> Scenario:
    members = {name: getattr(_SCENARIO, name) for name in _SCENARIO.__struct_fields__}
    return Scenario(**{**members, **changes})


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if any(_program(c) == "orgscan" for c in b.commands)], ids=str
)
def test_the_pages_own_commands_do_what_they_say(block: Block, run: Run) -> None:
    """In their order; none ends in a usage error, a failed delivery, or a bug."""
    for command in block.commands:
        if _program(command) == "orgscan" and not _ELSEWHERE.keys() & set(_words(command)):
            words = _words(command)[1:]
            also = _MAY_EXIT.get(words[0], _MAY_EXIT.get(" ".join(words[:2]), set()))
            assert run(command) in {0, *also}, command


@pytest.mark.parametrize(
    ("place", "command"), [each for each in COMMANDS if _program(each[1]) in {"openssl", "jq"}]
)
def test_commands_of_standard_tools_run(
    place: str, command: str, scanned: Path, tmp_path: Path
) -> None:
    """On the files of a run; what a loop hands to AWS is left out."""
    if shutil.which(_program(command)) is None:
        pytest.skip(f"{_program(command)} is not installed here")
    for name in ("signer.pem", "findings.ndjson", "findings.asff.ndjson"):
        shutil.copy(scanned / name, tmp_path)
    alone = command.partition("|\n")[0].replace("111122223333", _MEMBER)

    _sh(alone, tmp_path)
    assert place


@pytest.mark.parametrize(
    ("place", "command"),
    [each for each in COMMANDS if re.search(r"\baws [a-z0-9]+ [a-z-]+ ", each[1])],
)
def test_commands_of_the_aws_cli_are_calls_that_there_are(place: str, command: str) -> None:
    """Operation and options are those of botocore's models, which the AWS CLI is made of."""
    (said,) = re.findall(r"\baws ((?:[^|]*\\\n)*[^|\n]*)", command)
    service, operation, *rest = _words(said)
    options = {word for word in rest if word.startswith("--")}
    if operation in _OF_THE_CLI:
        assert options <= _OF_THE_CLI[operation], place
        return
    model = botocore.session.get_session().get_service_model(service)
    names = {_dashed(name): name for name in model.operation_names}
    shape: Any = model.operation_model(names[operation]).input_shape
    known = {f"--{_dashed(name)}" for name in shape.members}
    of_every_call = {"--region", "--cli-input-json", "--query", "--output"}
    assert options - of_every_call <= known, place


def _dashed(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


@pytest.mark.parametrize("template", ["security-account", "member-read-role"])
def test_stacks_are_deployed_with_parameters_that_they_have(template: str) -> None:
    """Each by its name; every one without a default is given."""
    text = (ROOT / "config" / "aws" / f"{template}.yaml").read_text(encoding="utf-8")
    declared = yaml.safe_load(text.partition("Conditions:")[0])["Parameters"]
    shown = [
        set(re.findall(r"(\w+)=\S", command.partition("--parameter-overrides")[2]))
        for _, command in COMMANDS
        if f"{template}.yaml" in command and " deploy " in command
    ]

    assert shown
    for given in shown:
        assert {name for name, one in declared.items() if "Default" not in one} <= given
        assert given <= set(declared)


def _in_the_text() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=_FENCED)
        for command in re.findall(r"`(orgscan [^`]+)`", text):
            yield page.name, " ".join(command.split())
    for place, command in COMMANDS:
        if _program(command) == "orgscan":
            yield place, " ".join(_words(command))


@pytest.mark.parametrize(("page", "command"), sorted(set(_in_the_text())))
def test_commands_in_the_text_are_commands_with_their_options(page: str, command: str) -> None:
    """Some are parts of one, so they are looked up and not run."""
    found: Any = get_command(app)
    words = command.split()[1:]
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    known = {name for option in found.params for name in (*option.opts, *option.secondary_opts)}

    assert found.name or words[0].startswith("--"), page
    assert {word for word in words if word.startswith("--")} <= known | {"--help"}, page


def test_the_help_that_a_page_shows_is_the_programs() -> None:
    """Line for line."""
    shown = re.findall(r"^```\n\$ (orgscan [^\n]*--help)\n(.*?)^```$", _all_pages(), _FENCED)

    assert shown
    for command, text in shown:
        done = subprocess.run(  # noqa: S603 - this project's own program
            [Path(sys.executable).with_name("orgscan"), *command.split()[1:]],
            env={"COLUMNS": "80"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        assert done.stdout == text


def _all_pages() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize(("place", "command"), COMMANDS)
def test_no_command_is_left_alone(place: str, command: str) -> None:
    """It is run here, or by name not; make has its targets, and the image its arguments."""
    program = _program(command)
    assert program in {"orgscan", "openssl", "jq", "aws"} | _NOT_RUN.keys(), place
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert f"\n{command.split()[1]}:" in makefile
    if program == "docker":
        dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
        arguments = re.findall(r"--build-arg (\w+)=", command)
        assert [name for name in arguments if f"ARG {name}" not in dockerfile] == []
