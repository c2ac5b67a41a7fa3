"""The allowlist: what may be changed in the accounts, and which findings are accepted.

Nothing is permitted that no entry names, an expired entry permits and excuses nothing, and no
pattern stands for everything.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from orgscan.config.document import Document, document_of, parse_document, read_document
from orgscan.config.glob import glob_matches
from orgscan.config.patterns import AccountPattern, NamePattern, RegionPattern, UnitPattern
from orgscan.config.place import Fetch
from orgscan.config.problems import Problem, raise_if_any, shown, visible
from orgscan.config.shape import RefusedError
from orgscan.config.tree import KeyPath
from orgscan.config.validation import StrictModel, validate_document
from orgscan.config.values import (
    Day,
    EntryId,
    NothingAsEmpty,
    Once,
    OneLine,
    SubnetId,
    Version,
)
from orgscan.model.finding import ExceptionNote

Action = Literal["replace-task-set", "redeploy-codedeploy", "update-service"]

_SOME = Field(min_length=1)


class Entry(StrictModel):
    """What every entry names: services, by account, region, cluster and name; until when."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["accounts"]}, {"required": ["ous"]}]}
    )

    id: EntryId
    """A name for the entry, unique in the file; plans, journals and reports quote it."""

    accounts: Annotated[tuple[AccountPattern, ...], Once] = ()
    """Account ids, quoted, or globs of such. Either this or ous."""

    ous: Annotated[tuple[UnitPattern, ...], Field(validate_default=True), Once] = ()
    """Ids of organizational units, or globs of such, with the units below. Either this or
    accounts."""

    regions: Annotated[tuple[RegionPattern, ...], _SOME, Once]
    """Regions, or globs of such that match the whole name."""

    clusters: Annotated[tuple[NamePattern, ...], _SOME, Once]
    """Names of clusters, or globs of such that match the whole name."""

    services: Annotated[tuple[NamePattern, ...], _SOME, Once]
    """Names of services, or globs of such that match the whole name."""

    owner: OneLine
    """Who answers for the entry."""

    ticket: OneLine
    """Where it was decided."""

    expires: Day
    """The last day on which the entry holds, in UTC, for example 2027-01-31."""

    @field_validator("ous")
    @classmethod
    def _name_accounts_in_one_way(
        cls, ous: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        accounts = info.data.get("accounts")
        if accounts is not None and bool(accounts) == bool(ous):
            if ous:
                raise RefusedError("an entry has accounts or ous, not both", "Write two entries")
            raise RefusedError("the entry names no accounts", "Add accounts or ous")
        return ous

    def is_expired(self, today: dt.date) -> bool:
        """Whether the entry holds no longer; `today` is the day in UTC."""
        return today > self.expires

    def is_for(self, account_id: str, ou_path: str) -> bool:
        """Whether the entry names an account, by id or by a unit that it lies in."""
        return _any(self.accounts, account_id) or _any(self.ous, *ou_path.split("/"))

    def names(self, region: str, cluster_name: str, service_name: str) -> bool:
        """Whether the entry names a service, apart from its account."""
        return (
            _any(self.regions, region)
            and _any(self.clusters, cluster_name)
            and _any(self.services, service_name)
        )


class RemediationEntry(Entry):
    """Permission to change services."""

    actions: Annotated[tuple[Action, ...], _SOME, Once]
    """What may be done to them."""

    subnets: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16), Once] = ()
    """Subnets that replace the present ones; absent: the present ones stay. ECS takes up to 16."""

    max_changes: Annotated[int, Field(ge=1)]
    """How many services may be changed under this entry in one run."""


class ExceptionEntry(Entry):
    """A finding that is accepted: it stays in the report, with this beside it."""

    reason: OneLine
    """Why it is accepted."""

    def note(self) -> ExceptionNote:
        """The exception as a finding carries it."""
        return ExceptionNote(
            id=self.id,
            owner=self.owner,
            reason=self.reason,
            ticket=self.ticket,
            expires=self.expires.isoformat(),
        )


