"""The caller's way into the organization: who it is, and the credentials for each account."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from aiobotocore.session import AioSession

from orgscan.aws.caller import (
    IMPORT_POLICY,
    CallerIdentity,
    RoleRequest,
    assumed_role,
    home_region,
    identify,
    known_regions,
    open_session,
    own_credentials,
)
from orgscan.aws.credentials import CredentialSource, RefreshedCredentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.session import RegionSession
from orgscan.aws.surroundings import (
    endpoint_overrides,
    notes_on_surroundings,
    require_encrypted,
)
from orgscan.aws.tls import tls_context
from orgscan.config.settings import Settings
from orgscan.model.evidence import Kept
from orgscan.model.organization import Account

_log = logging.getLogger(__name__)


class Entrance(msgspec.Struct, frozen=True, kw_only=True):
    """An open engine and the caller behind it.

    Attributes:
        home_region: for calls that belong to no region.
        caller: the caller's own account, for what is asked centrally.
        kept: what was asked about the organization so far; forgotten where it is not wanted.
        known_regions: botocore's list of the partition's ECS regions.
        tls: how servers are verified that are not AWS's.
        notes: what a reader has to know of where calls went; one sentence each.
    """

    engine: Engine
    home_region: str
    identity: CallerIdentity
    caller: RegionSession
    known_regions: tuple[str, ...]
    tls: ssl.SSLContext
    kept: Kept
    notes: tuple[str, ...]
    _own: RefreshedCredentials
    _sts: RegionSession

    @property
    def partition(self) -> str:
        """The partition that the ARN of the caller names, for example `aws-us-gov`."""
        return self.identity.arn.split(":")[1]

    def sources(
        self, settings: Settings, session_name: str, also_reads: tuple[str, ...] = ()
    ) -> Callable[[Account, Kept | None], CredentialSource]:
        """How each account is entered: one session an account, shared by its regions.

        Args:
            settings: role names, external id and what else goes with AssumeRole.
            session_name: shows in every member's CloudTrail.
            also_reads: what the session policy leaves besides a scan's reads.
        """

        def source_of(account: Account, kept: Kept | None) -> CredentialSource:
            is_own = account.id == self.identity.account
            if is_own and settings.own_account == "credentials":
                return self._own
            role = settings.management_role if account.is_management else settings.role_name
            request = RoleRequest(
                role_name=role,
                session_name=session_name,
                external_id=settings.external_id,
                source_identity=settings.source_identity,
                session_tags=dict(settings.session_tags),
                read_only=settings.session_policy,
                also_reads=also_reads,
            )
            return assumed_role(self._sts.about(kept), account.id, self.partition, request)

        return source_of

    def caller_in(self, region: str) -> RegionSession:
        """The caller's own account in another region."""
        return RegionSession(self.engine, self._own, region)

    def share_among(self, callers: int) -> None:
        """Keep to one part of the caller's own quotas, which so many processes draw on together.

        What is the members' own is not divided: each account is swept by one process.
        """
        self.caller.share_among(callers)
        self._sts.share_among(callers)

    def importing_source(
        self, settings: Settings, account_id: str, session_name: str
    ) -> CredentialSource:
        """A session that may import findings into Security Hub, and nothing else.

        Args:
            settings: the role, external id and what else goes with AssumeRole.
            account_id: the account.
            session_name: shows in the account's CloudTrail.
        """
        role = settings.deliver_security_hub_role
        return self._limited(settings, role, account_id, session_name, IMPORT_POLICY)

    def writing_source(
        self, settings: Settings, account_id: str, session_name: str, policy: str
    ) -> CredentialSource:
        """A session that may change something: of `remediate_role`, also in the caller's account.

        Args:
            settings: the role, external id and what else goes with AssumeRole.
            account_id: the account.
            session_name: shows in the account's CloudTrail.
            policy: what is left of the role, as an inline session policy.
        """
        return self._limited(settings, settings.remediate_role, account_id, session_name, policy)

    def _limited(
        self, settings: Settings, role: str, account_id: str, session_name: str, policy: str
    ) -> CredentialSource:
        """A session of another role than the read role, cut down by a policy of its own."""
        request = RoleRequest(
            role_name=role,
            session_name=session_name,
            external_id=settings.external_id,
            source_identity=settings.source_identity,
            session_tags=dict(settings.session_tags),
            read_only=False,
            policy=policy,
        )
        return assumed_role(self._sts, account_id, self.partition, request)


@asynccontextmanager
async def entrance(settings: Settings, limits: Limits, home: str = "") -> AsyncIterator[Entrance]:
    """Open the engine and learn who the caller is.

    Args:
        settings: the profile, the STS region and the concurrency.
        limits: how patient the engine is.
        home: the region for calls that belong to no region; empty for the caller's own.

    Raises:
        CallerError: there are no credentials, AWS does not accept them, or they would go over the
            network in the clear.
    """
    session = open_session(settings.profile)
    notes = _looked_around(session, settings)
    home = home or home_region(session)
    # A target has a few calls under way at once, and entering accounts takes some more.
    connections = 2 * settings.concurrency + 32
    async with Engine(session, limits, connections=connections) as engine:
        own = await own_credentials(session)
        kept = Kept("")
        wanted = kept if settings.evidence else None
        sts = RegionSession(engine, own, settings.sts_region or home, wanted)
        identity = await identify(sts)
        own.identified(identity.account, identity.arn)
        yield Entrance(
            engine=engine,
            home_region=home,
            identity=identity,
            caller=RegionSession(engine, own, home, wanted),
            kept=kept,
            known_regions=await known_regions(session, home),
            tls=tls_context(session),
            notes=notes,
            _own=own,
            _sts=sts,
        )


def _looked_around(session: AioSession, settings: Settings) -> tuple[str, ...]:
    """Before any credential is asked for: where calls would go."""
    overrides = endpoint_overrides(session)
    require_encrypted(overrides, allowed=settings.allow_insecure_endpoint)
    notes = tuple(notes_on_surroundings(session, overrides))
    for note in notes:
        _log.info(note)
    for override in overrides:
        if not override.stays_here:
            _log.warning(f"Calls go to {override.shown}, as {override.setting} says")
    return notes
