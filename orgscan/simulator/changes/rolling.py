"""How a rolling service replaces one deployment by another.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from orgscan.simulator.changes.live_service import LiveService

_FAILURES = 3
"""The least that AWS's circuit breaker waits for."""


def roll(service: LiveService) -> None:
    """Stop the old deployments once the new one is steady; fall back where the breaker says so."""
    newest = service.primary
    if newest is None:
        return
    old = [each for each in service.sets if each is not newest]
    if newest.is_settled:
        newest.state = "COMPLETED"
        for each in old:
            each.leave()
        return
    newest.state = newest.state or "IN_PROGRESS"
    if newest.failed >= _FAILURES and _breaker(service, "enable"):
        newest.state = "FAILED"
        if _breaker(service, "rollback") and old:
            fall_back(service)


def fall_back(service: LiveService) -> None:
    """Deploy once more what ran before the newest deployment."""
    newest, old = service.sets[0], service.sets[1]
    newest.state = "FAILED"
    newest.leave()
    setting = msgspec.structs.replace(old.rollout.setting, status="PRIMARY", scale=100.0)
    template = msgspec.structs.replace(old.rollout, setting=setting, rollout_state="IN_PROGRESS")
    now = float(newest.updated)
    service.promote(service.add(template, now, troubled=False), now)


def _breaker(service: LiveService, member: str) -> bool:
    breaker = service.deployment.get("deploymentCircuitBreaker")
    return isinstance(breaker, dict) and breaker.get(member) is True
