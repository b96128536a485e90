"""Values at the edge of what a database can hold: named like any bad cell, never a task that hangs."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from comeback.core.jobs import Runner
from tests.integration.imports.test_imports import HEAD, ROW, send, sheet

BIG = "999999999999.99"
PRODUCTS = "external_id,title,variant_id,sku,price,stock,weight_grams"
PARCELS = "order,carrier,tracking_number,shipped_at,line,quantity"


@pytest.fixture
async def sold(client: httpx.AsyncClient, runner: Runner, shop: UUID) -> AsyncIterator[None]:
    """An order that parcels can be for."""
    assert (await send(client, runner, shop, sheet(ROW)))["state"] == "done"
    yield


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01 00:00+14:00", "9999-12-31 23:59-12:00", "9999-12-31"])
async def test_times(client: httpx.AsyncClient, runner: Runner, shop: UUID, sold: None, moment: str) -> None:
    order = sheet(ROW.replace("1001", "1002").replace("2026-11-01 10:00", moment))
    assert (await send(client, runner, shop, order))["state"] == "failed"
    parcel = sheet(f"1001,dhl,T1,{moment},l1,1", head=PARCELS)
    assert (await send(client, runner, shop, parcel, kind="shipments"))["state"] == "failed"


@pytest.mark.parametrize(
    "row", [f"p1,Shirt,v1,S,{BIG},9999999,9999999", "p1,Shirt,v1,S,1,99999999,1", f"p1,Shirt,v1,S,{BIG},1,99999999"]
)
async def test_sums(client: httpx.AsyncClient, runner: Runner, shop: UUID, row: str) -> None:
    assert (await send(client, runner, shop, sheet(row, head=PRODUCTS), kind="products"))["state"] in ("failed", "done")
    order = ROW.replace("4.90,24.90", f"{BIG},{BIG}").replace(",2,10.00", f",9999999,{BIG}")
    assert (await send(client, runner, shop, sheet(order, head=HEAD)))["state"] == "failed"


async def test_one_variant_in_two_products(client: httpx.AsyncClient, runner: Runner, shop: UUID) -> None:
    rows = ("p1,Shirt,v1,S,1,1,1", "p2,Hat,v1,S,1,1,1")
    assert (await send(client, runner, shop, sheet(*rows, head=PRODUCTS), kind="products"))["state"] in (
        "failed",
        "done",
    )
