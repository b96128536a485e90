"""Returns of the demo shops, in every state, through the same use cases as the studio and the portal."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from comeback.app.seeds.catalogue import other_option
from comeback.app.seeds.loading import Loader
from comeback.app.seeds.sales import Sale
from comeback.core.access import Principal
from comeback.core.errors import ComebackError
from comeback.merchants.rules import permissions_of
from comeback.merchants.service import list_staff
from comeback.returns.rules.policy import Approval, BonusRule, EligibilityRule, Policy
from comeback.returns.schemas import Grade, QuoteIn, ReceiptIn, ReceiptLineIn, Resolution, ReturnIn, SettleIn, WishLine
from comeback.returns.service.creating import create_return
from comeback.returns.service.deciding import cancel, decline
from comeback.returns.service.policies import draft, publish
from comeback.returns.service.quoting import quote_return
from comeback.returns.service.receiving import receive
from comeback.returns.service.settling import settle

DAMAGED = {"field": "reason", "op": "eq", "value": "damaged"}
DEMO_POLICY = Policy(
    eligibility=(EligibilityRule(when=DAMAGED, decision="review", reason="damaged"),),
    auto_approve=(Approval(when={"not": DAMAGED}),),
    bonus=(BonusRule(resolution="store_credit", percent=Decimal(10)),),
)
"""Thirty days; damaged goods are looked at first; a tenth more for those who take store credit."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a return, up to `until`."""

    reason: str
    resolution: Resolution = "refund"
    until: Literal["asked", "approved", "declined", "canceled", "received", "graded", "settled"]
    grade: Grade = "A"
    note: str | None = None


STORIES: tuple[Story, ...] = (
    Story(reason="damaged", until="asked", note="Beim Auspacken war der Rand gesprungen."),
    Story(reason="changed_mind", until="approved"),
    Story(reason="too_small", resolution="exchange", until="approved"),
    Story(reason="not_as_described", until="received"),
    Story(reason="changed_mind", until="settled"),
    Story(reason="damaged", until="declined", note="Ist mir heruntergefallen."),
    Story(reason="changed_mind", resolution="store_credit", until="settled"),
    Story(reason="damaged", until="canceled", note="Hat sich erledigt, war nur die Folie."),
    Story(reason="too_small", resolution="exchange", until="settled"),
    Story(reason="damaged", until="asked", note="Ein Fuß wackelt."),
    Story(reason="not_as_described", until="graded", grade="B"),
    Story(reason="changed_mind", until="settled"),
)
COUNTS = {"casa-lume": 22, "nordkap": 8}


def returnable(sold: Sequence[Sale]) -> list[Sale]:
    """Orders that arrived in time to come back: sent in one parcel that was delivered; the newest first."""
    return [
        sale
        for sale in reversed(sold)
        if not sale.live
        and len(sale.parcels) == 1
        and sale.parcels[0].scenario == "normal"
        and not sale.order.lines[0].final_sale
    ]


class Desk:
    """Somebody at the desk of a demo shop who works returns off."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.services = loader.services
        self.shop_id = loader.shop.shop_id

    async def sit_down(self) -> None:
        """Takes the seat of the shop's owner."""
        async with self.services.database.read(self.shop_id) as read:
            owner = (await list_staff(read))[0]
        self.me = Principal("staff", self.shop_id, owner.id, permissions_of(owner.role), owner.name)

    async def lay_down_policy(self) -> None:
        """Publishes the demo policy."""
        async with self.services.database.write(self.shop_id) as session:
            made = await draft(session, DEMO_POLICY)
            await publish(session, self.me, made.version)

    async def work(self, tick: Callable[[int], object]) -> int:
        """Plays every story; answers how many cases were opened."""
        await self.sit_down()
        await self.lay_down_policy()
        candidates = iter(returnable(self.loader.sales))
        opened = 0
        for n in range(COUNTS[self.loader.shop.slug]):
            story = STORIES[n % len(STORIES)]
            for sale in candidates:
                if await self._play(sale, story):
                    opened += 1
                    break
            tick(1)
        await self.loader.settle_down()
        return opened

    async def _play(self, sale: Sale, story: Story) -> bool:
        """One story on one order; False where the order turns out not to be returnable (too old, out of stock)."""
        try:
            case_id = await self._ask(sale, story)
        except ComebackError:
            return False
        await self.loader.settle_down()
        if case_id is None:
            return False
        if story.until in ("received", "graded", "settled"):
            await self._receive(case_id, sale, story)
        elif story.until in ("declined", "canceled"):
            await self._end(case_id, story)
        return True

    async def _ask(self, sale: Sale, story: Story) -> UUID | None:
        order_id = self.loader.orders[sale.order.external_id]
        wish = [self._wish(sale, story)]
        async with self.services.database.write(self.shop_id) as session:
            quote = await quote_return(session, self.services.signer, QuoteIn(order_id=order_id, lines=wish))
            if quote.token is None or any(verdict.decision == "no" for verdict in quote.eligibility):
                return None
            body = ReturnIn(order_id=order_id, lines=wish, quote_token=quote.token)
            return (await create_return(session, self.services.signer, None, body)).id

    def _wish(self, sale: Sale, story: Story) -> WishLine:
        line = sale.order.lines[0]
        exchange = story.resolution == "exchange" and line.variant_id is not None
        other = other_option(line.variant_id or "") if exchange else None
        return WishLine(
            line=line.external_id,
            reason=story.reason,
            note=story.note,
            resolution=story.resolution,
            exchange_variant=other,
        )

    async def _end(self, case_id: UUID, story: Story) -> None:
        async with self.services.database.write(self.shop_id) as session:
            if story.until == "declined":
                await decline(session, self.me, case_id, "Sturzschäden nehmen wir leider nicht zurück.")
            else:
                await cancel(session, None, case_id)

    async def _receive(self, case_id: UUID, sale: Sale, story: Story) -> None:
        graded = story.until != "received"
        line = ReceiptLineIn(
            line=sale.order.lines[0].external_id,
            quantity=1,
            condition=story.grade if graded else None,
            disposition="restock" if graded else None,
        )
        async with self.services.database.write(self.shop_id) as session:
            await receive(session, self.me, case_id, ReceiptIn(lines=[line]))
        if story.until == "settled":
            async with self.services.database.write(self.shop_id) as session:
                await settle(session, self.me, case_id, SettleIn())
