"""Recommendations for a batch of requests: a handful of statements whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.outbox import enqueue
from comeback.offers.repository import products as repository
from comeback.offers.rules.choice import Facts, candidates, choose
from comeback.offers.schemas import RecommendedProduct

POPULAR = 60
CHECKED = 60
"""Candidates per request whose stock is looked at; enough unless nearly everything is sold out."""
STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """Products wanted for someone: what goes with `order_id` or `products`, nothing the customer ordered before."""

    key: UUID
    customer_id: UUID | None = None
    order_id: UUID | None = None
    products: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


async def recommend_all(
    session: ReadSession, wishes: Sequence[Wish], count: int = 3
) -> dict[UUID, list[RecommendedProduct]]:
    """Up to `count` products for each wish: bought together first, best sellers after; may be empty."""
    facts = await _facts(session, wishes)
    asked = {c.product for f in facts.values() for c in candidates(f, CHECKED)}
    cards = await repository.sellable(session, sorted(asked)) if asked else {}
    return {
        key: [RecommendedProduct(**cards[c.product], basis=c.basis) for c in choose(replace(f, sellable=cards), count)]
        for key, f in facts.items()
    }


async def _facts(session: ReadSession, wishes: Sequence[Wish]) -> dict[UUID, Facts]:
    people = list({w.customer_id for w in wishes if w.customer_id is not None})
    orders = list({w.order_id for w in wishes if w.order_id is not None})
    owned = await repository.owned(session, people) if people else {}
    ordered = await repository.ordered(session, orders) if orders else {}
    seeds = {w.key: _seeds(w, owned, ordered) for w in wishes}
    known, appeal, items = await _learned(session, set().union(*seeds.values()))
    return {
        w.key: Facts(
            seeds=seeds[w.key],
            neighbours=known,
            appeal=appeal,
            items=items,
            owned=owned.get(w.customer_id, set()) if w.customer_id else (),
            exclude=w.exclude,
        )
        for w in wishes
    }


def _seeds(wish: Wish, owned: Mapping[UUID, set[str]], ordered: Mapping[UUID, set[str]]) -> set[str]:
    """What the wish names; without that, everything the customer ordered."""
    named = set(wish.products) | (ordered.get(wish.order_id, set()) if wish.order_id else set())
    return named or (owned.get(wish.customer_id, set()) if wish.customer_id else set())


async def _learned(session: ReadSession, seeds: set[str]) -> tuple[dict[str, dict[str, float]], dict[str, float], int]:
    model = await repository.newest_model(session)
    if model is None:
        sellers = await repository.recent_sellers(session, POPULAR)
        return {}, sellers, len(sellers)
    found = await repository.neighbours(session, model["id"], sorted(seeds)) if seeds else []
    known = {r["product"]: dict(zip(r["neighbours"], r["weights"], strict=True)) for r in found}
    near = sorted(set().union(*known.values()))
    return known, await repository.appeal(session, model["id"], near, POPULAR), model["items"]


async def recommend(
    session: ReadSession,
    customer_id: UUID | None,
    product_external_ids: Sequence[str],
    n: int = 3,
    exclude: Sequence[str] = (),
) -> list[RecommendedProduct]:
    """What to show someone who looks at (or has bought) the products; see `recommend_all`."""
    key = UUID(int=0)
    wish = Wish(key, customer_id, None, tuple(product_external_ids), tuple(exclude))
    return (await recommend_all(session, [wish], n))[key]


async def refresh_model(session: WriteSession) -> None:
    """Has the shop's model trained anew where it is missing or a day old; asked for by whoever shows offers."""
    model = await repository.newest_model(session)
    if model is None or clock.now() - model["trained_at"] > STALE:
        await enqueue(session, "offers.train", {}, key="train")
