"""Imports of files: right ones land whole and once, broken ones name row and column and leave nothing."""

import csv
import io
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.core.db import Database, rows
from comeback.core.jobs import Runner
from comeback.imports.rules.export import as_csv
from comeback.imports.schemas import Problem
from comeback.imports.service.running import Importer

HEAD = "external_id,placed_at,currency,email,first_name,country,shipping,total,line_id,title,sku,quantity,unit_price"
ROW = "1001,2026-11-01 10:00,EUR,ada@example.com,Ada,DE,4.90,24.90,l1,Shirt,S-1,2,10.00"


def sheet(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines]).encode()


async def ask(database: Database, shop: UUID, sql: str) -> list[dict[str, Any]]:
    async with database.read(shop) as session:
        return rows(await session.execute(text(sql)))


async def send(client: httpx.AsyncClient, runner: Runner, shop: UUID, data: bytes, **query: Any) -> dict[str, Any]:
    """Uploads and runs; answers the import."""
    answer = await client.post("/api/v1/imports", content=data, params=query, headers={"content-type": "text/csv"})
    assert answer.status_code == 202, answer.text
    return await finish(client, runner, shop, answer.json())


async def finish(client: httpx.AsyncClient, runner: Runner, shop: UUID, started: dict[str, Any]) -> dict[str, Any]:
    for _ in range(5):
        await runner.run_due(50, shop=shop)
        shown = (await client.get(f"/api/v1/imports/{started['import_id']}")).json()
        if shown["state"] != "waiting":
            break
    task = (await client.get(f"/api/v1/tasks/{started['task']}")).json()
    assert task["state"] == ("failed" if shown["state"] == "failed" else "done"), task
    return shown


async def test_orders_by_the_contracts_route(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID
) -> None:
    data = sheet(ROW, ROW.replace("l1,Shirt,S-1,2,10.00", "l2,Hat,H-1,1,0.00"))
    answer = await client.post("/api/v1/orders/import", content=data, headers={"content-type": "text/csv"})
    assert answer.status_code == 202
    shown = await finish(client, runner, shop, answer.json())
    assert (shown["state"], shown["source"], shown["records"], shown["created"]) == ("done", "comeback", 1, 1), shown
    (order,) = (await client.get("/api/v1/orders?external_id=1001")).json()["items"]
    assert [line["external_id"] for line in order["lines"]] == ["l1", "l2"]
    assert order["placed_at"] == "2026-11-01T09:00:00Z", "the shop's zone"
    again = await send(client, runner, shop, data)
    assert (again["state"], again["created"], again["updated"], again["unchanged"]) == ("done", 0, 0, 1)
    assert len(await ask(database, shop, "SELECT id FROM events WHERE name = 'order.placed'")) <= 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
