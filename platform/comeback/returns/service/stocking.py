"""Stock follows dispositions: into it by restock, out of it again by a counter-move; once a finding (I1, I8)."""

from uuid import UUID

from comeback.catalog import service as catalog
from comeback.core.db import WriteSession
from comeback.orders import service as orders
from comeback.returns import repository
from comeback.returns.models import Receipt, ReturnCase
from comeback.returns.rules.goods import stock_of

UnitKey = tuple[UUID, int]


async def _variants(session: WriteSession, case: ReturnCase) -> dict[UUID, UUID]:
    """Return line → the variant that came back; lines the catalog does not know are missing."""
    sold = {line.id: line for line in await orders.lines_of(session, case.order_id)}
    unknown = [x.variant_external_id for x in sold.values() if x.variant_id is None and x.variant_external_id]
    by_key = await catalog.variants_by_external(session, unknown) if unknown else {}
    found: dict[UUID, UUID] = {}
    for line in await repository.lines(session, [case.id]):
        row = sold[line.line_id]
        variant = row.variant_id or by_key.get(row.variant_external_id or "", {}).get("id")
        if variant is not None:
            found[line.id] = variant
    return found


async def stock_changes(
    session: WriteSession,
    case: ReturnCase,
    receipt: Receipt,
    before: dict[UnitKey, str | None],
    after: dict[UnitKey, str | None],
    previous: str | None = None,
) -> None:
    """Puts stock right for every unit whose finding changed; `previous` is the location of the older finding.

    A unit has one finding that holds (the case is locked), so each change is counted once; units of a line that
    change alike move together, and the source of a move names receipt and revision.
    """
    variants = await _variants(session, case)
    old_place = previous or receipt.location
    moved = old_place != receipt.location
    changes: dict[tuple[UUID, str | None, str | None], int] = {}
    for key in set(before) | set(after):
        old, new = stock_of(before.get(key)), stock_of(after.get(key))
        if key[0] in variants and (old != new or (moved and old is not None)):
            changes[key[0], old, new] = changes.get((key[0], old, new), 0) + 1
    for (line, old, new), quantity in sorted(changes.items(), key=str):
        source = f"{case.id}:{line}:{old}:{new}:{receipt.id}:{receipt.revision}"
        if old is not None:
            await catalog.move(session, variants[line], quantity, old_place, old, None, f"out:{source}")
        if new is not None:
            await catalog.restock(session, variants[line], quantity, receipt.location, new, source)
