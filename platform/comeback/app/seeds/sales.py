"""What the invented customers bought, and how each parcel travels: pure, the same for the same day."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from comeback.app.seeds.catalogue import Article, Range, picture_url, product_id, sku, variant_id
from comeback.app.seeds.people import Person
from comeback.kit.money import allocate, half_up
from comeback.orders.schemas import (
    AddressBody,
    ConsentBody,
    CustomerBody,
    DiscountIn,
    LineIn,
    OrderIn,
    ShippingIn,
    TenderIn,
)

FREE_FROM = 8000
STANDARD, EXPRESS = 490, 1290
HISTORY_SCENARIOS = ("normal",) * 17 + ("delayed", "failed_attempt", "pickup", "return_to_sender")
LIVE_SCENARIOS = (
    "normal", "normal", "at_the_door", "delayed", "normal", "label_only", "failed_attempt", "pickup", "normal",
    "missing", "return_to_sender",
)  # fmt: skip
WELCOME = {"de": "WILLKOMMEN10", "fr": "BIENVENUE10", "es": "BIENVENIDA10", "it": "BENVENUTI10", "pl": "WITAMY10"}
STILLS: dict[str, tuple[str, ...]] = {
    "label_only": ("LBL",),
    "at_the_door": ("LBL", "ACC", "HUB", "DEP", "OFD"),
    "missing": ("LBL", "ACC", "HUB", "LST"),
}
"""Parcels that stand where they are, for the demo to have one in every state: the carrier's codes so far."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel of an order: which lines, when it was handed over, what becomes of it."""

    tracking_number: str
    lines: tuple[str, ...]
    shipped_at: datetime
    scenario: str


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """An order and its parcels. A live one is told to the customer and moved by the stand-in carrier."""

    order: OrderIn
    parcels: tuple[Parcel, ...]
    live: bool


def sales(range_: Range, people: Sequence[Person], count: int, live: int, today: datetime, base_url: str) -> list[Sale]:
    """`count` orders before `today`, the last `live` of them in the past nine days; oldest first; all people buy."""
    chance = random.Random(f"sales of {range_.slug}")
    ages = sorted((_age(chance) for _ in range(count - live)), reverse=True)
    ages += sorted((chance.uniform(0.3, 9.0) for _ in range(live)), reverse=True)
    buyers = [*chance.sample(people, len(people)), *chance.choices(people, k=count)]
    made: list[Sale] = []
    for n, days in enumerate(ages):
        person = buyers[n]
        placed_at = (today - timedelta(days=days)).replace(microsecond=0)
        order = _order(chance, range_, person, 10_000 + n, placed_at, base_url)
        fresh = n >= count - live
        made.append(Sale(order=order, parcels=_parcels(chance, range_, order, n, today if fresh else None), live=fresh))
    return made


def _age(chance: random.Random) -> float:
    """Days ago: from ten days to a year, more of them recently."""
    return 10.0 + 355.0 * chance.random() ** 1.4


def _basket(chance: random.Random, range_: Range) -> list[Article]:
    by_picture = {article.picture: article for article in range_.articles}
    weights = [1 / (1 + article.price / 9000) for article in range_.articles]
    basket = chance.choices(range_.articles, weights)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        friends = [by_picture[name] for article in basket for name in article.often_with]
        more = chance.choice(friends) if friends and chance.random() < 0.7 else chance.choice(range_.articles)
        if more not in basket:
            basket.append(more)
    return basket


def _lines(chance: random.Random, range_: Range, basket: Sequence[Article], number: int, base_url: str) -> list[LineIn]:
    made: list[LineIn] = []
    for n, article in enumerate(basket, 1):
        option = chance.randrange(len(article.options))
        quantity = chance.choice((1, 1, 1, 2, 2, 4)) if article.price < 7000 else 1
        made.append(
            LineIn(
                external_id=f"{number}{n:02d}",
                sku=sku(range_, article, option),
                product_id=product_id(range_, article),
                variant_id=variant_id(range_, article, option),
                title=f"{article.title} / {article.options[option]}",
                quantity=quantity,
                unit_price=article.price,
                discount=article.price * quantity // 5 if article.final_sale else 0,
                tax=None,
                final_sale=article.final_sale,
                category=article.category,
                weight_grams=article.weight_grams,
                image_url=picture_url(base_url, article.picture),
                url=f"https://{range_.slug}.example/p/{article.picture}",
                attributes={article.option: article.options[option]},
            )
        )
    return made