async def test_encodings_and_delimiters(
    client: httpx.AsyncClient, runner: Runner, shop: UUID, encoding: str, sign: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\r\n")
    writer.writerow(HEAD.split(","))
    title = f"Größe{',' if sign == chr(9) else sign} M"
    writer.writerow([title if cell == "Shirt" else cell for cell in ROW.split(",")])
    shown = await send(client, runner, shop, out.getvalue().encode(encoding))
    assert shown["state"] == "done", shown["problems"]
    (order,) = (await client.get("/api/v1/orders?external_id=1001")).json()["items"]
    assert order["lines"][0]["title"] == title


def _cell(column: str, value: str) -> bytes:
    """The good row with another cell."""
    cells = dict(zip(HEAD.split(","), ROW.split(","), strict=True)) | {column: value}
    return sheet(ROW.replace("1001", "1000"), ",".join(cells.values()))


BROKEN: dict[str, tuple[str, bytes, int, str | None]] = {
    "wrong delimiter": ("orders", sheet(ROW).replace(b",", b"~"), 1, None),
    "missing column": ("orders", sheet(ROW).replace(b"quantity", b"nothing"), 1, "Quantity"),
    "duplicate head": ("orders", sheet(ROW).replace(b"sku", b"title"), 1, "title"),
    "nameless column": ("orders", sheet(ROW).replace(b"sku", b""), 1, None),
    "ragged row, short": ("orders", sheet(ROW, "1002,2026-11-01"), 3, "currency"),
    "ragged row, long": ("orders", sheet(ROW + ",more"), 2, None),
    "comma amount": ("orders", _cell("unit_price", '"1.234,56"'), 3, "unit_price"),
    "half amount": ("orders", _cell("unit_price", "10.005"), 3, "unit_price"),
    "words for a number": ("orders", _cell("quantity", "two"), 3, "quantity"),
    "negative quantity": ("orders", _cell("quantity", "-1"), 3, "quantity"),
    "no quantity": ("orders", _cell("quantity", "0"), 3, "quantity"),
    "bad currency": ("orders", _cell("currency", "EURO"), 3, "currency"),
    "bad date": ("orders", _cell("placed_at", "31/02/2026"), 3, "placed_at"),
    "no date": ("orders", _cell("placed_at", ""), 3, "placed_at"),
    "bad address": ("orders", _cell("email", "ada at example"), 3, "email"),
    "bad country": ("orders", _cell("country", "Atlantis"), 3, "country"),
    "no title": ("orders", _cell("title", ""), 3, "title"),
    "wrong total": ("orders", _cell("total", "99.99"), 3, "total"),
    "NUL": ("orders", _cell("title", "Sh\x00irt"), 3, "title"),
    "broken encoding": ("orders", sheet(ROW, ROW.replace("Ada", "Zoë")) + b"\n\xff\xfe\xc3", 4, None),
    "empty": ("orders", b"", 1, None),
    "only blank lines": ("orders", b"\n\n \n", 1, None),
    "only a head": ("orders", sheet(), 1, None),
    "huge cell": ("orders", _cell("title", "x" * 20_000), 3, "title"),
    "giant cell": ("orders", _cell("title", '"' + "x" * 200_000 + '"'), 3, None),
    "excel": ("orders", b"PK\x03\x04" + b"\x00" * 200, 1, None),
    "pdf": ("orders", b"%PDF-1.7", 1, None),
    "unclosed quote": ("orders", sheet(ROW, ROW.replace("Shirt", '"Shirt')), 3, None),
    "text after a quote": ("orders", sheet(ROW, ROW.replace("Shirt", '"Shirt"x')), 3, None),
    "line twice": ("orders", sheet(ROW, ROW), 3, "line_id"),
    "rows that contradict": ("orders", sheet(ROW, ROW.replace("ada@", "bob@").replace("l1", "l2")), 3, "email"),
    "formula": ("orders", _cell("title", '"=HYPERLINK(""http://x"",""y"")"'), 3, "title"),
    "formula, full width": ("orders", _cell("first_name", "＝1+1"), 3, "first_name"),
    "formula, command": ("orders", _cell("title", "+cmd|' /C calc'!A0"), 3, "title"),
    "too many columns": ("orders", sheet(ROW, head=HEAD + "," + ",".join(f"c{n}" for n in range(300))), 1, None),
    "too many rows": ("orders", sheet(*["1,2"] * 100_001, head="a,b"), 100_002, None),
    "unknown order": ("shipments", b"order,carrier,tracking_number\n#404,dhl,JJD1\n", 2, "order"),
    "no carrier": ("shipments", b"order,carrier,tracking_number\n#404,,JJD1\n", 2, "carrier"),
    "price missing": ("products", b"external_id,title,price\np1,Shirt,\n", 2, "price"),
    "variant twice": ("products", b"external_id,title,variant_id,price\np,S,v,1.00\np,S,v,2.00\n", 3, "variant_id"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_file_names_row_and_column_and_leaves_nothing(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID, name: str
) -> None:
    kind, data, row, column = BROKEN[name]
    shown = await send(client, runner, shop, data, kind=kind)
    assert shown["state"] == "failed"
    first = shown["problems"][0]
    assert (first["row"], first["column"]) == (row, column), shown["problems"]
    assert first["message"].endswith((".", ")")), first
    for table in ("orders", "customers", "shipments", "products", "events"):
        assert await ask(database, shop, f"SELECT shop_id FROM {table} LIMIT 1") == [], table


async def test_every_bad_row_is_named_and_the_list_is_safe_to_open(
    client: httpx.AsyncClient, runner: Runner, shop: UUID
) -> None:
    bad = [ROW.replace("1001", str(n)).replace(",2,10.00", f",{-n},=1+1") for n in range(1, 151)]
    shown = await send(client, runner, shop, sheet(ROW, *bad))
    assert shown["problem_count"] == 300
    assert [p["row"] for p in shown["problems"][:2]] == [3, 3]
    more = (await client.get(f"/api/v1/imports/{shown['id']}?cursor={shown['next']}")).json()
    assert more["problems"][0]["row"] == 53
    table = await client.get(f"/api/v1/imports/{shown['id']}/problems")
    assert table.headers["content-type"].startswith("text/csv")
    cells = list(csv.reader(io.StringIO(table.text)))
    assert len(cells) == 301
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in cells for cell in line)
    harmful = as_csv([Problem(1, "=cmd|x", "@SUM(1)"), Problem(2, "＋1", "\tx")])
    assert not any(c.startswith(("=", "@", "\t", "＋")) for line in csv.reader(io.StringIO(harmful)) for c in line)


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Shipping Phone,"
    "Payment Method,Tags,Id,Lineitem discount\n"
    "#1001,ada@example.com,paid,2026-10-01 10:00:00 +0200,,no,EUR,27.00,5.00,5.11,32.00,SAVE,3.00,Standard,"
    '2026-10-01 10:00:00 +0200,2,Shirt - S,10.00,S-1,Ada L,Weg 1,Berlin,10115,DE,+49301234,Shopify Payments,"a, b",'
    "550,0.00\n"
    "#1001,ada@example.com,,,,,,,,,,,,,2026-10-01 10:00:00 +0200,1,Hat,10.00,H-1,,,,,,,,,,0.00\n"
)
WOO = (
    "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
    "payment_method,customer_user,billing_first_name,billing_last_name,billing_email,shipping_address_1,shipping_city,"
    "shipping_postcode,shipping_country,item_id,item_name,item_sku,item_quantity,item_price\n"
    "77,77,2026-10-02 09:30:00,completed,5.00,0.00,0.00,25.00,EUR,bacs,9,Ada,L,ada@example.com,Weg 1,Berlin,10115,DE,"
    "1,Shirt,S-1,2,10.00\n"
)


@pytest.mark.parametrize(
    ("data", "source", "name", "lines"), [(SHOPIFY, "shopify", "#1001", 2), (WOO, "woocommerce", "77", 1)]
)
async def test_exports_of_others_are_recognised(
    client: httpx.AsyncClient, runner: Runner, shop: UUID, data: str, source: str, name: str, lines: int
) -> None:
    shown = await send(client, runner, shop, data.encode())
    assert (shown["state"], shown["source"], shown["created"]) == ("done", source, 1), shown["problems"]
    (order,) = (await client.get("/api/v1/orders", params={"external_id": name})).json()["items"]
    assert len(order["lines"]) == lines
    assert order["tax_included"] is True
    assert order["customer"]["email"] == "ada@example.com"


async def test_a_mapping_is_edited_and_a_dry_run_changes_nothing(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID
) -> None:
    data = sheet(ROW).replace(b"unit_price", b"what it costs")
    first = await send(client, runner, shop, data, dry_run=True)
    assert (first["state"], first["problems"][0]["column"]) == ("failed", "Price of one")
    path = f"/api/v1/imports/{first['id']}/run"
    assert (await client.post(path, json={"mapping": {"nope": "x"}})).status_code == 422
    answer = await client.post(path, json={"mapping": {"unit_price": "what it costs"}, "dry_run": True})
    dry = await finish(client, runner, shop, answer.json())
    assert (dry["state"], dry["created"], dry["problem_count"]) == ("checked", 1, 0)
    assert await ask(database, shop, "SELECT id FROM orders") == []
    assert await ask(database, shop, "SELECT id FROM events") == []
    answer = await client.post(path, json={})
    done = await finish(client, runner, shop, answer.json())
    assert (done["state"], done["created"]) == ("done", 1)
    assert len(await ask(database, shop, "SELECT id FROM orders")) == 1


async def test_products_then_orders_then_shipments_by_form(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID
) -> None:
    async def form(kind: str, text_: str) -> dict[str, Any]:
        files = {"file": (f"{kind}.csv", text_.encode(), "text/csv")}
        answer = await client.post("/api/v1/imports", files=files, data={"kind": kind})
        assert answer.status_code == 202, answer.text
        return await finish(client, runner, shop, answer.json())

    made = await form("products", "Handle,Title,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,"
                                  "Image Src\n"
                                  "shirt,Shirt,S,S-1,10.00,5,https://x.example/a.png\nshirt,,M,S-2,11.00,0,\n"
                                  "shirt,,,,,,https://x.example/b.png\n")  # fmt: skip
    assert (made["state"], made["source"], made["created"]) == ("done", "shopify", 1), made["problems"]
    (product,) = (await client.get("/api/v1/products?external_id=shirt")).json()["items"]
    assert sorted((v["external_id"], v["price"], v["available"]) for v in product["variants"]) == [
        ("S-1", 1000, 5), ("S-2", 1100, 0)
    ]  # fmt: skip
    assert (await form("orders", sheet(ROW).decode()))["state"] == "done"
    parcels = "Order number,Carrier,Tracking number,Line id,Quantity\n1001,DHL,JJD 1,l1,1\n#1001,DHL,JJD2,l1,1\n"
    sent = await form("shipments", parcels)
    assert (sent["state"], sent["created"]) == ("done", 2), sent["problems"]
    again = await form("shipments", parcels)
    assert (again["created"], again["unchanged"]) == (0, 2)
    over = await form("shipments", "order,carrier,tracking_number,line,quantity\n1001,DHL,JJD3,l1,1\n")
    assert (over["state"], over["problems"][0]["row"], over["problems"][0]["column"]) == ("failed", 2, "quantity")
    assert len(await ask(database, shop, "SELECT id FROM shipments")) == 2


async def test_rights_and_shops(
    make_client: Callable[..., Any], client: httpx.AsyncClient, other_client: httpx.AsyncClient, runner: Runner,
    shop: UUID,
) -> None:  # fmt: skip
    shown = await send(client, runner, shop, sheet(ROW))
    assert (await other_client.get(f"/api/v1/imports/{shown['id']}")).status_code == 404
    assert (await other_client.post(f"/api/v1/imports/{shown['id']}/run", json={})).status_code == 404
    clerk = await make_client(shop, ["orders:read", "orders:write"])
    assert (await clerk.post("/api/v1/imports?kind=products", content=b"x")).status_code == 403
    assert (await client.post("/api/v1/imports?kind=cats", content=b"x")).status_code == 422
    assert (await client.get("/api/v1/imports")).json()["items"][0]["id"] == shown["id"]
    head = (await client.get("/api/v1/imports/templates/orders")).text
    assert head.startswith("external_id,number,placed_at")
    big = await client.post("/api/v1/orders/import", content=b"x" * 25_000_001, headers={"content-type": "text/csv"})
    assert big.status_code == 413


async def test_a_failure_in_the_middle_leaves_nothing_and_the_next_attempt_lands_whole(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sheet(*(ROW.replace("1001", f"n{n}") for n in range(1200)))
    answer = await client.post("/api/v1/imports", content=data, headers={"content-type": "text/csv"})

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_end", broken)
        await runner.run_due(50, shop=shop)
    assert await ask(database, shop, "SELECT id FROM orders LIMIT 1") == []
    assert await ask(database, shop, "SELECT id FROM customers LIMIT 1") == []
    task = (await client.get(f"/api/v1/tasks/{answer.json()['task']}")).json()
    assert (task["state"], task["done"], task["total"]) == ("running", 1200, 1200), "progress was seen meanwhile"
    async with database.write(shop) as session:
        await session.execute(text("UPDATE outbox SET due_at = clock_timestamp() WHERE job = 'imports.run'"))
    shown = await finish(client, runner, shop, answer.json())
    assert (shown["state"], shown["created"]) == ("done", 1200)


async def test_ten_thousand_orders_under_a_minute(
    client: httpx.AsyncClient, runner: Runner, database: Database, shop: UUID
) -> None:
    lines = [
        f"{n},2026-10-{1 + n % 28:02d} 10:00,EUR,c{n % 4000}@example.com,Ada,DE,4.90,34.90,{line}"
        for n in range(10_000)
        for line in ("l1,Shirt,S-1,2,10.00", "l2,Hat,H-1,1,10.00")
    ]
    began = time.monotonic()
    shown = await send(client, runner, shop, sheet(*lines))
    spent = time.monotonic() - began
    print(f"10,000 orders in {spent:.1f} s")
    assert (shown["state"], shown["created"], shown["rows"]) == ("done", 10_000, 20_000), shown["problems"][:3]
    assert (await ask(database, shop, "SELECT count(*) AS n FROM order_lines"))[0]["n"] == 20_000
    assert spent < 60
