"""What a simulated organization is told to be, and what is to go wrong in it."""

from __future__ import annotations

import enum
import functools
import hashlib

import msgspec

DEFAULT_REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
"""The regions that every account has without opting in."""

_IDS = 10**12


class FaultKind(enum.StrEnum):
    """What can go wrong with a call; the error's name and text are the service's own.

    `RESET` cuts the line after the call was carried out, `LOSE_REQUEST` before.
    """

    SLOW = "SLOW"
    HANG = "HANG"
    THROTTLE = "THROTTLE"
    SERVER_ERROR = "SERVER_ERROR"
    RESET = "RESET"
    TRUNCATE = "TRUNCATE"
    GARBAGE = "GARBAGE"
    EXPIRE_TOKEN = "EXPIRE_TOKEN"  # noqa: S105 - the name of a fault, not a secret
    DENY_SCP = "DENY_SCP"
    DENY_SCP_IMPLICIT = "DENY_SCP_IMPLICIT"
    DENY_IAM = "DENY_IAM"
    DENY_BOUNDARY = "DENY_BOUNDARY"
    DENY_SESSION_POLICY = "DENY_SESSION_POLICY"
    DENY_PLAIN = "DENY_PLAIN"
    REGION_NOT_ENABLED = "REGION_NOT_ENABLED"
    VANISH = "VANISH"
    REFUSE_ROLE = "REFUSE_ROLE"
    STOP_TASKS = "STOP_TASKS"
    DETACH = "DETACH"
    LOSE_REQUEST = "LOSE_REQUEST"


class Fault(msgspec.Struct, frozen=True):
    """One thing that goes wrong. The first fault of a scenario that strikes a call decides it.

    Attributes:
        account: the account that is asked about, as a glob; for `sts:AssumeRole` the role's own,
            for `account:ListRegions` the one it names.
        region: the region of the call's signature, as a glob.
        api: a glob such as `ecs:ListClusters` or `ecs:*`. `VANISH` strikes the services of
            `ecs:DescribeServices`, `STOP_TASKS` the tasks of `ecs:DescribeTasks`, `DETACH` the
            interfaces of `ec2:DescribeNetworkInterfaces` and `REFUSE_ROLE` strikes
            `sts:AssumeRole`, whatever it says.
        probability: of each call; for `VANISH`, `STOP_TASKS` and `DETACH`, the share of services,
            tasks or interfaces that are gone.
        first: strikes only the first so many matching calls of each account-region.
        after: spares the first so many matching calls of each account-region.
        seconds: how long `SLOW` waits before it answers, and `HANG` before it cuts the line.
        cluster: the name of the cluster the call is about, as a glob; a call about none matches
            only `*`.
    """

    kind: FaultKind
    account: str = "*"
    region: str = "*"
    api: str = "*"
    probability: float = 1.0
    first: int | None = None
    seconds: float = 3600.0
    cluster: str = "*"
    after: int = 0


class TroubleKind(enum.StrEnum):
    """What becomes of a service while it is being changed.

    Attributes:
        NEVER_STABLE: what is rolled out starts its tasks, and never reaches a steady state.
        UNHEALTHY: its tasks run, and their targets never become healthy.
        NO_CAPACITY: none of its tasks is started.
        DEPLOYING: its CodeDeploy deployment group has an active deployment already.
        MEDDLE_TASK_SET: somebody else creates a task set, or forces a rolling deployment.
        MEDDLE_SCALE: somebody else scales the newest task set down to nothing.
        MEDDLE_PRIMARY: somebody else makes another task set primary.
        MEDDLE_DESIRED: somebody else raises the service's desired count by one.
        MEDDLE_DELETE: somebody else deletes the service, which is DRAINING then.
    """

    NEVER_STABLE = "NEVER_STABLE"
    UNHEALTHY = "UNHEALTHY"
    NO_CAPACITY = "NO_CAPACITY"
    DEPLOYING = "DEPLOYING"
    MEDDLE_TASK_SET = "MEDDLE_TASK_SET"
    MEDDLE_SCALE = "MEDDLE_SCALE"
    MEDDLE_PRIMARY = "MEDDLE_PRIMARY"
    MEDDLE_DESIRED = "MEDDLE_DESIRED"
    MEDDLE_DELETE = "MEDDLE_DELETE"


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that goes wrong with services that are changed.

    Attributes:
        account, region, cluster, service: globs; cluster and service by their names.
        after_writes: of somebody who meddles, how many writes to the service come first.
    """

    kind: TroubleKind
    account: str = "*"
    region: str = "*"
    cluster: str = "*"
    service: str = "*"
    after_writes: int = 1


class Home(enum.StrEnum):
    """Which account the caller's own credentials belong to."""

    MANAGEMENT = "MANAGEMENT"
    DELEGATED = "DELEGATED"
    MEMBER = "MEMBER"


