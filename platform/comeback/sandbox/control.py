"""The control desk of a rehearsal: moves the clock, arms faults, speaks for banks and cardholders, drains the work."""

from typing import Any

import msgspec

from comeback.sandbox.carrier.faults import CarrierFault
from comeback.sandbox.carrier.parcels import Account as CarrierMemory
from comeback.sandbox.carrier.server import Advance, CarrierSandbox, ManualScan, Registration
from comeback.sandbox.clock import SandboxClock, parse_duration, stamp
from comeback.sandbox.config import Accounts
from comeback.sandbox.hooks import HookSender
from comeback.sandbox.http import Handler, HttpError, Paths, Request, Response, answer
from comeback.sandbox.mailbox.faults import MailFault, MailFaults
from comeback.sandbox.storefront.faults import StorefrontFault
from comeback.sandbox.storefront.server import StorefrontSandbox
from comeback.sandbox.stripe.desk import Decision, DisputeOrder, Payments, StripeDesk, Verdict
from comeback.sandbox.stripe.errors import StripeFault
from comeback.sandbox.stripe.faults import Fault
from comeback.sandbox.stripe.server import StripeSandbox
from comeback.sandbox.web import Web

MAX_ROUNDS = 50


class ClockOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`advance`: ISO 8601 duration to jump by; `speed`: 1 is real time. Both may be given."""

    advance: str | None = None
    speed: float | None = None


class Control:
    def __init__(
        self,
        clock: SandboxClock,
        web: Web,
        stripe: StripeSandbox,
        carrier: CarrierSandbox,
        storefront: StorefrontSandbox,
        mail: MailFaults,
        hooks: tuple[HookSender, HookSender, HookSender],
    ) -> None:
        self._clock, self._web, self._mail, self._hooks = clock, web, mail, hooks
        self._stripe, self._carrier, self._storefront = stripe, carrier, storefront
        self._desk = StripeDesk(stripe)
        self._paths = Paths()
        self._names = ("stripe", "carrier", "storefront")
        for (method, template), handler in self._routes().items():
            self._paths.add(method, template, handler)

    def _routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/state"): self._state,
            ("POST", "/config"): self._config,
            ("POST", "/clock"): self._set_clock,
            ("POST", "/drain"): self._drain,
            ("POST", "/stripe/faults"): self._stripe_fault,
            ("DELETE", "/stripe/faults"): self._stripe_well,
            ("POST", "/stripe/payments"): self._payments,
            ("POST", "/stripe/refunds/{id}"): self._refund,
            ("POST", "/stripe/disputes"): self._dispute,
            ("POST", "/stripe/disputes/{id}"): self._verdict,
            ("POST", "/mail/faults"): self._mail_fault,
            ("DELETE", "/mail/faults"): self._mail_well,
            ("POST", "/storefront/faults"): self._storefront_fault,
            ("DELETE", "/storefront/faults"): self._storefront_well,
            ("GET", "/storefront/log"): self._storefront_log,
            ("POST", "/storefront/batch"): self._storefront_batch,
            ("POST", "/carrier/faults"): self._carrier_fault,
            ("DELETE", "/carrier/faults"): self._carrier_well,
            ("POST", "/carrier/parcels"): self._register,
            ("GET", "/carrier/parcels/{number}"): self._parcel,
            ("POST", "/carrier/parcels/{number}/drop_off"): self._drop_off,
            ("POST", "/carrier/parcels/{number}/events"): self._scan,
            ("POST", "/carrier/parcels/{number}/advance"): self._advance,
        }

    async def __call__(self, request: Request) -> Response:
        try:
            return await self._paths(request)
        except StripeFault as fault:
            raise HttpError(fault.status, str(fault)) from fault

    def tick(self) -> None:
        self._stripe.tick()
        self._carrier.tracker.tick()

    async def _state(self, _: Request) -> Response:
        return answer(
            {
                "clock": self._clock_view(),
                "web_url": self._web.url,
                "webhooks": {
                    name: {"pending": hooks.pending, **msgspec.to_builtins(hooks.log)}
                    for name, hooks in zip(self._names, self._hooks, strict=True)
                },
                "faults": {
                    "stripe": self._stripe.faults.armed,
                    "mail": self._mail.armed,
                    "carrier": {
                        **msgspec.to_builtins(self._carrier.faults.hooks),
                        "labels": self._carrier.faults.labels,
                    },
                    "storefront": self._storefront.faults.view(),
                },
            }
        )

    def _clock_view(self) -> dict[str, Any]:
        return {"now": stamp(self._clock.now()), **msgspec.to_builtins(self._clock.state())}

    async def _config(self, request: Request) -> Response:
        wanted = request.json(Accounts)
        self.configure(wanted)
        counts = {name: len(getattr(wanted, name)) for name in ("stripe", "carrier", "shopify", "woocommerce")}
        return answer({**counts, "web_url": self._web.url})

    def configure(self, wanted: Accounts) -> None:
        for account in wanted.stripe:
            self._stripe.configure(account)
        for account in wanted.carrier:
            self._carrier.configure(account)
        for shop in wanted.shopify:
            self._storefront.configure_shopify(shop)
        for shop in wanted.woocommerce:
            self._storefront.configure_woo(shop)
        self._web.url = wanted.web_url or self._web.url

    async def _set_clock(self, request: Request) -> Response:
        """The web follows before the carrier moves, so that no scan comes from its future."""
        order = request.json(ClockOrder)
        try:
            if order.advance is not None:
                self._clock.advance(parse_duration(order.advance))
            if order.speed is not None:
                self._clock.run_at(order.speed)
        except ValueError as error:
            raise HttpError(422, str(error)) from error
        told = await self._web.set_clock(self._clock.state())
        self.tick()
        return answer({**self._clock_view(), "web": told})

    async def _drain(self, _: Request) -> Response:
        """Until a whole round moves nothing: no scan due, no webhook delivered, no work done by the web."""
        rounds, moved = 0, True
        undelivered, processed = 0, None
        # The first round never ends it: the web's work may have caused webhooks that are not sent yet.
        while rounds < 2 or (moved and rounds < MAX_ROUNDS):
            rounds += 1
            before = self._delivered()
            self.tick()
            undelivered = sum([await hooks.flush() for hooks in self._hooks])
            processed = await self._web.drain()
            moved = bool(processed) or self._delivered() != before
        idle = not moved and not undelivered
        return answer({"idle": idle, "rounds": rounds, "undelivered": undelivered, "web": processed is not None})

    def _delivered(self) -> int:
        return sum(hooks.log.delivered for hooks in self._hooks)

    async def _stripe_fault(self, request: Request) -> Response:
        self._stripe.faults.arm(request.json(Fault))
        return answer({"armed": self._stripe.faults.armed}, 201)

    async def _stripe_well(self, _: Request) -> Response:
        self._stripe.faults.armed.clear()
        return answer({"armed": []})

    async def _payments(self, request: Request) -> Response:
        return answer({"items": self._desk.pay(request.json(Payments))}, 201)

    async def _refund(self, request: Request) -> Response:
        return answer(self._desk.move_refund(request.params["id"], request.json(Decision)))

    async def _dispute(self, request: Request) -> Response:
        return answer(self._desk.dispute(request.json(DisputeOrder)), 201)

    async def _verdict(self, request: Request) -> Response:
        return answer(self._desk.decide(request.params["id"], request.json(Verdict)))

    async def _mail_fault(self, request: Request) -> Response:
        self._mail.arm(request.json(MailFault))
        return answer({"armed": self._mail.armed}, 201)

    async def _mail_well(self, _: Request) -> Response:
        self._mail.armed.clear()
        return answer({"armed": []})

    async def _carrier_fault(self, request: Request) -> Response:
        self._carrier.faults.arm(request.json(CarrierFault))
        return answer(self._carrier.faults.hooks, 201)

    async def _carrier_well(self, _: Request) -> Response:
        self._carrier.faults.clear()
        return answer(self._carrier.faults.hooks)

    async def _storefront_fault(self, request: Request) -> Response:
        self._storefront.faults.arm(request.json(StorefrontFault))
        return answer(self._storefront.faults.view(), 201)

    async def _storefront_well(self, _: Request) -> Response:
        self._storefront.faults.clear()
        return answer(self._storefront.faults.view())

    async def _storefront_batch(self, request: Request) -> Response:
        return await self._storefront.desk.batch(request)

    async def _storefront_log(self, _: Request) -> Response:
        return answer({"items": self._storefront.memory.log})

    async def _register(self, request: Request) -> Response:
        wanted = request.json(Registration)
        parcel = self._carrier.register(self._carrier_account(wanted.account), wanted)
        return answer(self._carrier.shown_parcel(parcel), 201)

    def _carrier_account(self, key: str | None) -> CarrierMemory:
        accounts = self._carrier.memory.accounts
        if key is None and accounts:
            return next(iter(accounts.values()))
        if key is None or key not in accounts:
            raise HttpError(422, f"No carrier account {key}.")
        return accounts[key]

    async def _parcel(self, request: Request) -> Response:
        return answer(self._carrier.shown_parcel(self._carrier.owned(None, request.params["number"])[1]))

    async def _drop_off(self, request: Request) -> Response:
        return self._carrier.drop_off(*self._carrier.owned(None, request.params["number"]))

    async def _scan(self, request: Request) -> Response:
        found = self._carrier.owned(None, request.params["number"])
        return self._carrier.scan(*found, request.json(ManualScan))

    async def _advance(self, request: Request) -> Response:
        found = self._carrier.owned(None, request.params["number"])
        return self._carrier.advance(*found, request.json(Advance))
