"""Moves parcels along their plans: what the clock has reached becomes a scan and a signed webhook."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Any

import msgspec

from comeback.sandbox.carrier.parcels import Account, Memory, Parcel
from comeback.sandbox.carrier.scenarios import HOME, Place, Scan, plan
from comeback.sandbox.clock import SandboxClock, stamp
from comeback.sandbox.hooks import Delivery, HookSender

OWN_NAMES = ("sandbox", "demo")
"""Names under which shops know this carrier."""


def event_of(parcel: Parcel, index: int) -> dict[str, Any]:
    """A scan in the form of the tracking webhook. Real carriers' codes are not ours to invent: null."""
    scan = parcel.scans[index]
    return {
        "id": f"{parcel.tracking_number}-{index + 1}",
        "code": scan.code if parcel.carrier in OWN_NAMES else None,
        "status": scan.status,
        "description": scan.description,
        "occurred_at": stamp(scan.at),
        "city": scan.place.city,
        "country": scan.place.country,
    }


class Tracker:
    def __init__(self, clock: SandboxClock, hooks: HookSender, memory: Memory, touch: Callable[[], None]) -> None:
        self._clock = clock
        self._hooks = hooks
        self._memory = memory
        self._touch = touch
        self._due: list[tuple[float, str, str]] = []
        self._queued: dict[tuple[str, str], float] = {}

    def resume(self) -> None:
        """After a restart: plans everything again and sends what was scanned but not accepted."""
        for account in self._memory.accounts.values():
            for parcel in account.parcels.values():
                self._queue(account, parcel)
                for index in range(parcel.emitted):
                    if not parcel.scans[index].sent:
                        self._send(account, parcel, index)

    def register(self, account: Account, parcel: Parcel, start: float) -> Parcel:
        """Begins to track from `start`; a known number keeps the plan it has."""
        known = account.parcels.get(parcel.tracking_number)
        if known is not None:
            return known
        parcel.scans = plan(parcel.scenario, parcel.tracking_number, start, parcel.origin, parcel.destination)
        account.parcels[parcel.tracking_number] = parcel
        self._queue(account, parcel)
        self.tick()
        return parcel

    def drop_off(self, account: Account, parcel: Parcel) -> None:
        """The first scan of a return is now; a second drop-off changes nothing."""
        if parcel.dropped_off:
            return
        parcel.dropped_off = True
        rest = plan("dropped_off", parcel.tracking_number, self._clock.now(), parcel.origin, parcel.destination)
        parcel.scans = parcel.scans[: parcel.emitted] + rest
        self._queue(account, parcel)
        self.tick()

    def add(self, account: Account, parcel: Parcel, scan: Scan) -> None:
        """A scan made by hand, before what is still planned; its time may lie in the past."""
        parcel.scans.insert(parcel.emitted, scan)
        self._emit(account, parcel)
        self._queue(account, parcel)

    def advance(self, account: Account, parcel: Parcel, scans: int) -> None:
        """The next planned scans happen now; what follows moves with them."""
        for _ in range(min(scans, len(parcel.scans) - parcel.emitted)):
            shift = parcel.scans[parcel.emitted].at - self._clock.now()
            for scan in parcel.scans[parcel.emitted :]:
                scan.at -= max(shift, 0)
            self._emit(account, parcel)
        self._queue(account, parcel)

    def cancel(self, account: Account, parcel: Parcel) -> None:
        del parcel.scans[parcel.emitted :]
        self._queue(account, parcel)

    def tick(self) -> None:
        """Emits every scan the clock has reached, in time order."""
        now = self._clock.now()
        while self._due and self._due[0][0] <= now:
            at, key, number = heappop(self._due)
            if self._queued.get((key, number)) != at:
                continue
            account = self._memory.accounts[key]
            self._emit(account, account.parcels[number])
            self._queue(account, account.parcels[number])

    def next_at(self) -> float | None:
        return self._due[0][0] if self._due else None

    def _queue(self, account: Account, parcel: Parcel) -> None:
        place = (account.api_key, parcel.tracking_number)
        self._touch()
        if parcel.emitted >= len(parcel.scans):
            self._queued.pop(place, None)
            return
        at = parcel.scans[parcel.emitted].at
        self._queued[place] = at
        heappush(self._due, (at, *place))

    def _emit(self, account: Account, parcel: Parcel) -> None:
        index = parcel.emitted
        parcel.emitted += 1
        self._send(account, parcel, index)

    def _send(self, account: Account, parcel: Parcel, index: int) -> None:
        scan = parcel.scans[index]
        if account.webhook_url is None:
            scan.sent = True
            return
        body = msgspec.json.encode(
            {
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
                "events": [event_of(parcel, index)],
            }
        )

        def sign(raw: bytes) -> Mapping[str, str]:
            digest = hmac.new(account.webhook_secret.encode(), raw, hashlib.sha256)
            return {"X-Signature": digest.hexdigest()}

        def done() -> None:
            scan.sent = True
            self._touch()

        lane = f"{account.api_key}/{parcel.tracking_number}"
        self._hooks.submit(Delivery(lane=lane, url=account.webhook_url, body=body, sign=sign, done=done))


def place(city: str | None, country: str | None) -> Place:
    return Place(city, country or HOME.country) if city else HOME
