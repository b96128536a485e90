"""What goes back into a Shopify shop. Each write can be found again by our reference, so none is made twice.

No write moves money: a refund is recorded without a transaction, unless the payment itself was recorded by hand.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from comeback.kit.money import exponent
from comeback.vendors.errors import ProviderRefused
from comeback.vendors.shopify import queries
from comeback.vendors.shopify.client import UserError, payload
from comeback.vendors.storefronts import (
    CodesBack,
    CreditBack,
    NoteBack,
    OrderBack,
    PostalAddress,
    RefundBack,
    Unsupported,
    WriteTask,
    Written,
)

Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
TAKEN = frozenset({"TAKEN", "INVALID_CODE_TAKEN"})


def amount_text(minor: int, currency: str) -> str:
    """Minor units as Shopify writes them: `1290` EUR is `12.90`."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def _gid(kind: str, plain: str) -> str:
    return plain if plain.startswith("gid://") else f"gid://shopify/{kind}/{plain}"


async def find(call: Call, task: WriteTask) -> Written | None:
    """What an earlier write with this reference left in the shop."""
    if isinstance(task, NoteBack):
        return await _find_note(call, task.order, task.reference)
    if isinstance(task, RefundBack):
        return await _find_refund(call, task)
    if isinstance(task, OrderBack):
        data = await call(queries.ORDER_BY_SOURCE, {"query": f"source_identifier:'{task.reference}'"})
        found = [n for n in data["orders"]["nodes"] if n.get("sourceIdentifier") == task.reference]
        return Written(id=_plain(found[0]["id"])) if found else None
    if isinstance(task, CodesBack):
        ids = [await _code(call, code) for code in task.codes]
        return Written(id=str(ids[0])) if all(ids) else None
    return await _find_card(call, task)


async def write(call: Call, task: WriteTask) -> Written:
    """Writes; raises UserError (a ProviderRefused), Unsupported, and what the call raises."""
    if isinstance(task, NoteBack):
        return await _note(call, task.order, task.reference, task.text, task.tags)
    if isinstance(task, RefundBack):
        return await _refund(call, task)
    if isinstance(task, OrderBack):
        data = await call(queries.ORDER_CREATE, {"order": _order(task), "options": ORDER_OPTIONS})
        return Written(id=_plain(payload(data, "orderCreate")["order"]["id"]))
    if isinstance(task, CodesBack):
        return await _codes(call, task)
    return await _card(call, task)


def _plain(text: str) -> str:
    return text.rsplit("/", 1)[-1].split("?", 1)[0]


def _marked(text: str, reference: str) -> str:
    return f"{text} [{reference}]"


async def _find_note(call: Call, order: str, reference: str) -> Written | None:
    node = (await call(queries.ORDER_NOTE, {"id": _gid("Order", order)}))["order"]
    return Written(id=f"note:{reference}") if node and f"[{reference}]" in (node.get("note") or "") else None


async def _note(call: Call, order: str, reference: str, text: str, tags: tuple[str, ...]) -> Written:
    """Adds a line to the order's note; what the shop's people wrote there stays."""
    node = (await call(queries.ORDER_NOTE, {"id": _gid("Order", order)}))["order"]
    if node is None:
        raise ProviderRefused("no_such_order", order)
    note = node.get("note") or ""
    if f"[{reference}]" not in note:
        lines = [line for line in (note, _marked(text, reference)) if line]
        update = {"id": node["id"], "note": "\n".join(lines)[-5000:]}
        if tags:
            update["tags"] = list(dict.fromkeys([*(node.get("tags") or []), *tags]))
        payload(await call(queries.ORDER_UPDATE, {"input": update}), "orderUpdate")
    return Written(id=f"note:{reference}")


async def _find_refund(call: Call, task: RefundBack) -> Written | None:
    node = (await call(queries.ORDER_REFUNDS, {"id": _gid("Order", task.order)}))["order"]
    for refund in (node or {}).get("refunds") or []:
        if f"[{task.reference}]" in (refund.get("note") or ""):
            return Written(id=_plain(refund["id"]))
    return await _find_note(call, task.order, task.reference)


async def _refund(call: Call, task: RefundBack) -> Written:
    """Records the returned lines. What the shop cannot hold as a refund becomes a line of the order's note."""
    node = (await call(queries.ORDER_REFUNDS, {"id": _gid("Order", task.order)}))["order"]
    if node is None:
        raise ProviderRefused("no_such_order", task.order)
    lines = _refundable(node, task)
    transactions = _transactions(node["id"], task)
    if not lines and not transactions:
        return await _note(call, task.order, task.reference, task.note, ())
    refund = {
        "orderId": node["id"],
        "note": _marked(task.note, task.reference),
        "notify": False,
        "refundLineItems": lines,
        "transactions": transactions,
    }
    if task.shipping:
        refund["shipping"] = {"amount": amount_text(task.shipping, task.currency)}
    data = await call(queries.REFUND_CREATE, {"input": refund, "key": task.reference})
    made = payload(data, "refundCreate")["refund"]
    return Written(id=_plain(made["id"]))


