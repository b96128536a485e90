"""The demo data: invented, complete, the same on every machine."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from PIL import Image

from comeback.app.seeds import canvas
from comeback.app.seeds.catalogue import DRAWINGS, RANGES, other_option, products, variant_id
from comeback.app.seeds.loading import VOLUMES, carrier_story, demo_sales
from comeback.app.seeds.people import people
from comeback.app.seeds.returning import COUNTS, DEMO_POLICY, STORIES, returnable
from comeback.app.seeds.sales import STILLS, Sale
from comeback.orders.rules.checks import order_problems
from comeback.returns.rules.policy import problems

TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module", params=sorted(RANGES))
def slug(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def sold(slug: str) -> list[Sale]:
    return demo_sales(slug, TODAY, BASE)


def test_the_numbers_promised() -> None:
    assert sum(volume.orders for volume in VOLUMES.values()) == 3000
    assert sum(volume.customers for volume in VOLUMES.values()) == 400
    assert sum(len(range_.articles) for range_ in RANGES.values()) == 60
    assert len(DRAWINGS) == 60


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_pictures(name: str) -> None:
    data = DRAWINGS[name]()
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("PNG", (600, 600))
    assert 4_000 < len(data) < 120_000, "small enough for a mail, not empty"
    assert len(image.convert("RGB").getcolors(1_000_000) or ()) > 40
    assert hashlib.sha256(DRAWINGS[name]()).digest() == hashlib.sha256(data).digest()


def test_every_product_has_a_picture_and_stock(slug: str) -> None:
    made = products(RANGES[slug], BASE)
    assert {article.picture for article in RANGES[slug].articles} <= set(DRAWINGS)
    assert all(product.external_id.isdigit() for product in made), "a storefront counts its products"
    for product in made:
        assert product.image_url is not None
        assert product.image_url.startswith(f"{BASE}/media/products/")
        assert len(product.variants) >= 2, "something to exchange for"
        assert all(variant.stock and variant.price > 0 for variant in product.variants)
    ids = [variant.external_id for product in made for variant in product.variants]
    assert len(ids) == len(set(ids))
    labels = [variant.sku for product in made for variant in product.variants]
    assert len(labels) == len(set(labels))


def test_what_is_exchanged_for_exists(slug: str) -> None:
    for product in products(RANGES[slug], BASE):
        ids = {variant.external_id for variant in product.variants}
        assert all(other_option(name) in ids - {name} for name in ids)


def test_friends_of_an_article_exist(slug: str) -> None:
    range_ = RANGES[slug]
    names = {article.picture for article in range_.articles}
    assert all(set(article.often_with) <= names - {article.picture} for article in range_.articles)
    assert variant_id(range_, range_.articles[0], 0).isdigit()


def test_people_are_invented_and_many_said_yes(slug: str) -> None:
    volume = VOLUMES[slug]
    made = people(slug, volume.customers, volume.shares)
    assert len({person.email for person in made}) == volume.customers
    assert all(person.email.endswith(".example") and person.email.isascii() for person in made)
    yes = sum(person.marketing is True for person in made) / len(made)
    assert 0.5 < yes < 0.7
    assert {person.locale for person in made} == {"en", "it", "es", "pl", "ro", "ru", "de", "fr"}


def test_orders_are_valid(sold: list[Sale]) -> None:
    assert not [problem for sale in sold for problem in order_problems(sale.order, ())]


def test_orders_add_up(sold: list[Sale]) -> None:
    for sale in sold:
        order = sale.order
        goods = sum(line.unit_price * line.quantity - line.discount for line in order.lines)
        total = goods - sum(discount.amount for discount in order.discounts) + order.shipping.amount
        assert sum(tender.amount for tender in order.tenders) == total
        assert order.tax_total is not None
        assert 0 < order.tax_total < goods


def test_the_same_day_gives_the_same_sales(slug: str, sold: list[Sale]) -> None:
    again = demo_sales(slug, TODAY, BASE)
    assert msgspec.json.encode(again) == msgspec.json.encode(sold)


def test_another_day_moves_every_date_alike(slug: str, sold: list[Sale]) -> None:
    later = demo_sales(slug, TODAY + timedelta(days=3), BASE)
    steps = {b.order.placed_at - a.order.placed_at for a, b in zip(sold, later, strict=True)}
    assert steps == {timedelta(days=3)}
    assert [sale.order.lines for sale in later] == [sale.order.lines for sale in sold]


def test_numbers_are_unique(sold: list[Sale]) -> None:
    for names in (
        [sale.order.external_id for sale in sold],
        [sale.order.number for sale in sold],
        [parcel.tracking_number for sale in sold for parcel in sale.parcels],
        [tender.provider_ref for sale in sold for tender in sale.order.tenders],
    ):
        assert len(names) == len(set(names))


def test_live_orders_are_the_newest_and_nothing_comes_from_the_future(slug: str, sold: list[Sale]) -> None:
    live = [sale for sale in sold if sale.live]
    assert len(live) == VOLUMES[slug].live
    assert min(sale.order.placed_at for sale in live) > max(s.order.placed_at for s in sold if not s.live)
    assert all(sale.order.placed_at < TODAY for sale in sold)
    assert all(parcel.shipped_at < TODAY for sale in live for parcel in sale.parcels)
    assert all(parcel.shipped_at > sale.order.placed_at for sale in sold for parcel in sale.parcels)
    assert any(not sale.parcels for sale in live), "some wait to be sent"


def test_parcels_in_every_state(sold: list[Sale]) -> None:
    scenarios = Counter(parcel.scenario for sale in sold for parcel in sale.parcels)
    moving = {"normal", "delayed", "failed_attempt", "pickup", "return_to_sender"}
    assert moving | set(STILLS) <= set(scenarios)
    assert scenarios["normal"] > sum(scenarios.values()) / 2


def test_each_parcel_carries_each_line_once(sold: list[Sale]) -> None:
    for sale in sold:
        sent = [name for parcel in sale.parcels for name in parcel.lines]
        names = [line.external_id for line in sale.order.lines]
        assert len(sent) == len(set(sent))
        assert set(sent) <= set(names)
        assert sale.live or sorted(sent) == sorted(names)


def test_what_the_carrier_said_is_in_order_and_past(sold: list[Sale]) -> None:
    past = [sale for sale in sold if not sale.live]
    for sale in past[:60]:
        for parcel in sale.parcels:
            story = carrier_story(sale, parcel, TODAY)
            times = [event["occurred_at"] for event in story["events"]]
            assert times == sorted(times)
            assert times[0] >= parcel.shipped_at.isoformat()
            assert len({event["id"] for event in story["events"]}) == len(times)


def test_a_still_parcel_stands_in_the_past(sold: list[Sale]) -> None:
    still = [(sale, parcel) for sale in sold for parcel in sale.parcels if parcel.scenario in STILLS]
    assert still
    for sale, parcel in still:
        events = carrier_story(sale, parcel, TODAY)["events"]
        assert tuple(event["code"] for event in events) == STILLS[parcel.scenario]
        assert parcel.shipped_at.isoformat() <= events[-1]["occurred_at"] < TODAY.isoformat()


def test_nobody_is_without_an_order(slug: str, sold: list[Sale]) -> None:
    assert len({sale.order.customer.external_id for sale in sold}) == VOLUMES[slug].customers


def test_returns_have_enough_orders_and_a_good_policy(slug: str, sold: list[Sale]) -> None:
    assert len(returnable(sold)) >= 2 * COUNTS[slug]
    assert {story.until for story in STORIES} == {
        "asked",
        "approved",
        "declined",
        "canceled",
        "received",
        "graded",
        "settled",
    }
    assert {story.resolution for story in STORIES} == {"refund", "store_credit", "exchange"}
    assert problems(DEMO_POLICY) == []


def test_colours_mix() -> None:
    assert canvas.mix("#000000", "#ffffff", 0.5) == "#808080"
    assert canvas.mix("#c26a43", "#ffffff", 0.0) == "#c26a43"


def test_a_soft_curve_passes_its_points() -> None:
    points = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0), (10.0, -5.0)]
    curve = canvas.smooth(points, steps=4)
    assert len(curve) == 16
    assert all(any(abs(x - a) < 1e-9 and abs(y - b) < 1e-9 for x, y in curve) for a, b in points)
