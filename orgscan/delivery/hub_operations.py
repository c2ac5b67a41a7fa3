"""The Security Hub calls of a delivery, with the members that are used.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub_limits.html
"""

from __future__ import annotations

import msgspec

from orgscan.aws.operation import Operation
from orgscan.aws.pace import Bucket

_IMPORT = Bucket("securityhub import", burst=30, rate=10)
_READ = Bucket("securityhub read", burst=6, rate=3)


class StoredFinding(msgspec.Struct, rename="pascal"):
    """`AwsSecurityFinding` as it is stored: what an update of it has to say again."""

    id: str
    product_arn: str
    generator_id: str
    aws_account_id: str
    created_at: str
    title: str
    description: str
    schema_version: str = "2018-10-08"
    types: list[str] = []
    severity: dict[str, object] = {}
    resources: list[dict[str, object]] = []


class GetFindingsReply(msgspec.Struct, rename="pascal"):
    """securityhub:GetFindings."""

    findings: list[StoredFinding] = []
    next_token: str | None = None


class FailedFinding(msgspec.Struct, rename="pascal"):
    """`ImportFindingsError`."""

    id: str
    error_code: str
    error_message: str


class ImportReply(msgspec.Struct, rename="pascal"):
    """securityhub:BatchImportFindings."""

    failed_count: int = 0
    success_count: int = 0
    failed_findings: list[FailedFinding] = []


GET_FINDINGS = Operation(
    service="securityhub", name="GetFindings", reply=GetFindingsReply, bucket=_READ
)
BATCH_IMPORT_FINDINGS = Operation(
    service="securityhub", name="BatchImportFindings", reply=ImportReply, bucket=_IMPORT
)
OPERATIONS = (GET_FINDINGS, BATCH_IMPORT_FINDINGS)
"""Every call that is made here."""
