"""The one error root: what failed, where, and what to do about it.

Raised for what a person has to mend: a wrong option, an unreadable file, no credentials. What AWS
refuses to one account or region is data (`orgscan.model.outcome`), never an exception; a bug is
whatever else propagates.
"""

from __future__ import annotations


class OrgscanError(Exception):
    """A failure that a person can mend.

    Attributes:
        what: what failed, one sentence without a full stop.
        where: the file:line:column, option, account or API it happened at; may be empty.
        mend: what to do, one sentence; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f". {self.mend}" if self.mend else ""
        return f"{place}{self.what}{advice}"


class ConfigError(OrgscanError):
    """A configuration file, an environment variable or an option that cannot be used."""


class ScopeError(OrgscanError):
    """A filter that matches nothing, or an account that the organization does not have."""


class CallerError(OrgscanError):
    """The caller has no credentials, or may not list the organization's accounts."""


class Interrupted(OrgscanError):  # noqa: N818 - what happened; nothing was wrong
    """The user pressed Ctrl-C before there was anything to report."""


class AlreadyRunning(OrgscanError):  # noqa: N818 - what is found; nothing was wrong
    """Another scan writes to the same place, and two would get into each other's way."""


class ReportError(OrgscanError):
    """A report or a run directory that cannot be read or written."""


class DeliveryError(OrgscanError):
    """A finished run that could not be sent on; it lies whole where it was written."""


class EvidenceError(OrgscanError):
    """An evidence bundle that cannot be written, signed or read."""


class NotGenuine(EvidenceError):  # noqa: N818 - what a bundle is found to be; the check went well
    """A bundle that does not hold: what is wrong first, and where."""


class RemediationError(OrgscanError):
    """A plan or a journal that cannot be used: edited, expired, stale, applied already, damaged."""


class WorkerError(OrgscanError):
    """Workers that are not there, cannot be used, or keep ending; or shards that do not fit."""


class HistoryError(OrgscanError):
    """A history that cannot be read or written, or is of a newer orgscan."""
