"""What goes back into a WooCommerce shop. Each write carries our reference and is found again by it.

No write moves money: refunds are recorded with `api_refund` off, a replacement order costs nothing.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from comeback.kit.money import exponent
from comeback.vendors.storefronts import (
    Access,
    CodesBack,
    CreditBack,
    NoteBack,
    OrderBack,
    PostalAddress,
    RefundBack,
    RefundedLine,
    ReplacementLine,
    Unsupported,
    WriteTask,
    Written,
)
from comeback.vendors.woocommerce.client import Refusal, WooClient
from comeback.vendors.woocommerce.reading import moment, stamp

REFERENCE = "_comeback_reference"
TAKEN = "woocommerce_rest_coupon_code_already_exists"
LOOKED_AT = 300
"""Orders that the search for a replacement reads at most: those of the same buyer, the youngest first."""


def amount_text(minor: int, currency: str) -> str:
    """Minor units as WooCommerce writes them: `1290` EUR is `12.90`."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def minor_units(text: object, currency: str) -> int:
    """The other way; what is no number counts as 0."""
    try:
        return int(Decimal(str(text)).scaleb(exponent(currency)).to_integral_value())
    except ArithmeticError:
        return 0


def _marked(text: str, reference: str) -> str:
    return f"{text} [{reference}]".strip()


def _has(body: dict[str, Any], reference: str) -> bool:
    return any(m.get("key") == REFERENCE and m.get("value") == reference for m in body.get("meta_data") or ())


def _meta(reference: str) -> list[dict[str, str]]:
    return [{"key": REFERENCE, "value": reference}]


async def find(client: WooClient, access: Access, task: WriteTask) -> Written | None:
    """What an earlier write with this reference left in the shop."""
    if isinstance(task, NoteBack):
        return await _find_note(client, access, task.order, task.reference)
    if isinstance(task, RefundBack):
        return await _find_refund(client, access, task)
    if isinstance(task, OrderBack):
        return await _find_order(client, access, task)
    if isinstance(task, CodesBack):
        ids = [await _coupon_id(client, access, code) for code in task.codes]
        return Written(id=str(ids[0])) if ids and all(ids) else None
    return None


async def write(client: WooClient, access: Access, task: WriteTask) -> Written:
    """Writes; raises Unsupported, and what the call raises."""
    if isinstance(task, NoteBack):
        return await _note(client, access, task.order, task.reference, task.text)
    if isinstance(task, RefundBack):
        return await _refund(client, access, task)
    if isinstance(task, OrderBack):
        made = await client.post(access, "/orders", _replacement(task))
        return Written(id=str(made["id"]))
    if isinstance(task, CodesBack):
        return await _codes(client, access, task)
    raise _no_credit(task)


def _no_credit(task: CreditBack) -> Unsupported:
    return Unsupported(f"WooCommerce itself has no {task.form.replace('_', ' ')}s; the credit stays with us.")


# ---- notes ----
async def _find_note(client: WooClient, access: Access, order: str, reference: str) -> Written | None:
    notes = (await client.get(access, f"/orders/{order}/notes")).body
    found = [note for note in notes if f"[{reference}]" in str(note.get("note") or "")]
    return Written(id=f"note:{found[0]['id']}") if found else None


async def _note(client: WooClient, access: Access, order: str, reference: str, text: str) -> Written:
    """A private note. WooCommerce's orders have no tags."""
    known = await _find_note(client, access, order, reference)
    if known is not None:
        return known
    made = await client.post(access, f"/orders/{order}/notes", {"note": _marked(text, reference)})
    return Written(id=f"note:{made['id']}")


# ---- refunds ----
async def _find_refund(client: WooClient, access: Access, task: RefundBack) -> Written | None:
    """By the reference in its meta data, or in its reason where an extension dropped that; else by the note that stands
    in for it."""
    for refund in await client.every(access, f"/orders/{task.order}/refunds"):
        if _has(refund, task.reference) or f"[{task.reference}]" in str(refund.get("reason") or ""):
            return Written(id=str(refund["id"]))
    return await _find_note(client, access, task.order, task.reference)


async def _refund(client: WooClient, access: Access, task: RefundBack) -> Written:
    """Looks first: WooCommerce knows no idempotency key. What the shop cannot hold as a refund (somebody refunded it by
    hand meanwhile) becomes a note."""
    known = await _find_refund(client, access, task)
    if known is not None:
        return known
    order = (await client.get(access, f"/orders/{task.order}")).body
    given = sum(abs(minor_units(one.get("total"), task.currency)) for one in order.get("refunds") or ())
    left = minor_units(order.get("total"), task.currency) - given
    if not 0 < task.amount <= left or order.get("currency") != task.currency:
        return await _note(client, access, task.order, task.reference, task.note)
    body = {
        "amount": amount_text(task.amount, task.currency),
        "reason": _marked(task.note, task.reference),
        "api_refund": False,
        "api_restock": False,
        "line_items": _lines(order, task),
        "meta_data": _meta(task.reference),
    }
    made = await client.post(access, f"/orders/{task.order}/refunds", body)
    return Written(id=str(made["id"]))


