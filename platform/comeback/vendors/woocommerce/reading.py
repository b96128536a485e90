"""What a WooCommerce shop tells: whole objects, changes and back-fill by pages that stay right while rows move.

A page is not counted but marked by the last object's time and the ids of that very second: an object that changes while
pages are read moves to the end and pushes nothing past us. Times are asked in UTC and one second early, because
`modified_after` and `after` are strict and seconds are all the database keeps.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from comeback.vendors.errors import ProviderRefused
from comeback.vendors.storefronts import Access, Changed, ChangePage, ObjectKind, ObjectPage, StoreObject
from comeback.vendors.woocommerce.client import Refusal, WooClient

PATHS: dict[ObjectKind, str] = {"order": "/orders", "product": "/products", "customer": "/customers"}
CUSTOMER_PAGES = 20
"""Customers cannot be asked by change time: of the youngest 2,000 accounts we look ourselves; the others are told by
their webhooks and their orders."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Mark(msgspec.Struct, array_like=True):
    """Where a page ended: the last second, and the ids of that second that were seen."""

    at: str
    ids: list[int]


def moment(body: dict[str, Any], name: str) -> datetime:
    """A time of the shop: the `_gmt` field is UTC without saying so."""
    text = body.get(f"{name}_gmt") or body.get(name)
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if isinstance(text, str) and text else EPOCH


def version(body: dict[str, Any]) -> datetime:
    """When the body was the truth."""
    found = moment(body, "date_modified")
    return found if found != EPOCH else moment(body, "date_created")


def stamp(at: datetime) -> str:
    """As `modified_after` wants it beside `dates_are_gmt`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


async def whole(client: WooClient, access: Access, kind: ObjectKind, body: dict[str, Any]) -> StoreObject:
    """The object with what its own body leaves out: an order's refunds in full, a product's variations."""
    if kind == "order" and body.get("refunds"):
        body["refunds"] = await client.every(access, f"/orders/{body['id']}/refunds")
    if kind == "product" and body.get("variations"):
        body["variations_full"] = await client.every(access, f"/products/{body['id']}/variations")
    return StoreObject(kind=kind, id=str(body["id"]), updated_at=version(body), body=body)


async def fetch(client: WooClient, access: Access, kind: ObjectKind, object_id: str) -> StoreObject | None:
    """One object; None where the shop does not have it. A wrong address is an error, not an absence."""
    if not object_id.isdigit():
        return None
    try:
        found = await client.get(access, f"{PATHS[kind]}/{object_id}")
    except Refusal as refusal:
        if refusal.status == 404 and refusal.code.endswith("_invalid_id"):
            return None
        raise
    return await whole(client, access, kind, found.body)


async def _page(
    client: WooClient, access: Access, kind: ObjectKind, by: str, since: datetime, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None, int | None]:
    """Objects in ascending order of `by` (date or modified), the next mark, and the total with the first page."""
    mark = _mark(cursor) if cursor else Mark(stamp(since), [])
    after = datetime.fromisoformat(mark.at).replace(tzinfo=UTC) - timedelta(seconds=1)
    query: dict[str, str | int] = {
        "modified_after" if by == "modified" else "after": stamp(after),
        "dates_are_gmt": "true",
        "orderby": by,
        "order": "asc",
        "per_page": min(limit, 100),
    }
    if mark.ids:
        query["exclude"] = ",".join(map(str, mark.ids))
    if kind == "order":
        query["status"] = "any"
    got = await client.get(access, PATHS[kind], **query)
    items: list[dict[str, Any]] = got.body
    if len(items) < min(limit, 100):
        return items, None, got.total if cursor is None else None
    name = "date_modified" if by == "modified" else "date_created"
    last = stamp(moment(items[-1], name))
    seen = [int(it["id"]) for it in items if stamp(moment(it, name)) == last]
    following = Mark(last, [*(mark.ids if last == mark.at else []), *seen])
    return items, msgspec.json.encode(following).decode(), got.total if cursor is None else None


def _mark(cursor: str) -> Mark:
    try:
        return msgspec.json.decode(cursor, type=Mark)
    except msgspec.MsgspecError as error:
        raise ProviderRefused("bad_cursor") from error


async def changes(
    client: WooClient, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int
) -> ChangePage:
    """Ids and change times; customers as far as CUSTOMER_PAGES reach."""
    if kind == "customer":
        return await _changed_people(client, access, since)
    items, following, _ = await _page(client, access, kind, "modified", since, cursor, limit)
    found = [Changed(id=str(it["id"]), updated_at=version(it)) for it in items]
    return ChangePage(items=tuple(found), next=following)


async def _changed_people(client: WooClient, access: Access, since: datetime) -> ChangePage:
    found: list[Changed] = []
    page, pages = 1, 1
    while page <= min(pages, CUSTOMER_PAGES):
        query: dict[str, str | int] = {"per_page": 100, "page": page, "orderby": "registered_date", "order": "desc"}
        got = await client.get(access, "/customers", role="all", **query)
        found += [Changed(id=str(it["id"]), updated_at=version(it)) for it in got.body if version(it) >= since]
        page, pages = page + 1, got.pages
    return ChangePage(items=tuple(sorted(found, key=lambda it: (it.updated_at, int(it.id)))))


async def objects(
    client: WooClient, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int
) -> ObjectPage:
    """Whole objects by creation; `total` with the first page."""
    if kind == "customer":
        return await _people(client, access, since, cursor, limit)
    items, following, total = await _page(client, access, kind, "date", since, cursor, limit)
    found = [await whole(client, access, kind, it) for it in items]
    return ObjectPage(items=tuple(found), next=following, total=total)


async def _people(client: WooClient, access: Access, since: datetime, cursor: str | None, limit: int) -> ObjectPage:
    """Accounts by registration, page by page: nobody registers in the past, so counted pages are safe."""
    page = int(cursor) if cursor and cursor.isdigit() else 1
    query: dict[str, str | int] = {"per_page": min(limit, 100), "page": page, "orderby": "registered_date"}
    got = await client.get(access, "/customers", order="asc", role="all", **query)
    found = [await whole(client, access, "customer", it) for it in got.body if moment(it, "date_created") >= since]
    following = str(page + 1) if page < got.pages else None
    return ObjectPage(items=tuple(found), next=following, total=got.total if page == 1 else None)
