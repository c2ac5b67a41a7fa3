"""What is looked at again before every write towards a plan: permission, state, the way out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from orgscan.aws.failure import CallFailed
from orgscan.aws.session import RegionSession
from orgscan.config.allowlist import Allowlist
from orgscan.errors import ConfigError
from orgscan.model.remediation import Permit, Place, PlannedAction
from orgscan.remediation.actions.interface import Write
from orgscan.remediation.actions.registry import ACTIONS
from orgscan.remediation.allowed import Refused, permitted
from orgscan.remediation.clock import Clock
from orgscan.remediation.live import Live
from orgscan.remediation.plan import Prove


class LiveChecks(msgspec.Struct, frozen=True, kw_only=True):
    """The checks as `apply` makes them.

    Attributes:
        allowlist: reads the file anew: who takes an entry out of it stops what is under way.
        accept_unproven: whether a way out that cannot be proved is good enough.
        units: where each account is among the organizational units now, where the allowlist names
            any; None keeps what the plan says.
    """

    allowlist: Callable[[], Allowlist]
    reader: Callable[[Place], RegionSession]
    prove: Prove
    clock: Clock
    accept_unproven: bool
    units: dict[str, str] | None = None

    async def before(self, planned: PlannedAction, live: Live, write: Write, *, first: bool) -> str:
        """As `Checks.before`."""
        if why := self.why_not_permitted(planned):
            return why
        if first and (why := why_stale(planned, live)):
            return why
        return await self.why_no_way_out(planned) if write.starts_tasks else ""

    def why_not_permitted(self, planned: PlannedAction) -> str:
        """Empty where the entry that the plan quotes permits it still, as it did."""
        today = dt.datetime.fromtimestamp(self.clock.now(), tz=dt.UTC).date()
        try:
            allowlist = self.allowlist()
        except ConfigError as error:
            return f"the allowlist cannot be read now: {error}"
        permit = permitted(allowlist, self._place_now(planned), planned.kind, today)
        if isinstance(permit, Refused):
            return f"the allowlist does not permit it now: {permit.reason}"
        if (permit.entry, permit.subnets) != (planned.permit.entry, planned.permit.subnets):
            return f"the allowlist permits it by entry {permit.entry!r} now, not as it was planned"
        return ""

    def _place_now(self, planned: PlannedAction) -> Place:
        if self.units is None:
            return planned.place
        return replace(planned.place, ou_path=self.units.get(planned.place.account_id, ""))

    async def why_no_way_out(self, planned: PlannedAction) -> str:
        """Empty where tasks without a public address get out, as far as can be known."""
        try:
            proof = await self.prove(self.reader(planned.place), planned)
        except CallFailed as failed:
            return f"the pre-flight could not look: {failed.why.reason}"
        if proof.verdict == "PASS" or (proof.verdict == "UNPROVEN" and self.accept_unproven):
            return ""
        said = "; ".join(proof.lines)
        if proof.verdict == "UNPROVEN":
            return f"that tasks get out is unproven ({said}); --accept-unproven takes the risk"
        return f"the pre-flight fails: {said}"


def why_stale(planned: PlannedAction, live: Live) -> str:
    """Empty where the same would be planned on what is there now."""
    permit: Permit = planned.permit
    now = ACTIONS[planned.kind].plan(live, planned.place, permit)
    if isinstance(now, Refused):
        return f"the plan is stale: {now.reason}"
    if (now.seen, now.after) != (planned.seen, planned.after):
        return "the plan is stale: the service is not as it was when it was planned. Plan again"
    return ""
