"""Pure decisions of the desk: one word for a delivery, the buttons of a return, entries of the timeline."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from comeback.desk.schemas.flows import ClauseOut
from comeback.desk.schemas.returns import Action, FeeOut, MoneyOut, TenderShare
from comeback.desk.schemas.shared import TimelineEntry

Source = Literal["order", "parcel", "return", "message", "money", "credit", "consent", "ticket"]
Branch = Literal["yes", "no", "timed_out"]
Scalars = dict[str, str | int | bool | None]

_WORST_FIRST = (
    "exception", "attempt_failed", "returning", "delayed", "available_for_pickup", "out_for_delivery", "in_transit",
    "info_received", "pending", "returned",
)  # fmt: skip
_SUMS = (
    "goods", "discount_share", "tax", "shipping_refund", "refund_total", "credit_total", "bonus_total",
    "carried_total", "charge_total",
)  # fmt: skip
STATUTORY = timedelta(days=14)
_SOURCES: dict[str, Source] = {"order": "order", "return": "return", "exchange": "return", "refund": "money",
                               "credit": "credit", "ticket": "ticket"}  # fmt: skip
_TOLD_BY_PARCELS = frozenset({"label_ready", "label_failed", "number_changed"})
_TOLD_ELSEWHERE = frozenset({"return.label_ready"})
_KEEP = ("number", "amount", "currency", "reason", "tender_kind", "method", "name", "old_number", "topic", "by",
         "ticket_id")  # fmt: skip
_RETURN_MILESTONES = {"picked_up": "first_scan", "delivered": "delivered", "exception": "exception"}


def delivery_word(parcels: Iterable[tuple[str, bool, bool]]) -> str:
    """The delivery of an order in one word, from its outbound parcels as (status, delayed, in trouble).

    The worst parcel under way speaks for all; cancelled ones do not count.
    """
    words = [
        "exception" if trouble else "delayed" if delayed and status == "in_transit" else status
        for status, delayed, trouble in parcels
        if status != "cancelled"
    ]
    if not words:
        return "none"
    open_words = [word for word in words if word != "delivered"]
    if not open_words:
        return "delivered"
    worst = next((word for word in _WORST_FIRST if word in open_words), open_words[0])
    calm = worst in {"in_transit", "out_for_delivery", "info_received", "pending"}
    return "partly_delivered" if calm and len(open_words) < len(words) else worst


def order_word(state: str, parcels: Iterable[Sequence[Any]]) -> str:
    """The badge of an order in a list: its delivery, or that it was called off. Parcels as [status, late, trouble]."""
    return state if state == "cancelled" else delivery_word((s, delayed, trouble) for s, delayed, trouble in parcels)


def parcel_word(direction: str, status: str, label: str, delayed: bool, trouble: bool) -> str:
    """One parcel in one word; a return parcel that no carrier has yet says what its label is doing."""
    if direction == "return" and status in {"pending", "info_received", "expired"} and label != "none":
        return label
    return delivery_word([(status, delayed, trouble)]) if status != "cancelled" else status


def actions(state: str, kind: str, *, expected: int, ungraded: int, payable: bool) -> list[Action]:
    """What may be done with a return; `expected` and `ungraded` count its units, `payable`: something is due now.

    A withdrawal is a right and is never declined (Directive 2011/83/EU art. 9).
    """
    if state in {"requested", "needs_review"}:
        return ["approve"] if kind == "withdrawal" else ["approve", "decline"]
    if state not in {"approved", "open"}:
        return []
    found: list[Action] = []
    if ungraded:
        found.append("inspect")
    if payable and not ungraded:
        found.append("settle")
    if expected:
        found.append("receive")
    return found


def refund_due(kind: str, requested_at: datetime) -> datetime | None:
    """Until when a withdrawal is to be paid back (Directive 2011/83/EU art. 13(1)); other returns have no such day."""
    return requested_at + STATUTORY if kind == "withdrawal" else None


def reading_locale(header: str) -> str:
    """The reader's first language of an Accept-Language header (RFC 9110 §12.5.4); English where there is none."""
    tag = header.split(",")[0].split(";")[0].strip()
    return tag if tag.replace("-", "").isalpha() and len(tag) <= 35 else "en"


def added_up(parts: Sequence[MoneyOut]) -> MoneyOut:
    """Several settlements of one return as one breakdown; `parts` is not empty."""
    fees: Counter[str] = Counter()
    tenders: Counter[str] = Counter()
    for part in parts:
        fees.update({fee.kind: fee.amount for fee in part.fees})
        tenders.update({share.kind: share.amount for share in part.tenders})
    sums = {name: sum(getattr(part, name) for part in parts) for name in _SUMS}
    return MoneyOut(
        currency=parts[0].currency,
        tax_included=parts[0].tax_included,
        already_refunded=parts[0].already_refunded,
        fees=[FeeOut(kind=kind, amount=amount) for kind, amount in fees.items()],
        tenders=[TenderShare(kind=kind, amount=amount) for kind, amount in tenders.items()],
        explanation=[line for part in parts for line in part.explanation],
        **sums,
    )


