"""What becomes of a parcel, as plans made when it is registered. Pure: the same seed gives the same plan.

Statuses are those of the tracking contract: info_received, in_transit, out_for_delivery, available_for_pickup,
attempt_failed, exception, returning, returned, delivered. Times are epoch seconds.
"""

import random
from collections.abc import Callable

import msgspec

HOUR = 3600.0
DAY = 24 * HOUR


class Place(msgspec.Struct, frozen=True):
    city: str
    country: str


class Scan(msgspec.Struct, kw_only=True):
    """One planned or past scan; `sent` once its webhook was accepted or given up."""

    at: float
    status: str | None
    code: str
    description: str
    place: Place
    sent: bool = False


HOME = Place("Leipzig", "DE")
HUBS = (
    Place("Hannover", "DE"),
    Place("Kassel", "DE"),
    Place("Liège", "BE"),
    Place("Poznań", "PL"),
    Place("Bologna", "IT"),
)


class Trip:
    """Collects scans; each `scan` is later than the one before by the given range of hours."""

    def __init__(self, seed: str, start: float, origin: Place, destination: Place) -> None:
        self.random = random.Random(seed)
        self.time = start
        self.origin, self.destination = origin, destination
        self.scans: list[Scan] = []

    def scan(self, code: str, place: Place, low: float, high: float, text: str | None = None) -> None:
        """Appends `code` after `low` to `high` hours."""
        self.time += round(self.random.uniform(low, high) * HOUR)
        status, usual = CODES[code]
        self.scans.append(Scan(at=self.time, status=status, code=code, description=text or usual, place=place))

    def morning(self, days: int = 1) -> None:
        """Moves to between 06:00 and 08:30 UTC, `days` mornings on."""
        midnight = self.time - self.time % DAY
        self.time = midnight + days * DAY + round(self.random.uniform(6, 8.5) * HOUR)


CODES: dict[str, tuple[str | None, str]] = {
    "LBL": ("info_received", "The label was made; the parcel is not with us yet."),
    "ACC": ("in_transit", "Accepted at the depot."),
    "HUB": ("in_transit", "Sorted at the hub."),
    "DEP": ("in_transit", "Arrived at the delivery depot."),
    "DLY": ("in_transit", "Delayed: the lorry is held up by the weather."),
    "OFD": ("out_for_delivery", "On the van for delivery today."),
    "ATT": ("attempt_failed", "Nobody was at home. We try again on the next working day."),
    "AVP": ("available_for_pickup", "Waiting at the parcel shop for seven days."),
    "DLV": ("delivered", "Delivered."),
    "RTS": ("returning", "On the way back to the sender."),
    "RET": ("returned", "Back at the sender."),
    "LST": ("exception", "We cannot find the parcel and are searching for it."),
    "REV": (None, "The delivery scan was a mistake."),
}
"""The carrier's own codes: status, description."""


def _to_depot(trip: Trip) -> None:
    trip.scan("LBL", trip.origin, 0, 0)
    _from_first_scan(trip)


def _from_first_scan(trip: Trip) -> None:
    trip.scan("ACC", trip.origin, 4, 9)
    trip.scan("HUB", trip.random.choice(HUBS), 5, 11)
    trip.scan("DEP", trip.destination, 6, 14)


def _van(trip: Trip) -> None:
    trip.morning()
    trip.scan("OFD", trip.destination, 0, 0)


def normal(trip: Trip) -> None:
    _to_depot(trip)
    _van(trip)
    trip.scan("DLV", trip.destination, 2, 8)


def delayed(trip: Trip) -> None:
    _to_depot(trip)
    trip.scan("DLY", trip.destination, 2, 5)
    trip.time += 3 * DAY
    _van(trip)
    trip.scan("DLV", trip.destination, 2, 8)


def failed_attempt(trip: Trip) -> None:
    _to_depot(trip)
    _van(trip)
    trip.scan("ATT", trip.destination, 2, 7)
    _van(trip)
    trip.scan("DLV", trip.destination, 2, 8)


def pickup(trip: Trip) -> None:
    _to_depot(trip)
    _van(trip)
    trip.scan("AVP", trip.destination, 3, 8)
    trip.scan("DLV", trip.destination, 18, 40, "Collected at the parcel shop.")


def return_to_sender(trip: Trip) -> None:
    _to_depot(trip)
    for _ in range(2):
        _van(trip)
        trip.scan("ATT", trip.destination, 2, 7)
    trip.scan("RTS", trip.destination, 20, 30)
    trip.scan("RTS", trip.random.choice(HUBS), 10, 20)
    trip.scan("RET", trip.origin, 20, 30)


def lost(trip: Trip) -> None:
    trip.scan("LBL", trip.origin, 0, 0)
    trip.scan("ACC", trip.origin, 4, 9)
    trip.scan("HUB", trip.random.choice(HUBS), 5, 11)
    trip.scan("LST", trip.random.choice(HUBS), 10 * 24, 11 * 24)


def return_label(trip: Trip) -> None:
    """Waits for the drop-off, which plans the rest."""
    trip.scan("LBL", trip.origin, 0, 0)


def dropped_off(trip: Trip) -> None:
    """A return from its first scan, which is now, to the warehouse."""
    trip.scan("ACC", trip.origin, 0, 0, "Dropped off at the parcel shop.")
    trip.scan("HUB", trip.random.choice(HUBS), 5, 11)
    trip.scan("DEP", trip.destination, 6, 14)
    trip.morning()
    trip.scan("DLV", trip.destination, 1, 4, "Delivered to the warehouse.")


def manual(trip: Trip) -> None:
    """Nothing happens by itself."""


SCENARIOS: dict[str, Callable[[Trip], None]] = {
    "normal": normal,
    "delayed": delayed,
    "failed_attempt": failed_attempt,
    "pickup": pickup,
    "return_to_sender": return_to_sender,
    "lost": lost,
    "return": return_label,
    "dropped_off": dropped_off,
    "manual": manual,
}


def plan(scenario: str, seed: str, start: float, origin: Place, destination: Place) -> list[Scan]:
    """All scans of a parcel, in time order. Raises KeyError for an unknown scenario."""
    trip = Trip(seed, start, origin, destination)
    SCENARIOS[scenario](trip)
    return trip.scans
