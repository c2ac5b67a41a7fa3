"""Every setting of a scan, with its default and what it means.

The docstring below each setting is also its description in the JSON Schema.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from orgscan.config.mappings import UserMappings
from orgscan.config.problems import shown
from orgscan.config.shape import RefusedError
from orgscan.config.validation import StrictModel
from orgscan.config.values import (
    AccountId,
    DaskAddress,
    EventBusArn,
    ExternalId,
    FilePath,
    HttpUrl,
    KmsKeyArn,
    Once,
    OrganizationalUnitId,
    Processes,
    Region,
    RegionGlob,
    RoleName,
    S3Uri,
    SessionTags,
    ShardGroup,
    ShardPlace,
    SnsTopicArn,
    SourceIdentity,
    TagFilter,
    TagKey,
    TextPlace,
    Version,
    Visible,
)

FormatName = Literal[
    "html", "json", "ndjson", "csv", "ocsf", "asff", "sarif", "oscal", "junit", "markdown"
]
CollectName = Literal[
    "launchers",
    "launchers.events",
    "launchers.scheduler",
    "launchers.pipes",
    "launchers.states",
    "launchers.batch",
    "load_balancers",
]

# What no option and no variable can hold.
FILE_ONLY = frozenset({"mappings"})


class Settings(StrictModel):
    """What one scan does; every value is checked against AWS's own rules."""

    role_name: RoleName = "orgscan-audit"
    """The read-only role to assume in each account, with its path if it has one."""

    management_role_name: RoleName | None = None
    """The role in the management account; null: the same as role_name."""

    remediate_role: RoleName = "orgscan-remediate"
    """The role to assume where `orgscan remediate apply` changes something; never the read role."""

    own_account: Literal["credentials", "assume"] = "credentials"
    """How to read the account that orgscan itself runs in: with the credentials it has, or by
    assuming the role there too."""

    external_id: ExternalId | None = None
    """The external id that the roles' trust policies ask for."""

    source_identity: SourceIdentity | None = None
    """The source identity to set; the roles' trust policies must allow sts:SetSourceIdentity."""

    session_tags: SessionTags = Field(default_factory=dict)
    """Session tags to set; the roles' trust policies must allow sts:TagSession."""

    session_policy: bool = True
    """Whether each session is cut down to read-only actions, whatever its role may do."""

    sts_region: Region | None = None
    """The region whose STS endpoint issues the credentials; null: AWS_REGION or the profile's."""

    profile: Visible | None = None
    """The AWS profile that gives orgscan its own credentials; null: the usual chain."""

    allow_insecure_endpoint: bool = False
    """Whether AWS_ENDPOINT_URL and the like may name an address without TLS beyond this machine,
    where anybody on the way could read credentials and answers."""

    account: Annotated[tuple[AccountId, ...], Once] = ()
    """Sweep these accounts only."""

    exclude_account: Annotated[tuple[AccountId, ...], Once] = ()
    """Leave these accounts out."""

    ou: Annotated[tuple[OrganizationalUnitId, ...], Once] = ()
    """Sweep the accounts in these organizational units only, and in the units below them."""

    tag: Annotated[tuple[TagFilter, ...], Once] = ()
    """Sweep the accounts with these tags only, each written KEY=VALUE."""

    region: Annotated[tuple[RegionGlob, ...], Once] = ()
    """Sweep these regions only; * stands for any characters and ? for one."""

    corroborate_task_sets: bool = True
    """Whether each task set is also asked for by id (ecs:DescribeTaskSets), as a second source."""

    collect: Annotated[tuple[CollectName, ...], Once] = ()
    """What to read besides ECS, in regions that have clusters: "launchers" for everything that
    starts tasks, or some of it by name; "load_balancers" for what stands in front of services.
    Each needs permissions of its own."""

    owner_tags: Annotated[tuple[TagKey, ...], Once] = ("owner", "team")
    """The tags that say who owns a resource, the most telling first; case does not matter."""

    mappings: UserMappings = ()
    """Requirements of your own frameworks, added to orgscan's controls. Set in this file only."""

    allowlist: TextPlace | None = None
    """Where the accepted exceptions are: a file, ssm:/path/name or s3://bucket/key; null:
    config/allowlist.yaml if that is there."""

    output: FilePath = Path("reports")
    """The directory in which each run gets a directory of its own."""

    keep_runs: Annotated[int, Field(ge=1)] | None = None
    """How many runs are kept in the output directory; null: all. With keep_days too, what either
    keeps stays."""

    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """For how many days runs are kept in the output directory, broken-off ones too; null: for
    good."""

    format: Annotated[tuple[FormatName, ...], Field(min_length=1), Once] = ("html", "json")
    """The reports to write."""

    deliver_s3: S3Uri | None = None
    """Where each run is delivered to, s3://bucket/prefix; null: nowhere."""

    deliver_kms_key: KmsKeyArn | None = None
    """The KMS key that delivered objects are encrypted with; null: as the bucket has it."""

    deliver_lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] | None = None
    """Object Lock for delivered objects; null: none but what the bucket has by default."""

    deliver_lock_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    """How many days a locked object is kept."""

    deliver_legal_hold: bool = False
    """Whether a legal hold is put on delivered objects."""

    deliver_history: bool = False
    """Whether the history of all runs is kept in the bucket of deliver_s3, for jobs whose disk does
    not outlive them: taken from there before a run's reports, and put back with the run in it."""

    deliver_security_hub: bool = False
    """Whether findings are imported into Security Hub, in each account and region."""

    deliver_security_hub_role: RoleName = "orgscan-security-hub"
    """The role to assume in each account for that; it writes, so it is never the read role."""

    deliver_sns_topic: SnsTopicArn | None = None
    """The SNS topic that is told of each run; null: none."""

    deliver_event_bus: EventBusArn | None = None
    """The EventBridge bus that is told of each run; null: none."""

    history: bool = True
    """Whether the run joins the history of all runs, and its reports tell of the earlier ones."""

    history_file: FilePath | None = None
    """Where the history lies; null: history.db in the output directory."""

    remediation: Annotated[tuple[FilePath, ...], Once] = ()
    """Files of what was changed since (remediation.json), to be shown in report and evidence."""

    evidence: bool = True
    """Whether every answer that the report rests on is kept, in evidence.zip."""

    signing_key: FilePath | None = None
    """A private key (PEM, Ed25519 or ECDSA P-256) that signs evidence.zip; null: unsigned."""

    signing_kms_key: KmsKeyArn | None = None
    """A key in AWS KMS (ECC_NIST_P256, SIGN_VERIFY) that signs evidence.zip; null: none."""

    tsa_url: HttpUrl | None = None
    """The timestamping authority (RFC 3161) that says when evidence.zip was there; null: none."""

    concurrency: Annotated[int, Field(ge=1, le=4096)] = 64
    """How many account-regions are swept at the same time."""

    processes: Processes = 1
    """How many processes sweep, each with an engine of its own and this concurrency; "auto": as
    many as there are processors."""

    shard: ShardPlace | None = None
    """Which part of the accounts this run sweeps, I/N, for `orgscan merge`; "batch": as the array
    job of AWS Batch says; null: all of them."""

    shard_group: ShardGroup | None = None
    """The name of the run that the shards make together, the same for all; with shard "batch" the
    array job's id is enough."""

    dask: DaskAddress | None = None
    """The scheduler of the Dask cluster that sweeps, tls://host:port; "local": a cluster on this
    machine, for a trial; null: none."""

    dask_ca: FilePath | None = None
    """The authority (PEM) that the cluster's certificates are of."""

    dask_cert: FilePath | None = None
    """The certificate (PEM) that orgscan shows to the scheduler."""

    dask_key: FilePath | None = None
    """Its private key (PEM)."""

    dask_insecure: bool = False
    """Whether a scheduler on this machine may be spoken to without TLS: for trials only."""
    run_lock: Literal["output", "bucket", "none"] = "output"
    """What keeps a second scan away while one runs: the output directory, or for jobs that share no
    disk an object in the bucket of deliver_s3 as well; none: nothing."""

    run_lock_hours: Annotated[int, Field(ge=1, le=168)] = 12
    """After how many hours the lock in the bucket is nobody's, should its run have been killed."""

    timeout: Annotated[int, Field(ge=1)] | None = None
    """Seconds after which the sweep ends and what was not reached is reported; null: never."""

    exit_zero: bool = False
    """Whether to exit with 0 although findings failed or coverage is incomplete."""

    progress: bool | None = None
    """Whether to show progress; null: if the output is a terminal."""

    log_format: Literal["text", "json"] = "text"
    """How log lines are written."""

    metrics: Literal["none", "emf"] = "none"
    """What is measured, on standard output: emf for CloudWatch's embedded metric format."""

    heartbeat_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How often a sweep under way says that it lives, in JSON logs and in metrics."""

    @field_validator("exclude_account")
    @classmethod
    def _keep_what_is_named(
        cls, excluded: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        for account in info.data.get("account", ()):
            if account in excluded:
                raise RefusedError(
                    f"{shown(account)} is in account and in exclude_account",
                    "Remove it from one of them",
                )
        return excluded

    @field_validator("deliver_history")
    @classmethod
    def _keep_it_in_a_bucket(cls, wanted: bool, info: ValidationInfo) -> bool:
        if wanted and "deliver_s3" in info.data and not info.data["deliver_s3"]:
            raise RefusedError("there is no bucket to keep the history in", "Set deliver_s3")
        return wanted

    @field_validator("signing_kms_key")
    @classmethod
    def _sign_with_one_key(cls, key: str | None, info: ValidationInfo) -> str | None:
        if key is not None and info.data.get("signing_key") is not None:
            raise RefusedError("there are two signing keys", "Remove one of them")
        return key

    @property
    def delivers(self) -> bool:
        """Whether a finished run is sent anywhere."""
        return bool(
            self.deliver_s3
            or self.deliver_security_hub
            or self.deliver_sns_topic
            or self.deliver_event_bus
        )

    @property
    def management_role(self) -> str:
        """The role to assume in the management account."""
        return self.management_role_name or self.role_name


class ConfigFile(Settings):
    """orgscan's configuration file. Options and ORGSCAN_... variables beat it."""

    version: Version
    """The version of this file's format."""
