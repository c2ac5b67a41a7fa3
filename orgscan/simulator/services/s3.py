"""Amazon S3: the buckets that AppSpec revisions are kept in, and nothing else."""

from __future__ import annotations

import msgspec

from orgscan.simulator.services.call import Call, Operation
from orgscan.simulator.services.codedeploy_find import deployments, groups
from orgscan.simulator.wire.refusal import Refusal


class _Object(msgspec.Struct, rename="pascal"):
    bucket: str
    key: str


def find(call: Call, bucket: str, key: str) -> str | None:
    """An object of the account's in the call's region, or None where there is none."""
    for group in groups(call):
        for each in deployments(call, group):
            location = each.revision.location if each.revision else {}
            place = location.get("s3Location", {})
            if each.revision and (place.get("bucket"), place.get("key")) == (bucket, key):
                return each.revision.content
    return None


def get_object(call: Call, request: _Object) -> bytes:
    """One AppSpec.

    Raises:
        Refusal: there is no such object.
    """
    content = find(call, request.bucket, request.key)
    if content is None:
        raise Refusal("NoSuchKey", "The specified key does not exist.", 404)
    return content.encode()


OPERATIONS = (Operation("GetObject", _Object, get_object),)
