"""The carrier's API over HTTP. Authenticated by `Authorization: Bearer <account key>`."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

import anyio.to_thread
import msgspec

from comeback.sandbox.carrier.faults import Faults
from comeback.sandbox.carrier.label import render
from comeback.sandbox.carrier.parcels import Account, Done, Label, LabelOrder, Memory, Parcel, buy
from comeback.sandbox.carrier.scenarios import CODES, SCENARIOS, Scan
from comeback.sandbox.carrier.tracker import Tracker, event_of, place
from comeback.sandbox.clock import SandboxClock, stamp
from comeback.sandbox.config import CarrierAccount
from comeback.sandbox.hooks import HookSender
from comeback.sandbox.http import Drop, HttpError, Paths, Request, Response, answer

MAX_LOG = 50_000
TEST_KEY = "car_test_"


class Registration(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A tracking number to move along a scenario; `account` (the control only) is the account's key."""

    tracking_number: str
    carrier: str = "sandbox"
    scenario: str | None = None
    start_at: datetime | None = None
    origin_city: str | None = None
    origin_country: str | None = None
    city: str | None = None
    country: str | None = None
    account: str | None = None


class Registrations(msgspec.Struct, forbid_unknown_fields=True):
    items: list[Registration]


class ManualScan(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A scan by code of the carrier; `occurred_at` defaults to now."""

    code: str
    occurred_at: datetime | None = None
    description: str | None = None
    city: str | None = None
    country: str | None = None


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    events: int = 1


class CarrierSandbox:
    def __init__(self, clock: SandboxClock, hooks: HookSender, memory: Memory, touch: Callable[[], None]) -> None:
        self.memory = memory
        self.faults = Faults(hooks.faults)
        self.tracker = Tracker(clock, hooks, memory, touch)
        self._clock = clock
        self._touch = touch
        self._paths = Paths()
        for method, template, handler in (
            ("POST", "/labels", self._buy),
            ("GET", "/labels", self._find),
            ("GET", "/labels/{number}", self._label),
            ("GET", "/labels/{number}/pdf", self._pdf),
            ("POST", "/labels/{number}/void", self._void),
            ("POST", "/parcels", self._register),
            ("POST", "/parcels/batch", self._register_many),
            ("GET", "/parcels/{number}", self._track),
            ("POST", "/parcels/{number}/drop_off", self._drop_off),
            ("POST", "/parcels/{number}/events", self._scan),
            ("POST", "/parcels/{number}/advance", self._advance),
            ("GET", "/_sandbox/log", self._log),
        ):
            self._paths.add(method, template, handler)

    def configure(self, wanted: CarrierAccount) -> None:
        account = self.memory.accounts.setdefault(wanted.api_key, Account(api_key=wanted.api_key))
        account.webhook_url, account.webhook_secret = wanted.webhook_url, wanted.webhook_secret
        account.scenario = wanted.scenario
        self._touch()

    async def __call__(self, request: Request) -> Response:
        return await self._paths(request)

    def _account(self, request: Request) -> Account:
        """The account of the bearer key. Raises HttpError 401. Keys that begin `car_test_` need no introduction."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        account = self.memory.accounts.get(key)
        if account is None and key.startswith(TEST_KEY):
            account = self.memory.accounts[key] = Account(api_key=key)
        if account is None:
            raise HttpError(401, "Unknown account key.")
        return account

    def _owned(self, request: Request) -> tuple[Account, Parcel]:
        return self.owned(self._account(request), request.params["number"])

    def owned(self, account: Account | None, number: str) -> tuple[Account, Parcel]:
        """The parcel in this account, or in any when None. Raises HttpError 404."""
        for candidate in [account] if account else self.memory.accounts.values():
            if number in candidate.parcels:
                return candidate, candidate.parcels[number]
        raise HttpError(404, f"No parcel {number}.")

    async def _buy(self, request: Request) -> Response:
        account = self._account(request)
        order = request.json(LabelOrder)
        if not order.reference or not order.to.country:
            raise HttpError(422, "reference and to.country are required")
        self._known_scenario(order.scenario)
        fault = self.faults.before_label()
        label, new = buy(account, order, self._clock.now())
        if new:
            self._begin(account, label, order.scenario)
        if fault == "timeout_after_success":
            raise Drop
        return answer(await self._shown(label, with_pdf=True), 201 if new else 200)

    def _begin(self, account: Account, label: Label, scenario: str | None) -> None:
        parcel = Parcel(
            tracking_number=label.tracking_number,
            carrier="sandbox",
            scenario=scenario or ("return" if label.direction == "return" else account.scenario),
            origin=place(label.sender.city, label.sender.country),
            destination=place(label.recipient.city, label.recipient.country),
        )
        self._note(account, "label.bought", label.tracking_number, label.reference)
        self.tracker.register(account, parcel, self._clock.now())

    async def _shown(self, label: Label, *, with_pdf: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "reference": label.reference,
            "tracking_number": label.tracking_number,
            "carrier": "sandbox",
            "service": label.service,
            "direction": label.direction,
            "state": label.state,
            "cost": {"amount": label.cost, "currency": label.currency},
            "qr": label.qr,
            "created_at": stamp(label.created_at),
        }
        if with_pdf:
            pdf = await anyio.to_thread.run_sync(render, label)
            shown["label_pdf"] = base64.b64encode(pdf).decode()
        return shown

    async def _find(self, request: Request) -> Response:
        account = self._account(request)
        number = account.references.get(request.query.get("reference", ""))
        items = [await self._shown(account.labels[number], with_pdf=True)] if number else []
        return answer({"items": items, "next": None})

    def _owned_label(self, request: Request) -> tuple[Account, Label]:
        account = self._account(request)
        label = account.labels.get(request.params["number"])
        if label is None:
            raise HttpError(404, f"No label {request.params['number']}.")
        return account, label

    async def _label(self, request: Request) -> Response:
        return answer(await self._shown(self._owned_label(request)[1], with_pdf=True))

    async def _pdf(self, request: Request) -> Response:
        pdf = await anyio.to_thread.run_sync(render, self._owned_label(request)[1])
        return Response(200, pdf, "application/pdf")

    async def _void(self, request: Request) -> Response:
        account, label = self._owned_label(request)
        parcel = account.parcels[label.tracking_number]
        if any(scan.status != "info_received" for scan in parcel.scans[: parcel.emitted]):
            raise HttpError(409, "The parcel is on its way; its label cannot be voided.")
        if label.state == "bought":
            label.state = "voided"
            account.references.pop(label.reference)
            self.tracker.cancel(account, parcel)
            self._note(account, "label.voided", label.tracking_number, label.reference)
        return answer(await self._shown(label, with_pdf=False))

    def _known_scenario(self, scenario: str | None) -> None:
        if scenario is not None and scenario not in SCENARIOS:
            raise HttpError(422, f"scenario must be one of {', '.join(SCENARIOS)}")

    def register(self, account: Account, wanted: Registration) -> Parcel:
        """Tracks a number this carrier did not print. Raises HttpError 422."""
        self._known_scenario(wanted.scenario)
        start = wanted.start_at.timestamp() if wanted.start_at else self._clock.now()
        parcel = Parcel(
            tracking_number=wanted.tracking_number,
            carrier=wanted.carrier,
            scenario=wanted.scenario or account.scenario,
            origin=place(wanted.origin_city, wanted.origin_country),
            destination=place(wanted.city, wanted.country),
        )
        return self.tracker.register(account, parcel, start)

    async def _register(self, request: Request) -> Response:
        return answer(self.shown_parcel(self.register(self._account(request), request.json(Registration))), 201)

    async def _register_many(self, request: Request) -> Response:
        account = self._account(request)
        for wanted in request.json(Registrations).items:
            self.register(account, wanted)
        return answer({}, 201)

    def shown_parcel(self, parcel: Parcel) -> dict[str, Any]:
        """Past scans only, in the webhook's form; the plan stays the carrier's secret."""
        events = [event_of(parcel, index) for index in range(parcel.emitted)]
        return {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "status": next((event["status"] for event in reversed(events) if event["status"]), "pending"),
            "events": events,
        }

    async def _track(self, request: Request) -> Response:
        return answer(self.shown_parcel(self._owned(request)[1]))

    async def _drop_off(self, request: Request) -> Response:
        return self.drop_off(*self._owned(request))

    def drop_off(self, account: Account, parcel: Parcel) -> Response:
        self.tracker.drop_off(account, parcel)
        self._note(account, "parcel.dropped_off", parcel.tracking_number, None)
        return answer(self.shown_parcel(parcel))

    async def _scan(self, request: Request) -> Response:
        return self.scan(*self._owned(request), request.json(ManualScan))

    def scan(self, account: Account, parcel: Parcel, wanted: ManualScan) -> Response:
        """Raises HttpError 422 for a code that is not one of the carrier's."""
        if wanted.code not in CODES:
            raise HttpError(422, f"code must be one of {', '.join(CODES)}")
        status, usual = CODES[wanted.code]
        scan = Scan(
            at=wanted.occurred_at.timestamp() if wanted.occurred_at else self._clock.now(),
            status=status,
            code=wanted.code,
            description=wanted.description or usual,
            place=place(wanted.city, wanted.country) if wanted.city else parcel.destination,
        )
        self.tracker.add(account, parcel, scan)
        return answer(self.shown_parcel(parcel))

    async def _advance(self, request: Request) -> Response:
        return self.advance(*self._owned(request), request.json(Advance))

    def advance(self, account: Account, parcel: Parcel, wanted: Advance) -> Response:
        self.tracker.advance(account, parcel, wanted.events)
        return answer(self.shown_parcel(parcel))

    async def _log(self, request: Request) -> Response:
        return answer({"items": self.memory.log})

    def _note(self, account: Account, effect: str, number: str, reference: str | None) -> None:
        done = Done(
            at=self._clock.now(),
            account=account.api_key,
            effect=effect,
            tracking_number=number,
            reference=reference,
        )
        self.memory.log.append(done)
        del self.memory.log[:-MAX_LOG]
