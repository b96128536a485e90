"""The shop's book: invoices as they were written, and the credit notes that give back what an invoice sold. Pure.

Source: UCI Online Retail (CC0), columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
CustomerID, Country. A number with a leading C is a credit note.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

COUNTRIES = {
    "United Kingdom": "GB", "Germany": "DE", "France": "FR", "EIRE": "IE", "Spain": "ES", "Netherlands": "NL",
    "Belgium": "BE", "Switzerland": "CH", "Portugal": "PT", "Australia": "AU", "Italy": "IT", "Norway": "NO",
    "Sweden": "SE", "Denmark": "DK", "Finland": "FI", "Austria": "AT", "Poland": "PL", "Japan": "JP", "Greece": "GR",
    "Iceland": "IS", "Cyprus": "CY", "Israel": "IL", "Lithuania": "LT", "Channel Islands": "JE",
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """One line of the file. `quantity` is negative in credit notes; `pence` is the price of one."""

    number: str
    code: str
    title: str
    quantity: int
    at: datetime
    pence: int
    customer: str
    country: str


class Line(msgspec.Struct, frozen=True):
    """A line of an invoice; `key` is its place."""

    key: str
    code: str
    title: str
    quantity: int
    pence: int


class Invoice(msgspec.Struct, frozen=True):
    """An invoice with everything on it."""

    number: str
    customer: str
    country: str
    at: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """Pence."""
        return sum(line.quantity * line.pence for line in self.lines)


class Back(msgspec.Struct, frozen=True):
    """What one credit note gives back of one invoice: (line key, quantity, pence of one)."""

    note: str
    invoice: str
    pieces: tuple[tuple[str, int, int], ...]

    @property
    def total(self) -> int:
        """Pence."""
        return sum(quantity * pence for _, quantity, pence in self.pieces)


class Book(msgspec.Struct, frozen=True):
    """The invoices of a replay and what came back of them."""

    invoices: tuple[Invoice, ...]
    backs: tuple[Back, ...]


def entry(row: dict[str, str]) -> Entry | None:
    """A line of the file, or None where it has no customer, no whole quantity or no exact price in pence."""
    try:
        quantity, price = Decimal(row["Quantity"]), Decimal(row["UnitPrice"]) * 100
        at = datetime.fromisoformat(row["InvoiceDate"])
    except (InvalidOperation, ValueError, KeyError):
        return None
    customer = row["CustomerID"].split(".")[0]
    if not customer or quantity != int(quantity) or not quantity or price != int(price) or price <= 0:
        return None
    return Entry(
        row["InvoiceNo"].strip(),
        row["StockCode"].strip(),
        " ".join(row["Description"].split()),
        int(quantity),
        at,
        int(price),
        customer,
        COUNTRIES.get(row["Country"], "GB"),
    )


def read_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """The usable lines of the file, in its order."""
    for row in csv.DictReader(lines):
        made = entry(row)
        if made is not None:
            yield made


def make_book(entries: Iterable[Entry], count: int) -> Book:
    """The first `count` invoices, and the credit notes that match one of them: the same customer, article and price,
    an earlier day, and pieces that were not given back yet. A credit note is taken whole or not at all."""
    sold: dict[str, list[Entry]] = {}
    notes: dict[str, list[Entry]] = {}
    for made in entries:
        if made.quantity < 0:
            notes.setdefault(made.number, []).append(made)
        elif made.number in sold or len(sold) < count:
            sold.setdefault(made.number, []).append(made)
    invoices = tuple(_invoice(number, lines) for number, lines in sold.items())
    return Book(invoices, tuple(_match(invoices, notes)))


def _invoice(number: str, entries: list[Entry]) -> Invoice:
    lines = tuple(Line(f"l{n}", e.code, e.title or e.code, e.quantity, e.pence) for n, e in enumerate(entries, 1))
    return Invoice(number, entries[0].customer, entries[0].country, entries[0].at, lines)


class _Shelf:
    """What is left to give back, by customer, article and price; the newest invoice first."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        self._left: dict[tuple[str, str, int], list[tuple[Invoice, Line]]] = {}
        self._taken: dict[tuple[str, str], int] = {}
        for invoice in sorted(invoices, key=lambda i: i.at, reverse=True):
            for line in invoice.lines:
                self._left.setdefault((invoice.customer, line.code, line.pence), []).append((invoice, line))

    def find(self, wanted: Entry, planned: dict[tuple[str, str], int]) -> tuple[Invoice, Line] | None:
        """A line sold before `wanted` with enough pieces left beside what is already planned."""
        for invoice, line in self._left.get((wanted.customer, wanted.code, wanted.pence), ()):
            place = (invoice.number, line.key)
            used = self._taken.get(place, 0) + planned.get(place, 0)
            if invoice.at < wanted.at and used - wanted.quantity <= line.quantity:
                return invoice, line
        return None

    def take(self, planned: dict[tuple[str, str], int]) -> None:
        """Marks pieces as given back."""
        for place, quantity in planned.items():
            self._taken[place] = self._taken.get(place, 0) + quantity


def _match(invoices: tuple[Invoice, ...], notes: dict[str, list[Entry]]) -> Iterator[Back]:
    shelf = _Shelf(invoices)
    for number, entries in notes.items():
        planned: dict[tuple[str, str], int] = {}
        prices: dict[tuple[str, str], int] = {}
        for wanted in entries:
            found = shelf.find(wanted, planned)
            if found is None:
                break
            place = (found[0].number, found[1].key)
            planned[place] = planned.get(place, 0) - wanted.quantity
            prices[place] = wanted.pence
        else:
            shelf.take(planned)
            for invoice in dict.fromkeys(number for number, _ in planned):
                pieces = tuple((k, q, prices[i, k]) for (i, k), q in planned.items() if i == invoice)
                yield Back(number, invoice, pieces)
