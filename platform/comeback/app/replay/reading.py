"""Reads invoices and credit notes (columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
CustomerID, Country; gzip or plain CSV) and finds the credit notes that take back an earlier purchase.

A line counts when its quantity is whole and positive and its price a positive number of whole pennies; everything else
is counted as left out. A credit line matches when the same customer bought the same article at the same price before,
and as many pieces are still with them; money and pieces are therefore exactly the file's.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

import msgspec

FILE = "online_retail_until_2011-09.csv.gz"


class Line(msgspec.Struct, kw_only=True):
    """One line of an invoice; `price` in pennies a piece, `left` pieces not yet taken back."""

    id: str
    stock: str
    title: str
    quantity: int
    price: int
    left: int = 0

    @property
    def total(self) -> int:
        """What the line costs, in pennies."""
        return self.quantity * self.price


class Invoice(msgspec.Struct, kw_only=True):
    """One invoice (or credit note, whose quantities are positive here)."""

    number: str
    customer: str
    country: str
    lines: list[Line] = []

    @property
    def total(self) -> int:
        """Pennies."""
        return sum(line.total for line in self.lines)


class Taken(msgspec.Struct, kw_only=True):
    """What a credit note takes back of one invoice: (line, pieces)."""

    credit: str
    invoice: Invoice
    pieces: list[tuple[Line, int]]

    @property
    def total(self) -> int:
        """Pennies."""
        return sum(line.price * count for line, count in self.pieces)


class Source(msgspec.Struct, kw_only=True):
    """What is replayed."""

    invoices: list[Invoice]
    returns: list[Taken]
    left_out: int


def _open(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="")


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _line(row: dict[str, str], position: int) -> Line | None:
    quantity, price = _number(row["Quantity"]), _number(row["UnitPrice"])
    if quantity is None or price is None:
        return None
    pieces, pennies = abs(quantity), price * 100
    if not pieces or pieces != int(pieces) or pennies <= 0 or pennies != int(pennies):
        return None
    title = " ".join(row["Description"].split()) or row["StockCode"]
    return Line(id=f"{position}", stock=row["StockCode"], title=title, quantity=int(pieces), price=int(pennies))


def documents(path: Path) -> Iterator[tuple[Invoice, int]]:
    """Every document of the file in its order, with the number of its lines that were left out."""
    current: Invoice | None = None
    skipped = 0
    with _open(path) as file:
        for position, row in enumerate(csv.DictReader(file)):
            if current is None or current.number != row["InvoiceNo"]:
                if current is not None:
                    yield current, skipped
                customer = row["CustomerID"].split(".")[0] or f"guest{row['InvoiceNo']}"
                current, skipped = Invoice(number=row["InvoiceNo"], customer=customer, country=row["Country"]), 0
            back = row["InvoiceNo"].startswith("C")
            line = _line(row, position) if row["Quantity"].startswith("-") == back else None
            if line is None:
                skipped += 1
            else:
                current.lines.append(line)
    if current is not None:
        yield current, skipped


def read(path: Path, count: int) -> Source:
    """The first `count` invoices and the credit notes that take something of them back."""
    invoices: list[Invoice] = []
    bought: dict[tuple[str, str, int], list[tuple[Invoice, Line]]] = defaultdict(list)
    returns: list[Taken] = []
    left_out = 0
    for document, skipped in documents(path):
        if document.number.startswith("C"):
            returns += _match(document, bought)
        elif document.lines and len(invoices) < count:
            left_out += skipped
            invoices.append(document)
            for line in document.lines:
                line.left = line.quantity
                bought[document.customer, line.stock, line.price].append((document, line))
    return Source(invoices=invoices, returns=returns, left_out=left_out)


def _match(credit: Invoice, bought: dict[tuple[str, str, int], list[tuple[Invoice, Line]]]) -> list[Taken]:
    found: dict[str, Taken] = {}
    for line in credit.lines:
        for invoice, sold in bought.get((credit.customer, line.stock, line.price), ()):
            if sold.left >= line.quantity:
                sold.left -= line.quantity
                taken = found.setdefault(
                    invoice.number, Taken(credit=credit.number, invoice=invoice, pieces=[])
                )  # fmt: skip
                taken.pieces.append((sold, line.quantity))
                break
    return list(found.values())
