"""Use cases of the catalog: products come in, stock is promised, consumed and put back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from comeback.catalog import repository
from comeback.catalog.errors import BadProduct, OutOfStock, ReservationGone, VariantNotFound
from comeback.catalog.models import ReservationState, StockState
from comeback.catalog.rules import product_problems
from comeback.catalog.schemas import ProductIn, ProductOut, ProductPage, StockOut, StockPage, VariantIn, VariantOut
from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.core.outbox import enqueue
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor

PAGE = 100
STOCK_PAGE = 500
_TRIES = 50
EXPIRE = "catalog.release_expired"
T = TypeVar("T", bound=msgspec.Struct)


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """A promise of stock as it is now."""

    variant_id: UUID
    place_id: UUID
    quantity: int
    state: str
    source_id: str


async def upsert_product(session: WriteSession, product: ProductIn) -> tuple[UUID, bool]:
    """Creates or updates a product with its variants and, where given, their stock; answers id and whether it is new.

    Raises BadProduct naming every bad field.
    """
    problems = product_problems(product)
    if problems:
        raise BadProduct(f"{len(problems)} field(s) are not valid.", [FieldError(*p) for p in problems[:100]])
    head = {
        name: getattr(product, name) for name in ("external_id", "title", "description", "url", "image_url", "active")
    }
    head |= {"categories": _json(product.categories), "tags": _json(product.tags)}
    product_id, created = await repository.upsert_product(session, head)
    variants = [_variant_row(n, variant, product) for n, variant in enumerate(product.variants)]
    ids = await repository.upsert_variants(session, product_id, variants)
    await _count(session, product, ids)
    return product_id, created


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _variant_row(position: int, variant: VariantIn, product: ProductIn) -> tuple[Any, ...]:
    return (
        position,
        variant.external_id,
        variant.sku,
        variant.title or product.title,
        variant.price,
        variant.compare_at_price,
        variant.currency or product.currency,
        variant.tax_rate_bp,
        _json(variant.options),
        variant.weight_grams,
        variant.image_url,
        variant.url,
        variant.active,
    )


async def _count(session: WriteSession, product: ProductIn, ids: dict[str, UUID]) -> None:
    counted = [(variant.external_id, entry) for variant in product.variants for entry in variant.stock or ()]
    if not counted:
        return
    places = await repository.places(session, [entry.location for _, entry in counted])
    stock = [(ids[name], places[entry.location], entry.state, entry.quantity) for name, entry in counted]
    await repository.set_stock(session, stock, "product")


async def product_view(session: ReadSession, external_id: str) -> ProductOut:
    """One product by the shop's id. Raises VariantNotFound."""
    page = await list_products(session, external_id=external_id, cursor=None)
    if not page.items:
        raise VariantNotFound
    return page.items[0]


async def list_products(session: ReadSession, *, external_id: str | None, cursor: str | None) -> ProductPage:
    """A page of products with their variants, newest first."""
    if external_id is not None and "\x00" in external_id:
        return ProductPage(items=[])
    key = decode_cursor(cursor) if cursor else None
    found = await repository.products(session, external_id, parse_id(str(key[0])) if key else None, PAGE + 1)
    page = found[:PAGE]
    variants = await repository.variants(session, product_ids=[p["id"] for p in page])
    free = await available(session, [v["id"] for v in variants])
    items = [
        _take(ProductOut, p, variants=[_take(VariantOut, v, available=free[v["id"]]) for v in variants
                                       if v["product_id"] == p["id"]])
        for p in page
    ]  # fmt: skip
    return ProductPage(items=items, next=encode_cursor(str(page[-1]["id"])) if len(found) > PAGE else None)


def _take(kind: type[T], row: dict[str, Any], **more: Any) -> T:
    return kind(**{name: row[name] for name in kind.__struct_fields__ if name in row} | more)


