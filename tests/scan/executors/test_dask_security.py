"""A scheduler is spoken to with certificates of both sides, or on this machine alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orgscan.config.settings import Settings
from orgscan.errors import ConfigError
from orgscan.scan.executors.choose import check_executor


def test_a_plain_address_is_refused() -> None:
    """Whoever reaches a scheduler can run any program on its workers."""
    with pytest.raises(ConfigError, match="without TLS runs whatever anybody"):
        check_executor(Settings(dask="tcp://127.0.0.1:8786"))


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.7:8786", "tcp://scheduler.example.org:8786", "tcp://[fd00::1]:8786"]
)
def test_a_plain_address_of_another_machine_is_refused_whatever_is_allowed(address: str) -> None:
    """`--dask-insecure` is for trials."""
    with pytest.raises(ConfigError, match="is not this machine's loopback interface"):
        check_executor(Settings(dask=address, dask_insecure=True))


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"]
)
def test_a_plain_address_of_this_machine_may_be_allowed(address: str) -> None:
    """For a trial."""
    check_executor(Settings(dask=address, dask_insecure=True))


@pytest.mark.parametrize("missing", ["dask_ca", "dask_cert", "dask_key"])
def test_half_of_the_certificates_is_refused_by_name(missing: str, tmp_path: Path) -> None:
    """Which setting is missing."""
    files = {name: tmp_path / name for name in ("dask_ca", "dask_cert", "dask_key")}
    given = {name: path for name, path in files.items() if name != missing}
    with pytest.raises(ConfigError, match=f"^{missing}: the certificates .* are not complete"):
        check_executor(Settings.model_validate({"dask": "tls://127.0.0.1:8786", **given}))


def test_a_file_that_is_no_certificate_is_refused_by_name(tmp_path: Path) -> None:
    """Before anything is called."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    path = tmp_path / "ca.pem"
    settings = Settings(
        dask="tls://127.0.0.1:8786", dask_ca=path, dask_cert=path, dask_key=tmp_path / "none"
    )
    with pytest.raises(ConfigError, match="the file is not an authority's certificate") as caught:
        check_executor(settings)
    assert caught.value.where == str(path)


def test_processes_and_a_cluster_exclude_each_other() -> None:
    """A cluster has as many workers as it has."""
    with pytest.raises(ConfigError, match="sweeps with the workers that it has"):
        check_executor(Settings(dask="tls://127.0.0.1:8786", processes=4))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pip install 'orgscan\[dask\]'"):
        check_executor(Settings(dask="local"))
