"""The mail of an invitation. Its link is made when it is written, so that it stands nowhere before."""

from typing import Any
from uuid import UUID

from comeback.core.db import WriteSession
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.merchants import service as merchants
from comeback.merchants.service.invitations import DAYS
from comeback.messages import service as messages
from comeback.messages.schemas import PlannedMessage


async def write(session: WriteSession, settings: Settings, payload: dict[str, Any]) -> None:
    """Mails the link to the person invited; nothing where the person came in meanwhile or was let go."""
    made = await merchants.make_link(session, UUID(payload["staff"]))
    if made is None:
        return
    row, token = made
    shop = await merchants.get_shop(session)
    await messages.install_default_templates(session)
    told = {
        "name": row.name,
        "role": row.role.title(),
        "by": payload.get("by") or shop.name,
        # After the #, a browser keeps the token to itself: no server log ever has it.
        "url": f"{settings.base_url.rstrip('/')}/studio/invitation#{token}",
        "days": DAYS,
    }
    planned = PlannedMessage(
        send_key=f"invitation/{new_id()}",
        template="staff_invitation",
        recipient=row.email,
        locale=shop.locale,
        data={"invitation": told},
        origin={"kind": "invitation"},
    )
    await messages.plan(session, [planned])
