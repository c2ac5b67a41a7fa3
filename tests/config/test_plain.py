"""Settings that go to another process come out there as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from orgscan.config.mappings import UserMapping
from orgscan.config.plain import settings_as_json, settings_of_json
from orgscan.config.settings import Settings

MAPPING = {
    "control": "ecs-taskset-no-public-ip",
    "framework": "Example Corp <script>",
    "version": "2.1",
    "id": "NET-07",
    "title": "Workloads have no public addresses 😀",
}


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(
            account=("111122223333",),
            ou=("ou-ab12-11111111",),
            region=("eu-*",),
            collect=("launchers",),
            session_tags={"team": "security"},
            mappings=(UserMapping.model_validate(MAPPING),),
            allowlist="config/allow list.yaml",
            remediation=(Path("a.json"), Path("b.json")),
            processes="auto",
            shard="2/16",
            shard_group="nightly",
            timeout=60,
            progress=False,
        ),
    ],
    ids=["defaults", "everything"],
)
def test_all_settings_come_back(settings: Settings) -> None:
    """Lists, paths, switches and mappings."""
    assert settings_of_json(settings_as_json(settings)) == settings


def test_only_what_is_named_is_told() -> None:
    """The rest is as by default where it arrives."""
    told = settings_as_json(Settings(role_name="audit", output=Path("/secret")), {"role_name"})

    assert told == '{"role_name":"audit"}'
    assert settings_of_json(told) == Settings(role_name="audit")


@pytest.mark.parametrize("text", ['{"role_name":"a b"}', '{"unknown":1}', '{"concurrency":"64"}'])
def test_what_no_settings_hold_is_refused(text: str) -> None:
    """By the same rules as a file's."""
    with pytest.raises(ValidationError):
        settings_of_json(text)