class Allowlist(StrictModel):
    """orgscan's allowlist: what may be changed, and which findings are accepted.

    Without an entry here nothing is changed in any account.
    """

    version: Version
    """The version of this file's format."""

    remediate: Annotated[tuple[RemediationEntry, ...], NothingAsEmpty] = ()
    """What may be changed."""

    exceptions: Annotated[tuple[ExceptionEntry, ...], NothingAsEmpty] = ()
    """Which findings are accepted as they are; what is named here is never changed."""

    def exception_for(
        self,
        account_id: str,
        ou_path: str,
        region: str,
        cluster_name: str,
        service_name: str,
        today: dt.date,
    ) -> ExceptionEntry | None:
        """The first exception that names a service and has not expired.

        Args:
            account_id: twelve digits.
            ou_path: as `orgscan.model.organization.Account.ou_path`; empty if unknown.
            region: for example `eu-west-1`.
            cluster_name: the name, not the ARN.
            service_name: the name, not the ARN.
            today: the day in UTC.
        """
        for entry in self._exceptions_of_account(account_id, ou_path):
            if not entry.is_expired(today) and entry.names(region, cluster_name, service_name):
                return entry
        return None

    @functools.cached_property
    def _exceptions_of_account(self) -> Callable[[str, str], tuple[ExceptionEntry, ...]]:
        """Findings come account by account: what names an account is looked for once."""

        @functools.lru_cache(maxsize=16)
        def of_account(account_id: str, ou_path: str) -> tuple[ExceptionEntry, ...]:
            entries = self.exceptions
            return tuple(entry for entry in entries if entry.is_for(account_id, ou_path))

        return of_account

    def expired(self, today: dt.date) -> tuple[RemediationEntry | ExceptionEntry, ...]:
        """The entries that hold no longer, to be reported; `today` is the day in UTC."""
        entries: list[RemediationEntry | ExceptionEntry] = [*self.remediate, *self.exceptions]
        return tuple(entry for entry in entries if entry.is_expired(today))


def load_allowlist(place: str | Path, fetch: Fetch | None = None) -> Allowlist:
    """Read an allowlist.

    Args:
        place: a path, `ssm:/path/name` or `s3://bucket/key`.
        fetch: reads what lies in AWS.

    Raises:
        ConfigError: it cannot be read, or every problem in it, each with file:line:column.
    """
    return _allowlist(read_document(place, fetch))


def allowlist_of(content: bytes, place: str | Path) -> Allowlist:
    """As `load_allowlist`, of what was read there."""
    return _allowlist(document_of(content, visible(str(place))))


def parse_allowlist(text: str, name: str) -> Allowlist:
    """As `load_allowlist`, of text; `name` is what errors call it."""
    return _allowlist(parse_document(text, name))


def _allowlist(document: Document) -> Allowlist:
    made, problems = validate_document(Allowlist, document, _keys)
    problems += _repeated_ids(document)
    raise_if_any(sorted(problems, key=lambda problem: problem.position))
    if made is None:
        raise AssertionError("unreachable: without problems there is an allowlist")
    return made


def _keys(path: KeyPath) -> list[str]:
    match path:
        case ("remediate", *_):
            return list(RemediationEntry.model_fields)
        case ("exceptions", *_):
            return list(ExceptionEntry.model_fields)
        case _:
            return list(Allowlist.model_fields)


def _repeated_ids(document: Document) -> list[Problem]:
    """Read from the plain data, so that they are told together with every other problem."""
    first: dict[str, KeyPath] = {}
    problems: list[Problem] = []
    for section in ("remediate", "exceptions"):
        entries = document.tree.data.get(section)
        for at, entry in enumerate(entries if isinstance(entries, tuple) else ()):
            name = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(name, str):
                continue
            path: KeyPath = (section, at, "id")
            if name in first:
                line = document.position(first[name])[0]
                what = f"duplicate id {shown(name)}, first on line {line}"
                problems.append(document.problem(path, what, "Give each its own"))
            first.setdefault(name, path)
    return problems


def _any(patterns: tuple[str, ...], *values: str) -> bool:
    return any(glob_matches(pattern, value) for pattern in patterns for value in values)