def event_entry(
    name: str, at: datetime, data: Mapping[str, Any], return_id: UUID | None, shipment: bool
) -> TimelineEntry | None:
    """One event of the history as a line of the timeline. None for what parcels and messages tell better."""
    room, _, what = name.partition(".")
    if name in _TOLD_ELSEWHERE or room == "message":
        return None
    if shipment and room in {"shipment", "return_shipment"} and what not in _TOLD_BY_PARCELS:
        return None
    detail: Scalars = {key: data[key] for key in _KEEP if isinstance(data.get(key), str | int)}
    if "amount" not in detail and isinstance(data.get("currency"), str):
        total = sum(int(data.get(key) or 0) for key in ("total", "refund_total", "credit_total"))
        detail |= {"amount": total} if total else {}
    if isinstance(data.get("failure_reason"), str):
        detail["reason"] = data["failure_reason"]
    source = _SOURCES.get(room, "parcel")
    of_return = source == "return" and return_id is not None
    return TimelineEntry(
        at=at, name=name, source=source, detail=detail, return_id=str(return_id) if of_return else None, message_id=None
    )


def milestone_name(direction: str, milestone: str) -> str | None:
    """The event's name of a parcel's milestone; None where a return parcel's milestone says nothing new."""
    if direction == "outbound":
        return f"shipment.{milestone}"
    told = _RETURN_MILESTONES.get(milestone)
    return f"return_shipment.{told}" if told else None


def newest_first(*lists: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """One timeline of many."""
    return sorted((entry for entries in lists for entry in entries), key=lambda entry: entry.at, reverse=True)


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """A postal address as it is printed, without empty lines; the page names the country in its own language."""
    town = " ".join(str(address[key]) for key in ("postcode", "city") if address.get(key))
    parts = [address.get("name"), address.get("company"), address.get("line1"), address.get("line2"), town]
    parts.append(address.get("state"))
    return [str(part) for part in parts if part]


def search_words(q: str) -> tuple[str, str]:
    """What is looked for: the plain word (`#1001` and `1001` are one) and its LIKE prefix, wildcards disarmed."""
    plain = q.strip().lstrip("#").strip().casefold()
    escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return plain, f"{escaped}%"


class Place(NamedTuple):
    """A step of a flow in reading order; see `walk`."""

    name: str
    node: Mapping[str, Any]
    depth: int
    branch: Branch | None
    again: bool


def walk(definition: Mapping[str, Any]) -> list[Place]:
    """The steps of a flow as a list that reads from top to bottom, answers of a question set in under it.

    A step that a second way leads to is named there once more with `again`, and not followed a second time.
    """
    nodes: Mapping[str, Mapping[str, Any]] = definition.get("nodes") or {}
    places: list[Place] = []
    seen: set[str] = set()
    todo: list[tuple[str | None, int, Branch | None]] = [(definition.get("start"), 0, None)]
    while todo:
        name, depth, branch = todo.pop()
        node = nodes.get(name) if name else None
        if name is None or node is None:
            continue
        again = name in seen
        places.append(Place(name, node, depth, branch, again))
        if not again:
            seen.add(name)
            todo.extend(reversed(_ways(node, depth)))
    return places


def _ways(node: Mapping[str, Any], depth: int) -> list[tuple[str | None, int, Branch | None]]:
    if node.get("kind") == "condition":
        return [(node.get("yes"), depth + 1, "yes"), (node.get("no"), depth + 1, "no")]
    late: list[tuple[str | None, int, Branch | None]] = [(node.get("timed_out"), depth + 1, "timed_out")]
    return [*late, (node.get("next"), depth, None)]


def entry_events(definition: Mapping[str, Any]) -> list[str]:
    """The events that let someone into a flow."""
    named = (definition.get("entry") or {}).get("event") or []
    return [named] if isinstance(named, str) else [str(name) for name in named]


def clauses(when: Any, join: Literal["all", "any"] = "all", *, negated: bool = False) -> list[ClauseOut]:
    """A condition as a flat list to read; deeper nesting keeps the words that tie it to its neighbours."""
    if not isinstance(when, Mapping) or not when:
        return []
    if "field" in when:
        value = when.get("value")
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        shown = shown.lower() if isinstance(value, bool) else shown
        return [ClauseOut(join=join, negated=negated, field=str(when["field"]), op=str(when.get("op")), value=shown)]
    if "not" in when:
        return clauses(when["not"], join, negated=not negated)
    way: Literal["all", "any"] = "any" if "any" in when else "all"
    parts: Sequence[Any] = when.get(way) or []
    found: list[ClauseOut] = []
    for part in parts:
        found += clauses(part, way if found else join, negated=negated)
    return found
