"""What the environment has a say in: where calls go instead of to AWS, and who vouches for servers.

An endpoint that is not AWS's own is sent signed requests and session tokens, and in STS's place it
gives credentials. Without TLS anybody on the way has them, so that this is refused unless it stays
on this machine, or is asked for. Whatever it is, the run says so: a report is worth what answered.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from aiobotocore.session import AioSession
from botocore.utils import get_environ_proxies

from orgscan.errors import CallerError

_GLOBAL = "AWS_ENDPOINT_URL"
_CREDENTIALS_URL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
# Where ECS and EKS give credentials.
_CREDENTIAL_HOSTS = frozenset({"169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
# AWS's own ids of the services that orgscan calls, and of those that give botocore credentials.
SERVICES = frozenset(
    {
        "account",
        "batch",
        "codedeploy",
        "ec2",
        "ecs",
        "elastic_load_balancing_v2",
        "eventbridge",
        "kms",
        "organizations",
        "pipes",
        "s3",
        "scheduler",
        "securityhub",
        "sfn",
        "signin",
        "sns",
        "ssm",
        "sso",
        "sso_oidc",
        "sts",
    }
)


class Override(NamedTuple):
    """An endpoint that is set, and what sets it."""

    setting: str
    url: str

    @property
    def shown(self) -> str:
        """Without what an address may hold besides its host: names, passwords, queries."""
        parts = _parts(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def is_in_the_clear(self) -> bool:
        """Whether it is spoken to without TLS."""
        # What has no host is no address, which botocore says better.
        parts = _parts(self.url)
        return bool(parts.hostname) and parts.scheme != "https"

    @property
    def stays_here(self) -> bool:
        """Whether nobody but this machine sees it, a proxy included."""
        host = _parts(self.url).hostname or ""
        return _is_loopback(host) and not get_environ_proxies(self.url)


def endpoint_overrides(session: AioSession) -> tuple[Override, ...]:
    """Every endpoint that variables or the profile set for a service that orgscan calls."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return ()
    profile = session.get_scoped_config()
    found = [
        *_of_variables(os.environ),
        ("endpoint_url of the AWS profile", profile.get("endpoint_url")),
        *_of_section(profile.get("services"), session.full_config.get("services", {})),
    ]
    return tuple(Override(setting, url) for setting, url in found if isinstance(url, str) and url)


def _of_variables(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    names = (_GLOBAL, *sorted(f"{_GLOBAL}_{service.upper()}" for service in SERVICES))
    return ((name, environ.get(name)) for name in names)


def _of_section(
    name: object, sections: Mapping[object, Mapping[str, object]]
) -> Iterator[tuple[str, object]]:
    for service, settings in sections.get(name, {}).items():
        if service in SERVICES and isinstance(settings, dict):
            yield f"endpoint_url of {service} in services {name}", settings.get("endpoint_url")


def require_encrypted(overrides: tuple[Override, ...], *, allowed: bool) -> None:
    """Refuse to speak to an endpoint in the clear beyond this machine.

    Args:
        overrides: the endpoints that are set.
        allowed: whether that is asked for.

    Raises:
        CallerError: names the endpoint and what sets it.
    """
    for override in overrides:
        if override.is_in_the_clear and not override.stays_here and not allowed:
            raise CallerError(
                f"{override.shown} is spoken to without TLS: credentials would lie open",
                where=override.setting,
                mend="Use an https:// address, or set allow_insecure_endpoint if you mean it",
            )


def notes_on_surroundings(session: AioSession, overrides: tuple[Override, ...]) -> Iterator[str]:
    """What a reader of the run has to know of them, one sentence each."""
    for override in overrides:
        clear = ", without TLS" if override.is_in_the_clear else ""
        yield (
            f"Calls went to {override.shown}{clear}, and not to AWS's own endpoints "
            f"({override.setting})"
        )
    if bundle := session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE"):
        yield f"Servers were verified by the certificates in {bundle}, and not by the usual ones"
    if (url := os.environ.get(_CREDENTIALS_URL)) and not _gives_credentials(url):
        yield f"The caller's credentials came from {Override('', url).shown} ({_CREDENTIALS_URL})"


def _parts(url: str) -> SplitResult:
    """The parts of an address; none where it is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _gives_credentials(url: str) -> bool:
    host = _parts(url).hostname or ""
    return host in _CREDENTIAL_HOSTS or _is_loopback(host)
