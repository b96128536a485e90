"""What the pages are made from: every text ready for the reader, every amount and day written out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from comeback.merchants.schemas import BrandChange


class Note(Struct, frozen=True, kw_only=True):
    """A box under the headline; `kind` good, warn or bad gives icon and colour."""

    kind: str
    title: str
    body: str = ""


class StepMark(Struct, frozen=True, kw_only=True):
    """One step of a bar: done, now or ahead."""

    label: str
    state: str
    at: str | None = None
    done_word: str = ""
    trouble: bool = False


class EventRow(Struct, frozen=True, kw_only=True):
    """One line of a timeline."""

    text: str
    when: str
    where: str | None = None


class ItemRow(Struct, frozen=True, kw_only=True):
    """An item with its picture."""

    title: str
    quantity: int
    variant: str | None = None
    price: str | None = None
    image_url: str | None = None


class ParcelCard(Struct, frozen=True, kw_only=True):
    """One parcel. `more` are the events behind “show all”."""

    state_word: str
    tone: str
    headline: str
    carrier: str
    number: str | None
    carrier_url: str | None
    events: list[EventRow]
    more: list[EventRow]
    items: list[ItemRow]


class OfferCard(Struct, frozen=True, kw_only=True):
    """A recommended product."""

    title: str
    url: str
    image_url: str | None
    price: str | None


class CouponCard(Struct, frozen=True, kw_only=True):
    """A coupon that the customer holds."""

    text: str
    code: str
    terms: str | None


class Offer(Struct, frozen=True, kw_only=True):
    """The rail; only for people who agreed to offers."""

    products: list[OfferCard]
    coupon: CouponCard | None


class ReturnLink(Struct, frozen=True, kw_only=True):
    """The way to a return, with the last day."""

    url: str | None = None
    hint: str | None = None
    early: bool = False


class WriteForm(Struct, frozen=True, kw_only=True):
    """The form of a question: where it goes, the token it carries, what it may be about as (value, words)."""

    action: str
    csrf: str
    topics: list[tuple[str, str]]
    chosen: str = ""
    body: str = ""


class TalkRow(Struct, frozen=True, kw_only=True):
    """One message of a conversation; `mine`: the customer's own."""

    mine: bool
    author: str
    when: str
    lines: list[str]


class TalkPage(Struct, frozen=True, kw_only=True):
    """A conversation with the shop, oldest first."""

    number: str
    subject: str
    order_number: str | None
    state: str
    state_word: str
    rows: list[TalkRow]
    tracking_url: str | None
    sent: bool


class TrackingPage(Struct, frozen=True, kw_only=True):
    """The order's page, top to bottom."""

    number: str
    state_word: str
    headline: str
    sub: str | None
    steps: list[StepMark]
    note: Note | None
    parcels: list[ParcelCard]
    waiting: list[ItemRow]
    returns: ReturnLink
    offer: Offer | None = None
    write: WriteForm | None = None


class FormError(Struct, frozen=True, kw_only=True):
    """A sentence beside a field; `field` is its id."""

    field: str
    message: str


class DraftLine(Struct, kw_only=True):
    """What the customer chose for one line so far."""

    line_id: UUID
    quantity: int
    reason: str | None = None
    note: str | None = None
    outcome: str | None = None
    """refund, store_credit or `exchange:<variant id>`."""


class Draft(Struct, kw_only=True):
    """A return in the making."""

    lines: list[DraftLine] = []
    method: str | None = None


class WizardStep(Struct, frozen=True, kw_only=True):
    """One screen of the wizard; `index` of `count` from 1."""

    name: str
    index: int
    count: int
    title: str
    lead: str | None
    submit: str
    back: str | None


class Choice(Struct, frozen=True, kw_only=True):
    """A radio card."""

    value: str
    label: str
    hint: str | None = None
    image_url: str | None = None


class LineChoice(Struct, frozen=True, kw_only=True):
    """A line on a screen of the wizard. `left` is how many may come back, 0 with the reason in `why_not`."""

    id: str
    title: str
    left: int
    chosen: bool
    quantity: int
    price: str | None = None
    variant: str | None = None
    image_url: str | None = None
    hint: str | None = None
    why_not: str | None = None
    reason: str | None = None
    note: str | None = None
    outcome: str | None = None
    outcomes: list[Choice] = []


class MoneyRow(Struct, frozen=True, kw_only=True):
    """A line of a sum."""

    label: str
    amount: str
    hint: str | None = None


class MoneySum(Struct, frozen=True, kw_only=True):
    """A sum with its explanation; `token` is the signed quote behind it."""

    rows: list[MoneyRow]
    totals: list[MoneyRow]
    tenders: list[str]
    explanation: list[str]
    valid: str | None = None
    token: str | None = None


class LabelCard(Struct, frozen=True, kw_only=True):
    """The label of a return: ready, failed or still being made."""

    ready: bool
    failed: bool
    hint: str | None = None
    qr: Any = None
    number: str | None = None
    url: str | None = None
    deadline: str | None = None


class AttemptRow(Struct, frozen=True, kw_only=True):
    """Money on its way, with its state as a word and a tone."""

    state: str
    tone: str
    text: str


class CasePage(Struct, frozen=True, kw_only=True):
    """The status page of a return."""

    number: str
    order_number: str
    headline: str
    lead: str | None
    steps: list[StepMark]
    note: Note | None
    label: LabelCard | None
    next: list[str]
    items: list[ItemRow]
    money: MoneySum
    attempts: list[AttemptRow]
    tracking_url: str | None


class CaseLink(Struct, frozen=True, kw_only=True):
    """A return of the same order."""

    number: str
    url: str
    state: str


class Found(Struct, frozen=True, kw_only=True):
    """An order that fits number and proof."""

    order_id: UUID
    number: str
    customer_id: UUID
    locale: str | None


class PreviewIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look to try on. `language` None: the order's own."""

    brand: BrandChange
    name: Annotated[str, Meta(max_length=80)] | None = None
    scheme: Literal["light", "dark"] = "light"
    language: Annotated[str, Meta(max_length=12)] | None = None
