"""The sentences about parcels: headlines, events, notes; codes in, words of the reader's language out."""

from datetime import timedelta

from comeback.portal.schemas import Note
from comeback.portal.words.catalogue import Catalogue
from comeback.portal.words.reader import Reader, upper
from comeback.shipments.schemas import EventView, Headline

_WHOLE_DAY = timedelta(hours=12)
_SUBS = frozenset({"ordered", "out_for_delivery", "on_its_way", "no_news"})
_DELIVERED_TO = frozenset({"neighbour", "safe_place", "pickup", "signed", "recipient"})
_FINER = frozenset({
    "picked_up", "arrived", "departed", "sorted", "transferred", "customs_cleared", "problem_resolved", "delayed",
})  # fmt: skip


def known(words: Catalogue, key: str, instead: str) -> str:
    """The words of `key`, or of `instead` where there are none: codes of carriers grow faster than catalogues."""
    try:
        return words.text(key)
    except KeyError:
        return words.text(instead)


def headline(head: Headline, reader: Reader) -> str:
    """The h1 of an order or a parcel: a date where one can be kept."""
    t = reader.t
    if head.code == "arriving" and head.eta_until is not None:
        return t("headline.arriving", date=reader.span(head.eta_from or head.eta_until, head.eta_until))
    if head.code == "delayed" and head.eta_until is not None:
        return t("headline.delayed_until", date=reader.day(head.eta_until))
    if head.code == "delivered":
        said = t("headline.delivered", date=reader.sentence(head.at)) if head.at else t("headline.delivered_plain")
        return f"{said}, {t(f'left.{head.left_with}')}" if head.left_with in _DELIVERED_TO else said
    return known(reader.words, f"headline.{head.code}", "headline.on_its_way")


def below(head: Headline, reader: Reader, carrier: str | None, city: str | None) -> str | None:
    """The line under the headline: a time window, else what is known, else who brings it where."""
    if window := _window(head, reader):
        return window
    if head.code in _SUBS:
        return reader.t(f"sub.{head.code}")
    if city and carrier:
        return reader.t("sub.from", carrier=carrier, city=city)
    return reader.t("sub.to", city=city) if city else None


def _window(head: Headline, reader: Reader) -> str | None:
    if head.code not in ("arriving", "delayed", "out_for_delivery") or head.eta_from is None or head.eta_until is None:
        return None
    start, end = reader.local(head.eta_from), reader.local(head.eta_until)
    if start.date() != end.date() or not timedelta() < end - start < _WHOLE_DAY:
        return None
    return reader.t("window", first=reader.time(head.eta_from), last=reader.time(head.eta_until))


def reason(code: str | None, reader: Reader) -> str:
    """Why, in words; starts small."""
    return known(reader.words, f"reason.{code or 'other'}", "reason.other")


def note(head: Headline, reader: Reader) -> Note | None:
    """What a customer must know or do now: the reason, and what happens next."""
    t, why = reader.t, upper(reason(head.reason, reader))
    match head.code:
        case "delayed":
            body = t("note.delay", reason=why) if head.reason else t("note.delay_plain")
            return Note(kind="warn", title=t("note.delay_title"), body=body)
        case "exception":
            return Note(kind="warn", title=t("note.exception_title"), body=t("note.exception", reason=why))
        case "attempt_failed":
            body = t("note.attempt", reason=why) if head.reason else t("note.attempt_plain")
            return Note(kind="warn", title=t("note.attempt_title"), body=body)
        case "available_for_pickup":
            return Note(kind="good", title=t("note.pickup_title"), body=t("note.pickup"))
        case "returning" | "returned":
            return Note(kind="warn", title=t("note.returning_title"), body=t("note.returning"))
        case _:
            return None


def event(entry: EventView, reader: Reader) -> str:
    """One line of the timeline in the reader's words; the carrier's own where we have none, and notes as written."""
    if entry.kind == "note" or entry.status is None:
        return entry.text or reader.t("event.in_transit")
    if entry.substatus in _FINER:
        said = reader.t(f"event.{entry.substatus}")
    else:
        said = known(reader.words, f"event.{entry.status}", "event.in_transit")
    if entry.status == "delivered" and entry.substatus in _DELIVERED_TO:
        return f"{said}, {reader.t(f'left.{entry.substatus}')}"
    if entry.reason and entry.reason != "other":
        return reader.t("event.with_reason", event=said, reason=reason(entry.reason, reader))
    return said
