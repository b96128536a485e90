"""The carrier's webhook, after it is durable: decode, normalise, store by key, fold the parcels it is about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
import structlog

from comeback.core.clock import clock
from comeback.core.db import WriteSession
from comeback.core.inbox import InboxRow, load_inbox
from comeback.core.metrics import INBOX
from comeback.merchants.service import get_shop
from comeback.shipments.repository import events as event_rows
from comeback.shipments.rules.events import (
    CODE_LIMIT,
    CarrierEvent,
    RawEvent,
    normalise,
    tidy_carrier,
    tidy_number,
    unite,
)
from comeback.shipments.schemas import CarrierHook, HookEvent
from comeback.shipments.service.refold import refold
from comeback.vendors.carriers import codes

log = structlog.get_logger("shipments")
_HOOK = msgspec.json.Decoder(CarrierHook)
_EVENT = msgspec.json.Decoder(HookEvent)


async def receive_events(session: WriteSession, inbox_id: UUID | str) -> None:
    """Works one delivery off. What cannot be read is counted and dropped: repeating it would not help."""
    hook = _read(await load_inbox(session, inbox_id))
    if hook is not None:
        await take_reports(session, [hook])


async def take_reports(session: WriteSession, reports: Sequence[CarrierHook]) -> None:
    """Stores what carriers said of parcels and folds those that are known; the others find it when they come."""
    zone = (await get_shop(session)).timezone
    events = list(unite(event for hook in reports for event in _normalised(hook, zone)).values())
    if not events:
        return
    numbers = sorted({event.tracking_number for event in events})
    await event_rows.lock_numbers(session, numbers)
    fresh = await event_rows.store(session, events)
    await _count_unknown(session, (event for event in events if event.key in fresh))
    pairs = sorted({(event.carrier, event.tracking_number) for event in events})
    await refold(session, await event_rows.shipments_of_numbers(session, pairs))


def _read(row: InboxRow) -> CarrierHook | None:
    try:
        hook = _HOOK.decode(row.body or b"")
        if 0 < len(tidy_number(hook.tracking_number)) <= CODE_LIMIT and len(hook.carrier) <= CODE_LIMIT:
            return hook
        return _drop(row.topic, ValueError("no tracking number"))
    except msgspec.MsgspecError as error:
        return _drop(row.topic, error)
    except (UnicodeDecodeError, RecursionError) as error:
        return _drop(row.topic, error)


def _drop(topic: str, error: Exception) -> None:
    INBOX.labels("carrier", "unreadable").inc()
    log.warning("carrier hook not readable", topic=topic, error=type(error).__name__)


def _normalised(hook: CarrierHook, zone: str) -> Iterable[CarrierEvent]:
    now = clock.now()
    for raw in hook.events:
        try:
            event = _EVENT.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            _drop("event", error)
            continue
        code = None if event.code is None else str(event.code)
        meaning = codes.lookup(hook.carrier, code) if code else None
        yield normalise(_raw(hook, event, code), meaning, received_at=now, shop_zone=zone)


def _raw(hook: CarrierHook, event: HookEvent, code: str | None) -> RawEvent:
    return RawEvent(
        carrier=hook.carrier,
        tracking_number=hook.tracking_number,
        source=tidy_carrier(hook.carrier) or "carrier",
        code=code,
        status=event.status,
        description=event.description,
        occurred_at=event.occurred_at,
        city=event.city,
        country=event.country,
        child_number=event.transferred_to,
        provider_id=None if event.id is None else str(event.id),
    )


async def _count_unknown(session: WriteSession, events: Iterable[CarrierEvent]) -> None:
    unknown = Counter((event.carrier, event.code) for event in events if event.unmapped and event.code)
    for _ in range(unknown.total()):
        INBOX.labels("carrier", "unmapped_code").inc()
    await event_rows.count_unmapped(
        session, {(carrier, code or ""): count for (carrier, code), count in unknown.items()}, clock.now()
    )
