"""All SQL of the catalog. What changes stock is one conditional statement whose row count the service looks at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.kit.ids import new_id

_PRODUCT = "external_id title description url image_url categories tags active".split()
_JSON = {"categories", "tags"}
_UPSERT_PRODUCT = text(
    f"INSERT INTO products (shop_id, id, {', '.join(_PRODUCT)}) VALUES (:shop, :id, "
    + ", ".join(f"CAST(:{n} AS jsonb)" if n in _JSON else f":{n}" for n in _PRODUCT)
    + ") ON CONFLICT (shop_id, external_id) DO UPDATE SET "
    + ", ".join(f"{n} = excluded.{n}" for n in _PRODUCT[1:])
    + ", updated_at = clock_timestamp() RETURNING id, (xmax = 0) AS created"
)
VARIANT = (
    ("position", "int"),
    ("external_id", "text"),
    ("sku", "text"),
    ("title", "text"),
    ("price", "bigint"),
    ("compare_at_price", "bigint"),
    ("currency", "text"),
    ("tax_rate_bp", "int"),
    ("options", "jsonb"),
    ("weight_grams", "int"),
    ("image_url", "text"),
    ("url", "text"),
    ("active", "bool"),
)
_V = [name for name, _ in VARIANT]
_UPSERT_VARIANTS = text(
    f"INSERT INTO variants (shop_id, id, product_id, {', '.join(_V)}) SELECT CAST(:shop AS uuid), i.id, "
    f"CAST(:product AS uuid), {', '.join('i.' + n for n in _V)} FROM unnest(CAST(:id AS uuid[]), "
    + ", ".join(f"CAST(:{n} AS {kind}[])" for n, kind in VARIANT)
    + f") AS i(id, {', '.join(_V)}) ORDER BY i.external_id ON CONFLICT (shop_id, external_id) DO UPDATE SET "
    + "product_id = excluded.product_id, "
    + ", ".join(f"{n} = excluded.{n}" for n in _V if n != "external_id")
    + " RETURNING id, external_id"
)


async def upsert_product(session: WriteSession, values: dict[str, Any]) -> tuple[UUID, bool]:
    """Stores a product by external id; answers its id and whether it is new."""
    row = (await session.execute(_UPSERT_PRODUCT, {"shop": session.shop_id, "id": new_id(), **values})).one()
    return row.id, row.created


async def upsert_variants(session: WriteSession, product_id: UUID, variants: list[tuple[Any, ...]]) -> dict[str, UUID]:
    """Stores a product's variants (values as VARIANT); those not named become inactive. External id → id."""
    values: dict[str, Any] = {"shop": session.shop_id, "product": product_id, "id": [new_id() for _ in variants]}
    values |= {name: list(column) for name, column in zip(_V, zip(*variants, strict=True), strict=True)}
    made = {r.external_id: r.id for r in await session.execute(_UPSERT_VARIANTS, values)}
    retire = text(
        "UPDATE variants SET active = false WHERE shop_id = :shop AND product_id = :product AND active "
        "AND id <> ALL(CAST(:ids AS uuid[]))"
    )
    await session.execute(retire, {"shop": session.shop_id, "product": product_id, "ids": list(made.values())})
    return made


async def places(session: WriteSession, codes: Sequence[str]) -> dict[str, UUID]:
    """Ids of places by code; unknown ones are made."""
    wanted = sorted(set(codes))
    query = text(
        "INSERT INTO places (shop_id, id, code, name) SELECT CAST(:shop AS uuid), i.id, i.code, i.code "
        "FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[])) AS i(id, code) ON CONFLICT DO NOTHING"
    )
    known = text("SELECT code, id FROM places WHERE shop_id = :shop AND code = ANY(CAST(:codes AS text[]))")
    values = {"shop": session.shop_id, "codes": wanted}
    found = {r.code: r.id for r in await session.execute(known, values)}
    if len(found) < len(wanted):
        await session.execute(query, values | {"ids": [new_id() for _ in wanted]})
        found = {r.code: r.id for r in await session.execute(known, values)}
    return found


