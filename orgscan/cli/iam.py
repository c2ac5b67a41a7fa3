"""`orgscan iam`: the policies that orgscan needs, made from the calls that it makes."""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec
import typer

from orgscan.errors import ConfigError


class Document(enum.StrEnum):
    """Which policy."""

    READ_ROLE = "read-role"
    TRUST = "trust"
    CALLER = "caller"


Reads = Annotated[
    list[str] | None,
    typer.Option(metavar="PLACE", help="caller: ssm:/NAME or s3://BUCKET/KEY of settings."),
]


def iam(  # noqa: PLR0913 - one parameter for each option, which is how typer takes them
    policy: Annotated[Document, typer.Argument(help="Which policy.")] = Document.READ_ROLE,
    *,
    collect: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="As `orgscan scan --collect`; repeat for more."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With all that a scan may be asked for.")
    ] = False,
    principal: Annotated[
        str | None, typer.Option(metavar="ARN", help="trust: the role that orgscan runs as.")
    ] = None,
    org_id: Annotated[
        str | None, typer.Option(metavar="ID", help="trust, caller: the organization, o-….")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(metavar="ID", help="trust: what the caller has to know, too.")
    ] = None,
    role_name: Annotated[
        str, typer.Option(help="caller: the role to be assumed.")
    ] = "orgscan-audit",
    partition: Annotated[str, typer.Option(help="caller: aws, aws-cn or aws-us-gov.")] = "aws",
    reads: Reads = None,
) -> None:
    """Print an IAM policy: what the read role needs, whom it trusts, or what the caller needs."""
    # What knows the calls takes a second to import; `--help` need not wait.
    from orgscan.permissions import policies  # noqa: PLC0415 - see above
    from orgscan.permissions.capabilities import CORROBORATION  # noqa: PLC0415 - see above
    from orgscan.permissions.reading import reading_statements  # noqa: PLC0415 - see above

    asked = policies.EVERYTHING if everything else (CORROBORATION, *(collect or ()))
    if policy is Document.READ_ROLE:
        document = policies.read_role_policy(asked)
    elif policy is Document.CALLER:
        document = policies.caller_policy(
            asked, partition=partition, role_name=role_name, org_id=org_id or ""
        )
        document["Statement"] += reading_statements(reads or (), partition=partition)
    elif principal and org_id:
        document = policies.trust_policy(
            principal=principal, org_id=org_id, external_id=external_id
        )
    else:
        raise ConfigError(
            "a trust policy names one principal of one organization",
            where="orgscan iam trust",
            mend="Give --principal and --org-id",
        )
    typer.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
