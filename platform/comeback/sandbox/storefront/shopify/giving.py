"""What a shop gives its customers: discount codes, gift cards, store credit."""

import secrets
from datetime import UTC, datetime
from typing import Any

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.gifts import Coupon, CreditAccount, CreditMove, GiftCard
from comeback.sandbox.storefront.shopify.calls import Call, Refused, number
from comeback.sandbox.storefront.shopify.names import gid
from comeback.sandbox.storefront.shopify.paging import Node
from comeback.sandbox.storefront.shopify.queries import bulk_view

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
MAX_CREDIT = 10_000_000


def seconds(text: str | None) -> float | None:
    """Epoch seconds of a `DateTime` input; raises Refused."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refused(f"{text} is not a date", None, "INVALID") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _taken(call: Call, code: str) -> bool:
    return any(code.upper() == known.upper() for coupon in call.shop.coupons.values() for known in coupon.codes)


def discount_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["basicCodeDiscount"]
    code = (given.get("code") or "").strip()
    if not code:
        raise Refused("Code can't be blank", ["basicCodeDiscount", "code"], "BLANK")
    if _taken(call, code):
        message = "Code must be unique. Please try a different code."
        raise Refused(message, ["basicCodeDiscount", "code"], "TAKEN")
    value, percent = _value(call, given)
    start = seconds(given.get("startsAt"))
    if start is None:
        raise Refused("Starts at can't be blank", ["basicCodeDiscount", "startsAt"], "BLANK")
    minimum = ((given.get("minimumRequirement") or {}).get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
    now = call.store.now()
    coupon = Coupon(
        id=call.store.next_id(call.shop),
        title=given.get("title") or code,
        codes=[code],
        value=value,
        percent=percent,
        minimum=sums.minor(str(minimum), call.shop.currency) if minimum is not None else None,
        usage_limit=given.get("usageLimit"),
        once_per_customer=bool(given.get("appliesOncePerCustomer")),
        starts_at=start,
        ends_at=seconds(given.get("endsAt")),
        customer_ids=_customers(given),
        created_at=now,
        updated_at=now,
    )
    call.shop.coupons[coupon.id] = coupon
    call.store.did(call.shop, "discount.created", coupon.id, key=code, amount=None if percent else value)
    call.store.touch()
    return {"codeDiscountNode": call.views.coupon(coupon)}


def _value(call: Call, given: dict[str, Any]) -> tuple[int, bool]:
    """Percentages come as 0 to 1."""
    asked = (given.get("customerGets") or {}).get("value") or {}
    if asked.get("percentage") is not None:
        share = asked["percentage"]
        if not 0 < share <= 1:
            field = ["basicCodeDiscount", "customerGets", "value", "percentage"]
            raise Refused("Value must be between 0.0 and 1.0", field, "VALUE_OUTSIDE_RANGE")
        return round(share * 10_000), True
    amount = (asked.get("discountAmount") or {}).get("amount")
    if amount is None:
        raise Refused("Value can't be blank", ["basicCodeDiscount", "customerGets", "value"], "BLANK")
    return sums.minor(str(amount), call.shop.currency), False


def _customers(given: dict[str, Any]) -> list[int]:
    chosen = (given.get("context") or given.get("customerSelection") or {}).get("customers") or {}
    return [number(one, "Customer") for one in chosen.get("add") or ()]


def codes_add(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    coupon = call.shop.coupons.get(number(arguments["discountId"], "DiscountCodeNode"))
    if coupon is None:
        raise Refused("Code discount does not exist.", ["discountId"], "INVALID")
    fresh = [one["code"] for one in arguments["codes"] if not _taken(call, one["code"])]
    coupon.codes += list(dict.fromkeys(fresh))
    for code in fresh:
        call.store.did(call.shop, "discount.code_added", coupon.id, key=code)
    call.store.touch()
    return {"bulkCreation": bulk_view(call, coupon.id, len(arguments["codes"]))}


def discount_delete(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    coupon = call.shop.coupons.pop(number(arguments["id"], "DiscountCodeNode"), None)
    if coupon is None:
        raise Refused("Discount does not exist", ["id"], "INVALID")
    call.store.touch()
    return {"deletedCodeDiscountId": gid("DiscountCodeNode", coupon.id)}


def gift_card_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["input"]
    amount = sums.minor(str(given["initialValue"]), call.shop.currency)
    if amount <= 0:
        raise Refused("must be greater than 0", ["input", "initialValue"], "GREATER_THAN")
    wanted = (given.get("code") or "").replace(" ", "").lower()
    code = wanted or "".join(secrets.choice(CODE_LETTERS) for _ in range(16)).lower()
    if not 8 <= len(code) <= 20 or not code.isalnum():
        raise Refused("is invalid: 8 to 20 letters and digits", ["input", "code"], "INVALID")
    if any(card.code == code for card in call.shop.gift_cards.values()):
        raise Refused("Code has already been taken", ["input", "code"], "TAKEN")
    owner = call.customer(given["customerId"], ["input", "customerId"]) if given.get("customerId") else None
    card = GiftCard(
        id=call.store.next_id(call.shop),
        code=code,
        initial=amount,
        balance=amount,
        currency=call.shop.currency,
        customer_id=owner.id if owner else None,
        expires_on=given.get("expiresOn"),
        note=given.get("note") or "",
        created_at=call.store.now(),
    )
    call.shop.gift_cards[card.id] = card
    call.store.did(call.shop, "gift_card.created", card.id, amount=amount, key=code, note=card.note or None)
    call.store.touch()
    return {"giftCard": call.views.gift_card(card), "giftCardCode": code}


def add_credit(
    call: Call, customer_id: int, currency: str, amount: int, expires_at: str | None = None
) -> tuple[CreditAccount, CreditMove]:
    """Books on the customer's account of this currency, which is opened by the first credit."""
    accounts = call.shop.credits.values()
    account = next((it for it in accounts if (it.customer_id, it.currency) == (customer_id, currency)), None)
    if account is None:
        account = CreditAccount(id=call.store.next_id(call.shop), customer_id=customer_id, currency=currency)
        call.shop.credits[account.id] = account
    account.balance += amount
    move = CreditMove(
        id=call.store.next_id(call.shop),
        amount=amount,
        balance=account.balance,
        expires_at=expires_at,
        created_at=call.store.now(),
    )
    account.moves.append(move)
    call.store.did(call.shop, "store_credit.moved", move.id, amount=amount)
    call.store.touch()
    return account, move


