"""Whether findings could be imported into Security Hub: the importing role, tried with a read."""

from __future__ import annotations

from collections.abc import Sequence

from orgscan.aws.entrance import Entrance
from orgscan.aws.few_at_once import few_at_once
from orgscan.aws.session import RegionSession
from orgscan.config.settings import Settings
from orgscan.delivery.hub_operations import GET_FINDINGS
from orgscan.model.organization import Account
from orgscan.permissions.check import Check, first_refusal, refusal_but_for
from orgscan.permissions.delivering import HUB

_REGIONS_AT_ONCE = 8
_NOT_ENABLED = "InvalidAccessException"


async def security_hub_checks(
    way_in: Entrance, settings: Settings, account: Account, regions: Sequence[str]
) -> list[Check]:
    """Whether the role lets one in, and whether Security Hub is on in each region of an account."""
    if not settings.deliver_security_hub:
        return []
    source = way_in.importing_source(settings, account.id, "orgscan-doctor")
    why = await first_refusal([source.current()])
    if why is not None:
        return [Check(capability=HUB, account=account, why=why, mend=_role_mend(settings))]

    async def look(region: str) -> Check:
        session = RegionSession(way_in.engine, source, region)
        refused = await refusal_but_for(session.call(GET_FINDINGS, {"MaxResults": 1}))
        is_off = refused is not None and refused.error_code == _NOT_ENABLED
        mend = "turn Security Hub on there" if is_off else ""
        return Check(capability=HUB, account=account, region=region, why=refused, mend=mend)

    return await few_at_once(_REGIONS_AT_ONCE, [look(region) for region in regions])


def _role_mend(settings: Settings) -> str:
    return (
        f"deploy the role {settings.deliver_security_hub_role} there, and let it trust the caller"
    )