def _lines(order: dict[str, Any], task: RefundBack) -> list[dict[str, Any]]:
    """The lines of this order, with sums without tax and the tax under the line's own rate."""
    known = {str(line["id"]): line for line in order.get("line_items") or ()}
    included = order.get("prices_include_tax") is True
    return [_line(known[one.line], one, task.currency, included) for one in task.lines if one.line in known]


def _line(line: dict[str, Any], one: RefundedLine, currency: str, included: bool) -> dict[str, Any]:
    rates = [tax["id"] for tax in line.get("taxes") or () if tax.get("id")]
    net = max(one.amount - one.tax, 0) if included else one.amount
    shown: dict[str, Any] = {
        "id": int(one.line),
        "quantity": min(one.quantity, int(line.get("quantity") or 0)),
        "refund_total": amount_text(net, currency),
    }
    if rates and one.tax:
        shown["refund_tax"] = [{"id": rates[0], "refund_total": amount_text(one.tax, currency)}]
    return shown


# ---- replacement orders ----
async def _find_order(client: WooClient, access: Access, task: OrderBack) -> Written | None:
    """Among the orders of the same buyer since the first one, the youngest first."""
    query: dict[str, str | int] = {"per_page": 100, "orderby": "date", "order": "desc", "status": "any"}
    if task.customer and task.customer.isdigit() and task.customer != "0":
        query["customer"] = task.customer
    elif task.email:
        query["search"] = task.email
    first = await client.get(access, f"/orders/{task.original}") if task.original.isdigit() else None
    if first is not None:
        query["after"] = stamp(moment(first.body, "date_created") - timedelta(seconds=1))
        query["dates_are_gmt"] = "true"
    page, pages = 1, 1
    while page <= min(pages, LOOKED_AT // 100):
        got = await client.get(access, "/orders", page=page, **query)
        for order in got.body:
            if _has(order, task.reference):
                return Written(id=str(order["id"]))
        page, pages = page + 1, got.pages
    return None


def _replacement(task: OrderBack) -> dict[str, Any]:
    """Paid by what the first order was paid with: every line costs nothing."""
    free = amount_text(0, task.currency)
    order: dict[str, Any] = {
        "status": "processing",
        "set_paid": True,
        "currency": task.currency,
        "payment_method": "comeback_exchange",
        "payment_method_title": "Exchange",
        "customer_note": task.note,
        "line_items": [
            {**_article(line), "quantity": line.quantity, "subtotal": free, "total": free} for line in task.lines
        ],
        "meta_data": [*_meta(task.reference), {"key": "_comeback_original", "value": task.original}],
    }
    if task.customer and task.customer.isdigit():
        order["customer_id"] = int(task.customer)
    address = _address(task.address) if task.address else {}
    order["billing"] = {**address, **({"email": task.email} if task.email else {})}
    order["shipping"] = address
    return order


def _article(line: ReplacementLine) -> dict[str, int]:
    """A product without variations is its own variant: its id stands for both."""
    if line.product and line.product.isdigit() and line.product != line.variant:
        return {"product_id": int(line.product), "variation_id": int(line.variant)}
    return {"product_id": int(line.variant)}


def _address(address: PostalAddress) -> dict[str, str]:
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "address_1": address.line1,
        "address_2": address.line2,
        "postcode": address.postcode,
        "city": address.city,
        "state": address.region,
        "country": address.country,
        "phone": address.phone,
    }


# ---- codes ----
async def _coupon_id(client: WooClient, access: Access, code: str) -> int | None:
    found = (await client.get(access, "/coupons", code=code.lower())).body
    return int(found[0]["id"]) if found else None


async def _codes(client: WooClient, access: Access, task: CodesBack) -> Written:
    """One coupon a code, each usable once. The code is the key: one that exists was written before."""
    made: list[int] = []
    for code in task.codes:
        try:
            made.append(int((await client.post(access, "/coupons", _coupon(task, code)))["id"]))
        except Refusal as refusal:
            known = await _coupon_id(client, access, code) if refusal.code == TAKEN else None
            if known is None:
                raise
            made.append(known)
    return Written(id=str(made[0]))


def _coupon(task: CodesBack, code: str) -> dict[str, Any]:
    coupon: dict[str, Any] = {
        "code": code.lower(),
        "discount_type": "percent" if task.amount is None else "fixed_cart",
        "amount": f"{task.percent or 0}.00" if task.amount is None else amount_text(task.amount, task.currency),
        "description": task.title,
        "individual_use": False,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "meta_data": _meta(task.reference),
    }
    if task.minimum is not None:
        coupon["minimum_amount"] = amount_text(task.minimum, task.currency)
    if task.ends_at is not None:
        coupon["date_expires_gmt"] = stamp(task.ends_at)
    return coupon
