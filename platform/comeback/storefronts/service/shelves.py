"""Products, stock and customers of a shop system become ours."""

from datetime import datetime
from uuid import UUID

import msgspec

from comeback.catalog import service as catalog
from comeback.catalog.errors import BadProduct
from comeback.catalog.schemas import ProductIn
from comeback.core.db import WriteSession
from comeback.customers import service as customers
from comeback.customers.errors import BadAddress
from comeback.customers.schemas import ConsentIn
from comeback.orders.schemas import ConsentBody, CustomerBody
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.rules.people import customer_in
from comeback.storefronts.rules.products import Level, TakenProduct
from comeback.storefronts.service.links import Link


async def take_product(
    session: WriteSession, link: Link, taken: TakenProduct, *, version: datetime | None, confirmed: bool
) -> UUID | None:
    """Stores a product unless something newer is known."""
    record = await repository.lock_record(session, link.id, "product", taken.product.external_id)
    older = version is not None and record["version"] is not None and version < record["version"]
    if older or (record["confirmed"] and not confirmed):
        return record["local_id"]
    try:
        product_id, _ = await catalog.upsert_product(session, _with_prefix(link, taken.product))
    except BadProduct as error:
        problem = "; ".join(f"{e.pointer} {e.message}" for e in error.errors)[:500]
        await repository.save_record(
            session, record["id"], version=version, local_id=None, confirmed=confirmed, problem=problem
        )
        return None
    for item, variant in taken.items.items():
        known = await repository.lock_record(session, link.id, "item", item)
        await repository.save_record(
            session,
            known["id"],
            version=version,
            local_id=product_id,
            confirmed=confirmed,
            data={"variant": link.ours(variant)},
        )
    await repository.save_record(session, record["id"], version=version, local_id=product_id, confirmed=confirmed)
    return product_id


def _with_prefix(link: Link, product: ProductIn) -> ProductIn:
    if not link.prefix:
        return product
    variants = [msgspec.structs.replace(v, external_id=link.ours(v.external_id)) for v in product.variants]
    return msgspec.structs.replace(product, external_id=link.ours(product.external_id), variants=variants)


async def retire_product(session: WriteSession, link: Link, shop_id: str) -> None:
    """A product that the shop does not have any more is not sold any more."""
    known = await repository.records(session, link.id, "product", [shop_id])
    if shop_id in known:
        await catalog.retire_product(session, link.ours(shop_id))


async def take_level(session: WriteSession, link: Link, level: Level) -> bool:
    """Free units of a known item at a place; False where the item is not known."""
    known = await repository.records(session, link.id, "item", [level.item])
    variant = known[level.item]["data"].get("variant") if level.item in known else None
    return variant is not None and await catalog.count_stock(session, variant, level.location, level.available)


async def take_customer(
    session: WriteSession,
    link: Link,
    person: CustomerBody,
    consents: list[ConsentBody],
    *,
    version: datetime | None,
    confirmed: bool,
) -> UUID | None:
    """Stores a person and what they said. From a webhook's body alone a withdrawal counts, a consent does not."""
    record = await repository.lock_record(session, link.id, "customer", person.external_id or person.email or "")
    older = version is not None and record["version"] is not None and version < record["version"]
    if older or (record["confirmed"] and not confirmed):
        return record["local_id"]
    if person.external_id:
        person.external_id = link.ours(person.external_id)
    try:
        customer_id = await customers.upsert_customer(session, customer_in(person))
    except BadAddress:
        person.email = None
        customer_id = await customers.upsert_customer(session, customer_in(person))
    said = [
        (
            customer_id,
            ConsentIn(channel=c.channel, purpose=c.purpose, granted=c.granted, source=c.source, at=c.at),
        )
        for c in consents
        if confirmed or not c.granted
    ]
    await customers.record_consents(session, said)
    await repository.save_record(session, record["id"], version=version, local_id=customer_id, confirmed=confirmed)
    return customer_id
