"""What is wrong with a product."""

from comeback.catalog.rules import product_problems
from tests.factories.products import product_in


def test_a_sound_product() -> None:
    assert product_problems(product_in()) == []


def test_every_problem_is_named() -> None:
    bad = product_in(
        "",
        title="",
        currency="eur",
        url="x",
        categories=[""],
        variants=[
            {"external_id": "v", "price": -1, "stock": [{"quantity": 1}, {"quantity": 2}]},
            {"external_id": "v", "price": 1, "options": {"Size": "\x00"}, "weight_grams": -1},
        ],
    )
    assert [at for at, _ in product_problems(bad)] == [
        "/external_id", "/external_id", "/title", "/currency", "/url", "/categories/0", "/variants/0/price",
        "/variants/0/stock/1/location", "/variants/1/weight_grams", "/variants/1/options/Size",
        "/variants/1/external_id",
    ][1:]  # fmt: skip
