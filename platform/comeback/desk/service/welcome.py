"""The first steps with a new shop. They tick themselves: each is a fact that the database knows."""

from copy import deepcopy
from typing import Any
from urllib.parse import quote
from uuid import UUID

from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.settings import Settings
from comeback.desk.errors import NoSession
from comeback.desk.repository import welcome as repository
from comeback.desk.schemas.welcome import StepOut, TestMailOut, WelcomeOut
from comeback.kit.ids import new_id, parse_id
from comeback.merchants import service as merchants
from comeback.messages import service as messages
from comeback.messages.schemas import PlannedMessage
from comeback.messages.service.publish import default_sources
from comeback.shipments.service.pages import ensure_page

HIDDEN, SINCE = "welcome_hidden", "welcome_since"
FIRST = UUID(int=0)
TEMPLATE = "shipped"


async def look(session: WriteSession, settings: Settings) -> WelcomeOut:
    """The checklist now; the first look is where the counting of steps begins (demo data is older than it)."""
    shop = await merchants.get_shop(session)
    since = parse_id(str(shop.settings.get(SINCE) or ""))
    if since is None:
        since = new_id()
        shop.settings = {**shop.settings, SINCE: str(since)}
    facts = await repository.facts(session, since)
    order = await repository.returnable(session)
    portal = f"/{shop.slug}/returns" + (f"?order={quote(order['number'], safe='')}" if order else "")
    urls: dict[str, str | None] = {
        "mail": settings.mail.mailbox_url,
        "return": portal if order else None,
        "connect": "/studio/settings/connections",
        "brand": "/studio/settings/brand",
    }
    return WelcomeOut(
        hidden=bool(shop.settings.get(HIDDEN)),
        steps=[
            StepOut(key="mail", done=facts["mail"], url=urls["mail"]),
            StepOut(key="return", done=facts["return"], url=urls["return"]),
            StepOut(key="connect", done=facts["connect"], url=urls["connect"]),
            StepOut(key="brand", done=facts["brand"], url=urls["brand"]),
        ],
        order=order["number"] if order else None,
        email=order["email"] if order else None,
        mailbox_url=settings.mail.mailbox_url,
    )


async def put_away(session: WriteSession, settings: Settings, hidden: bool) -> WelcomeOut:
    """Hides the checklist for the whole shop, or brings it back."""
    shop = await merchants.get_shop(session)
    shop.settings = {**shop.settings, HIDDEN: hidden}
    return await look(session, settings)


async def test_mail(session: WriteSession, principal: Principal, settings: Settings) -> TestMailOut:
    """Sends the tracking mail with sample goods to the person who asks. Raises NoSession for keys."""
    if principal.kind != "staff":
        raise NoSession()
    await messages.install_default_templates(session)
    person = await merchants.get_staff(session, principal.id)
    shop = await merchants.get_shop(session)
    planned = PlannedMessage(
        send_key=f"welcome/{new_id()}",
        template=TEMPLATE,
        recipient=person.email,
        locale=shop.locale,
        data=await _sample(session, settings, person.name),
        origin={"kind": "welcome"},
    )
    (message_id,) = await messages.plan(session, [planned])
    return TestMailOut(message_id=str(message_id), recipient=person.email)


async def _sample(session: WriteSession, settings: Settings, name: str) -> dict[str, Any]:
    """The template's own sample; its button leads to a real tracking page where the shop has one."""
    source = next(source for source, _ in default_sources() if source.key == TEMPLATE)
    shown = {name: value for name, value in source.sample.items() if name not in source.declaration.marketing}
    data: dict[str, Any] = deepcopy(shown)
    data["customer"] = {"first_name": name.split(" ")[0]}
    order_id = await repository.moving(session)
    if order_id is None:
        return data
    url = f"{settings.base_url.rstrip('/')}/t/{await ensure_page(session, settings, order_id)}"
    for block in ("order", "shipment"):
        if isinstance(data.get(block), dict) and "page_url" in data[block]:
            data[block]["page_url"] = url
    return data
