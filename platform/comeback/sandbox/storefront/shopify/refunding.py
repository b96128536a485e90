"""`refundCreate` with its idempotency key, and the mutations of returns."""

import hashlib
from typing import Any

import msgspec

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.handing import (
    RefundRefused,
    Restock,
    WantedMoney,
    WantedRefund,
    WantedRefundLine,
    refund,
)
from comeback.sandbox.storefront.objects import Kept, Order, Refund, Return, ReturnLine, ReturnState
from comeback.sandbox.storefront.shopify.calls import Call, Refused, number
from comeback.sandbox.storefront.shopify.giving import add_credit
from comeback.sandbox.storefront.shopify.paging import Node

KEPT_SECONDS = 24 * 3600
RESTOCKS: dict[str, Restock] = {
    "NO_RESTOCK": "no_restock",
    "CANCEL": "cancel",
    "RETURN": "return",
    "LEGACY_RESTOCK": "legacy_restock",
}


def refund_create(call: Call, arguments: dict[str, Any], key: str | None) -> Node:
    """Money moves only by `transactions` and `refundMethods`, as with Shopify; lines alone take goods back."""
    given = arguments["input"]
    order = call.order(given["orderId"], ["orderId"])
    replayed = _replayed(call, order, given, key)
    if replayed is not None:
        return {"refund": call.views.refund(order, replayed), "order": call.views.order(order)}
    money = [_money(call, order, one) for one in given.get("transactions") or ()]
    credits = [one["storeCreditRefund"] for one in given.get("refundMethods") or () if one.get("storeCreditRefund")]
    for credit in credits:
        amount = sums.minor(str(credit["amount"]["amount"]), order.currency)
        money.append(WantedMoney(amount=amount, gateway="shopify_store_credit"))
    wanted = WantedRefund(
        money=money,
        lines=[_line(one) for one in given.get("refundLineItems") or ()],
        shipping=_shipping(order, given.get("shipping")),
        note=given.get("note") or "",
        key=key,
        over=bool(given.get("allowOverRefunding")),
    )
    try:
        made = refund(call.store, call.shop, order, wanted)
    except RefundRefused as error:
        raise Refused(str(error)) from error
    _note(call, order, made, given, key)
    for credit in credits:
        if order.customer_id is not None:
            amount = sums.minor(str(credit["amount"]["amount"]), order.currency)
            add_credit(call, order.customer_id, order.currency, amount, credit.get("expiresAt"))
    return {"refund": call.views.refund(order, made), "order": call.views.order(order)}


def _note(call: Call, order: Order, made: Refund, given: dict[str, Any], key: str | None) -> None:
    if key is not None:
        call.shop.kept[key] = Kept(print=_print(given), refund_id=made.id, at=call.store.now())
    call.store.did(
        call.shop, "refund.created", made.id, order=order.id, amount=made.amount, key=key, note=made.note or None
    )


def _print(given: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(given, order="sorted")).hexdigest()


def _replayed(call: Call, order: Order, given: dict[str, Any], key: str | None) -> Refund | None:
    """The first result under this key, for 24 hours. Raises Refused where the key came with another body."""
    kept = call.shop.kept.get(key or "")
    if kept is None or call.store.now() - kept.at > KEPT_SECONDS:
        return None
    if kept.print != _print(given):
        raise Refused("The same idempotency key cannot be used with different operation parameters.")
    return next((made for made in order.refunds if made.id == kept.refund_id), None)


def _money(call: Call, order: Order, given: dict[str, Any]) -> WantedMoney:
    if given["kind"] != "REFUND":
        raise Refused("Kind must be refund", ["transactions", "kind"])
    try:
        amount = sums.minor(str(given["amount"]), order.currency)
    except ValueError as error:
        raise Refused("Amount is invalid", ["transactions", "amount"]) from error
    parent = number(given["parentId"], "OrderTransaction") if given.get("parentId") else None
    known = {it.id: it for it in order.transactions}
    if parent is None or parent not in known:
        raise Refused("Transactions require a parent_id of a transaction of this order", ["transactions", "parentId"])
    back = sum(it.amount for it in order.transactions if it.kind == "refund" and it.parent_id == parent)
    if amount > known[parent].amount - back:
        raise Refused("Refund amount exceeds the maximum refundable of its parent transaction", ["transactions"])
    return WantedMoney(amount=amount, gateway=given["gateway"], parent_id=parent)


