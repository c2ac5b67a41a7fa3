"""What a Dask cluster may be spoken to with: mutual TLS, or nothing but the loopback interface.

Whoever can speak to a scheduler can run any program on its workers, with their roles; so both sides
show a certificate of one authority (https://distributed.dask.org/en/stable/tls.html).
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orgscan.config.settings import Settings
from orgscan.errors import ConfigError, WorkerError

if TYPE_CHECKING:
    from distributed.security import Security

_CONNECT_SECONDS = 10.0
# A refusal of our certificate comes after the handshake, with the first bytes.
_REFUSAL_SECONDS = 1.0


def check_dask(settings: Settings) -> None:
    """Refuse an address that is not safe, files that cannot be used, and a missing extra.

    Raises:
        ConfigError: what, and what to do.
    """
    _require_library()
    address = settings.dask or ""
    if address.startswith("tcp:"):
        _require_loopback(settings, address)
    elif address.startswith("tls:"):
        _context(settings)


async def require_scheduler(settings: Settings) -> None:
    """See that a scheduler answers, and that either side takes the other's certificate.

    Raises:
        WorkerError: which of it fails.
    """
    place = urlsplit(settings.dask or "")
    context = _context(settings) if place.scheme == "tls" else None
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=context)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REFUSAL_SECONDS):
                await reader.read(1)
        writer.close()
    except ssl.SSLError as error:
        raise _certificates(settings, error) from None
    except (OSError, TimeoutError) as error:
        raise WorkerError(
            f"the Dask scheduler cannot be reached: {str(error) or 'no answer'}",
            where=settings.dask or "",
            mend="See that it runs, and that the network lets this machine through to it",
        ) from None


def security(settings: Settings) -> Security | None:
    """What distributed speaks with; None without TLS."""
    from distributed.security import Security  # noqa: PLC0415 - an optional extra

    if not (settings.dask or "").startswith("tls:"):
        return None
    return Security(
        require_encryption=True,
        tls_ca_file=str(settings.dask_ca),
        tls_client_cert=str(settings.dask_cert),
        tls_client_key=str(settings.dask_key),
    )


def _require_library() -> None:
    try:
        import distributed  # noqa: F401, PLC0415 - an optional extra
    except ImportError:
        raise ConfigError(
            "Dask is not installed",
            where="--dask",
            mend="Install it with orgscan: pip install 'orgscan[dask]'",
        ) from None


def _require_loopback(settings: Settings, address: str) -> None:
    host = urlsplit(address).hostname or ""
    if not settings.dask_insecure:
        raise ConfigError(
            "a scheduler without TLS runs whatever anybody on the network sends it",
            where=f"--dask {address}",
            mend="Use tls:// with dask_ca, dask_cert and dask_key; for a trial on this machine "
            "there is --dask-insecure, and --dask local",
        )
    if host != "localhost" and not _is_loopback(host):
        raise ConfigError(
            f"{host} is not this machine's loopback interface",
            where=f"--dask {address}",
            mend="--dask-insecure is for 127.0.0.1 alone; use tls:// to go further",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _context(settings: Settings) -> ssl.SSLContext:
    """As distributed makes it: certificates of the one authority, whatever name they are for."""
    ca = _file(settings.dask_ca, "dask_ca")
    cert, key = _file(settings.dask_cert, "dask_cert"), _file(settings.dask_key, "dask_key")
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
    except OSError as error:
        raise _unusable(ca, "an authority's certificate", error) from None
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(cert, key)
    except OSError as error:
        raise _unusable(cert, "a certificate with this key", error) from None
    return context


def _file(path: Path | None, key: str) -> Path:
    if path is None:
        raise ConfigError(
            "the certificates for the scheduler are not complete",
            where=key,
            mend="Set dask_ca, dask_cert and dask_key, or ORGSCAN_DASK_CA and so on",
        )
    return path


def _unusable(path: Path, what: str, error: OSError) -> ConfigError:
    why = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return ConfigError(
        f"the file is not {what}: {why or error}",
        where=str(path),
        mend="Name PEM files that belong together; the key has no passphrase",
    )


def _certificates(settings: Settings, error: ssl.SSLError) -> WorkerError:
    ours = not isinstance(error, ssl.SSLCertVerificationError)
    what = (
        "the scheduler does not take orgscan's certificate, or speaks no TLS"
        if ours
        else "the scheduler's certificate is not of the authority"
    )
    return WorkerError(
        f"{what}: {error.reason or error}",
        where=settings.dask or "",
        mend=f"Both sides need certificates of the same authority, {settings.dask_ca}",
    )
