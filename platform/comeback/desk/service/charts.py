"""The pictures of the first page."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from comeback.core.clock import clock
from comeback.core.db import ReadSession
from comeback.desk.repository import charts as repository
from comeback.desk.schemas.charts import CarrierCount, ChartsOut, DayOut, ReasonCount
from comeback.merchants import service as merchants
from comeback.messages.rules.hits import Hit, classify

DAYS = 30
LONG = timedelta(days=90)


async def charts(session: ReadSession) -> ChartsOut:
    """Parcels and mails of thirty days, reasons and carriers of ninety."""
    now = clock.now()
    zone = ZoneInfo((await merchants.get_shop(session)).timezone)
    today = now.astimezone(zone).date()
    wanted = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    since = datetime.combine(wanted[0], time(), zone)
    read = _read(await repository.hits(session, since, str(zone)))
    names = [day.isoformat() for day in wanted]
    return ChartsOut(
        days=[
            DayOut(**row, read=read.get(row["day"], 0))
            for row in await repository.days(session, names, since, str(zone))
        ],
        reasons=[ReasonCount(**row) for row in await repository.reasons(session, now - LONG)],
        carriers=[CarrierCount(**row) for row in await repository.carriers(session, now - LONG)],
    )


def _read(found: list[dict[str, Any]]) -> dict[str, int]:
    """Mails that a person most likely looked at, by the day they were sent: machines' opens do not count."""
    days: dict[UUID, str] = {}
    hits: dict[UUID, list[Hit]] = {}
    for row in found:
        message_id = row.pop("message_id")
        days[message_id] = row.pop("day")
        hits.setdefault(message_id, []).append(Hit(**row))
    counts: dict[str, int] = {}
    for message_id, of_one in hits.items():
        if any(kind != "machine" for kind in classify(of_one)):
            counts[days[message_id]] = counts.get(days[message_id], 0) + 1
    return counts