def _order(
    chance: random.Random, range_: Range, person: Person, number: int, placed_at: datetime, base_url: str
) -> OrderIn:
    lines = _lines(chance, range_, _basket(chance, range_), number, base_url)
    goods = sum(line.unit_price * line.quantity - line.discount for line in lines)
    saved = goods // 10 if chance.random() < 0.2 else 0
    express = chance.random() < 0.12
    shipping = EXPRESS if express else 0 if goods - saved >= FREE_FROM else STANDARD
    rate = range_.tax_rate_bp
    return OrderIn(
        external_id=str(number),
        number=f"#{range_.code}{number}",
        placed_at=placed_at,
        currency="EUR",
        tax_included=True,
        customer=_customer(person),
        consents=_consents(person, placed_at),
        shipping_address=_address(person),
        lines=lines,
        discounts=[DiscountIn(code=WELCOME.get(person.locale, "WELCOME10"), amount=saved)] if saved else [],
        tax_total=half_up((goods - saved) * rate, 10_000 + rate),
        shipping=ShippingIn(
            amount=shipping,
            cheapest_standard=0 if goods - saved >= FREE_FROM else STANDARD,
            tax=half_up(shipping * rate, 10_000 + rate),
            method="express" if express else "standard",
        ),
        tenders=_tenders(chance, range_, number, goods - saved + shipping),
        tags=["express"] if express else [],
        withdrawal_info_given_at=placed_at,
        return_cost_disclosed=True,
    )


def _customer(person: Person) -> CustomerBody:
    return CustomerBody(
        external_id=person.external_id,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        locale=person.locale,
        timezone=person.timezone,
    )


def _consents(person: Person, placed_at: datetime) -> list[ConsentBody]:
    if person.marketing is None:
        return []
    return [
        ConsentBody(
            channel="email", purpose="marketing", granted=person.marketing, source="checkout", at=placed_at
        )
    ]  # fmt: skip


def _address(person: Person) -> AddressBody:
    return AddressBody(
        name=f"{person.first_name} {person.last_name}",
        line1=person.line1,
        postcode=person.postcode,
        city=person.city,
        country=person.country,
    )


def _tenders(chance: random.Random, range_: Range, number: int, total: int) -> list[TenderIn]:
    """Mostly one card; sometimes a gift card pays a part."""
    card = TenderIn(
        id=f"{number}51", kind="card", amount=total, provider="stripe", provider_ref=f"pi_demo_{range_.code}{number}"
    )
    if total < 6000 or chance.random() > 0.08:
        return [card]
    rest, gift = allocate(total, [3, 1])
    return [
        msgspec.structs.replace(card, amount=rest),
        TenderIn(id=f"{number}52", kind="gift_card", amount=gift, provider="shop", provider_ref=f"GC-{number}"),
    ]


def _parcels(chance: random.Random, range_: Range, order: OrderIn, n: int, now: datetime | None) -> tuple[Parcel, ...]:
    """How the order was sent: in one parcel, in two, or, of the newest (with `now`), not yet."""
    names = [line.external_id for line in order.lines]
    packed = timedelta(hours=chance.uniform(4, 30))
    if now is not None and n % 6 == 5:
        return ()
    split = len(names) > 2 and chance.random() < 0.3
    groups = [names[:-1], names[-1:]] if split else [names]
    scenarios = HISTORY_SCENARIOS if now is None else LIVE_SCENARIOS
    made = (
        Parcel(
            tracking_number=f"SBX{range_.code}{10_000 + n}{part + 1}",
            lines=tuple(group),
            shipped_at=(order.placed_at + packed + timedelta(hours=20 * part)).replace(microsecond=0),
            scenario=scenarios[(n + part) % len(scenarios)],
        )
        for part, group in enumerate(groups)
    )
    return tuple(parcel for parcel in made if now is None or parcel.shipped_at < now)
