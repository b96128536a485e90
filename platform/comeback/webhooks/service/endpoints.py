"""Endpoints: made, changed, their secrets rotated, tried out."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.egress import Refused, check_url
from comeback.core.errors import FieldError
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.ids import new_id, parse_id
from comeback.merchants.service import audit
from comeback.webhooks.errors import BadEndpoint, NoEndpoint, TooManyEndpoints
from comeback.webhooks.models import Endpoint, EndpointState
from comeback.webhooks.repository import endpoints as store
from comeback.webhooks.repository import queue
from comeback.webhooks.rules import LIFETIME, SECRET_BYTES, TEST_EVENT, secret_text, unknown_patterns
from comeback.webhooks.schemas import EndpointIn, EndpointOut, EndpointPatch, NoticeOut
from comeback.webhooks.service import catalogue
from comeback.webhooks.service.planning import WAKE

MOST = 100
"""Endpoints a shop can have."""


def known_id(text: str) -> UUID:
    """The id in a path; raises NoEndpoint for what is none."""
    found = parse_id(text)
    if found is None:
        raise NoEndpoint()
    return found


async def get_endpoint(session: ReadSession, endpoint_id: UUID, *, lock: bool = False) -> Endpoint:
    """One endpoint of the shop; raises NoEndpoint."""
    found = await store.endpoint(session, endpoint_id, lock=lock)
    if found is None:
        raise NoEndpoint()
    return found


def _checked(url: str, events: list[str], settings: Settings) -> tuple[str, list[str]]:
    problems = [
        FieldError(f"/events/{events.index(name)}", "is not in the catalogue of events")
        for name in unknown_patterns(events, catalogue.names())
    ]
    try:
        url = check_url(url, local=settings.local)
    except Refused as error:
        problems.append(FieldError("/url", str(error)))
    if problems:
        raise BadEndpoint(problems[-1].message, problems)
    return url, list(dict.fromkeys(events))


async def create_endpoint(
    session: WriteSession, vault: Vault, settings: Settings, body: EndpointIn, *, actor: Principal | None = None
) -> tuple[EndpointOut, str]:
    """A new receiver and its signing secret (shown only now). Raises BadEndpoint and TooManyEndpoints."""
    url, events = _checked(body.url, body.events, settings)
    await store.serialise(session)
    if await store.count(session) >= MOST:
        raise TooManyEndpoints(f"A shop can have {MOST} webhooks; delete one first.")
    row_id, secret = new_id(), secret_text(os.urandom(SECRET_BYTES))
    sealed = await vault.seal(session, catalogue.TABLE, "secret", row_id, secret.encode())
    row = Endpoint(
        shop_id=session.shop_id, id=row_id, url=url, description=body.description, events=events, slots=body.slots,
        secret=sealed,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await audit(session, actor, "webhook.created", row_id)
    return await show(session, row_id), secret


async def change_endpoint(
    session: WriteSession, settings: Settings, endpoint_id: UUID, patch: EndpointPatch, *,
    actor: Principal | None = None,
) -> EndpointOut:  # fmt: skip
    """Changes what is given. Raises NoEndpoint and BadEndpoint."""
    row = await get_endpoint(session, endpoint_id, lock=True)
    url = row.url if patch.url is UNSET else patch.url
    events = row.events if patch.events is UNSET else patch.events
    row.url, row.events = _checked(url, events, settings)
    if patch.description is not UNSET:
        row.description = patch.description
    if patch.slots is not UNSET:
        row.slots = patch.slots
    if patch.state is not UNSET:
        row.state = patch.state
    if patch.state == EndpointState.LIVE or patch.url is not UNSET:
        # Somebody looked after it: what it did before no longer counts.
        row.problem, row.failures, row.failing_since, row.open_until = None, 0, None, None
        await store.clear_notices(session, endpoint_id)
        session.wake(WAKE)
    await session.flush()
    await audit(session, actor, "webhook.changed", endpoint_id)
    return await show(session, endpoint_id)


async def delete_endpoint(session: WriteSession, endpoint_id: UUID, *, actor: Principal | None = None) -> None:
    """Deletes a receiver with everything that waits for it. Raises NoEndpoint."""
    if not await store.delete(session, endpoint_id):
        raise NoEndpoint()
    await audit(session, actor, "webhook.deleted", endpoint_id)


async def rotate_secret(
    session: WriteSession, vault: Vault, endpoint_id: UUID, overlap: timedelta, *, actor: Principal | None = None
) -> tuple[EndpointOut, str]:
    """A new signing secret; for `overlap` each call also carries a signature of the present one."""
    row = await get_endpoint(session, endpoint_id, lock=True)
    old = await vault.open(session, catalogue.TABLE, "secret", row.id, row.secret)
    fresh = secret_text(os.urandom(SECRET_BYTES))
    row.secret = await vault.seal(session, catalogue.TABLE, "secret", row.id, fresh.encode())
    row.previous_secret = row.previous_until = None
    if overlap:
        row.previous_secret = await vault.seal(session, catalogue.TABLE, "previous_secret", row.id, old)
        row.previous_until = datetime.now(UTC) + overlap
    await session.flush()
    await audit(session, actor, "webhook.rotated", endpoint_id)
    return await show(session, endpoint_id), fresh


async def send_test(session: WriteSession, endpoint_id: UUID, event: str | None) -> UUID:
    """Plans a sample of an event (or `webhook.test`) for one receiver; answers the delivery. Raises BadEndpoint for
    an event that is not in the catalogue."""
    row = await get_endpoint(session, endpoint_id)
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    data: dict[str, Any] = {"endpoint_id": str(row.id), "text": "This is a test."}
    if event is not None and event != TEST_EVENT:
        known = {entry.name: entry for entry in catalogue.catalogue()}
        if event not in known:
            raise BadEndpoint("There is no such event.", [FieldError("/event", "is not in the catalogue of events")])
        data = known[event].sample["data"]
    body = {"type": event or TEST_EVENT, "timestamp": moment, "data": data}
    delivery = await queue.plan_body(session, row.id, event or TEST_EVENT, body, LIFETIME)
    session.wake(WAKE)
    return delivery


async def list_endpoints(session: ReadSession) -> list[EndpointOut]:
    """All receivers of the shop with their numbers and notices."""
    return await _shown(session, await store.endpoints(session))


async def show(session: ReadSession, endpoint_id: UUID) -> EndpointOut:
    """One receiver as the API shows it; raises NoEndpoint."""
    return (await _shown(session, [await get_endpoint(session, endpoint_id)]))[0]


async def _shown(session: ReadSession, found: list[Endpoint]) -> list[EndpointOut]:
    ids = [row.id for row in found]
    numbers = await store.counts(session, ids)
    notices = await store.notices(session, ids)
    now = datetime.now(UTC)
    return [
        EndpointOut(
            id=row.id, url=row.url, description=row.description or "", events=row.events, slots=row.slots or 2,
            state=row.state or EndpointState.LIVE.value, problem=row.problem, failures=row.failures or 0,
            failing_since=row.failing_since, open_until=_coming(row.open_until, now),
            previous_secret_until=_coming(row.previous_until, now), created_at=row.created_at,
            notices=[
                NoticeOut(**{k: v for k, v in n.items() if k != "endpoint_id"})
                for n in notices if n["endpoint_id"] == row.id
            ],
            **(numbers.get(row.id) or {"waiting": 0, "delivered": 0, "failed": 0}),
        )
        for row in found
    ]  # fmt: skip


def _coming(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None
