"""The tracking page from what shipments know: pure, so that every state can be looked at without a parcel."""

from collections.abc import Sequence

from comeback.portal.rules import sentences
from comeback.portal.schemas import EventRow, ItemRow, Offer, ParcelCard, ReturnLink, StepMark, TrackingPage, WriteForm
from comeback.portal.words.reader import Reader
from comeback.shipments.schemas import EventView, ItemView, ParcelView, TrackingView

SHOWN = 4
"""Events that stand open; the rest is behind “show all”."""
_TONES = {
    "delivered": "good", "available_for_pickup": "good", "attempt_failed": "warn", "exception": "warn",
    "returning": "warn", "returned": "warn", "expired": "warn", "cancelled": "bad",
}  # fmt: skip
_TROUBLE = frozenset({"exception", "attempt_failed", "returning", "returned", "cancelled", "expired"})
_MARKS = {"done": "done", "current": "now", "ahead": "ahead"}


def tracking_page(
    view: TrackingView,
    reader: Reader,
    returns: ReturnLink,
    offer: Offer | None = None,
    write: WriteForm | None = None,
) -> TrackingPage:
    """Everything the page shows; `view` as shipments tell it."""
    parcels = [p for p in view.parcels if p.status != "cancelled"] or view.parcels
    carriers = {p.carrier_name for p in parcels}
    carrier = carriers.pop() if len(carriers) == 1 else None
    return TrackingPage(
        number=view.number,
        state_word=sentences.known(reader.words, f"state.{view.state}", "state.shipped"),
        headline=sentences.headline(view.headline, reader),
        sub=sentences.below(view.headline, reader, carrier, view.city),
        steps=order_steps(view, reader),
        note=sentences.note(view.headline, reader),
        parcels=[parcel_card(parcel, reader) for parcel in parcels],
        waiting=item_rows(view.unshipped, reader),
        returns=returns,
        offer=offer,
        write=write,
    )


def order_steps(view: TrackingView, reader: Reader) -> list[StepMark]:
    """The five steps; a problem or a pick-up point takes the place of the current one, in words."""
    return [
        StepMark(
            label=sentences.known(reader.words, f"step.{step.code or step.name}", f"step.{step.name}"),
            state=_MARKS[step.state] if (step.name, step.state, step.code) != ("delivered", "current", None) else "end",
            at=reader.short(step.at) if step.at else None,
            done_word=reader.t("steps.done"),
            trouble=step.code in _TROUBLE,
        )
        for step in view.steps
    ]


def parcel_card(parcel: ParcelView, reader: Reader) -> ParcelCard:
    """One parcel: its state, its newest events, its items."""
    told = _told(parcel.events, reader)
    status = "exception" if parcel.headline.code == "exception" else parcel.status
    return ParcelCard(
        state_word=sentences.known(reader.words, f"status.{status}", "status.in_transit"),
        tone=_TONES.get(status, ""),
        headline=sentences.headline(parcel.headline, reader),
        carrier=parcel.carrier_name,
        number=parcel.tracking_number,
        carrier_url=_web(parcel.carrier_url),
        events=told[:SHOWN],
        more=told[SHOWN:],
        items=item_rows(parcel.items, reader),
    )


def _told(events: Sequence[EventView], reader: Reader) -> list[EventRow]:
    """Without noise; what says the same twice in a row is said once, at its newest time."""
    rows: list[EventRow] = []
    for entry in events:
        if entry.noise and entry.kind != "note":
            continue
        row = EventRow(text=sentences.event(entry, reader), when=reader.moment(entry.at), where=_where(entry))
        if not rows or (rows[-1].text, rows[-1].where) != (row.text, row.where):
            rows.append(row)
    return rows


def _where(entry: EventView) -> str | None:
    return ", ".join(part for part in (entry.city, entry.country) if part) or None


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None


def item_rows(items: Sequence[ItemView], reader: Reader) -> list[ItemRow]:
    """Items as the page shows them."""
    return [
        ItemRow(
            title=item.title,
            quantity=item.quantity,
            variant=item.options,
            price=reader.money(item.amount, item.currency),
            image_url=_web(item.image_url),
        )
        for item in items
    ]
