"""Who owns a resource, as its tags or its service's tags say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orgscan.model.ecs import Service
from orgscan.model.finding import Resource


class Owners:
    """The owners of the resources of one account-region."""

    def __init__(self, tag_keys: Sequence[str], services: Iterable[Service]) -> None:
        """Take what says who owns what.

        Args:
            tag_keys: the most telling first; case does not matter.
            services: whose tags stand in for those of what runs in them, since ECS does not hand
                a service's tags on to its task sets.
        """
        self._keys = tuple(key.casefold() for key in tag_keys)
        self._services = {
            service.arn: _folded(service.tags) for service in services if service.tags and tag_keys
        }

    def of(self, resource: Resource) -> str | None:
        """The first key's value that is not blank, the resource's own before its service's."""
        tags = _folded(resource.tags) if resource.tags and self._keys else {}
        of_service = self._services.get(resource.service_arn or "", {})
        if tags or of_service:
            for key in self._keys:
                value = tags.get(key) or of_service.get(key)
                if value:
                    return value
        return None


def _folded(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags by key without regard to case, blank ones left out; of keys alike, the first by name."""
    return {
        key.casefold(): value for key, value in sorted(tags.items(), reverse=True) if value.strip()
    }
