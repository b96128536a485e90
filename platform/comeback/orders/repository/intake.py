"""SQL that takes orders in: a batch is one statement over arrays, whatever its size."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows

Columns = tuple[tuple[str, str], ...]

ORDER: Columns = (
    ("id", "uuid"),
    ("external_id", "text"),
    ("number", "text"),
    ("number_norm", "text"),
    ("customer_id", "uuid"),
    ("placed_at", "timestamptz"),
    ("currency", "text"),
    ("tax_included", "bool"),
    ("goods_total", "bigint"),
    ("discount_total", "bigint"),
    ("tax_total", "bigint"),
    ("total", "bigint"),
    ("shipping_amount", "bigint"),
    ("shipping_tax", "bigint"),
    ("cheapest_standard", "bigint"),
    ("shipping_method", "text"),
    ("captured", "bigint"),
    ("history", "bool"),
    ("shipping_address", "jsonb"),
    ("discounts", "jsonb"),
    ("tags", "jsonb"),
    ("locale", "text"),
    ("withdrawal_info_given_at", "timestamptz"),
    ("return_cost_disclosed", "bool"),
    ("fx_rate", "numeric"),
    ("body_hash", "bytea"),
)
LINE: Columns = (
    ("order_id", "uuid"),
    ("id", "uuid"),
    ("position", "int"),
    ("external_id", "text"),
    ("sku", "text"),
    ("product_external_id", "text"),
    ("variant_external_id", "text"),
    ("title", "text"),
    ("quantity", "int"),
    ("unit_price", "bigint"),
    ("goods", "bigint"),
    ("own_discount", "bigint"),
    ("discount_share", "bigint"),
    ("net", "bigint"),
    ("tax", "bigint"),
    ("tax_included", "bool"),
    ("final_sale", "bool"),
    ("category", "text"),
    ("weight_grams", "int"),
    ("image_url", "text"),
    ("url", "text"),
    ("art16_ground", "text"),
    ("compare_at_price", "bigint"),
    ("attributes", "jsonb"),
)
TENDER: Columns = (
    ("order_id", "uuid"),
    ("id", "uuid"),
    ("position", "int"),
    ("external_id", "text"),
    ("kind", "text"),
    ("captured", "bigint"),
    ("provider", "text"),
    ("provider_ref", "text"),
    ("refundable", "bool"),
    ("points", "bigint"),
)
# What an update may change of an order and of a known line: nothing that money follows from.
HEADER: Columns = (
    ("number", "text"),
    ("number_norm", "text"),
    ("shipping_address", "jsonb"),
    ("tags", "jsonb"),
    ("discounts", "jsonb"),
    ("locale", "text"),
    ("withdrawal_info_given_at", "timestamptz"),
    ("return_cost_disclosed", "bool"),
    ("body_hash", "bytea"),
)


def _names(columns: Columns, prefix: str = "") -> str:
    return ", ".join(f"{prefix}{name}" for name, _ in columns)


def _arrays(columns: Columns, prefix: str) -> str:
    lists = ", ".join(f"CAST(:{prefix}{name} AS {kind}[])" for name, kind in columns)
    return f"unnest({lists}) AS i({_names(columns)})"


def parameters(columns: Columns, prefix: str, values: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Rows as one list a column, named as the statements expect."""
    turned = list(zip(*values, strict=True)) or [()] * len(columns)
    return {f"{prefix}{name}": list(column) for (name, _), column in zip(columns, turned, strict=True)}


_LINES = (
    f"INSERT INTO order_lines (shop_id, {_names(LINE)}, variant_id) "
    f"SELECT CAST(:shop AS uuid), {_names(LINE, 'i.')}, v.id FROM {_arrays(LINE, 'l_')} {{new}} "
    "LEFT JOIN variants v ON v.shop_id = CAST(:shop AS uuid) AND v.external_id = i.variant_external_id"
)
_TENDERS = (
    f"INSERT INTO order_tenders (shop_id, {_names(TENDER)}) "
    f"SELECT CAST(:shop AS uuid), {_names(TENDER, 'i.')} FROM {_arrays(TENDER, 't_')} {{new}}"
)
_ONLY_NEW = "JOIN new ON new.id = i.order_id"
_INSERT = text(
    f"WITH new AS (INSERT INTO orders (shop_id, {_names(ORDER)}) "
    f"SELECT CAST(:shop AS uuid), {_names(ORDER, 'i.')} FROM {_arrays(ORDER, 'o_')} "
    "ON CONFLICT (shop_id, external_id) DO NOTHING RETURNING id), "
    f"lines AS ({_LINES.format(new=_ONLY_NEW)}), tenders AS ({_TENDERS.format(new=_ONLY_NEW)}) SELECT id FROM new"
)
_ADD_LINES = text(_LINES.format(new=""))
_ADD_TENDERS = text(_TENDERS.format(new=""))


async def known(session: ReadSession, external_ids: Sequence[str]) -> dict[str, tuple[UUID, bytes]]:
    """External id → (id, hash of the last body) of the orders that are stored."""
    query = text(
        "SELECT external_id, id, body_hash FROM orders "
        "WHERE shop_id = :shop AND external_id = ANY(CAST(:ids AS text[]))"
    )
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(external_ids)})
    return {r.external_id: (r.id, r.body_hash) for r in found}