def _refundable(node: dict[str, Any], task: RefundBack) -> list[dict[str, Any]]:
    """The lines as far as the shop lets them be refunded: somebody may have done so by hand."""
    left = {_plain(line["id"]): int(line["refundableQuantity"]) for line in node["lineItems"]["nodes"]}
    found: list[dict[str, Any]] = []
    for line in task.lines:
        quantity = min(line.quantity, left.get(line.line, 0))
        if quantity > 0:
            found.append({"lineItemId": _gid("LineItem", line.line), "quantity": quantity, "restockType": "NO_RESTOCK"})
    return found


def _transactions(order: str, task: RefundBack) -> list[dict[str, Any]]:
    """Only where the payment was recorded by hand, and so no gateway is asked."""
    if task.manual_parent is None:
        return []
    return [
        {
            "orderId": order,
            "parentId": _gid("OrderTransaction", task.manual_parent),
            "gateway": "manual",
            "kind": "REFUND",
            "amount": amount_text(task.amount, task.currency),
        }
    ]


ORDER_OPTIONS = {
    "inventoryBehaviour": "DECREMENT_IGNORING_POLICY",
    "sendReceipt": False,
    "sendFulfillmentReceipt": False,
}


def _order(task: OrderBack) -> dict[str, Any]:
    """A replacement costs nothing in the shop: the first order's payment stands for it."""
    free = {"shopMoney": {"amount": amount_text(0, task.currency), "currencyCode": task.currency}}
    order: dict[str, Any] = {
        "currency": task.currency,
        "sourceIdentifier": task.reference,
        "financialStatus": "PAID",
        "note": task.note,
        "tags": list(task.tags),
        "lineItems": [
            {"variantId": _gid("ProductVariant", line.variant), "quantity": line.quantity, "priceSet": free}
            for line in task.lines
        ],
    }
    if task.email:
        order["email"] = task.email
    if task.customer:
        order["customer"] = {"toAssociate": {"id": _gid("Customer", task.customer)}}
    if task.address is not None:
        order["shippingAddress"] = _address(task.address)
    return order


def _address(address: PostalAddress) -> dict[str, str]:
    fields = {
        "firstName": address.first_name,
        "lastName": address.last_name,
        "company": address.company,
        "address1": address.line1,
        "address2": address.line2,
        "zip": address.postcode,
        "city": address.city,
        "provinceCode": address.region,
        "countryCode": address.country,
        "phone": address.phone,
    }
    return {name: value for name, value in fields.items() if value}


async def _code(call: Call, code: str) -> str | None:
    node = (await call(queries.CODE_BY_NAME, {"code": code}))["codeDiscountNodeByCode"]
    return None if node is None else _plain(node["id"])


async def _codes(call: Call, task: CodesBack) -> Written:
    """One discount a code, each usable once; a code that is taken is there already."""
    made: list[str] = []
    for code in task.codes:
        variables = {"basicCodeDiscount": _discount(task, code)}
        try:
            found = payload(await call(queries.CODE_CREATE, variables), "discountCodeBasicCreate")
            made.append(_plain(found["codeDiscountNode"]["id"]))
        except UserError as error:
            if not TAKEN & set(error.codes):
                raise
            made.append(await _code(call, code) or code)
    return Written(id=made[0])


def _discount(task: CodesBack, code: str) -> dict[str, Any]:
    value: dict[str, Any] = {"percentage": (task.percent or 0) / 100}
    if task.amount is not None:
        value = {"discountAmount": {"amount": amount_text(task.amount, task.currency), "appliesOnEachItem": False}}
    discount: dict[str, Any] = {
        "title": task.title,
        "code": code,
        "startsAt": task.starts_at.isoformat() if task.starts_at else None,
        "endsAt": task.ends_at.isoformat() if task.ends_at else None,
        "context": {"all": "ALL"},
        "customerGets": {"value": value, "items": {"all": True}},
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
    }
    if task.minimum is not None:
        least = amount_text(task.minimum, task.currency)
        discount["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": least}}
    return {name: value for name, value in discount.items() if value is not None}


async def _find_card(call: Call, task: CreditBack) -> Written | None:
    data = await call(queries.CARD_BY_CODE, {"query": task.code[-4:]})
    found = [n for n in data["giftCards"]["nodes"] if f"[{task.reference}]" in (n.get("note") or "")]
    return Written(id=_plain(found[0]["id"])) if found else None


async def _card(call: Call, task: CreditBack) -> Written:
    """A gift card with our code. Shopify's store credit carries no reference and could not be found again."""
    if task.form != "gift_card":
        raise Unsupported("Shopify's store credit cannot be written exactly once; choose gift cards.")
    card: dict[str, Any] = {
        "initialValue": amount_text(task.amount, task.currency),
        "code": task.code,
        "note": _marked(task.note, task.reference),
    }
    if task.customer:
        card["customerId"] = _gid("Customer", task.customer)
    if task.expires_at is not None:
        card["expiresOn"] = task.expires_at.date().isoformat()
    try:
        made = payload(await call(queries.CARD_CREATE, {"input": card}), "giftCardCreate")
    except UserError as error:
        known = await _find_card(call, task) if TAKEN & set(error.codes) else None
        if known is None:
            raise
        return known
    return Written(id=_plain(made["giftCard"]["id"]))
