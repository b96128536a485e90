"""The demo shop's storefront is told the same sums, numbers and payments that the shop itself was told."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from comeback.app.seeds.catalogue import RANGES, products
from comeback.app.seeds.loading import demo_sales
from comeback.app.seeds.storefront import fill_storefront
from comeback.app.storefront import keys, stand_ins
from comeback.sandbox.config import Accounts, SandboxConfig
from comeback.sandbox.server import Sandbox
from comeback.sandbox.storefront import sums

TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"
SLUG = "casa-lume"


async def test_totals_and_numbers_agree(anyio_backend: Any) -> None:
    known = keys(SLUG, "a secret")
    assert known == keys(SLUG, "a secret") and known != keys(SLUG, "another")
    shopify, woo = stand_ins(known)
    sandbox = Sandbox(SandboxConfig(accounts=Accounts(shopify=shopify, woocommerce=woo)))
    urls = await sandbox.start()
    sold = demo_sales(SLUG, TODAY, BASE)[-300:]
    range_ = RANGES[SLUG]
    for _ in range(2):
        await fill_storefront(urls.control, known.domain, products(range_, BASE), sold, range_.tax_rate_bp)
    shop = sandbox.storefront.memory.shops[known.domain]
    assert len(shop.orders) == len(sold) and len(shop.products) == len(range_.articles)
    assert not sandbox.storefront.memory.outgoing and not sandbox.storefront.memory.log, "a seed is silent"
    for sale in sold:
        theirs, ours = shop.orders[int(sale.order.external_id)], sale.order
        assert theirs.name == ours.number
        assert sums.total(theirs) == sums.captured(theirs) == sum(tender.amount for tender in ours.tenders)
        assert [str(it.id) for it in theirs.transactions] == [tender.id for tender in ours.tenders]
        assert [str(it.id) for it in theirs.lines] == [line.external_id for line in ours.lines]
        assert [it.tracking_numbers for it in theirs.fulfilments] == [[it.tracking_number] for it in sale.parcels]
        assert abs(sums.tax_total(theirs) - (ours.tax_total or 0) - ours.shipping.tax) <= len(ours.lines)
    assert msgspec.json.encode(sandbox.storefront.memory)
    await sandbox.stop()