async def insert(
    session: WriteSession,
    orders: Sequence[tuple[Any, ...]],
    lines: Sequence[tuple[Any, ...]],
    tenders: Sequence[tuple[Any, ...]],
) -> set[UUID]:
    """Stores the orders that are not there yet, with lines and tenders; answers their ids.

    `orders` come sorted by external id, so that batches meeting in the same orders wait and do not deadlock.
    """
    values: dict[str, Any] = {"shop": session.shop_id}
    values |= parameters(ORDER, "o_", orders) | parameters(LINE, "l_", lines) | parameters(TENDER, "t_", tenders)
    return set((await session.execute(_INSERT, values)).scalars())


async def add_lines(session: WriteSession, lines: Sequence[tuple[Any, ...]]) -> None:
    """Adds lines to stored orders."""
    await session.execute(_ADD_LINES, {"shop": session.shop_id} | parameters(LINE, "l_", lines))


async def add_tenders(session: WriteSession, tenders: Sequence[tuple[Any, ...]]) -> None:
    """Adds tenders to stored orders."""
    await session.execute(_ADD_TENDERS, {"shop": session.shop_id} | parameters(TENDER, "t_", tenders))


_SUMS = (
    "review = CAST(:review AS jsonb), captured = captured + :captured_more, refunded = refunded + :refunded_more, "
    "unallocated = unallocated + :unallocated_more, goods_total = goods_total + :goods_more, "
    "discount_total = discount_total + :discount_more, tax_total = tax_total + :tax_more, total = total + :total_more, "
    "updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :id"
)
_UPDATE = text(
    "UPDATE orders SET " + ", ".join(f"{name} = CAST(:{name} AS {kind})" for name, kind in HEADER) + f", {_SUMS}"
)
_ADD = text(f"UPDATE orders SET {_SUMS}")


async def update_order(session: WriteSession, order_id: UUID, values: dict[str, Any]) -> None:
    """Writes the header of a stored order and adds to its sums; `values` as HEADER plus the `…_more` sums."""
    await session.execute(_UPDATE, {"shop": session.shop_id, "id": order_id, **values})


async def add_to_order(session: WriteSession, order_id: UUID, values: dict[str, Any]) -> None:
    """Adds to a stored order's sums and sets what is to be reviewed."""
    await session.execute(_ADD, {"shop": session.shop_id, "id": order_id, **values})


async def update_lines(session: WriteSession, order_id: UUID, lines: Sequence[tuple[Any, ...]]) -> None:
    """How known lines look (external id, title, image, address, category): none of it is money."""
    columns: Columns = tuple((name, "text") for name in ("external_id", "title", "image_url", "url", "category"))
    query = text(
        "UPDATE order_lines l SET title = i.title, image_url = i.image_url, url = i.url, category = i.category "
        f"FROM {_arrays(columns, '')} "
        "WHERE l.shop_id = :shop AND l.order_id = :order AND l.external_id = i.external_id "
        "AND (l.title, l.image_url, l.url, l.category) IS DISTINCT FROM (i.title, i.image_url, i.url, i.category)"
    )
    await session.execute(query, {"shop": session.shop_id, "order": order_id} | parameters(columns, "", lines))


async def add_amounts(session: WriteSession, table: str, column: str, amounts: dict[UUID, int]) -> None:
    """Adds to one money column of several rows of `order_tenders` or `order_lines`; the CHECKs keep the caps."""
    if not amounts:
        return
    query = text(
        f"UPDATE {table} t SET {column} = t.{column} + i.amount "
        "FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS bigint[])) AS i(id, amount) "
        "WHERE t.shop_id = :shop AND t.id = i.id"
    )
    values = {"shop": session.shop_id, "ids": list(amounts), "amounts": list(amounts.values())}
    await session.execute(query, values)


async def add_external_refunds(session: WriteSession, refunds: Sequence[tuple[Any, ...]]) -> None:
    """Records money that went back elsewhere: (id, order, tender, external id, amount, origin, lines as JSON)."""
    columns: Columns = (
        ("id", "uuid"), ("order_id", "uuid"), ("tender_id", "uuid"), ("external_id", "text"), ("amount", "bigint"),
        ("origin", "text"), ("lines", "jsonb"),
    )  # fmt: skip
    query = text(
        f"INSERT INTO external_refunds (shop_id, {_names(columns)}) SELECT CAST(:shop AS uuid), i.* "
        f"FROM {_arrays(columns, '')}"
    )
    await session.execute(query, {"shop": session.shop_id} | parameters(columns, "", refunds))


async def refund_ids(session: ReadSession, order_id: UUID) -> set[str]:
    """External ids of the refunds elsewhere that are recorded."""
    query = text("SELECT external_id FROM external_refunds WHERE shop_id = :shop AND order_id = :order")
    return set((await session.execute(query, {"shop": session.shop_id, "order": order_id})).scalars())


async def line_names(session: ReadSession, external_id: str) -> list[str]:
    """External ids of the lines of the order known by its external id."""
    query = text(
        "SELECT l.external_id FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id "
        "WHERE o.shop_id = :shop AND o.external_id = :external"
    )
    found = await session.execute(query, {"shop": session.shop_id, "external": external_id})
    return list(found.scalars())


async def units_of(session: ReadSession, order_id: UUID) -> list[dict[str, Any]]:
    """Units of an order that are not free: line_id, slot, state, return_id."""
    query = text(
        "SELECT u.line_id, u.slot, u.state, u.return_id FROM order_units u "
        "JOIN order_lines l ON l.shop_id = u.shop_id AND l.id = u.line_id "
        "WHERE u.shop_id = :shop AND l.order_id = :order ORDER BY u.line_id, u.slot"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "order": order_id}))
