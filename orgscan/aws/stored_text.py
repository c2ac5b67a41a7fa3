"""Texts that the caller keeps in AWS: orgscan's configuration and its allowlist."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from orgscan.aws.caller import home_region, open_session, own_credentials
from orgscan.aws.engine import Engine, Limits
from orgscan.aws.failure import CallFailed
from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket
from orgscan.aws.session import RegionSession
from orgscan.aws.surroundings import endpoint_overrides, require_encrypted
from orgscan.config.place import BucketObject, Fetch, Parameter, Remote
from orgscan.errors import ConfigError

_A_CONNECTION = 1


class _Value(msgspec.Struct, rename="pascal"):
    value: str


class _ParameterReply(msgspec.Struct, rename="pascal"):
    parameter: _Value


class _ObjectReply(msgspec.Struct, rename="pascal"):
    body: bytes


GET_PARAMETER = Operation(
    service="ssm",
    name="GetParameter",
    reply=_ParameterReply,
    bucket=Bucket("ssm", burst=10, rate=10),
)
GET_OBJECT = Operation(
    service="s3", name="GetObject", reply=_ObjectReply, bucket=Bucket("s3", burst=10, rate=10)
)

_NOT_THERE = {
    "ParameterNotFound": "there is no such parameter",
    "ParameterVersionNotFound": "the parameter has no such version or label",
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "there is no such object",
    "TooLong": "it is larger than 1 MiB",
}


def fetcher(profile: str | None, limits: Limits | None = None) -> Fetch:
    """Reads with the caller's own credentials, in its own region.

    Args:
        profile: whose credentials; None takes the usual chain.
        limits: how patient to be with AWS.
    """
    return partial(_fetch, profile=profile, limits=limits or Limits())


def _fetch(place: Remote, *, profile: str | None, limits: Limits) -> bytes:
    return _result_of(_read(place, profile, limits))


def _result_of(work: Coroutine[object, object, bytes]) -> bytes:
    """What comes of it, also where an event loop is running already.

    That is so at the last look at the allowlist before a change, beside which nothing else goes on.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


async def _read(place: Remote, profile: str | None, limits: Limits) -> bytes:
    session = open_session(profile)
    # What would allow it may be in these very settings.
    require_encrypted(endpoint_overrides(session), allowed=False)
    region = home_region(session)
    async with Engine(session, limits, connections=_A_CONNECTION) as engine:
        caller = RegionSession(engine, await own_credentials(session), region)
        try:
            return await _content(caller, place)
        except CallFailed as failed:
            raise _cannot(place, failed, region) from None


async def _content(caller: RegionSession, place: Remote) -> bytes:
    match place:
        case Parameter(name):
            given = await caller.call(GET_PARAMETER, {"Name": name, "WithDecryption": True})
            return given.data.parameter.value.encode()
        case BucketObject(bucket, key):
            return (await caller.call(GET_OBJECT, {"Bucket": bucket, "Key": key})).data.body


def _cannot(place: Remote, failed: CallFailed, region: str) -> ConfigError:
    if what := _NOT_THERE.get(failed.code):
        where = f" in {region}" if isinstance(place, Parameter) else ""
        mend = "Correct the name, or put it there"
        return ConfigError(f"{what}{where}", where=str(place), mend=mend)
    detail = f" ({failed.message})" if failed.message else ""
    return ConfigError(
        f"it cannot be read: {failed.why.reason}{detail}",
        where=str(place),
        mend=f"Allow the caller {failed.api} on it, and kms:Decrypt on the key that encrypts it",
    )
