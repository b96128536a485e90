"""A file is read, checked as a whole, and only then taken in, all of it or nothing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from comeback.core import progress
from comeback.core.blobs import Blobs
from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.core.errors import ComebackError
from comeback.core.settings import Settings
from comeback.imports import repository
from comeback.imports.models import FileImport
from comeback.imports.rules import fields, orders, others, reading
from comeback.imports.rules.orders import Place
from comeback.imports.schemas import Problem
from comeback.imports.service.applying import Counts, apply_orders, apply_parcels, apply_products, orders_known
from comeback.merchants.service import get_shop

KEPT = 1000
"""Bad rows that are kept of one import."""
_PARSE: Mapping[str, Callable[..., tuple[list[Any], list[Problem]]]] = {
    "orders": orders.orders, "shipments": others.parcels, "products": others.products,
}  # fmt: skip


class Parsed(Struct):
    """What a file says."""

    columns: list[str]
    rows: int
    source: str | None
    mapping: dict[str, str]
    records: list[Any]
    problems: list[Problem]


class Undo(Exception):
    """Takes back what was applied: a rehearsal, or one record was refused."""


def parse(kind: str, data: bytes, given: Mapping[str, str], place: Place) -> Parsed:
    """Reads a file; whatever is wrong is in `problems`, never raised."""
    try:
        sheet = reading.read(data)
    except reading.BadFile as error:
        return Parsed([], 0, None, dict(given), [], [error.problem])
    mapping = {k: v for k, v in (fields.guess(kind, sheet.columns) | dict(given)).items() if v}
    source = fields.source_of(kind, sheet.columns)
    problems = fields.mapping_problems(kind, sheet.columns, mapping)
    if problems:
        return Parsed(sheet.columns, len(sheet.rows), source, mapping, [], problems + sheet.problems)
    ragged = {p.row for p in sheet.problems}
    sound = [row for row in sheet.rows if row.number not in ragged]
    records, found = _PARSE[kind](sound, mapping, place)
    merged = sorted([*sheet.problems, *found], key=lambda p: p.row)
    return Parsed(sheet.columns, len(sheet.rows), source, mapping, records, merged)


class Importer:
    """Runs imports of one process."""

    def __init__(self, database: Database, blobs: Blobs, settings: Settings) -> None:
        self._database, self._blobs, self._settings = database, blobs, settings

    async def run(self, session: WriteSession, payload: dict[str, Any]) -> None:
        """One import in one transaction: a kill at any moment leaves nothing of it, and the work begins anew."""
        row = await repository.find(session, UUID(payload["import"]), lock=True)
        if row is None or row.state != "waiting":
            return
        shop = await get_shop(session)
        data = await self._blobs.get(session.shop_id, row.blob)
        place = Place(shop.currency, ZoneInfo(shop.timezone))
        parsed = await asyncio.to_thread(parse, row.kind, data, row.given, place)
        problems = parsed.problems
        counts = Counts()
        if not problems:
            await self._tell(session.shop_id, row.task_id, 0, len(parsed.records))
            counts = await self._take(session, row, parsed.records, problems)
        await self._end(session, row, parsed, counts)

    async def _take(
        self, session: WriteSession, row: FileImport, records: Sequence[Any], problems: list[Problem]
    ) -> Counts:
        counts, kind, rehearsal = Counts(), row.kind, row.dry_run
        try:
            async with session.begin_nested():
                counts = await self._apply(session, kind, row.task_id, records, problems)
                if problems or rehearsal:
                    raise Undo
        except Undo:
            return Counts() if problems else counts
        except ComebackError as error:
            at = error.errors[0].pointer if error.errors else ""
            problems.append(Problem(1, None, f"{error.detail} {at}".strip()))
            return Counts()
        return counts

    async def _apply(
        self, session: WriteSession, kind: str, task: UUID, records: Sequence[Any], problems: list[Problem]
    ) -> Counts:
        async def tick(done: int) -> None:
            await self._tell(session.shop_id, task, min(done, len(records)), len(records))

        if kind == "orders":
            return await apply_orders(session, records, tick)
        if kind == "products":
            return await apply_products(session, records, tick)
        known = await orders_known(session, records, problems)
        if problems:
            return Counts()
        return await apply_parcels(session, records, known, self._settings, problems, tick)

    async def _tell(self, shop: UUID, task: UUID, done: int, total: int) -> None:
        """Progress stands at once, in a transaction of its own: the import's own is not seen until its end."""
        async with self._database.write(shop) as session:
            await progress.step(session, task, done, total)

    async def _end(self, session: WriteSession, row: FileImport, parsed: Parsed, counts: Counts) -> None:
        failed = bool(parsed.problems)
        row.state = "failed" if failed else "checked" if row.dry_run else "done"
        row.source, row.columns, row.mapping = parsed.source, [c[:200] for c in parsed.columns], parsed.mapping
        row.rows, row.records = parsed.rows, len(parsed.records)
        row.created, row.updated, row.unchanged = counts.created, counts.updated, counts.unchanged
        row.problem_count = len(parsed.problems)
        row.problems = [storable(p) for p in parsed.problems[:KEPT]]
        row.ended_at = clock.now()
        await session.flush()
        result = {"import": str(row.id), "dry_run": row.dry_run, **msgspec.to_builtins(counts),
                  "problem_count": row.problem_count, "problems": row.problems[:10]}  # fmt: skip
        if not failed:
            await progress.step(session, row.task_id, row.records, row.records)
        await progress.finish(session, row.task_id, "failed" if failed else "done", result)


def storable(problem: Problem) -> dict[str, Any]:
    """A problem as the database takes it: without NUL and broken characters."""
    column = None if problem.column is None else _clean(problem.column)[:200]
    return {"row": problem.row, "column": column, "message": _clean(problem.message)[:500]}


def _clean(text: str) -> str:
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
