"""The front door: who calls, may they, does anything go wrong, and what is the answer.

Knows nothing of sockets: an `Incoming` comes in, a `Reply` goes out, and with it the fault that
the transport has to carry out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from orgscan.simulator import weather as faults
from orgscan.simulator.buckets import Buckets
from orgscan.simulator.record import Mutation, Record, Rejection
from orgscan.simulator.scenario import Fault, FaultKind
from orgscan.simulator.services import policy
from orgscan.simulator.services.call import Call, Operation, is_read
from orgscan.simulator.services.registry import OPERATIONS
from orgscan.simulator.weather import Denied, Subject, Weather
from orgscan.simulator.wire import dialects, signature
from orgscan.simulator.wire.credentials import BadToken, Identity, Issuer
from orgscan.simulator.wire.dialects import Dialect
from orgscan.simulator.wire.forms import Tree
from orgscan.simulator.wire.paging import Pager
from orgscan.simulator.wire.refusal import Refusal
from orgscan.simulator.wire.signature import Claim, Incoming
from orgscan.simulator.world.world import World

CARRIED_BY_TRANSPORT = frozenset(
    {FaultKind.SLOW, FaultKind.HANG, FaultKind.RESET, FaultKind.TRUNCATE, FaultKind.GARBAGE}
)
"""Faults that are not answers: the transport delays, cuts or spoils the real one."""

Answer = Tree | bytes


class Reply(msgspec.Struct, frozen=True):
    """An answer, and what the transport has to do to it."""

    status: int
    headers: dict[str, str]
    body: bytes
    fault: Fault | None = None


class _Asked(msgspec.Struct, frozen=True):
    """A call that was understood; `resource` is how an authorization message names its object."""

    call: Call
    dialect: Dialect
    operation: Operation[Any]
    request: Any
    subject: Subject
    resource: str


class Door:
    """Answers calls to one simulated organization."""

    def __init__(self, world: World, issuer: Issuer, record: Record) -> None:
        scenario = world.scenario
        self._world = world
        self._issuer = issuer
        self._record = record
        self._weather = Weather(scenario, world.chance)
        self._pager = Pager(world.chance, empty_pages=scenario.empty_pages)
        self._buckets = Buckets() if scenario.buckets else None
        self._enabled = frozenset(scenario.regions)
        self._misunderstood = 0

    def answer(self, incoming: Incoming, now: float) -> Reply:
        """The reply to one request, whatever it holds; `now` is seconds since 1970."""
        claim = signature.read_claim(incoming.headers)
        dialect = dialects.DIALECTS.get(claim.service) if claim else None
        if claim is None or dialect is None:
            return self._refuse_unsigned(claim, incoming)
        try:
            identity = self._authenticate(claim, incoming, dialect, now)
        except Refusal as refusal:
            return self._refuse(dialect, refusal)
        name, parameters = dialects.read_call(dialect, incoming)
        call = self._call(identity, claim.region, now)
        try:
            asked = _understand(call, dialect, name, parameters)
        except Refusal as refusal:
            reply, code = self._refuse(dialect, refusal), refusal.code
        else:
            reply, code = self._serve(asked)
        if not is_read(name):
            api = f"{dialect.service}:{name}"
            mutation = Mutation(identity.account, claim.region, api, incoming.body, code)
            self._record.mutations.append(mutation)
        return reply

    def _call(self, identity: Identity, region: str, now: float) -> Call:
        return Call(
            identity=identity,
            region=region,
            now=now,
            world=self._world,
            weather=self._weather,
            issuer=self._issuer,
            pager=self._pager,
            record=self._record,
        )

    def _refuse_unsigned(self, claim: Claim | None, incoming: Incoming) -> Reply:
        dialect = dialects.guess(incoming.headers, incoming.path, incoming.body)
        code, message = dialect.unsigned, dialect.unsigned_message
        if claim is not None:
            code = dialect.bad_signature
            message = f"Credential should be scoped to a known service, not '{claim.service}'."
        self._reject(claim, code, message)
        return self._refuse(dialect, Refusal(code, message, dialect.auth_status))

    def _reject(self, claim: Claim | None, code: str, reason: str) -> None:
        who = (claim.access_key_id, claim.region, claim.service) if claim else ("", "", "")
        self._record.rejected_signatures.append(Rejection(*who, code, reason))

    def _authenticate(
        self, claim: Claim, incoming: Incoming, dialect: Dialect, now: float
    ) -> Identity:
        """Who signed it, with a token that was issued with that very key."""
        status = dialect.auth_status
        unknown = Refusal(dialect.unknown_key, dialect.unknown_key_message, status)
        token = incoming.headers.get("X-Amz-Security-Token")
        try:
            identity = self._issuer.identity(claim.access_key_id, token)
            signature.verify(claim, incoming, identity.secret, now)
        except BadToken:
            self._reject(claim, unknown.code, "no such key, or not with this session token")
            raise unknown from None
        except signature.BadSignature as bad:
            code = dialect.stale if bad.stale else dialect.bad_signature
            self._reject(claim, code, bad.message)
            raise Refusal(code, bad.message, status) from None
        if identity.session and now >= identity.session.expires:
            raise Refusal(dialect.expired, dialect.expired_message, status)
        if claim.region not in self._enabled:
            raise unknown
        return identity

    def _serve(self, asked: _Asked) -> tuple[Reply, str]:
        """The reply, and `accepted` or the code it was refused with."""
        subject = asked.subject
        key = (subject.account, subject.region, subject.api)
        self._record.calls[key] += 1
        count = self._record.calls[key]
        request_id = self._world.chance.uuid("request", *key, count)
        fault = self._weather.strike(subject, count)
        if fault:
            self._record.faults[fault.kind] += 1
        carried = fault if fault and fault.kind in CARRIED_BY_TRANSPORT else None
        if fault and fault.kind is FaultKind.LOSE_REQUEST:
            return Reply(500, {}, b"", fault), fault.kind
        try:
            self._check(asked, None if carried else fault)
            if is_read(asked.operation.name):
                self._world.changes.pass_moment((asked.call.account, subject.region))
            answer = asked.operation.answer(asked.call, asked.request)
        except Refusal as refusal:
            return _refused(asked.dialect, refusal, request_id, carried), refusal.code
        body = dialects.render(asked.dialect, asked.operation.name, answer, request_id)
        return Reply(200, _headers(asked.dialect, request_id), body, carried), "accepted"

    def _check(self, asked: _Asked, fault: Fault | None) -> None:
        """What stands between a call that is understood and its answer.

        Raises:
            Refusal: it is struck, throttled or not allowed.
        """
        dialect, subject, identity = asked.dialect, asked.subject, asked.call.identity
        if fault:
            raise faults.refusal(_denied(asked), fault.kind, dialect)
        if self._buckets and not self._take_token(self._buckets, asked):
            self._record.throttled[subject.account, subject.region, subject.api] += 1
            raise faults.throttled(dialect)
        text = identity.session.policy if identity.session else ""
        free = not text or subject.api == "sts:GetCallerIdentity"
        if not free and not policy.allows(text, subject.api, asked.resource):
            raise faults.denial(_denied(asked), FaultKind.DENY_SESSION_POLICY, dialect)
        if not self._role_allows(asked):
            raise faults.denial(_denied(asked), FaultKind.DENY_IAM, dialect)

    def _role_allows(self, asked: _Asked) -> bool:
        """The audit role reads; whoever has no session is an administrator."""
        session = asked.call.identity.session
        audit = self._world.scenario.role_name.rpartition("/")[2]
        return session is None or session.role != audit or is_read(asked.operation.name)

    def _take_token(self, buckets: Buckets, asked: _Asked) -> bool:
        """The account that calls pays, also for a role in another one."""
        call, request = asked.call, asked.request
        unfiltered = not (getattr(request, "filter", None) or getattr(request, "max_results", None))
        api = asked.subject.api
        return buckets.take(call.account, call.region, api, call.now, unfiltered=unfiltered)

    def _refuse(self, dialect: Dialect, refusal: Refusal) -> Reply:
        """The answer to a call that did not get as far as an operation."""
        self._misunderstood += 1
        request_id = self._world.chance.uuid("misunderstood", self._misunderstood)
        return _refused(dialect, refusal, request_id, None)


def _understand(
    call: Call, dialect: Dialect, name: str, parameters: bytes | dict[str, object]
) -> _Asked:
    """Which operation, with which parameters, about whom.

    Raises:
        Refusal: there is no such operation, or it does not take these parameters.
    """
    operation = OPERATIONS.get((dialect.service, name))
    if operation is None and dialect.is_json:
        raise Refusal("UnknownOperationException", f"Unknown operation: {name}")
    if operation is None:
        raise Refusal("InvalidAction", f"The action {name} is not valid for this web service.")
    try:
        request = operation.decode(parameters)
    except msgspec.ValidationError as error:
        raise Refusal(dialect.invalid, str(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refusal("SerializationException", str(error)) from None
    account = operation.subject(request) if operation.subject else None
    cluster = getattr(request, "cluster", "").rpartition("/")[2]
    subject = Subject(account or call.account, call.region, f"{dialect.service}:{name}", cluster)
    resource = operation.resource(call, request) if operation.resource else "*"
    return _Asked(call, dialect, operation, request, subject, resource)


def _denied(asked: _Asked) -> Denied:
    call = asked.call
    scp = call.world.organization.policy_arn(call.scenario.partition)
    return Denied(asked.subject.api, call.identity.arn, asked.resource, scp)


def _headers(dialect: Dialect, request_id: str) -> dict[str, str]:
    return {"Content-Type": dialect.content_type, "x-amzn-RequestId": request_id}


def _refused(dialect: Dialect, refusal: Refusal, request_id: str, fault: Fault | None) -> Reply:
    headers = _headers(dialect, request_id)
    if dialect.protocol == "rest-json":
        headers["x-amzn-ErrorType"] = refusal.code
    body = dialects.render_refusal(dialect, refusal, request_id)
    return Reply(refusal.status, headers, body, fault)
