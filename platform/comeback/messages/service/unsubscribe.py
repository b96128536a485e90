"""One-click unsubscribe (RFC 8058): identity comes from the path alone, any number of times, the same answer."""

from typing import Any
from uuid import UUID

from comeback.core.db import ReadSession, WriteSession
from comeback.customers import service as customers
from comeback.messages.errors import UnknownMessage
from comeback.messages.repository import reading


async def unsubscribe_target(session: ReadSession, message_id: UUID) -> dict[str, Any]:
    """The message that an unsubscribe token names. Raises UnknownMessage."""
    found = await reading.one(session, message_id)
    if found is None or not found["recipient"]:
        raise UnknownMessage()
    return found


async def unsubscribe(session: WriteSession, message_id: UUID) -> dict[str, Any]:
    """Ends marketing by mail for the recipient; service mail goes on. Raises UnknownMessage."""
    found = await unsubscribe_target(session, message_id)
    who: UUID | str = found["customer_id"] or found["recipient"]
    await customers.unsubscribe(session, who, "email")
    if found["customer_id"]:
        # The person may have changed their address since: the one that was written to is suppressed as well.
        await customers.unsubscribe(session, str(found["recipient"]), "email")
    return found
