from datetime import UTC, datetime, timedelta
async def test_smoke(client, shop, drain, anonymous, database):
    from tests.factories.orders import order_body, line_body
    from tests.factories.products import product_body
    from sqlalchemy import text
    r = await client.post("/api/v1/products", json=product_body("p1")); assert r.status_code < 300, r.text
    r = await client.post("/api/v1/orders", json=order_body("1001", [line_body("l1", product_id="p1", variant_id="p1-S", quantity=2)])); assert r.status_code == 201, r.text
    oid = r.json()["id"]
    r = await client.post(f"/api/v1/orders/{oid}/shipments", json={"carrier":"sandbox","service":"standard","tracking_number":"SB1"}); assert r.status_code==201, r.text
    print(r.json()["tracking_url"])
    path = "/t/"+r.json()["tracking_url"].split("/t/")[1]
    r = await anonymous.get(path); print(r.status_code, r.headers); print(r.text[-6000:])
    assert r.status_code == 200
    async with database.read(shop) as s: slug = (await s.execute(text("select slug from shops where shop_id=:s"),{"s":shop})).scalar_one()
    r = await anonymous.get("/nonono/track"); print(r.status_code, r.text[-500:])
    r = await anonymous.get(f"/{slug}/track"); assert r.status_code==200
    r = await anonymous.post(f"/{slug}/track", data={"number":"1001","proof":"10115"}); print(r.status_code, r.headers.get("location"))
    r = await anonymous.post(f"/{slug}/returns?lang=en", data={"number":"1001","proof":"10115"}); print(r.status_code, r.headers.get("location"))
    loc = r.headers["location"]
    r = await anonymous.get(loc); assert r.status_code==200
