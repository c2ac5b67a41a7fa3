"""What leads into accounts, ListAccounts, AssumeRole and ListRegions, is read as botocore does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser

from orgscan.aws.caller import ASSUME_ROLE, GET_CALLER_IDENTITY
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation
from orgscan.aws.protocols.json11 import Json11
from orgscan.aws.protocols.query import Query
from orgscan.aws.protocols.restjson import RestJson
from orgscan.organization.operations import LIST_ACCOUNTS, LIST_REGIONS

STS, ACCOUNT = Query("2011-06-15"), RestJson("ListRegions")
ORGANIZATIONS = Json11("AWSOrganizationsV20161128")
ACCOUNTS = (
    b'{"Accounts":[{"Arn":"arn:aws:organizations::111122223333:account/o-exampleorg/111122223333",'
    b'"Email":"a@example.org","Id":"111122223333","JoinedMethod":"CREATED","JoinedTimestamp":'
    b'1.7e9,"Name":"</script> caf\xc3\xa9","Paths":["o-exampleorg/r-ab12/111122223333/"],"State":'
    b'"ACTIVE","Status":"ACTIVE","New":{}},{"Id":"444455556666","Name":""}],"NextToken":"t"}'
)
ASSUMED = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <SourceIdentity>security</SourceIdentity>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::111122223333:assumed-role/orgscan-audit/orgscan-r</Arn>
      <AssumedRoleId>AROAEXAMPLE:orgscan-r</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>a/secret+&amp;=</SecretAccessKey>
      <SessionToken>a//token+==</SessionToken>
      <Expiration>2026-11-24T03:04:05Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>c6104cbe</RequestId></ResponseMetadata>
</AssumeRoleResponse>"""
IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::111122223333:user/Alice</Arn><UserId>AIDA</UserId>
    <Account>111122223333</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>"""
REGIONS = (
    b'{"NextToken":"t","Regions":[{"RegionName":"eu-west-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},'
    b'{"RegionName":"af-south-1","RegionOptStatus":"DISABLED","New":1}]}'
)


def by_botocore(
    operation: Operation[Any], body: bytes, status: int = 200, error_type: str = ""
) -> dict[str, Any]:
    """The answer as botocore's own parser reads it."""
    model = botocore.session.get_session().get_service_model(operation.service)
    headers = {"x-amzn-errortype": error_type} if error_type else {}
    answer = {"body": body, "headers": headers, "status_code": status}
    parser: Any = create_parser(model.resolved_protocol)
    parsed: dict[str, Any] = parser.parse(
        answer, model.operation_model(operation.name).output_shape
    )
    return parsed


def test_an_assumed_role_is_read_whole() -> None:
    """Keys, token, expiry and whose session it is."""
    ours, theirs = STS.decode(ASSUME_ROLE, ASSUMED), by_botocore(ASSUME_ROLE, ASSUMED)
    keys = theirs["Credentials"]

    assert ours.assumed_role_user.arn == theirs["AssumedRoleUser"]["Arn"]
    assert ours.credentials.access_key_id == keys["AccessKeyId"]
    assert ours.credentials.secret_access_key == keys["SecretAccessKey"]
    assert ours.credentials.session_token == keys["SessionToken"]
    assert dt.datetime.fromisoformat(ours.credentials.expiration) == keys["Expiration"]


def test_an_identity_is_read_whole() -> None:
    """Account and ARN."""
    ours = STS.decode(GET_CALLER_IDENTITY, IDENTITY)
    theirs = by_botocore(GET_CALLER_IDENTITY, IDENTITY)

    assert (ours.account, ours.arn) == (theirs["Account"], theirs["Arn"])


def test_accounts_are_read_whole() -> None:
    """Ids, names, states and places, as far as AWS gives them."""
    ours = ORGANIZATIONS.decode(LIST_ACCOUNTS, ACCOUNTS)
    theirs = by_botocore(LIST_ACCOUNTS, ACCOUNTS)

    assert ours.next_token == theirs["NextToken"]
    assert [
        (one.id, one.name, one.state, one.status, one.paths or None) for one in ours.accounts
    ] == [
        (one["Id"], one["Name"], one.get("State"), one.get("Status"), one.get("Paths"))
        for one in theirs["Accounts"]
    ]


def test_regions_are_read_whole() -> None:
    """Names, AWS's own word for each, and the token of the next page."""
    ours, theirs = ACCOUNT.decode(LIST_REGIONS, REGIONS), by_botocore(LIST_REGIONS, REGIONS)

    assert ours.next_token == theirs["NextToken"]
    assert [
        {"RegionName": region.region_name, "RegionOptStatus": region.region_opt_status}
        for region in ours.regions
    ] == theirs["Regions"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            403,
            (
                b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
                b"<Type>Sender</Type><Code>AccessDenied</Code><Message>User: a is not authorized "
                b"to perform: sts:AssumeRole</Message></Error></ErrorResponse>"
            ),
        ),
        (
            400,
            (
                b"<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message>"
                b"</Error></ErrorResponse>"
            ),
        ),
    ],
)
def test_sts_refusals_are_read_alike(status: int, body: bytes) -> None:
    """Code and message."""
    theirs = by_botocore(ASSUME_ROLE, body, status)["Error"]

    assert STS.refusal(status, "", body) == (theirs["Code"], theirs["Message"])


@pytest.mark.parametrize(
    ("error_type", "body"),
    [
        ("AccessDeniedException:http://internal.amazon.com/", b'{"message":"no"}'),
        ("com.amazonaws.account#TooManyRequestsException", b'{"message":"slow down"}'),
        ("ValidationException", b'{"Message":"AccountId","reason":"fieldValidationFailed"}'),
    ],
)
def test_account_refusals_are_read_alike(error_type: str, body: bytes) -> None:
    """The code is in the header, with a namespace or an address around it."""
    theirs = by_botocore(LIST_REGIONS, body, 403, error_type)["Error"]

    assert ACCOUNT.refusal(403, error_type, body) == (theirs["Code"], theirs["Message"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>sign in</html>", FailureKind.TRANSIENT),
        (b"<AssumeRoleResponse><AssumeRoleRes", FailureKind.TRANSIENT),
        (b"<AssumeRoleResponse></AssumeRoleResponse>", FailureKind.REFUSED),
    ],
)
def test_what_is_no_assumed_role_is_never_taken_for_one(body: bytes, kind: FailureKind) -> None:
    """A page of a portal, a body cut short, an answer without its result."""
    with pytest.raises(CallFailed) as failed:
        STS.decode(ASSUME_ROLE, body)

    assert failed.value.kind is kind


def test_an_endpoint_of_one_operation_serves_no_other() -> None:
    """With REST the path names the operation."""
    with pytest.raises(RuntimeError, match="was given GetRegionOptStatus"):
        ACCOUNT.encode("GetRegionOptStatus", {})
