"""Returns of the demo shops, in every state, through the same use cases as the studio and the portal."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from comeback.app.seeds.loading import Loader
from comeback.app.seeds.sales import Sale
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.errors import ComebackError
from comeback.merchants.rules import permissions_of
from comeback.merchants.service import list_staff
from comeback.returns.rules.policy import Approval, BonusRule, EligibilityRule, Policy
from comeback.returns.schemas import QuoteIn, ReceiptIn, ReceiptLineIn, ReturnIn, SettleIn, WishLine
from comeback.returns.service import (
    approve,
    cancel,
    create_return,
    decline,
    draft,
    publish,
    quote_return,
    receive,
    settle,
)

DAMAGED = {"field": "reason", "op": "eq", "value": "damaged"}
CASA_POLICY = Policy(
    eligibility=(EligibilityRule(when=DAMAGED, decision="review", reason="damaged"),),
    auto_approve=(Approval(when={"not": DAMAGED}),),
    bonus=(BonusRule(resolution="store_credit", percent=10),),
)
"""Thirty days; damaged goods are looked at first; a tenth more for those who take store credit."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a return. `until`: asked, approved, declined, canceled, received, graded or settled."""

    reason: str
    resolution: str = "refund"
    until: str
    grade: str = "A"
    note: str | None = None


STORIES: tuple[Story, ...] = (
    Story(reason="damaged", until="asked", note="Beim Auspacken war der Rand gesprungen."),
    Story(reason="changed_mind", until="approved"),
    Story(reason="too_small", resolution="exchange", until="approved"),
    Story(reason="not_as_described", until="received"),
    Story(reason="changed_mind", until="graded"),
    Story(reason="damaged", until="declined", note="Ist mir heruntergefallen."),
    Story(reason="changed_mind", resolution="store_credit", until="graded"),
    Story(reason="changed_mind", until="canceled"),
    Story(reason="too_small", resolution="exchange", until="graded"),
    Story(reason="damaged", until="asked", note="Ein Fuß wackelt."),
    Story(reason="not_as_described", until="graded", grade="B"),
    Story(reason="changed_mind", until="received"),
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
        """Casa Lume looks at damaged goods first; Nordkap keeps the default."""
        if self.loader.shop.slug != "casa-lume":
            return
        async with self.services.database.write(self.shop_id) as session:
            made = await draft(session, CASA_POLICY)
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
        if case_id is not None:
            await self._go_on(case_id, sale, story)
        return case_id is not None

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
        other = None
        if story.resolution == "exchange" and line.variant_id is not None:
            stem, _, number = line.variant_id.rpartition("-")
            other = f"{stem}-{1 if number != '1' else 2}"
        return WishLine(
            line=line.external_id,
            reason=story.reason,
            note=story.note,
            resolution=story.resolution,  # type: ignore[arg-type]
            exchange_variant=other,
        )

    async def _go_on(self, case_id: UUID, sale: Sale, story: Story) -> None:
        steps: dict[str, Callable[[WriteSession, UUID], object]] = {}
        del steps
        async with self.services.database.write(self.shop_id) as session:
            if story.until == "declined":
                await decline(session, self.me, case_id, "Schäden durch Herunterfallen nehmen wir nicht zurück.")
            elif story.until == "canceled":
                await cancel(session, None, case_id)
            elif story.until in ("received", "graded") and story.reason == "damaged":
                await approve(session, self.me, case_id)
        if story.until in ("received", "graded"):
            await self._receive(case_id, sale, story)

    async def _receive(self, case_id: UUID, sale: Sale, story: Story) -> None:
        graded = story.until == "graded"
        line = ReceiptLineIn(
            line=sale.order.lines[0].external_id,
            quantity=1,
            condition=story.grade if graded else None,  # type: ignore[arg-type]
            disposition="restock" if graded else None,
        )
        async with self.services.database.write(self.shop_id) as session:
            await receive(session, self.me, case_id, ReceiptIn(lines=[line]))
