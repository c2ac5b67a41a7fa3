"""`orgscan demo`: the main job on an organization that orgscan serves itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from orgscan.cli.demo_remediation import show_remediation
from orgscan.cli.scan import run_scan
from orgscan.cli.terminal import say

# What of the user's own AWS set-up would lead elsewhere than to the simulator.
_OWN_SETTINGS = (
    "AWS_",
    "ORGSCAN_",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)


def demo(
    accounts: Annotated[int, typer.Option(min=3, max=10_000, help="How many accounts.")] = 40,
    seed: Annotated[int, typer.Option(help="Another seed is another organization.")] = 1,
    day: Annotated[
        int, typer.Option(min=0, max=365, help="The same organization so many days later.")
    ] = 0,
    output: Annotated[Path, typer.Option(help="Where the run's directory is made.")] = Path(
        "reports"
    ),
    remediate: Annotated[
        bool, typer.Option("--remediate", help="Then replace one public task set, and restore it.")
    ] = False,
) -> None:
    """Scan a simulated organization over real HTTP: no AWS account, no credentials.

    Exits with 0 whatever was found: the organization is made to have findings.
    """
    from orgscan.config.settings import Settings  # noqa: PLC0415 - keeps `--help` quick
    from orgscan.simulator import Simulator, demo_scenario  # noqa: PLC0415 - only a demo needs it
    from orgscan.simulator.demo import private_beside  # noqa: PLC0415 - as above

    simulator = Simulator(demo_scenario(accounts=accounts, seed=seed, day=day))
    with simulator.serve_in_thread() as endpoint:
        say(f"A simulated organization of {accounts:,} accounts (seed {seed}) at {endpoint.url}")
        say()
        surroundings = {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
            "AWS_REGION": endpoint.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }
        with _environment(surroundings):
            settings = Settings(output=output, collect=("launchers",))
            run_scan(settings)
            if remediate:
                beside = partial(private_beside, simulator.world)
                show_remediation(settings, (output / "latest").resolve(), beside)


@contextmanager
def _environment(surroundings: dict[str, str]) -> Iterator[None]:
    """The process's environment without the user's own AWS set-up, for as long as it takes."""
    before = dict(os.environ)
    for name in before:
        if name.upper().startswith(_OWN_SETTINGS):
            del os.environ[name]
    os.environ.update(surroundings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
