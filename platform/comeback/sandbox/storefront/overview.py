"""What the page shows: the last orders, and everything that apps wrote back, one row for each effect."""

from typing import Any

from comeback.kit.money import format_money
from comeback.sandbox.clock import stamp
from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import Memory, Order, Shop

SHOWN = 100


def overview(memory: Memory, key: str | None) -> dict[str, Any]:
    """One shop's tables, newest first; empty ones without a shop."""
    shops = [{"key": shop.key, "name": shop.name, "vendor": shop.vendor} for shop in memory.shops.values()]
    shop = memory.shops.get(key or "") or next(iter(memory.shops.values()), None)
    if shop is None:
        return {"shops": [], "shop": None, "tables": []}
    tables = [
        _table("Orders", ("Order", "When", "Customer", "Total", "Paid", "Sent"), _orders(shop, by_api=False)),
        _table("Refunds", ("Order", "When", "Amount", "Note", "Key"), _refunds(shop)),
        _table("Orders made by the app", ("Order", "When", "Customer", "Total", "Note", "Tags"), _made(shop)),
        _table("Gift cards", ("Code", "When", "Value", "Balance", "Note"), _cards(shop)),
        _table("Discount codes", ("Code", "Title", "Off", "Used", "When"), _codes(shop)),
        _table("Store credit", ("Customer", "When", "Amount", "Balance"), _credits(shop)),
        _table("Returns", ("Return", "Order", "Status", "Units", "When"), _returns(shop)),
        _table("Notes on orders", ("Order", "Note", "Tags"), _notes(shop)),
    ]
    return {"shops": shops, "shop": {"key": shop.key, "name": shop.name, "vendor": shop.vendor}, "tables": tables}


def _table(title: str, columns: tuple[str, ...], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows[:SHOWN], "total": len(rows)}


def _money(amount: int, currency: str) -> str:
    return format_money(amount, currency, "en")


def _when(at: float) -> str:
    """To the minute, UTC."""
    return stamp(at)[:16].replace("T", " ")


def _newest(shop: Shop) -> list[Order]:
    return sorted(shop.orders.values(), key=lambda order: order.placed_at, reverse=True)


def _orders(shop: Shop, *, by_api: bool) -> list[list[str]]:
    return [
        [
            order.name,
            _when(order.placed_at),
            order.email,
            _money(sums.total(order), order.currency),
            sums.financial_status(order).replace("_", " "),
            sums.fulfilment_status(order) or "no",
        ]
        for order in _newest(shop)
        if order.by_api == by_api
    ]


def _refunds(shop: Shop) -> list[list[str]]:
    found = [(refund, order) for order in shop.orders.values() for refund in order.refunds]
    found.sort(key=lambda pair: pair[0].created_at, reverse=True)
    return [
        [order.name, _when(it.created_at), _money(it.amount, order.currency), it.note, it.key or ""]
        for it, order in found
    ]


def _made(shop: Shop) -> list[list[str]]:
    return [
        [
            order.name,
            _when(order.placed_at),
            order.email,
            _money(sums.total(order), order.currency),
            order.note,
            ", ".join(order.tags),
        ]
        for order in _newest(shop)
        if order.by_api
    ]


def _cards(shop: Shop) -> list[list[str]]:
    return [
        [it.code, _when(it.created_at), _money(it.initial, it.currency), _money(it.balance, it.currency), it.note]
        for it in reversed(shop.gift_cards.values())
    ]


def _codes(shop: Shop) -> list[list[str]]:
    return [
        [
            code,
            it.title,
            f"{it.value / 100:g} %" if it.percent else _money(it.value, shop.currency),
            str(it.used),
            _when(it.created_at),
        ]
        for it in reversed(shop.coupons.values())
        for code in it.codes
    ]


def _credits(shop: Shop) -> list[list[str]]:
    rows: list[list[str]] = []
    for account in shop.credits.values():
        owner = shop.customers.get(account.customer_id)
        for move in reversed(account.moves):
            sums_ = [_money(move.amount, account.currency), _money(move.balance, account.currency)]
            rows.append([owner.email if owner else "", _when(move.created_at), *sums_])
    return rows


def _returns(shop: Shop) -> list[list[str]]:
    return [
        [it.name, order.name, it.status.lower(), str(sum(line.quantity for line in it.lines)), _when(it.created_at)]
        for order in _newest(shop)
        for it in order.returns
    ]


def _notes(shop: Shop) -> list[list[str]]:
    plain = [
        [order.name, order.note, ", ".join(order.tags)] for order in _newest(shop) if order.note and not order.by_api
    ]
    return plain + [[order.name, note.text, ""] for order in _newest(shop) for note in order.notes]