async def variants_by_external(session: ReadSession, external_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Variants by the shop's ids: columns of `variants`, and product_external_id, product_title, picture, link."""
    return {r["external_id"]: r for r in await repository.variants_by_external(session, external_ids)}


async def variants_by_id(session: ReadSession, variant_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Columns of `variants` by id."""
    return {r["id"]: r for r in await repository.variants(session, ids=variant_ids)}


async def siblings(session: ReadSession, variant_id: UUID) -> list[dict[str, Any]]:
    """All variants of the product that a variant belongs to, itself included: what it can be exchanged for."""
    found = await repository.variants(session, ids=[variant_id])
    return await repository.variants(session, product_ids=[found[0]["product_id"]]) if found else []


async def available(session: ReadSession, variant_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Free sellable units of each variant, 0 where nothing is known."""
    found = await repository.available(session, variant_ids, clock.now())
    return {i: found.get(i, 0) for i in variant_ids}


async def stock_view(session: ReadSession, variant: str | None, cursor: str | None) -> StockPage:
    """Stock by variant and location; `variant` is the shop's id or ours."""
    if variant is not None and "\x00" in variant:
        return StockPage(items=[])
    key = decode_cursor(cursor) if cursor else None
    found = await repository.stock(session, variant, str(key[0]) if key else None, STOCK_PAGE)
    items = [StockOut(**r, available=max(r["sellable"] - r["reserved"], 0)) for r in found]
    return StockPage(items=items, next=encode_cursor(items[-1].variant) if len(items) == STOCK_PAGE else None)


async def reserve(
    session: WriteSession, variant_id: UUID, quantity: int, source_id: str | UUID, ttl: timedelta
) -> Reserved:
    """Promises units of one place to a source until `ttl` from now; again for the same source: the same promise.

    Raises OutOfStock where no place has that many free units.
    """
    source, now = str(source_id), clock.now()
    known = await reservation(session, source)
    if known is not None and known.state != ReservationState.RELEASED:
        return known
    await repository.expire(session, now, variant_id)
    for _ in range(_TRIES):
        place = await repository.roomiest(session, variant_id, quantity)
        if place is None:
            raise OutOfStock
        if await repository.hold_units(session, variant_id, place, quantity):
            break
    else:
        raise OutOfStock
    if not await repository.add_reservation(session, variant_id, place, quantity, source, now + ttl):
        await repository.let_go(session, variant_id, place, quantity)
    else:
        await enqueue(session, EXPIRE, {"source": source}, key=source, delay=ttl)
    made = await reservation(session, source)
    if made is None:
        raise ReservationGone
    return made


async def reservation(session: ReadSession, source_id: str | UUID) -> Reserved | None:
    """What was promised to a source."""
    row = await repository.reservation(session, str(source_id))
    return None if row is None else _take(Reserved, row)


async def release_reservation(session: WriteSession, source_id: str | UUID) -> bool:
    """Frees what was promised to a source; False where nothing was open."""
    return await repository.release(session, str(source_id))


async def release_expired(session: WriteSession) -> int:
    """Frees promises whose time is over, up to 500; answers how many stock rows got units back."""
    return await repository.expire(session, clock.now(), None)


async def consume_reservation(session: WriteSession, source_id: str | UUID) -> None:
    """The promised units leave; again: nothing more. Raises ReservationGone where they were released."""
    source = str(source_id)
    done = await repository.consume(session, source)
    if done is not None:
        states = (StockState.SELLABLE, None)
        await repository.note_move(
            session, done["variant_id"], done["place_id"], "sold", source, states, done["quantity"]
        )
        return
    known = await reservation(session, source)
    if known is None or known.state != ReservationState.CONSUMED:
        raise ReservationGone


async def restock(
    session: WriteSession,
    variant_id: UUID,
    quantity: int,
    place: str,
    state: StockState | str,
    source_id: str | UUID,
) -> bool:
    """Adds units that came back, at a place known by its code (made where new); once per source (I8).

    False where the source has had its effect.
    """
    places = await repository.places(session, [place])
    return await repository.restock(session, variant_id, places[place], StockState(state), quantity, str(source_id))


async def move(
    session: WriteSession,
    variant_id: UUID,
    quantity: int,
    place: str,
    from_state: StockState | str | None,
    to_state: StockState | str | None,
    source_id: str | UUID,
) -> bool:
    """Moves units between states (None: in or out of the house), once per source; False where that is done.

    Raises OutOfStock where not that many free units are in `from_state`.
    """
    old, new = (None if s is None else StockState(s) for s in (from_state, to_state))
    places = await repository.places(session, [place])
    at = places[place]
    if not await repository.note_move(session, variant_id, at, "move", str(source_id), (old, new), quantity):
        return False
    if old is not None and not await repository.take(session, variant_id, at, old, quantity):
        raise OutOfStock("There are not that many units in this state.")
    if new is not None:
        await repository.put(session, variant_id, at, new, quantity)
    return True


async def count_stock(session: WriteSession, variant: str, location: str, quantity: int) -> bool:
    """Sets how many sellable units of a variant (the shop's id) lie at a location; False for an unknown variant."""
    known = (await variants_by_external(session, [variant])).get(variant)
    if known is None:
        return False
    places = await repository.places(session, [location])
    await repository.set_stock(session, [(known["id"], places[location], StockState.SELLABLE, quantity)], "count")
    return True


async def retire_product(session: WriteSession, external_id: str) -> None:
    """Takes a product and its variants off sale; nothing happens where it is unknown."""
    await repository.retire_product(session, external_id)
