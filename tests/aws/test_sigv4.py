"""The lean path's signatures are botocore's own."""

from __future__ import annotations

import datetime as dt
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from orgscan.aws.credentials import Credentials
from orgscan.aws.endpoints import Endpoint
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.interface import WireProtocol
from orgscan.aws.protocols.json11 import Json11
from orgscan.aws.sigv4 import Signer

_JSON = Json11("AmazonEC2ContainerServiceV20141113")
_KEYS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=16, max_size=24)
_SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)


def endpoint(region: str, path: str = "/", protocol: WireProtocol = _JSON) -> Endpoint:
    """An endpoint as botocore would describe it."""
    host = f"ecs.{region}.amazonaws.com"
    return Endpoint(
        url=URL(f"https://{host}{path}"),
        host=host,
        path=path,
        signing_region=region,
        signing_name="ecs",
        protocol=protocol,
        user_agent="test",
    )


@given(
    key=_KEYS,
    secret=_SECRETS,
    token=st.none() | _SECRETS,
    body=st.binary(max_size=300),
    region=st.sampled_from(["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"]),
    path=st.sampled_from(["/", "/below/another"]),
    protocol=st.sampled_from([_JSON, Ec2Query("2016-11-15")]),
    now=st.integers(min_value=1_000_000_000, max_value=4_000_000_000),
)
def test_signature_is_the_one_botocore_makes(
    key: str,
    secret: str,
    token: str | None,
    body: bytes,
    region: str,
    path: str,
    protocol: WireProtocol,
    now: int,
) -> None:
    """For the same clock, credentials and request, every signed header is equal."""
    place = endpoint(region, path, protocol)
    credentials = Credentials(
        account_id="111122223333", access_key=key, secret_key=secret, token=token
    )

    ours = Signer().headers(
        credentials, endpoint=place, operation="ListClusters", body=body, now=now
    )

    theirs = _signed_by_botocore(place, ReadOnlyCredentials(key, secret, token), body, now)
    assert ours == theirs


def test_signing_keys_are_told_apart_by_day_region_and_access_key() -> None:
    """One signer for many accounts gives each the signature that a signer of its own would."""
    shared = Signer()
    for access_key in ("AKIDONE", "AKIDTWO"):
        credentials = Credentials(
            account_id="111122223333", access_key=access_key, secret_key=f"secret of {access_key}"
        )
        for region in ("us-east-1", "eu-west-1"):
            for now in (1_700_000_000, 1_700_086_400):
                place = endpoint(region)
                apart = Signer().headers(
                    credentials, endpoint=place, operation="X", body=b"", now=now
                )
                together = shared.headers(
                    credentials, endpoint=place, operation="X", body=b"", now=now
                )
                assert together == apart


def _signed_by_botocore(
    place: Endpoint, credentials: ReadOnlyCredentials, body: bytes, now: int
) -> dict[str, str]:
    headers = {"Content-Type": place.protocol.content_type}
    if target := place.protocol.target("ListClusters"):
        headers["X-Amz-Target"] = target
    request = AWSRequest(method="POST", url=str(place.url), data=body, headers=headers)
    moment = dt.datetime.fromtimestamp(now, tz=dt.UTC)
    with patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)):
        SigV4Auth(credentials, place.signing_name, place.signing_region).add_auth(request)
    return dict(request.headers.items())