def _line(given: dict[str, Any]) -> WantedRefundLine:
    place = given.get("locationId")
    return WantedRefundLine(
        line_id=number(given["lineItemId"], "LineItem"),
        quantity=given["quantity"],
        restock=RESTOCKS[given.get("restockType") or "NO_RESTOCK"],
        location_id=number(place, "Location") if place else None,
    )


def _shipping(order: Order, given: dict[str, Any] | None) -> int:
    if not given:
        return 0
    if given.get("fullRefund"):
        return sums.shipping_total(order) - sum(made.shipping for made in order.refunds)
    return sums.minor(str(given.get("amount") or "0"), order.currency)


# ---- returns ----
def return_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    return _open_return(call, arguments["returnInput"], "OPEN")


def return_request(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    return _open_return(call, arguments["input"], "REQUESTED")


def _open_return(call: Call, given: dict[str, Any], status: str) -> Node:
    order = call.order(given["orderId"], ["returnInput", "orderId"])
    parts = {part.id: part for made in order.fulfilments for part in made.lines}
    taken: dict[int, int] = {}
    for made in order.returns:
        for line in made.lines if made.status not in ("CANCELED", "DECLINED") else ():
            taken[line.fulfilment_line_id] = taken.get(line.fulfilment_line_id, 0) + line.quantity
    lines: list[ReturnLine] = []
    for one in given["returnLineItems"]:
        part_id = number(one["fulfillmentLineItemId"], "FulfillmentLineItem")
        part = parts.get(part_id)
        if part is None or one["quantity"] < 1 or one["quantity"] > part.quantity - taken.get(part_id, 0):
            raise Refused("Return line item quantity is not returnable", ["returnLineItems"], "INVALID")
        note = one.get("returnReasonNote") or one.get("customerNote") or ""
        reason = one.get("returnReason") or "UNKNOWN"
        lines.append(
            ReturnLine(
                id=call.store.next_id(call.shop),
                fulfilment_line_id=part_id,
                line_id=part.line_id,
                quantity=one["quantity"],
                reason=reason,
                note=note,
            )
        )
    return _opened(call, order, lines, status)


def _opened(call: Call, order: Order, lines: list[ReturnLine], status: str) -> Node:
    now = call.store.now()
    made = Return(
        id=call.store.next_id(call.shop),
        name=f"{order.name}-R{len(order.returns) + 1}",
        status="OPEN" if status == "OPEN" else "REQUESTED",
        lines=lines,
        created_at=now,
        updated_at=now,
    )
    order.returns.append(made)
    call.store.did(call.shop, "return.created", made.id, order=order.id)
    name = "return.approved" if status == "OPEN" else "return.requested"
    call.store.order_changed(call.shop, order, name, subject=made)
    return {"return": call.views.returned(order, made)}


_MOVES: dict[str, tuple[tuple[str, ...], ReturnState, str]] = {
    "approve": (("REQUESTED",), "OPEN", "return.approved"),
    "decline": (("REQUESTED",), "DECLINED", "return.declined"),
    "cancel": (("OPEN", "REQUESTED"), "CANCELED", "return.cancelled"),
    "close": (("OPEN",), "CLOSED", "return.closed"),
    "reopen": (("CLOSED",), "OPEN", "return.reopened"),
}


def move_return(call: Call, id_: str, move: str, note: str = "") -> Node:
    """Raises Refused for a return that is not there or stands where it cannot move so."""
    wanted = number(id_, "Return")
    found = next(
        ((order, made) for order in call.shop.orders.values() for made in order.returns if made.id == wanted), None
    )
    if found is None:
        raise Refused("Return not found.", ["id"], "NOT_FOUND")
    order, made = found
    before, after, event = _MOVES[move]
    if made.status not in before:
        raise Refused(f"Return status is {made.status}; it cannot {move}.", ["id"], "INVALID_STATE")
    now = call.store.now()
    made.status, made.updated_at, made.decline_note = after, now, note or made.decline_note
    made.closed_at = now if after == "CLOSED" else None
    call.store.order_changed(call.shop, order, event, subject=made)
    return {"return": call.views.returned(order, made)}
