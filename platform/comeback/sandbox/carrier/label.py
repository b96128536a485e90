"""Labels as A6 PDF. The texts reach the page as JSON data, never as markup, so no address can change the layout."""

from pathlib import Path
from typing import Literal

import msgspec
import segno
import typst

from comeback.sandbox.carrier.code128 import widths
from comeback.sandbox.carrier.parcels import Address, Label

_SOURCE = Path(__file__).with_name("label.typ").read_bytes()
_FONTS = typst.Fonts()


def _lines(address: Address) -> list[str]:
    town = f"{address.postcode} {address.city}".strip()
    lines = [address.name, address.company, address.line1, address.line2, town, address.country]
    return [line[:60] for line in lines if line]


def _facts(label: Label) -> list[tuple[str, str]]:
    weight = f"{label.weight_grams / 1000:.2f} kg" if label.weight_grams else "–"
    return [("Reference", label.reference[:18]), ("Weight", weight), ("Kind", label.direction)]


def render(label: Label, format_: Literal["pdf", "png"] = "pdf") -> bytes:
    """The label's page; equal labels give equal bytes. PNG at 200 dpi."""
    code = segno.make(label.qr, error="m", micro=False)
    data = {
        "title": f"Label {label.tracking_number}",
        "carrier": "Sandbox Post",
        "service": label.service[:16],
        "sender": _lines(label.sender),
        "recipient": _lines(label.recipient),
        "facts": _facts(label),
        "tracking_number": label.tracking_number,
        "bars": widths(label.tracking_number),
        "qr": [[int(cell) for cell in row] for row in code.matrix],
    }
    inputs = {"data": msgspec.json.encode(data).decode()}
    return typst.compile(_SOURCE, format=format_, sys_inputs=inputs, font_paths=_FONTS, ppi=200.0, timestamp=0)
