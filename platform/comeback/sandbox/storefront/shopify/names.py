"""How Shopify writes ids, times and money, in REST and in GraphQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from comeback.kit.money import exponent
from comeback.sandbox.storefront.objects import Shop

VERSIONS = ("2025-07", "2025-10", "2026-01", "2026-04", "2026-07")
OLDEST = VERSIONS[0]


def served(version: str) -> str:
    """Shopify answers an unknown or retired version with the oldest one that it still serves."""
    return version if version in VERSIONS or version == "unstable" else OLDEST


def gid(kind: str, id_: int | str) -> str:
    return f"gid://shopify/{kind}/{id_}"


def plain_id(text: str, kind: str | None = None) -> int:
    """The number in a global id; raises ValueError for another kind or no id at all."""
    head, _, last = text.rpartition("/")
    number = last.partition("?")[0]
    wanted = f"gid://shopify/{kind}" if kind else "gid://shopify/"
    if not head.startswith(wanted) or (kind and head != wanted) or not number.isdigit():
        raise ValueError(text)
    return int(number)


def kind_of(text: str) -> str:
    """`Order` of `gid://shopify/Order/1`; empty where it is no global id."""
    return text.removeprefix("gid://shopify/").partition("/")[0] if text.startswith("gid://shopify/") else ""


def utc(at: float | None) -> str | None:
    """As GraphQL shows times: seconds, UTC."""
    if at is None:
        return None
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(shop: Shop, at: float | None) -> str | None:
    """As REST shows times: the shop's own zone, with its offset."""
    if at is None:
        return None
    return datetime.fromtimestamp(int(at), ZoneInfo(shop.timezone)).isoformat()


def amount(value: int, currency: str) -> str:
    """As GraphQL shows money: no trailing zeros but one decimal, "10.0", "9.99"."""
    text = f"{Decimal(value).scaleb(-exponent(currency)):f}"
    if "." not in text:
        return f"{text}.0"
    return text.rstrip("0") + ("0" if text.rstrip("0").endswith(".") else "")


def money(value: int, currency: str) -> dict[str, str]:
    """`MoneyV2`."""
    return {"__typename": "MoneyV2", "amount": amount(value, currency), "currencyCode": currency}


def bag(value: int, currency: str) -> dict[str, Any]:
    """`MoneyBag`: the stand-in's shops sell in their own currency only."""
    return {"shopMoney": money(value, currency), "presentmentMoney": money(value, currency)}
