"""The tracking page: read once, made once for a few seconds of looks."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from urllib.parse import quote
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import Database, ReadSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.customers.service import Contact
from comeback.merchants import service as merchants
from comeback.offers.rules.validity import label
from comeback.offers.schemas import PoolOut, RecommendedProduct
from comeback.offers.service.coupons import Reserved, held_coupons, offer_pool
from comeback.offers.service.recommend import Wish, recommend_all
from comeback.portal.pages.cache import Kept
from comeback.portal.pages.look import Look, look_of
from comeback.portal.rules.tracking import tracking_page
from comeback.portal.schemas import CouponCard, Offer, OfferCard, ReturnLink, TrackingPage
from comeback.portal.service.writing import blank_form, order_form
from comeback.portal.words.catalogue import pick
from comeback.portal.words.reader import Reader, zone_of
from comeback.returns.rules.facts import ClockFacts
from comeback.returns.rules.policy import Policy
from comeback.returns.rules.windows import last_day
from comeback.returns.service import policies
from comeback.returns.service.options import options
from comeback.shipments import service as shipments
from comeback.shipments.schemas import TrackingView

PRODUCTS = 4


class Shop(msgspec.Struct, frozen=True):
    """What all pages of a shop have in common."""

    look: Look
    policy: Policy
    pool: PoolOut | None


class Shown(msgspec.Struct, frozen=True):
    """A page with who reads it and the shop's look."""

    page: TrackingPage
    reader: Reader
    look: Look


SHOPS: Kept[UUID, Shop] = Kept()


Reading = Callable[[], AbstractAsyncContextManager[ReadSession]]
"""Opens a reading of the order's shop; most views need none."""


async def _shop(session: ReadSession) -> Shop:
    row = await merchants.get_shop(session)
    return Shop(look_of(row), (await policies.current(session))[1], await offer_pool(session))


async def show(session: ReadSession, settings: Settings, order_id: UUID, asked: str | None) -> Shown:
    """The order's page for its customer; `asked` is the language chosen by hand. Raises NoShipment (404)."""
    view = await shipments.tracking_view(session, settings, order_id)
    person = (await customers.contacts(session, [view.customer_id])).get(view.customer_id)
    opened = shipments.Opened(view, person, agreed=True)
    return await _shown(opened, await _shop(session), lambda: nullcontext(session), asked, None)


async def show_by_token(database: Database, key: bytes, asked: str | None) -> Shown | None:
    """The page behind a token's digest, None for every other token.

    One round trip, and more only for people who agreed to offers and for shops whose deadlines depend on the goods.
    """
    opened = await shipments.open_page(database, key)
    if opened is None:
        return None
    shop_id = opened.view.shop_id

    async def read() -> Shop:
        async with database.read(shop_id) as session:
            return await _shop(session)

    shop = await SHOPS.get_or_make(shop_id, read)
    return await _shown(opened, shop, lambda: database.read(shop_id), asked, database.settings)


async def _shown(
    opened: shipments.Opened, shop: Shop, reading: Reading, asked: str | None, settings: Settings | None
) -> Shown:
    view, person = opened.view, opened.person
    reader = reader_of(view, person, shop.look, asked)
    back = await _return_link(reading, view, reader, shop)
    offer = await _offer(reading, view, person, reader, shop) if opened.agreed else None
    write = order_form(settings, view.page_url.rsplit("/", 1)[-1], reader) if settings else blank_form(reader)
    return Shown(tracking_page(view, reader, back, offer, write), reader, shop.look)


def reader_of(view: TrackingView, person: Contact | None, look: Look, asked: str | None) -> Reader:
    """Language and zone of the customer, else the shop's; days and amounts as written in the shop's country."""
    language = pick(asked, view.locale, person.locale if person else None, look.locale)
    zone = zone_of(person.timezone if person else None, look.timezone)
    return Reader(language, look.country, zone, clock.now())


async def _return_link(reading: Reading, view: TrackingView, reader: Reader, shop: Shop) -> ReturnLink:
    """The button while something can come back, with the last day; quiet until everything has arrived."""
    if view.state == "cancelled" or not view.parcels:
        return ReturnLink()
    url = f"/{shop.look.slug}/returns?order={quote(view.number, safe='')}&lang={reader.language}"
    if any(window.when for window in shop.policy.windows):
        async with reading() as session:
            until = (await options(session, view.order_id)).last_day
    else:
        until = last_day(shop.policy, _clock(view, shop.look), {})
    if until is None:
        return ReturnLink(url=url, hint=reader.t("returns.later"), early=True)
    if until < reader.now:
        return ReturnLink()
    return ReturnLink(url=url, hint=reader.t("returns.until", date=reader.long(until)))


def _clock(view: TrackingView, look: Look) -> ClockFacts:
    sent = [p.shipped_at for p in view.parcels if p.shipped_at]
    return ClockFacts(
        placed_at=view.placed_at,
        parcels=len(view.parcels),
        shipped_at=max(sent) if sent and len(sent) == len(view.parcels) else None,
        delivered_at=view.last_delivery,
        timezone=look.timezone,
    )


async def _offer(
    reading: Reading, view: TrackingView, person: Contact | None, reader: Reader, shop: Shop
) -> Offer | None:
    """What goes with the order, for people who agreed to offers; looking at it makes no coupon, it shows one held."""
    if person is None or not person.email or view.state == "cancelled":
        return None
    asked = customers.GateRequest(person.id, person.email, "email", "marketing")
    async with reading() as session:
        if not (await customers.gate(session, [asked]))[person.id].offers:
            return None
        found = (await recommend_all(session, [Wish(view.order_id, person.id, view.order_id)], PRODUCTS))[view.order_id]
        cards = _cards(found, reader)
        return Offer(products=cards, coupon=await _coupon(session, person, reader, shop.pool)) if cards else None


def _cards(found: Sequence[RecommendedProduct], reader: Reader) -> list[OfferCard]:
    return [
        OfferCard(
            title=p.title,
            url=p.url,
            image_url=p.image_url if p.image_url and p.image_url.startswith(("https://", "http://")) else None,
            price=reader.money(p.price, p.currency) if p.price is not None and p.currency else None,
        )
        for p in found
        if p.url and p.url.startswith(("https://", "http://"))
    ]


async def _coupon(session: ReadSession, person: Contact, reader: Reader, pool: PoolOut | None) -> CouponCard | None:
    if pool is None:
        return None
    held = (await held_coupons(session, pool.id, {person.id: str(reader.zone)})).get(person.id)
    return _coupon_card(pool, held, reader) if held else None


def _coupon_card(pool: PoolOut, held: Reserved, reader: Reader) -> CouponCard:
    terms = [reader.t("offer.until", date=reader.written(held.last_day))]
    if pool.minimum is not None and pool.currency:
        terms.append(reader.t("offer.minimum", amount=reader.money(pool.minimum, pool.currency)))
    saving = label(pool.percent, pool.amount, pool.currency, reader.language)
    return CouponCard(text=reader.t("offer.coupon", label=saving), code=held.code, terms=" · ".join(terms))
