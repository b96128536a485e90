"""The products with their stock, and one product's page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from comeback.core.db import ReadSession
from comeback.desk import rules
from comeback.desk.errors import NoSuchPage
from comeback.desk.repository import products as repository
from comeback.desk.schemas.products import (
    MoveOut,
    ProductDetail,
    ProductList,
    ProductRow,
    ReasonOut,
    StockFilter,
    StockOut,
    VariantOut,
)
from comeback.desk.service import paging

MOVES = 20


async def list_products(
    session: ReadSession, q: str | None, stock: StockFilter | None, cursor: str | None
) -> ProductList:
    """A page of products by title; `q` is a part of the title or the beginning of an article number."""
    plain, prefix = rules.search_words(q or "")
    after = paging.word_and_id(cursor)
    found = await repository.page(
        session, prefix=prefix if plain else None, stock=stock, after=after, limit=paging.PAGE + 1
    )
    page, following = paging.cut(found, "sort", "id")
    return ProductList(items=[_row(row) for row in page], next=following)


def _row(row: Mapping[str, Any]) -> ProductRow:
    return ProductRow(**_kept(row, ProductRow, id=str(row["id"]), image_url=row["picture"]))


def _kept(row: Mapping[str, Any], shape: type[Struct], **more: Any) -> dict[str, Any]:
    return {key: row[key] for key in shape.__struct_fields__ if key in row} | more


async def detail(session: ReadSession, product_id: UUID | None) -> ProductDetail:
    """One product. Raises NoSuchPage (404)."""
    row = await repository.one(session, product_id) if product_id else None
    if row is None:
        raise NoSuchPage
    parts = await repository.parts(session, row["id"], row["external_id"], MOVES)
    reasons: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for found in parts["reasons"]:
        reasons[found["reason"]] += found["units"]
        back[found["variant"]] += found["units"]
    variants = [_variant(v, parts["stock"], back[v["external_id"]]) for v in parts["variants"]]
    picture = row["image_url"] or next((v.image_url for v in variants if v.image_url), None)
    return ProductDetail(
        **_kept(row, ProductDetail, id=str(row["id"]), image_url=picture),
        returned=sum(back.values()),
        variants=variants,
        reasons=[ReasonOut(reason=reason, units=units) for reason, units in reasons.most_common()],
        moves=[MoveOut(**move) for move in parts["moves"]],
    )


def _variant(row: Mapping[str, Any], stock: Sequence[Mapping[str, Any]], returned: int) -> VariantOut:
    places: dict[str, StockOut] = {}
    for lot in stock:
        if lot["variant_id"] != row["id"]:
            continue
        place = places.setdefault(lot["place"], StockOut(place=lot["place"], sellable=0, reserved=0, quarantine=0))
        place.reserved += lot["reserved"]
        if lot["state"] == "sellable":
            place.sellable += lot["quantity"]
        else:
            place.quarantine += lot["quantity"]
    options = {str(name): str(value) for name, value in (row["options"] or {}).items()}
    return VariantOut(
        **_kept(row, VariantOut, id=str(row["id"]), options=options), stock=list(places.values()), returned=returned
    )