async def set_stock(session: WriteSession, rows_: Sequence[tuple[UUID, UUID, str, int]], source_id: str) -> None:
    """Sets quantities (variant, place, state, quantity) as the shop counts them, and writes down each difference."""
    query = text(
        """WITH given AS (SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:variants AS uuid[]), CAST(:places AS uuid[]),
  CAST(:states AS text[]), CAST(:quantities AS bigint[])) AS i(id, variant_id, place_id, state, quantity)),
before AS (SELECT g.*, coalesce(s.quantity, 0) AS old FROM given g LEFT JOIN stock s ON s.shop_id = :shop
  AND s.variant_id = g.variant_id AND s.place_id = g.place_id AND s.state = g.state),
moved AS (INSERT INTO stock_moves (shop_id, id, variant_id, place_id, kind, source_id, to_state, quantity)
  SELECT CAST(:shop AS uuid), b.id, b.variant_id, b.place_id, 'count', CAST(:source AS text) || ':' || b.id,
    b.state, b.quantity - b.old FROM before b WHERE b.quantity <> b.old)
INSERT INTO stock (shop_id, variant_id, place_id, state, quantity)
SELECT CAST(:shop AS uuid), variant_id, place_id, state, quantity FROM given ORDER BY variant_id, place_id, state
ON CONFLICT (shop_id, variant_id, place_id, state) DO UPDATE SET quantity = excluded.quantity"""
    )
    values = {
        "shop": session.shop_id, "source": source_id, "ids": [new_id() for _ in rows_],
        "variants": [r[0] for r in rows_], "places": [r[1] for r in rows_], "states": [r[2] for r in rows_],
        "quantities": [r[3] for r in rows_],
    }  # fmt: skip
    await session.execute(query, values)


_ADD_STOCK = (
    "INSERT INTO stock (shop_id, variant_id, place_id, state, quantity) "
    "SELECT shop_id, variant_id, place_id, to_state, quantity FROM moved "
    "ON CONFLICT (shop_id, variant_id, place_id, state) DO UPDATE SET quantity = stock.quantity + excluded.quantity "
    "RETURNING variant_id"
)
_MOVE_ROW = (
    "INSERT INTO stock_moves (shop_id, id, variant_id, place_id, kind, source_id, from_state, to_state, quantity) "
    "{values} ON CONFLICT (shop_id, kind, source_id) DO NOTHING "
    "RETURNING shop_id, variant_id, place_id, from_state, to_state, quantity"
)
_GIVEN = "(:shop, :id, :variant, :place, :kind, :source, CAST(:from_state AS text), CAST(:to_state AS text), :quantity)"
_RESTOCK = text(f"WITH moved AS ({_MOVE_ROW.format(values='VALUES ' + _GIVEN)}) {_ADD_STOCK}")
_NOTE = text(_MOVE_ROW.format(values="VALUES " + _GIVEN))
_TAKE = text(
    "UPDATE stock SET quantity = quantity - :quantity WHERE shop_id = :shop AND variant_id = :variant "
    "AND place_id = :place AND state = :from_state AND quantity - reserved >= :quantity"
)
_PUT = text(
    "INSERT INTO stock (shop_id, variant_id, place_id, state, quantity) "
    "VALUES (:shop, :variant, :place, :to_state, :quantity) "
    "ON CONFLICT (shop_id, variant_id, place_id, state) DO UPDATE SET quantity = stock.quantity + excluded.quantity"
)


def _move_values(session: ReadSession, **values: Any) -> dict[str, Any]:
    return {"shop": session.shop_id, "id": new_id(), **values}


