"""Personal columns of a person's rows, found by the column registry (`core.base.personal`), read and emptied.

A table belongs to a person when it names them (`customer_id`), or when it hangs on a row that does by a key.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from comeback.core.db import Base, ReadSession, WriteSession, affected, rows

ROOT = "customers"
OWN_LIFE = frozenset({"staff", "storefront_installs", "audit_log"})
"""People of the shop, who are not its customers."""
MOST = 10_000


def owned_tables() -> dict[str, str]:
    """Table → condition that a row is the person's (`:customer`), for every table that leads to a customer."""
    owned = {ROOT: "id = :customer"}
    tables = {name: t for name, t in Base.metadata.tables.items() if "shop_id" in t.c and name not in OWN_LIFE}
    for name, table in tables.items():
        if name != ROOT and "customer_id" in table.c:
            owned[name] = "customer_id = :customer"
    grew = True
    while grew:
        grew = False
        for name, table in tables.items():
            found = None if name in owned else next(_ways(table, owned), None)
            if found is not None:
                owned[name] = found
                grew = True
    return owned


def _ways(table: Table, owned: dict[str, str]) -> Iterator[str]:
    """Conditions by a foreign key, or a column named like one, to a table that is the person's."""
    for key in table.foreign_key_constraints:
        other = key.referred_table.name
        columns = [c.name for c in key.columns if c.name != "shop_id"]
        if other in owned and len(columns) == 1:
            yield f"{columns[0]} IN (SELECT id FROM {other} WHERE shop_id = :shop AND {owned[other]})"
    for column, other in (("order_id", "orders"), ("message_id", "messages"), ("shipment_id", "shipments")):
        if column in table.c and other in owned:
            yield f"{column} IN (SELECT id FROM {other} WHERE shop_id = :shop AND {owned[other]})"


def _columns(table: Table, *, kept: bool) -> list[Column[Any]]:
    """Its personal columns; those that are kept for a reason only where asked for."""
    return [c for c in table.c if c.info.get("personal") and (kept or not c.info.get("keep"))]


async def read(session: ReadSession, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Everything personal by table, kept columns too."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, condition in owned_tables().items():
        columns = _columns(Base.metadata.tables[name], kept=True)
        if not columns:
            continue
        names = ", ".join(c.name for c in columns)
        result = await session.execute(
            text(f"SELECT {names} FROM {name} WHERE shop_id = :shop AND {condition} LIMIT {MOST}"),
            {"shop": session.shop_id, "customer": customer_id},
        )
        entries = rows(result)
        if entries:
            found[name] = [{k: _shown(v) for k, v in entry.items()} for entry in entries]
    return found


def _shown(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


async def empty(session: WriteSession, customer_id: UUID) -> dict[str, int]:
    """Empties personal columns without a reason to be kept; answers the number of rows by table."""
    done: dict[str, int] = {}
    owned = owned_tables()
    # The deepest tables first: the way to a row leads over the rows above it, whose ids stay.
    for name in reversed(list(owned)):
        table = Base.metadata.tables[name]
        columns = _columns(table, kept=False)
        if columns and _changeable(table):
            changes = ", ".join(f"{c.name} = {_nothing(c)}" for c in columns)
            result = await session.execute(
                text(f"UPDATE {name} SET {changes} WHERE shop_id = :shop AND {owned[name]}"),
                {"shop": session.shop_id, "customer": customer_id},
            )
            if affected(result):
                done[name] = affected(result)
    return done


def _changeable(table: Table) -> bool:
    """Append-only tables (hits with their addresses) are emptied by their retention, by a role that may."""
    rights = table.info.get("app")
    return rights is None or "update" in rights


def _nothing(column: Column[Any]) -> str:
    if column.nullable:
        return "NULL"
    return "'{}'::jsonb" if isinstance(column.type, JSONB) else "''"