class AccountMembers(enum.StrEnum):
    """What Organizations says of an account's state.

    `STATE` gives `State` and `Paths`; `STATUS` gives only the older `Status`; `NEITHER` nothing.
    """

    STATE = "STATE"
    STATUS = "STATUS"
    NEITHER = "NEITHER"


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated organization. The same scenario gives the same organization, byte for byte.

    Attributes:
        accounts: from 3 to 10,000. Account 0 is the management account, account 1 the delegated
            administrator, the rest are members.
        regions: enabled in every account.
        disabled_regions: opt-in regions that no account has enabled.
        role_name: the audit role, with its path if it has one; it is in every active account.
        management_role: whether it is in the management account too.
        external_id: what its trust policy asks for; None asks for nothing.
        home: whose credentials the caller has.
        density: the share of account-regions that have clusters.
        gallery: (account id, region) pairs that hold one service of every kind.
        clusters: how many in each account-region that has any; None lets the seed choose.
        services: how many in each cluster; None lets the seed choose.
        oddities: whether responses leave out what AWS sometimes leaves out.
        hostile: whether some accounts have names and tags made to break what shows them.
        suspended: accounts that are suspended, beside a suspended_share of the members.
        refused: accounts whose role refuses to be assumed.
        account_members: which members Organizations gives.
        empty_pages: whether a list sometimes answers with an empty page and a token.
        trusted_access: whether Account Management may be asked about member accounts.
        code_deploy_task_sets: whether DescribeTaskSets answers for CODE_DEPLOY services; it is
            not documented, so a client has to live with both.
        old_endpoints: whether EC2 does not know the parameter IncludeManagedResources.
        latency_ms: how long each answer waits.
        buckets: whether calls are throttled by AWS's documented token buckets.
        remediate_role_name: the role that may change things; it is where the audit role is.
        troubles: what goes wrong with services while they are changed.
        count_lag: how many reads a task set's computed count lags behind its scale.
        tasks_at_once: how many tasks of a rollout start, or stop, between two reads.
        states_network_default: whether ECS states `assignPublicIp` DISABLED where a new task set
            leaves it out; a client has to live with both.
        external_balancers: whether EXTERNAL services with a network stand behind a load balancer.
        day: how many days have passed, on each of which some services change.
        bare_revisions: whether GetDeployment leaves out what inline revisions hold.
    """

    accounts: int = 3
    seed: int = 0
    partition: str = "aws"
    regions: tuple[str, ...] = DEFAULT_REGIONS
    disabled_regions: tuple[str, ...] = ("af-south-1", "ap-east-1", "eu-south-1")
    home_region: str = "us-east-1"
    role_name: str = "orgscan-audit"
    management_role: bool = True
    external_id: str | None = None
    home: Home = Home.MANAGEMENT
    density: float = 0.1
    gallery: tuple[tuple[str, str], ...] = ()
    clusters: int | None = None
    services: int | None = None
    oddities: bool = True
    hostile: bool = False
    suspended: tuple[str, ...] = ()
    suspended_share: float = 0.0
    refused: tuple[str, ...] = ()
    account_members: AccountMembers = AccountMembers.STATE
    empty_pages: bool = False
    trusted_access: bool = True
    code_deploy_task_sets: bool = True
    old_endpoints: bool = False
    faults: tuple[Fault, ...] = ()
    latency_ms: float = 0.0
    buckets: bool = False
    remediate_role_name: str = "orgscan-remediate"
    troubles: tuple[Trouble, ...] = ()
    count_lag: int = 2
    tasks_at_once: int = 10
    states_network_default: bool = True
    external_balancers: bool = False
    day: int = 0
    bare_revisions: bool = False

    def __post_init__(self) -> None:
        if not 3 <= self.accounts <= 10_000:
            raise ValueError(f"accounts must be from 3 to 10,000, not {self.accounts}")
        if not 0.0 <= self.density <= 1.0:
            raise ValueError(f"density must be from 0 to 1, not {self.density}")
        if self.home_region not in self.regions:
            raise ValueError(f"the home region {self.home_region} is not among the regions")
        if both := set(self.regions) & set(self.disabled_regions):
            raise ValueError(f"regions both enabled and disabled: {', '.join(sorted(both))}")

    def account_id(self, index: int) -> str:
        """The twelve digits of account number `index`."""
        return account_id(self.seed, index)

    def index_of(self, account: str) -> int | None:
        """The number of an account, or None where the organization does not have it."""
        if len(account) != 12 or not (account.isascii() and account.isdigit()):
            return None
        start, step = _progression(self.seed)
        index = (int(account) - start) * pow(step, -1, _IDS) % _IDS
        return index if index < self.accounts else None


def account_id(seed: int, index: int) -> str:
    """The twelve digits of account number `index` of an organization; some begin with zeros.

    Ids are an arithmetic progression modulo 10^12, so that an id's number is found without a list.
    """
    start, step = _progression(seed)
    return f"{(start + index * step) % _IDS:012d}"


@functools.lru_cache(maxsize=64)
def _progression(seed: int) -> tuple[int, int]:
    """Start and step; the step has no factor in common with 10^12, so that no id comes twice."""
    digest = hashlib.sha256(f"account ids {seed}".encode()).digest()
    start = int.from_bytes(digest[:8], "big") % _IDS
    step = int.from_bytes(digest[8:16], "big") % (_IDS // 10) * 10 + 3
    return start, step
