"""Stock follows dispositions, once a unit: first entry by restock, every change of mind by a counter-move (I1, I8)."""

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
    """Puts stock right for every unit whose finding changed; `previous` is the location of the older finding."""
    variants = await _variants(session, case)
    for key in sorted(set(before) | set(after)):
        old, new = stock_of(before.get(key)), stock_of(after.get(key))
        moved = previous is not None and previous != receipt.location
        if key[0] in variants and (old != new or (moved and old is not None)):
            await _change(session, variants[key[0]], receipt, key, (old, previous or receipt.location), new)


async def _change(
    session: WriteSession, variant: UUID, receipt: Receipt, key: UnitKey, old: tuple[str | None, str], new: str | None
) -> None:
    unit = f"{receipt.case_id}:{key[0]}:{key[1]}"
    state, place = old
    if state is not None:
        await catalog.move(session, variant, 1, place, state, None, f"{unit}:out:{receipt.id}:{receipt.revision}")
    if new is None:
        return
    first = await catalog.restock(session, variant, 1, receipt.location, new, unit)
    if not first:
        source = f"{unit}:in:{receipt.id}:{receipt.revision}"
        await catalog.move(session, variant, 1, receipt.location, None, new, source)
