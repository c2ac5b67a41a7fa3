"""How servers are verified: always, and by the certificates that botocore would take."""

from __future__ import annotations

import functools
import os
import ssl

from aiobotocore.session import AioSession
from botocore.httpsession import get_cert_path

from orgscan.errors import CallerError


def tls_context(session: AioSession) -> ssl.SSLContext:
    """A client context; nothing in the environment can turn verification off.

    As botocore has it, `AWS_CA_BUNDLE` or the profile's `ca_bundle` names the certificates to
    trust, else `REQUESTS_CA_BUNDLE`, else the installed ones serve.

    Raises:
        CallerError: the bundle is named by nothing, cannot be read, or holds no certificates.
    """
    named = session.get_config_variable("ca_bundle")
    if named is None:
        named = os.environ.get("REQUESTS_CA_BUNDLE")
    if named is not None and not named.strip():
        # botocore refuses it as well, without saying what to do.
        raise CallerError(
            "the certificate bundle has an empty name",
            where="AWS_CA_BUNDLE, ca_bundle or REQUESTS_CA_BUNDLE",
            mend="Unset it to trust the usual authorities, or let it name a PEM file",
        )
    bundle = named or get_cert_path(verify=True)
    try:
        return _context(bundle)
    except OSError as error:
        # An SSLError is one; its strerror names OpenSSL's own source lines.
        problem = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise CallerError(
            f"the certificate bundle cannot be used: {problem}",
            where=str(bundle),
            mend="Let AWS_CA_BUNDLE, or ca_bundle of the AWS profile, name a PEM file",
        ) from None


@functools.cache
def _context(bundle: str) -> ssl.SSLContext:
    # Making one costs 50 ms.
    context = ssl.create_default_context(cafile=bundle)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
