"""Export and erasure of a person, generated from the column registry.

What must never be written to again survives as a keyed hash (suppressions); orders stay with an opaque person.
"""

from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.secrets import Vault
from comeback.customers import service as customers
from comeback.customers.models import Reason
from comeback.storefronts.repository import personal
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.service.links import Link, open_link


async def export(session: ReadSession, customer_id: UUID) -> dict[str, Any]:
    """Everything personal by table (GDPR art. 15, 20), as JSON values."""
    return await personal.read(session, customer_id)


async def erase(session: WriteSession, customer_id: UUID) -> dict[str, int]:
    """Empties what is personal; answers the number of rows by table. Their address is suppressed for ever."""
    person = (await customers.contacts(session, [customer_id])).get(customer_id)
    if person is not None and person.email:
        await customers.suppress(session, person.email, Reason.ERASED)
    return await personal.empty(session, customer_id)


async def answer(session: WriteSession, vault: Vault, request_id: UUID) -> None:
    """Does what a privacy request asks; again: nothing more."""
    asked = await repository.request(session, request_id)
    if asked is None or asked["state"] == "done":
        return
    link = await open_link(session, vault, asked["connection_id"], even_off=True)
    customer = await _person(session, link, asked["customer"])
    result: dict[str, Any]
    if asked["kind"] == "erase_shop":
        result = await _forget_shop(session, asked["connection_id"])
    elif customer is None:
        result = {"found": False}
    elif asked["kind"] == "export":
        result = {"found": True, "data": await export(session, customer)}
    else:
        result = {"found": True, "erased": await erase(session, customer)}
    await repository.finish_request(session, request_id, customer, result, clock.now())


async def _person(session: ReadSession, link: Link | None, named: str | None) -> UUID | None:
    if named is None or link is None:
        return None
    if "@" in named:
        return await customers.customer_by_email(session, named)
    return await customers.customer_by_external_id(session, link.ours(named))


async def _forget_shop(session: WriteSession, connection: UUID) -> dict[str, Any]:
    """The shop left: everything that we know of its customers by this connection is emptied."""
    people = await repository.people_of(session, connection)
    for customer in people:
        await erase(session, customer)
    return {"found": bool(people), "customers": len(people)}
