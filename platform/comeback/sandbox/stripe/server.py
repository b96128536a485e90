"""Stripe's API over HTTP: authenticates, decodes, replays, runs one call, answers or misbehaves."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping

import msgspec

from comeback.sandbox.clock import SandboxClock
from comeback.sandbox.config import StripeAccount
from comeback.sandbox.hooks import Delivery, HookSender
from comeback.sandbox.http import Drop, HttpError, Request, Response, answer
from comeback.sandbox.stripe import payments, refunds
from comeback.sandbox.stripe.context import Call, api_key, new_id
from comeback.sandbox.stripe.errors import StripeFault, invalid, rate_limited, server_error
from comeback.sandbox.stripe.faults import Fault, Faults
from comeback.sandbox.stripe.form import Params, decode
from comeback.sandbox.stripe.idempotency import Idempotency, fingerprint
from comeback.sandbox.stripe.objects import Account, Done, Event, Memory, Remembered
from comeback.sandbox.stripe.routes import ROUTES, Run, expanded

MAX_LOG = 50_000


def signature(body: bytes, secret: str, at: int) -> str:
    """`Stripe-Signature`, scheme v1: HMAC-SHA256 of "timestamp.body". `at` is real time, which receivers check."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class StripeSandbox:
    def __init__(self, clock: SandboxClock, hooks: HookSender, memory: Memory, touch: Callable[[], None]) -> None:
        self.memory = memory
        self.faults = Faults()
        self._clock = clock
        self._hooks = hooks
        self._touch = touch
        self._idempotency = Idempotency()

    def configure(self, wanted: StripeAccount) -> None:
        account = self.account(wanted.api_key)
        account.webhook_url, account.webhook_secret = wanted.webhook_url, wanted.webhook_secret
        account.webhook_events = wanted.events
        self._touch()

    def account(self, key: str) -> Account:
        return self.memory.accounts.setdefault(key, Account(api_key=key))

    def resume(self) -> None:
        """Sends again what the last process could not deliver."""
        for account in self.memory.accounts.values():
            for event in account.events.values():
                if event.pending_webhooks:
                    self._send(account, event)

    async def __call__(self, request: Request) -> Response:
        request_id = new_id("req")
        try:
            response = await self._answer(request, request_id)
        except StripeFault as fault:
            response = fault.response()
        except HttpError as error:
            response = invalid(f"Unrecognized request URL ({request.method}: {request.path}).").response()
            response.status = error.status
        response.headers.setdefault("Request-Id", request_id)
        return response

    async def _answer(self, request: Request, request_id: str) -> Response:
        if request.path == "/_sandbox/log":
            return answer({"items": self.memory.log})
        account = self.account(api_key(request.headers))
        run = ROUTES.find(request)
        if request.method != "POST":
            call = self.call(account, _decoded(request.raw_query), request_id=request_id)
            return answer(expanded(call, run(call, request.params.get("id", ""))))
        key = request.headers.get("idempotency-key")
        if key is not None:
            print_ = fingerprint(request.method, request.path, request.body)
            replayed = self._idempotency.begin(account, key, print_, self._clock.now())
            if replayed is not None:
                self._note(request, account, None, replayed.status, replayed=True)
                return replayed
        return await self._run(request, request_id, account, run)

    async def _run(self, request: Request, request_id: str, account: Account, run: Run) -> Response:
        """A write: the fault armed for it, the work, its memory, and only then the answer or the reset."""
        fault = self.faults.take(account.api_key, request.path)
        key = request.headers.get("idempotency-key")
        call: Call | None = None
        kept: Remembered | None = None
        try:
            if fault is not None:
                await _before(fault)
            call = self._call(request, account, request_id, fault)
            response = answer(expanded(call, run(call, request.params.get("id", ""))))
            kept = self._remembered(request, request_id, response)
        except StripeFault as error:
            response = error.response()
            kept = self._remembered(request, request_id, response) if error.remember else None
        finally:
            if key is not None:
                self._idempotency.end(account, key, kept)
        dropped = fault is not None and fault.next == "timeout_after_success"
        self._note(request, account, call, response.status, answered=not dropped)
        self._touch()
        if dropped:
            raise Drop
        return response

    def _remembered(self, request: Request, request_id: str, response: Response) -> Remembered:
        return Remembered(
            fingerprint=fingerprint(request.method, request.path, request.body),
            at=self._clock.now(),
            status=response.status,
            body=response.body.decode(),
            request_id=request_id,
        )

    def _call(self, request: Request, account: Account, request_id: str, fault: Fault | None) -> Call:
        return self.call(
            account,
            _decoded(request.body.decode("utf-8", "replace")) | _decoded(request.raw_query),
            request_id=request_id,
            idempotency_key=request.headers.get("idempotency-key"),
            fault=fault.next if fault else None,
        )

    def call(
        self,
        account: Account,
        params: Params | None = None,
        *,
        request_id: str | None = None,
        idempotency_key: str | None = None,
        fault: str | None = None,
    ) -> Call:
        """A call of the account's owner, or of the control when no request made it."""
        return Call(
            account=account,
            params=params or {},
            now=int(self._clock.now()),
            request_id=request_id or new_id("req"),
            idempotency_key=idempotency_key,
            emit=self._emit,
            fault=fault,
        )

    def _emit(self, account: Account, event: Event) -> None:
        wanted = account.webhook_events
        if account.webhook_url and ("*" in wanted or event.type in wanted):
            event.pending_webhooks = 1
            self._send(account, event)

    def _send(self, account: Account, event: Event) -> None:
        def done() -> None:
            event.pending_webhooks = 0
            self._touch()

        def sign(body: bytes) -> Mapping[str, str]:
            return {"Stripe-Signature": signature(body, account.webhook_secret, int(time.time()))}

        url = account.webhook_url or ""
        body = msgspec.json.encode(event)
        self._hooks.submit(Delivery(lane=account.api_key, url=url, body=body, sign=sign, done=done))

    def _note(
        self,
        request: Request,
        account: Account,
        call: Call | None,
        status: int,
        *,
        replayed: bool = False,
        answered: bool = True,
    ) -> None:
        self.memory.log.append(
            Done(
                at=self._clock.now(),
                account=account.api_key,
                method=request.method,
                path=request.path,
                idempotency_key=request.headers.get("idempotency-key"),
                effect=call.effect if call else None,
                id=call.effect_id if call else None,
                amount=call.effect_amount if call else None,
                status=status,
                replayed=replayed,
                answered=answered,
            )
        )
        del self.memory.log[:-MAX_LOG]

    def tick(self) -> None:
        """Settles what the clock has reached: pending refunds and payments succeed, doomed refunds fail."""
        now = self._clock.now()
        for account in self.memory.accounts.values():
            for id_ in [id_ for id_, at in account.settles.items() if at <= now]:
                self._settle(account, id_)
            for id_ in [id_ for id_, at in account.fails.items() if at <= now]:
                refunds.move(self.call(account), account.refunds[id_], "failed", "expired_or_canceled_card")
                self._touch()

    def _settle(self, account: Account, id_: str) -> None:
        call = self.call(account)
        if id_ in account.refunds:
            refunds.move(call, account.refunds[id_], "succeeded", None)
        else:
            account.settles.pop(id_)
            payments.succeed(call, account.payment_intents[id_])
        self._touch()


async def _before(fault: Fault) -> None:
    if fault.next == "stall":
        await asyncio.sleep(fault.seconds)
    elif fault.next == "timeout_before":
        raise Drop
    elif fault.next == "500":
        raise server_error()
    elif fault.next == "429":
        raise rate_limited()


def _decoded(text: str) -> Params:
    try:
        return decode(text)
    except ValueError as error:
        raise invalid(str(error), remember=False) from error
