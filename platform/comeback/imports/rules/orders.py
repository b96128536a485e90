"""Rows to orders: several rows with one order id are its lines; what they say about the order must agree."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct

from comeback.imports.rules.cells import Cells
from comeback.imports.rules.reading import Row
from comeback.imports.schemas import Problem
from comeback.orders.rules import order_problems
from comeback.orders.schemas import AddressBody, CustomerBody, DiscountIn, LineIn, OrderIn, ShippingIn, TenderIn

HEAD = (
    "number", "placed_at", "currency", "email", "customer_id", "first_name", "last_name", "phone", "locale",
    "ship_name", "company", "line1", "line2", "postcode", "city", "region", "country", "shipping", "discount",
    "discount_code", "tax_total", "tax_included", "total", "payment", "payment_ref", "tags",
)  # fmt: skip
"""Fields of the order itself: said once, or on every row alike."""
_POINTS = {
    "external_id": "external_id", "number": "number", "placed_at": "placed_at", "currency": "currency",
    "tax_total": "tax_total", "tags": "tags", "email": "email", "first_name": "first_name", "last_name": "last_name",
    "phone": "phone", "locale": "locale", "name": "ship_name", "line1": "line1", "line2": "line2", "city": "city",
    "postcode": "postcode", "region": "region", "country": "country", "company": "company", "amount": "total",
    "code": "discount_code", "provider_ref": "payment_ref", "cheapest_standard": "shipping",
}  # fmt: skip
_LINE_POINTS = {"external_id": "line_id", "discount": "line_discount", "tax": "line_tax"}
_KINDS = (("gift", "gift_card"), ("credit note", "store_credit"), ("store credit", "store_credit"),
          ("cash on", "cash_on_delivery"), ("cod", "cash_on_delivery"), ("bank", "bank"), ("bacs", "bank"))  # fmt: skip


class Place(Struct, frozen=True):
    """Where the shop stands: its currency and zone fill what a file leaves out."""

    currency: str
    zone: tzinfo


def orders(rows: Sequence[Row], mapping: Mapping[str, str], place: Place) -> tuple[list[OrderIn], list[Problem]]:
    """The orders of a file, in its order, and everything wrong with them."""
    problems: list[Problem] = []
    groups: dict[str, list[Cells]] = {}
    for row in rows:
        cells = Cells(row, mapping, problems)
        name = cells.text("external_id", required=True, most=200)
        if name is not None:
            groups.setdefault(name, []).append(cells)
    made: list[OrderIn] = []
    for name, group in groups.items():
        before = len(problems)
        order = _order(name, _merged(group, mapping, problems), group, place)
        if len(problems) == before and order is not None:
            _totals(order, group[0], place)
            problems += [_placed(point, message, group) for point, message in order_problems(order)]
            made.append(order)
    return made, problems


def _merged(group: Sequence[Cells], mapping: Mapping[str, str], problems: list[Problem]) -> Cells:
    """The first row with what later rows add; rows that contradict each other are named."""
    cells = dict(group[0].row.cells)
    for field in HEAD:
        column = mapping.get(field)
        if column is None or column == mapping.get("external_id"):
            continue
        for other in group[1:]:
            value = other.row.cells.get(column, "")
            if value and not cells.get(column):
                cells[column] = value
            elif value and value != cells[column]:
                other.wrong(field, f"Row {group[0].row.number} says “{cells[column][:40]}” about the same order.")
    return Cells(Row(group[0].row.number, cells), mapping, problems)


def _order(name: str, head: Cells, group: Sequence[Cells], place: Place) -> OrderIn | None:
    currency = head.currency("currency", place.currency)
    placed = head.moment("placed_at", place.zone)
    if not head.raw("placed_at"):
        head.wrong("placed_at", "This cell must not be empty.")
    lines = _lines(group, currency)
    email, customer = head.text("email"), head.text("customer_id")
    if email is None and customer is None:
        head.wrong("email", "An order needs the customer's mail address or id.")
    shipping, discount = head.amount("shipping", currency) or 0, head.amount("discount", currency) or 0
    total, tax = head.amount("total", currency), head.amount("tax_total", currency)
    included, code, tags = head.yes("tax_included"), head.text("discount_code"), head.text("tags") or ""
    person = CustomerBody(
        external_id=customer, email=email, first_name=head.text("first_name"), last_name=head.text("last_name"),
        phone=head.raw("phone") or None, locale=head.text("locale"),
    )  # fmt: skip
    address, tenders = _address(head), _tenders(head, total)
    number = head.text("number") or name
    if placed is None:
        return None
    return OrderIn(
        external_id=name, number=number, placed_at=placed, currency=currency, customer=person, lines=lines,
        tax_included=bool(included), shipping_address=address, tax_total=_tax(lines, tax),
        discounts=[DiscountIn(amount=discount, code=code)] if discount else [],
        shipping=ShippingIn(amount=shipping), tenders=tenders,
        tags=[t for tag in tags.split(",") if (t := tag.strip())],
    )  # fmt: skip


def _tax(lines: Sequence[LineIn], total: int | None) -> int:
    return total if total is not None else sum(line.tax for line in lines if isinstance(line.tax, int))


def _lines(group: Sequence[Cells], currency: str) -> list[LineIn]:
    made: list[LineIn] = []
    seen: set[str] = set()
    for n, cells in enumerate(group, 1):
        line_id = cells.text("line_id") or str(n)
        if line_id in seen:
            cells.wrong("line_id", f"The order has the line “{line_id[:40]}” twice.")
        seen.add(line_id)
        made.append(
            LineIn(
                external_id=line_id, title=cells.text("title", required=True) or "?",
                quantity=cells.whole("quantity", least=1), unit_price=_needed(cells, "unit_price", currency),
                sku=cells.text("sku"), product_id=cells.text("product_id"), variant_id=cells.text("variant_id"),
                discount=cells.amount("line_discount", currency) or 0, tax=cells.amount("line_tax", currency),
            )
        )  # fmt: skip
    return made


def _needed(cells: Cells, field: str, currency: str) -> int:
    value = cells.amount(field, currency)
    if value is None:
        cells.wrong(field, "This cell must not be empty.")
    return value or 0


def _address(head: Cells) -> AddressBody | None:
    country = head.raw("country").upper()
    values = {name: head.text(name) for name in ("company", "line1", "line2", "postcode", "city", "region")}
    name = head.text("ship_name")
    return AddressBody(country=country, name=name, **values) if country else None


def _tenders(head: Cells, total: int | None) -> list[TenderIn]:
    if not total:
        return []
    how = head.raw("payment").casefold()
    kind = next((kind for word, kind in _KINDS if word in how), "card")
    ref = head.text("payment_ref")
    return [TenderIn(id="1", kind=kind, amount=total, provider="stripe" if ref and ref.startswith("pi_") else None,
                     provider_ref=ref)]  # fmt: skip


def _totals(order: OrderIn, first: Cells, place: Place) -> None:
    """Sums against the total that the file states; it also tells whether taxes are in the prices where nobody says."""
    if not order.tenders:
        return
    goods = sum(line.quantity * line.unit_price - line.discount for line in order.lines)
    net = goods - sum(d.amount for d in order.discounts) + order.shipping.amount
    stated, tax = order.tenders[0].amount, order.tax_total or 0
    if not first.raw("tax_included"):
        order.tax_included = stated == net
    if stated != net + (0 if order.tax_included else tax):
        first.wrong("total", "The total is not the sum of lines, discount, shipping and taxes of this order.")


def _placed(point: str, message: str, group: Sequence[Cells]) -> Problem:
    """A problem of an order by the row and column that it came from."""
    parts = point.strip("/").split("/")
    cells, field = group[0], _POINTS.get(parts[-1], parts[0])
    if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit():
        cells = group[min(int(parts[1]), len(group) - 1)]
        field = _LINE_POINTS.get(parts[-1], parts[-1])
    elif parts[0] in ("discounts", "shipping") and parts[-1] == "amount":
        field = "discount" if parts[0] == "discounts" else "shipping"
    return Problem(cells.row.number, cells.mapping.get(field) or field, f"{message[:1].upper()}{message[1:]}.")
