"""`orgscan iam`: the policies that orgscan needs, made from the calls that it makes."""

from __future__ import annotations

import enum
import os
from typing import Annotated

import msgspec
import typer

from orgscan.cli import scan_options as options
from orgscan.cli.settings import settings_of


class Document(enum.StrEnum):
    """Which policy."""

    READ_ROLE = "read-role"
    TRUST = "trust"
    CALLER = "caller"
    SECURITY_HUB_ROLE = "security-hub-role"
    REMEDIATE_ROLE = "remediate-role"


Everything = Annotated[
    bool, typer.Option("--all", help="With all that a scan may be asked to look at.")
]
Remediate = Annotated[
    bool, typer.Option("--remediate", help="With what `orgscan remediate` takes.")
]
AppspecBucket = Annotated[
    list[str] | None,
    typer.Option(metavar="BUCKET", help="read-role: where AppSpecs lie; repeat for more."),
]
Principal = Annotated[
    str | None, typer.Option(metavar="ARN", help="trust: the role that orgscan runs as.")
]
OrgId = Annotated[
    str | None, typer.Option(metavar="ID", help="trust, caller: the organization, o-….")
]
Partition = Annotated[str, typer.Option(help="aws, aws-cn or aws-us-gov.")]
Reads = Annotated[
    list[str] | None,
    typer.Option(metavar="PLACE", help="caller: ssm:/NAME or s3://BUCKET/KEY of settings."),
]


def iam(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    policy: Annotated[Document, typer.Argument(help="Which policy.")] = Document.READ_ROLE,
    *,
    config: options.Config = None,
    collect: options.Collect = None,
    everything: Everything = False,
    remediate: Remediate = False,
    appspec_bucket: AppspecBucket = None,
    principal: Principal = None,
    org_id: OrgId = None,
    external_id: options.ExternalId = None,
    role_name: options.RoleName = None,
    deliver_s3: options.DeliverS3 = None,
    signing_kms_key: options.SigningKmsKey = None,
    partition: Partition = "aws",
    reads: Reads = None,
) -> None:
    """Print an IAM policy: of the caller or of a role, or whom a role trusts.

    Made from the calls that orgscan makes with the settings it finds, and on what they name.
    """
    # What knows the calls takes a second to import; `--help` need not wait.
    from orgscan.permissions import policies  # noqa: PLC0415 - see above
    from orgscan.permissions.reading import read_by, reading_statements  # noqa: PLC0415 - see above

    given = {
        "collect": collect,
        "external_id": external_id,
        "role_name": role_name,
        "deliver_s3": deliver_s3,
        "signing_kms_key": signing_kms_key,
    }
    wish = policies.Wish(
        settings=settings_of(config, given),
        everything=everything,
        remediate=remediate,
        appspec_buckets=tuple(appspec_bucket or ()),
        partition=partition,
        org_id=org_id or "",
        principal=principal or "",
    )
    document = policies.policy_of(policy.value, wish)
    if policy is Document.CALLER:
        named = read_by(wish.settings, config or os.environ.get("ORGSCAN_CONFIG"))
        places = tuple(dict.fromkeys((*named, *(reads or ()))))
        document["Statement"] += reading_statements(places, partition=partition)
    typer.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