async def restock(
    session: WriteSession, variant_id: UUID, place_id: UUID, state: str, quantity: int, source_id: str
) -> bool:
    """Adds stock once for a source; False where the source has had its effect."""
    values = _move_values(
        session, variant=variant_id, place=place_id, kind="restock", source=source_id, from_state=None, to_state=state,
        quantity=quantity,
    )  # fmt: skip
    return bool((await session.execute(_RESTOCK, values)).all())


async def note_move(
    session: WriteSession,
    variant_id: UUID,
    place_id: UUID,
    kind: str,
    source_id: str,
    states: tuple[str | None, str | None],
    quantity: int,
) -> bool:
    """Writes a move down; False where the (kind, source) is written."""
    values = _move_values(
        session, variant=variant_id, place=place_id, kind=kind, source=source_id, from_state=states[0],
        to_state=states[1], quantity=quantity,
    )  # fmt: skip
    return bool((await session.execute(_NOTE, values)).all())


async def take(session: WriteSession, variant_id: UUID, place_id: UUID, state: str, quantity: int) -> bool:
    """Removes unreserved stock; False where there is not that much."""
    values = {
        "shop": session.shop_id, "variant": variant_id, "place": place_id, "from_state": state, "quantity": quantity,
    }  # fmt: skip
    return (await session.execute(_TAKE, values)).rowcount == 1  # type: ignore[attr-defined]


async def put(session: WriteSession, variant_id: UUID, place_id: UUID, state: str, quantity: int) -> None:
    """Adds stock."""
    values = {
        "shop": session.shop_id, "variant": variant_id, "place": place_id, "to_state": state, "quantity": quantity,
    }  # fmt: skip
    await session.execute(_PUT, values)


# ---- reservations ----
async def roomiest(session: ReadSession, variant_id: UUID, quantity: int) -> UUID | None:
    """The place with the most free units, where one has enough."""
    query = text(
        "SELECT place_id FROM stock WHERE shop_id = :shop AND variant_id = :variant AND state = 'sellable' "
        "AND quantity - reserved >= :quantity ORDER BY quantity - reserved DESC, place_id LIMIT 1"
    )
    return await session.scalar(query, {"shop": session.shop_id, "variant": variant_id, "quantity": quantity})


async def hold_units(session: WriteSession, variant_id: UUID, place_id: UUID, quantity: int) -> bool:
    """Counts units as reserved; False where another was faster."""
    query = text(
        "UPDATE stock SET reserved = reserved + :quantity WHERE shop_id = :shop AND variant_id = :variant "
        "AND place_id = :place AND state = 'sellable' AND quantity - reserved >= :quantity"
    )
    values = {"shop": session.shop_id, "variant": variant_id, "place": place_id, "quantity": quantity}
    return (await session.execute(query, values)).rowcount == 1  # type: ignore[attr-defined]


_RESERVATION = "id, variant_id, place_id, quantity, state, expires_at, source_id"


async def add_reservation(
    session: WriteSession, variant_id: UUID, place_id: UUID, quantity: int, source_id: str, expires_at: datetime
) -> bool:
    """Writes a reservation down, or renews a released one; False where the source has an open or consumed one."""
    query = text(
        "INSERT INTO reservations (shop_id, id, variant_id, place_id, quantity, expires_at, source_id) "
        "VALUES (:shop, :id, :variant, :place, :quantity, :expires, :source) ON CONFLICT (shop_id, source_id) "
        "DO UPDATE SET variant_id = excluded.variant_id, place_id = excluded.place_id, quantity = excluded.quantity, "
        "expires_at = excluded.expires_at, state = 'open' WHERE reservations.state = 'released'"
    )
    values = {
        "shop": session.shop_id, "id": new_id(), "variant": variant_id, "place": place_id, "quantity": quantity,
        "expires": expires_at, "source": source_id,
    }  # fmt: skip
    return (await session.execute(query, values)).rowcount == 1  # type: ignore[attr-defined]


