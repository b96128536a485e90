"""Rows to parcels and products. Several rows with one number are one parcel, with one product id one product."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from comeback.catalog.rules import product_problems
from comeback.catalog.schemas import ProductIn, StockIn, VariantIn
from comeback.imports.rules.cells import Cells
from comeback.imports.rules.orders import Place
from comeback.imports.rules.reading import Row
from comeback.imports.schemas import Problem
from comeback.shipments.schemas import PieceIn, ShipmentIn

_VARIANT_POINTS = {"external_id": "variant_id", "title": "variant_title", "quantity": "stock"}
_POINTS = {"categories": "category"}


class Parcel(Struct, frozen=True):
    """A parcel of a file: the order as the file names it, the body, and the row it began on."""

    order: str
    body: ShipmentIn
    cells: Cells


def parcels(rows: Sequence[Row], mapping: Mapping[str, str], place: Place) -> tuple[list[Parcel], list[Problem]]:
    """The parcels of a file and everything wrong with their cells."""
    problems: list[Problem] = []
    groups: dict[tuple[str, str], list[Cells]] = {}
    for row in rows:
        cells = Cells(row, mapping, problems)
        order = cells.text("order", required=True, most=200)
        number = cells.text("tracking_number", required=True, most=100)
        if order and number:
            groups.setdefault((order, number), []).append(cells)
    made: list[Parcel] = []
    for (order, number), group in groups.items():
        before = len(problems)
        body = ShipmentIn(
            carrier=group[0].text("carrier", required=True, most=100) or "?",
            service=group[0].text("service", most=100),
            tracking_number=number, shipped_at=group[0].moment("shipped_at", place.zone), lines=_pieces(group),
        )  # fmt: skip
        if len(problems) == before:
            made.append(Parcel(order, body, group[0]))
    return made, problems


def _pieces(group: Sequence[Cells]) -> list[PieceIn] | None:
    if not any(cells.raw("line") for cells in group):
        return None
    return [
        PieceIn(line=cells.text("line", required=True) or "?", quantity=cells.whole("quantity", least=1, otherwise=1))
        for cells in group
    ]


def products(rows: Sequence[Row], mapping: Mapping[str, str], place: Place) -> tuple[list[ProductIn], list[Problem]]:
    """The products of a file and everything wrong with them."""
    problems: list[Problem] = []
    groups: dict[str, list[Cells]] = {}
    for row in rows:
        cells = Cells(row, mapping, problems)
        name = cells.text("external_id", required=True, most=200)
        if name:
            groups.setdefault(name, []).append(cells)
    made: list[ProductIn] = []
    for name, group in groups.items():
        before = len(problems)
        # Rows without a price carry only further pictures of the product.
        sold = [cells for cells in group if cells.raw("price")] or group[:1]
        product = _product(name, group[0], sold, place)
        if len(problems) == before:
            problems += [_placed(point, message, group[0], sold) for point, message in product_problems(product)]
            made.append(product)
    return made, problems


def _product(name: str, head: Cells, sold: Sequence[Cells], place: Place) -> ProductIn:
    currency, category = head.currency("currency", place.currency), head.text("category")
    tags = head.text("tags") or ""
    return ProductIn(
        external_id=name, title=head.text("title", required=True) or "?", currency=currency,
        variants=[_variant(name, cells, currency) for cells in sold],
        description=head.raw("description") or None, url=head.raw("url") or None,
        image_url=(head.raw("image_url").split(",")[0].strip() or None),
        categories=[category] if category else [], tags=[t for tag in tags.split(",") if (t := tag.strip())],
    )  # fmt: skip


def _variant(product: str, cells: Cells, currency: str) -> VariantIn:
    sku, title = cells.text("sku", most=200), cells.text("variant_title") or ""
    price = cells.amount("price", currency)
    if price is None:
        cells.wrong("price", "This cell must not be empty.")
    stock = cells.whole("stock") if cells.raw("stock") else None
    return VariantIn(
        external_id=cells.text("variant_id") or sku or f"{product}:{title}", price=price or 0, title=title, sku=sku,
        compare_at_price=cells.amount("compare_at_price", currency), image_url=None,
        weight_grams=cells.whole("weight_grams") if cells.raw("weight_grams") else None,
        stock=None if stock is None else [StockIn(quantity=stock)],
    )  # fmt: skip


def _placed(point: str, message: str, head: Cells, sold: Sequence[Cells]) -> Problem:
    parts = point.strip("/").split("/")
    cells, field = head, _POINTS.get(parts[0], parts[0])
    if parts[0] == "variants" and len(parts) > 1 and parts[1].isdigit():
        cells = sold[min(int(parts[1]), len(sold) - 1)]
        field = _VARIANT_POINTS.get(parts[-1], parts[-1])
    return Problem(cells.row.number, cells.mapping.get(field) or field, f"{message[:1].upper()}{message[1:]}.")
