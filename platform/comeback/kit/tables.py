"""Plain text tables for the command line and the benches."""

from collections.abc import Sequence


def text_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns padded to their widest cell; numbers stand right."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max(len(r[i]) for r in [list(head), *cells]) for i in range(len(head))]
    numeric = [all(_is_number(r[i]) for r in cells) and bool(cells) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        parts = (c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric, strict=True))
        return "  ".join(parts).rstrip()

    return "\n".join([line(list(head)), line(["─" * w for w in widths]), *(line(r) for r in cells)])


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("-", "").strip("%× ").isdigit()