async def let_go(session: WriteSession, variant_id: UUID, place_id: UUID, quantity: int) -> None:
    """Undoes `hold_units`."""
    query = text(
        "UPDATE stock SET reserved = reserved - :quantity WHERE shop_id = :shop AND variant_id = :variant "
        "AND place_id = :place AND state = 'sellable'"
    )
    values = {"shop": session.shop_id, "variant": variant_id, "place": place_id, "quantity": quantity}
    await session.execute(query, values)


async def reservation(session: ReadSession, source_id: str) -> dict[str, Any] | None:
    """A source's reservation."""
    query = text(f"SELECT {_RESERVATION} FROM reservations WHERE shop_id = :shop AND source_id = :source")
    return next(iter(rows(await session.execute(query, {"shop": session.shop_id, "source": source_id}))), None)


_FREED = (
    "ended AS (UPDATE reservations r SET state = 'released' FROM wanted w WHERE r.shop_id = :shop AND r.id = w.id "
    "RETURNING r.variant_id, r.place_id, r.quantity), "
    "sums AS (SELECT variant_id, place_id, sum(quantity) AS quantity FROM ended GROUP BY variant_id, place_id) "
    "UPDATE stock s SET reserved = s.reserved - sums.quantity FROM sums WHERE s.shop_id = :shop "
    "AND s.variant_id = sums.variant_id AND s.place_id = sums.place_id AND s.state = 'sellable'"
)
_RELEASE = text(
    "WITH wanted AS (SELECT id FROM reservations WHERE shop_id = :shop AND source_id = :source AND state = 'open' "
    f"FOR UPDATE), {_FREED}"
)
_EXPIRE = text(
    "WITH wanted AS (SELECT id FROM reservations WHERE shop_id = :shop AND state = 'open' AND expires_at <= :now "
    "AND (CAST(:variant AS uuid) IS NULL OR variant_id = :variant) ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED), "
    f"{_FREED}"
)


async def release(session: WriteSession, source_id: str) -> bool:
    """Ends an open reservation and frees its units; False where there is none."""
    done = await session.execute(_RELEASE, {"shop": session.shop_id, "source": source_id})
    return done.rowcount > 0  # type: ignore[attr-defined]


async def expire(session: WriteSession, now: datetime, variant_id: UUID | None) -> int:
    """Ends reservations whose time is over, of one variant or all; answers how many stock rows got units back."""
    done = await session.execute(_EXPIRE, {"shop": session.shop_id, "now": now, "variant": variant_id})
    return done.rowcount  # type: ignore[attr-defined]


async def consume(session: WriteSession, source_id: str) -> dict[str, Any] | None:
    """Turns an open reservation into units that left; None where it is not open."""
    query = text(
        "WITH ended AS (UPDATE reservations SET state = 'consumed' WHERE shop_id = :shop AND source_id = :source "
        "AND state = 'open' RETURNING variant_id, place_id, quantity) "
        "UPDATE stock s SET reserved = s.reserved - ended.quantity, "
        "quantity = greatest(s.quantity - ended.quantity, 0) FROM ended "
        "WHERE s.shop_id = :shop AND s.variant_id = ended.variant_id AND s.place_id = ended.place_id "
        "AND s.state = 'sellable' RETURNING ended.variant_id, ended.place_id, ended.quantity"
    )
    return next(iter(rows(await session.execute(query, {"shop": session.shop_id, "source": source_id}))), None)


