"""The carrier's memory: labels and parcels of each account. Nothing here reads a clock or a socket."""

import hashlib

import msgspec

from comeback.sandbox.carrier.scenarios import Place, Scan

COSTS = {"economy": 349, "standard": 449, "express": 1290, "return": 399}
DEFAULT_COST = 449


class Address(msgspec.Struct, kw_only=True):
    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


class Weight(msgspec.Struct, kw_only=True):
    """Millimetres and grams; all may be unknown (0)."""

    weight_grams: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


class LabelOrder(msgspec.Struct, kw_only=True):
    """The body of `POST /labels`. `reference` is the caller's key: the same one is never bought twice."""

    reference: str
    to: Address
    sender: Address = msgspec.field(name="from", default_factory=Address)
    service: str = "standard"
    parcel: Weight = msgspec.field(default_factory=Weight)
    direction: str = "outbound"
    scenario: str | None = None


class Label(msgspec.Struct, kw_only=True):
    """A bought label. `qr` is the text of the drop-off code; `cost` in minor units."""

    reference: str
    tracking_number: str
    service: str
    direction: str
    sender: Address
    recipient: Address
    weight_grams: int
    cost: int
    currency: str
    qr: str
    created_at: float
    state: str = "bought"


class Parcel(msgspec.Struct, kw_only=True):
    """A tracked parcel: past scans are those at or before `emitted` of the list; the rest is the plan."""

    tracking_number: str
    carrier: str
    scenario: str
    origin: Place
    destination: Place
    scans: list[Scan] = []
    emitted: int = 0
    dropped_off: bool = False


class Account(msgspec.Struct, kw_only=True):
    api_key: str
    webhook_url: str | None = None
    webhook_secret: str = ""
    scenario: str = "normal"
    labels: dict[str, Label] = {}
    """By tracking number."""
    references: dict[str, str] = {}
    """Reference to the tracking number of its label that is not void."""
    parcels: dict[str, Parcel] = {}


class Done(msgspec.Struct, kw_only=True):
    """A line of the log of what truly happened."""

    at: float
    account: str
    effect: str
    tracking_number: str
    reference: str | None = None


class Memory(msgspec.Struct, kw_only=True):
    accounts: dict[str, Account] = {}
    log: list[Done] = []


def tracking_number(account: str, reference: str, attempt: int) -> str:
    """`SB`, 11 digits and a check digit (mod 10, weights 3 and 1), the same for the same reference and attempt."""
    digest = hashlib.sha256(f"{account}|{reference}|{attempt}".encode()).digest()
    digits = f"{int.from_bytes(digest[:8], 'big') % 10**11:011d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"SB{digits}{-total % 10}"


def buy(account: Account, order: LabelOrder, now: float) -> tuple[Label, bool]:
    """The label of the order's reference and whether it is new."""
    known = account.references.get(order.reference)
    if known is not None:
        return account.labels[known], False
    attempt = sum(label.reference == order.reference for label in account.labels.values())
    number = tracking_number(account.api_key, order.reference, attempt)
    label = Label(
        reference=order.reference,
        tracking_number=number,
        service=order.service,
        direction=order.direction,
        sender=order.sender,
        recipient=order.to,
        weight_grams=order.parcel.weight_grams,
        cost=COSTS.get("return" if order.direction == "return" else order.service, DEFAULT_COST),
        currency="EUR",
        qr=f"SBPOST:1:{number}:{digest_word(number)}",
        created_at=now,
    )
    account.labels[number] = label
    account.references[order.reference] = number
    return label, True


def digest_word(number: str) -> str:
    """Eight signs that a parcel shop's scanner checks a drop-off code by."""
    return hashlib.sha256(f"drop-off:{number}".encode()).hexdigest()[:8].upper()