def store_credit(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    """`id` is a customer's or an account's."""
    given = arguments["creditInput"]
    asked = given["creditAmount"]
    amount = _credit_amount(asked, "creditInput")
    customer_id, currency = _owner(call, arguments["id"], asked["currencyCode"])
    expires = given.get("expiresAt")
    ends = seconds(expires)
    if ends is not None and ends <= call.store.now():
        raise Refused("The expiry date must be in the future.", ["creditInput", "expiresAt"], "EXPIRES_AT_IN_PAST")
    account, move = add_credit(call, customer_id, currency, amount, expires)
    return {"storeCreditAccountTransaction": call.views.credit_move(account, move)}


def store_debit(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    asked = arguments["debitInput"]["debitAmount"]
    amount = _credit_amount(asked, "debitInput")
    customer_id, currency = _owner(call, arguments["id"], asked["currencyCode"])
    accounts = call.shop.credits.values()
    known = next((it for it in accounts if (it.customer_id, it.currency) == (customer_id, currency)), None)
    if known is None or known.balance < amount:
        message = "The store credit account does not have sufficient funds to satisfy the request."
        raise Refused(message, ["debitInput", "debitAmount", "amount"], "INSUFFICIENT_FUNDS")
    account, move = add_credit(call, customer_id, currency, -amount)
    return {"storeCreditAccountTransaction": call.views.credit_move(account, move)}


def _credit_amount(asked: dict[str, Any], name: str) -> int:
    amount = sums.minor(str(asked["amount"]), asked["currencyCode"])
    if amount <= 0:
        message = "A positive amount must be used."
        raise Refused(message, [name, "amount"], "NEGATIVE_OR_ZERO_AMOUNT")
    if amount > MAX_CREDIT:
        message = "The operation would cause the account's credit limit to be exceeded."
        raise Refused(message, [name, "amount"], "CREDIT_LIMIT_EXCEEDED")
    return amount


def _owner(call: Call, text: str, currency: str) -> tuple[int, str]:
    """The customer and currency of a credit. Raises Refused."""
    account = call.shop.credits.get(number(text)) if "StoreCreditAccount" in text else None
    if account is not None:
        if account.currency != currency:
            message = "The currency provided does not match the currency of the store credit account."
            raise Refused(message, ["id"], "MISMATCHING_CURRENCY")
        return account.customer_id, account.currency
    if "StoreCreditAccount" in text:
        raise Refused("Store credit account does not exist.", ["id"], "ACCOUNT_NOT_FOUND")
    customer = call.shop.customers.get(number(text))
    if customer is None:
        raise Refused("Owner does not exist.", ["id"], "OWNER_NOT_FOUND")
    return customer.id, currency