# ---- reads ----
async def variants_by_external(session: ReadSession, external_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Variants by the shop's ids, with the product's external id, title and picture."""
    query = text(
        "SELECT v.*, p.external_id AS product_external_id, p.title AS product_title, "
        "coalesce(v.image_url, p.image_url) AS picture, coalesce(v.url, p.url) AS link FROM variants v "
        "JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id "
        "WHERE v.shop_id = :shop AND v.external_id = ANY(CAST(:ids AS text[])) ORDER BY v.external_id"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(external_ids)}))


async def variants(
    session: ReadSession, *, ids: Sequence[UUID] | None = None, product_ids: Sequence[UUID] | None = None
) -> list[dict[str, Any]]:
    """Variants by id or by product, in the order of their products."""
    query = text(
        "SELECT * FROM variants WHERE shop_id = :shop "
        "AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(CAST(:ids AS uuid[]))) "
        "AND (CAST(:products AS uuid[]) IS NULL OR product_id = ANY(CAST(:products AS uuid[]))) "
        "ORDER BY product_id, position"
    )
    values = {
        "shop": session.shop_id,
        "ids": None if ids is None else list(ids),
        "products": None if product_ids is None else list(product_ids),
    }
    return rows(await session.execute(query, values))


async def available(session: ReadSession, variant_ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """Free sellable units by variant; reservations whose time is over count as free."""
    query = text(
        "SELECT s.variant_id, "
        "CAST(sum(greatest(s.quantity - s.reserved + coalesce(late.quantity, 0), 0)) AS bigint) AS n "
        "FROM stock s LEFT JOIN LATERAL (SELECT sum(r.quantity) AS quantity FROM reservations r "
        "WHERE r.shop_id = s.shop_id AND r.variant_id = s.variant_id AND r.place_id = s.place_id "
        "AND r.state = 'open' AND r.expires_at <= :now) late ON true "
        "WHERE s.shop_id = :shop AND s.state = 'sellable' AND s.variant_id = ANY(CAST(:ids AS uuid[])) "
        "GROUP BY s.variant_id"
    )
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(variant_ids), "now": now})
    return {r.variant_id: int(r.n) for r in found}


async def stock(session: ReadSession, variant: str | None, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Stock by variant and place, in the order of external ids; one variant's (external id or id), or a page of all."""
    query = text(
        "SELECT v.external_id AS variant, v.id AS variant_id, v.sku, p.code AS location, "
        "CAST(coalesce(sum(s.quantity) FILTER (WHERE s.state = 'sellable'), 0) AS bigint) AS sellable, "
        "CAST(coalesce(sum(s.quantity) FILTER (WHERE s.state = 'quarantine'), 0) AS bigint) AS quarantine, "
        "CAST(coalesce(sum(s.reserved), 0) AS bigint) AS reserved "
        "FROM variants v JOIN stock s ON s.shop_id = v.shop_id AND s.variant_id = v.id "
        "JOIN places p ON p.shop_id = s.shop_id AND p.id = s.place_id WHERE v.shop_id = :shop "
        "AND (CAST(:variant AS text) IS NULL OR v.external_id = :variant OR CAST(v.id AS text) = :variant) "
        "AND (CAST(:after AS text) IS NULL OR v.external_id > :after) "
        "GROUP BY v.external_id, v.id, v.sku, p.code ORDER BY v.external_id, p.code LIMIT :limit"
    )
    values = {"shop": session.shop_id, "variant": variant, "after": after, "limit": limit}
    return rows(await session.execute(query, values))


async def products(
    session: ReadSession, external_id: str | None, before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Products, newest first."""
    query = text(
        "SELECT * FROM products WHERE shop_id = :shop AND (CAST(:external AS text) IS NULL OR external_id = :external) "
        "AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
    )
    values = {"shop": session.shop_id, "external": external_id, "before": before, "limit": limit}
    return rows(await session.execute(query, values))


async def retire_product(session: WriteSession, external_id: str) -> None:
    """Makes a product and its variants inactive."""
    await session.execute(
        text(
            "WITH gone AS (UPDATE products SET active = false, updated_at = clock_timestamp() "
            "WHERE shop_id = :shop AND external_id = :external RETURNING id) "
            "UPDATE variants v SET active = false FROM gone WHERE v.shop_id = :shop AND v.product_id = gone.id"
        ),
        {"shop": session.shop_id, "external": external_id},
    )
