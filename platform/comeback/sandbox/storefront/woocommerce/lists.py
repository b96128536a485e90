"""WooCommerce's collections: filters, order, pages and their headers."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from comeback.sandbox.http import Request, Response, answer
from comeback.sandbox.storefront.objects import Order, Shop
from comeback.sandbox.storefront.woocommerce import bodies
from comeback.sandbox.storefront.woocommerce.errors import WooError


class Numbered(Protocol):
    """Every object of the shop has an id."""

    id: int


T = TypeVar("T")
N = TypeVar("N", bound=Numbered)
MAX_PAGE = 100


def whole(query: dict[str, str], name: str, default: int) -> int:
    """Raises WooError for what is no number."""
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise WooError(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
    return int(text)


def moment(shop: Shop, query: dict[str, str], name: str) -> float | None:
    """Epoch seconds of a date parameter: in the shop's zone, unless it says otherwise or `dates_are_gmt` is set."""
    text = query.get(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise WooError(400, "rest_invalid_param", f"Invalid parameter(s): {name}") from error
    if at.tzinfo is None:
        gmt = query.get("dates_are_gmt", "").lower() in ("1", "true")
        at = at.replace(tzinfo=UTC if gmt else ZoneInfo(shop.timezone))
    return at.timestamp()


def within(
    shop: Shop, query: dict[str, str], found: Iterable[T], made: Callable[[T], float], changed: Callable[[T], float]
) -> list[T]:
    """`after`, `before`, `modified_after`, `modified_before`: strictly, on whole seconds as the database keeps them."""
    after, before = moment(shop, query, "after"), moment(shop, query, "before")
    newer, older = moment(shop, query, "modified_after"), moment(shop, query, "modified_before")
    kept: list[T] = []
    for it in found:
        born, moved = int(made(it)), int(changed(it))
        if (after is not None and born <= after) or (before is not None and born >= before):
            continue
        if (newer is not None and moved <= newer) or (older is not None and moved >= older):
            continue
        kept.append(it)
    return kept


def orders(shop: Shop, query: dict[str, str]) -> list[Order]:
    """The filters of the order list."""
    found = within(shop, query, shop.orders.values(), lambda it: it.placed_at, lambda it: it.updated_at)
    states = [state for state in query.get("status", "any").split(",") if state]
    if "any" not in states:
        found = [it for it in found if bodies.status(it) in states]
    customer, search = whole(query, "customer", 0), query.get("search", "").lower()
    if customer:
        found = [it for it in found if it.customer_id == customer]
    if search:
        found = [
            it
            for it in found
            if search in f"{it.id} {it.number} {it.email} {it.billing.name if it.billing else ''}".lower()
        ]
    return sorted_by(query, found, lambda it: it.placed_at, lambda it: it.updated_at)


def sorted_by(
    query: dict[str, str], found: list[N], made: Callable[[N], float], changed: Callable[[N], float]
) -> list[N]:
    """`orderby` date (default), modified, id; `order` desc (default) or asc; `include` and `exclude` ids."""
    keys: dict[str, Callable[[N], float]] = {"date": made, "registered_date": made, "modified": changed}
    include, exclude = _ids(query, "include"), _ids(query, "exclude")

    def key(it: N) -> tuple[float, int]:
        return float(int(keys.get(query.get("orderby", "date"), lambda _: 0.0)(it))), it.id

    chosen = [it for it in found if it.id not in exclude and (not include or it.id in include)]
    return sorted(chosen, key=key, reverse=query.get("order", "desc") != "asc")


def _ids(query: dict[str, str], name: str) -> set[int]:
    return {int(text) for text in query.get(name, "").split(",") if text.isdigit()}


def page(request: Request, found: list[T], show: Callable[[T], Any]) -> Response:
    """One page with WordPress's headers. Raises WooError for a size beyond 100."""
    query = request.query
    size, number = whole(query, "per_page", 10), whole(query, "page", 1)
    if not 1 <= size <= MAX_PAGE:
        raise WooError(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    offset = whole(query, "offset", (number - 1) * size)
    pages = -(-len(found) // size)
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    if number < pages:
        headers["Link"] = f'<{request.path}?page={number + 1}>; rel="next"'
    return answer([show(it) for it in found[offset : offset + size]], headers=headers)
