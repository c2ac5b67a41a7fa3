"""The sessions of a remediation: reading by the read role, writing by the remediate role."""

from __future__ import annotations

from typing import Any

from orgscan.aws.credentials import CredentialSource
from orgscan.aws.entrance import Entrance
from orgscan.aws.operation import Operation
from orgscan.aws.session import RegionSession
from orgscan.config.allowlist import Allowlist
from orgscan.config.settings import Settings
from orgscan.model.organization import ACTIVE, Account
from orgscan.model.remediation import Place, PlannedAction
from orgscan.organization.accounts import read_organization
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.deploy_operations import (
    BATCH_GET_APPLICATIONS,
    BATCH_GET_DEPLOYMENT_GROUPS,
    GET_APPLICATION_REVISION,
    GET_DEPLOYMENT,
    GET_OBJECT,
    LIST_APPLICATIONS,
    LIST_DEPLOYMENT_GROUPS,
    LIST_DEPLOYMENTS,
)
from orgscan.remediation.operations import DESCRIBE_TARGET_HEALTH
from orgscan.remediation.session_policy import session_policy

_READ_OPERATIONS: tuple[Operation[Any], ...] = (
    DESCRIBE_TARGET_HEALTH,
    LIST_APPLICATIONS,
    BATCH_GET_APPLICATIONS,
    LIST_DEPLOYMENT_GROUPS,
    BATCH_GET_DEPLOYMENT_GROUPS,
    LIST_DEPLOYMENTS,
    GET_DEPLOYMENT,
    GET_APPLICATION_REVISION,
    GET_OBJECT,
)
READS = tuple(operation.api for operation in _READ_OPERATIONS)
"""What a remediation reads besides what a scan reads; S3 objects only where AppSpecs lie there."""


class Site:
    """The accounts as they are entered, each once."""

    def __init__(
        self, way_in: Entrance, settings: Settings, session_name: str, management: str
    ) -> None:
        """Take what sessions are made from.

        Args:
            way_in: the open engine and the caller.
            settings: roles and what goes with them.
            session_name: shows in every account's CloudTrail.
            management: id of the management account.
        """
        self._way_in = way_in
        self._settings = settings
        self._name = session_name
        self._management = management
        self._source_of = way_in.sources(settings, session_name, READS)
        self._sources: dict[str, CredentialSource] = {}
        self._readers: dict[tuple[str, str], RegionSession] = {}

    def reader(self, place: Place) -> RegionSession:
        """The account-region of a place, by the read role."""
        where = (place.account_id, place.region)
        if where not in self._readers:
            source = self._sources.get(place.account_id)
            if source is None:
                source = self._sources[place.account_id] = self._source_of(
                    self._account(place), None
                )
            self._readers[where] = RegionSession(self._way_in.engine, source, place.region)
        return self._readers[where]

    def writer(self, planned: PlannedAction) -> RegionSession:
        """The same, by the remediate role: a session that can change this one service only."""
        place = planned.place
        policy = session_policy(planned, ACTIONS[planned.kind].writes)
        source = self._way_in.writing_source(self._settings, place.account_id, self._name, policy)
        return RegionSession(self._way_in.engine, source, place.region)

    def _account(self, place: Place) -> Account:
        return Account(
            id=place.account_id,
            name=place.account_name,
            state=ACTIVE,
            ou_path=place.ou_path,
            is_management=place.account_id == self._management,
        )


async def units_now(way_in: Entrance, allowlist: Allowlist) -> dict[str, str] | None:
    """Where each account is among the organizational units; None where no entry names a unit.

    An account may have been moved since the scan, out of a unit that permits or into one that
    accepts.

    Raises:
        CallerError: the caller may not list the accounts.
    """
    if not any(entry.ous for entry in (*allowlist.remediate, *allowlist.exceptions)):
        return None
    organization = await read_organization(way_in.caller)
    return {account.id: account.ou_path for account in organization.accounts}
