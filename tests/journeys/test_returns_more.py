"""What goes with returns besides the plain refund: exchanges, credit, split tenders, inspections, labels, policies."""

from tests.factories.orders import line_body, order_body
from tests.support.sold import Sold, stock, stocked
from tests.support.world import World


async def test_22_exchanges_of_equal_lower_and_higher_price(world: World) -> None:
    await stocked(world, **{"v-A": 5000, "same": 5000, "cheap": 3000, "dear": 7000})
    sold = await Sold.make(world, [line_body("A", 5000, 3, tax=1200)])
    wish = {"line": "A", "quantity": 1, "reason": "too_small", "resolution": "exchange"}
    quoted = await sold.quote(wish | {"exchange_variant": "dear"})
    assert quoted["charge_total"] == 2160
    refused = await sold.open(wish | {"exchange_variant": "dear"}, expect=422)
    assert refused["title"] and "payment" in refused["type"]
    even = await sold.open(wish | {"exchange_variant": "same"})
    assert (await stock(world, "same"), even["exchange"][0]["state"]) == ((2, 0, 1), "reserved")
    await sold.receive(even)
    settled = await world.post(f"/api/v1/returns/{even['id']}/settle", expect=200)
    assert (settled["refund_total"], settled["attempts"], settled["state"]) == (0, [], "settled")
    replacement = await world.get(f"/api/v1/orders/{settled['exchange'][0]['order_id']}")
    assert (replacement["captured"], replacement["total"], replacement["tags"]) == (5400, 5400, ["exchange"])
    assert (await stock(world, "same"), await stock(world, "v-A")) == ((1, 0, 0), (3, 0, 0))
    less = await sold.give_back(wish | {"exchange_variant": "cheap"})
    assert less["refund_total"] == 2160
    # The replacement inherits the paid value: giving it back never exceeds the money really received.
    again = Sold(world, replacement, sold.payment)
    assert (await again.give_back("x1"))["refund_total"] == 5400
    assert sum(r["amount"] for r in await sold.refunds()) == 2160 + 5400
    assert (await sold.view())["refundable"]["order"] == 5400


async def test_cancelling_frees_units_and_replacements(world: World) -> None:
    await stocked(world, **{"v-A": 5000, "same": 5000})
    sold = await Sold.make(world, [line_body("A", 5000, tax=400)])
    wish = {"line": "A", "quantity": 1, "reason": "too_small", "resolution": "exchange", "exchange_variant": "same"}
    case = await sold.open(wish)
    await sold.quote("A", expect=409)
    gone = await world.post(f"/api/v1/returns/{case['id']}/cancel", expect=200)
    assert (gone["state"], await stock(world, "same")) == ("canceled", (2, 0, 0))
    await sold.receive(await sold.open("A"))


async def test_store_credit_is_given_once_and_spent(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000, tax=400)])
    settled = await sold.give_back({"line": "A", "reason": "too_small", "resolution": "store_credit"})
    assert (settled["credit"], settled["attempts"]) == ({"amount": 5400, "bonus": 0, "currency": "EUR"}, [])
    customer = (await sold.view())["customer_id"]
    assert (await world.get("/api/v1/credits", customer=customer))["balance"] == 5400
    spend = {"customer": customer, "currency": "EUR", "amount": 5000, "source": "next-order"}
    for _ in range(2):
        assert (await world.post("/api/v1/credits/redeem", spend, expect=200))["balance"] == 400
    await world.post("/api/v1/credits/redeem", spend | {"source": "another"}, expect=409)
    assert (await sold.view())["refundable"]["order"] == 0
    await world.drain()
    mails = await world.mails((await sold.view())["customer"]["email"])
    assert len([m for m in mails if "RMA" not in m["subject"]]) >= 1


async def test_10_a_split_tender_gives_the_gift_card_back_as_credit(world: World) -> None:
    key = f"gift{world.shop.hex[-6:]}"
    await world.pay(f"pi_{key}", 7500)
    tenders = [
        {"id": "gc", "kind": "gift_card", "amount": 2500},
        {"id": "card", "kind": "card", "amount": 7500, "provider": "stripe", "provider_ref": f"pi_{key}"},
    ]
    body = order_body(key, [line_body("A", 4000), line_body("B", 6000)], tenders=tenders)
    sold = Sold(world, await world.post("/api/v1/orders", body, expect=201), f"pi_{key}")
    first = await sold.give_back("A")
    assert [(a["tender"], a["amount"], a["state"]) for a in first["case"]["settlements"][0]["attempts"]] == [
        ("gc", 2500, "succeeded"), ("card", 1500, "succeeded"),
    ]  # fmt: skip
    assert (await world.get("/api/v1/credits", customer=(await sold.view())["customer_id"]))["balance"] == 2500
    second = await sold.give_back("B")
    assert [(a["tender"], a["amount"]) for a in second["attempts"]] == [("card", 6000)]


async def test_21_inspections_can_be_revised_and_stock_follows(world: World) -> None:
    await stocked(world, **{"v-A": 2500})
    sold = await Sold.make(world, [line_body("A", 2500, 3, tax=750)])
    case = await sold.open(("A", 3))
    path = f"/api/v1/returns/{case['id']}"
    receipt = await world.post(
        f"{path}/receipts",
        {
            "location": "main",
            "lines": [
                {"line": "A", "quantity": 1, "condition": "A", "disposition": "restock"},
                {"line": "A", "quantity": 1, "condition": "C", "disposition": "quarantine", "deduction_percent": 40,
                 "deduction_reason": "scratched"},
            ],
        },
        expect=201,
    )  # fmt: skip
    assert (await stock(world, "v-A"))[:2] == (3, 1)
    settled = await world.post(f"{path}/settle", {"refund_total": 4400, "credit_total": 0}, expect=200)
    assert (settled["refund_total"], settled["fees"]) == (4400, [{"kind": "inspection", "amount": 1100}])
    lines = [{"line": "A", "quantity": 2, "condition": "A", "disposition": "restock"}]
    await world.client.put(f"{path}/receipts/{receipt['id']}", json={"location": "main", "lines": lines})
    assert (await stock(world, "v-A"))[:2] == (4, 0)
    late = [{"line": "A", "quantity": 1, "condition": "A", "disposition": "restock"}]
    await world.post(f"{path}/receipts", {"location": "main", "lines": late}, expect=201)
    assert (await world.post(f"{path}/settle", expect=200))["refund_total"] == 2750
    await world.drain()
    ended = await world.get(path)
    assert (ended["state"], len(ended["settlements"]), (await stock(world, "v-A"))[:2]) == ("closed", 2, (5, 0))
    assert sum(r["amount"] for r in await sold.refunds()) == 7150


async def test_money_given_meanwhile_blocks_a_silent_difference(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    case = await sold.open("A")
    await sold.receive(case)
    await world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 1000}, expect=200)
    path = f"/api/v1/returns/{case['id']}/settle"
    blocked = await world.post(path, expect=200)
    assert (blocked["state"], blocked["block_reason"]) == ("blocked", "amount_changed")
    assert (blocked["expected_total"], blocked["refund_total"], blocked["attempts"]) == (5000, 4000, [])
    await world.post(path, {"refund_total": 5000, "credit_total": 0}, expect=409)
    settled = await world.post(path, {"refund_total": 4000, "credit_total": 0}, expect=200)
    assert [a["amount"] for a in settled["attempts"]] == [4000]
    await world.drain()
    assert sum(r["amount"] for r in await sold.refunds()) == 5000


async def test_the_label_comes_and_can_be_read(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    case = await sold.open("A")
    assert (case["state"], case["steps"][1]["state"]) == ("approved", "done")
    path = f"/api/v1/returns/{case['id']}"
    assert (await world.client.get(f"{path}/label")).status_code == 404
    await world.drain()
    label = await world.client.get(f"{path}/label")
    assert (label.headers["content-type"], label.content[:4]) == ("application/pdf", b"%PDF")
    names = [e["name"] for e in (await world.get(path))["timeline"]]
    assert names[:2] == ["return.requested", "return.approved"] and "return.label_ready" in names
    assert (await world.mails((await sold.view())["customer"]["email"]))[-1]["subject"].find(case["number"]) > 0


async def test_refunds_in_the_dashboard_consume_the_caps(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    headers = {"Authorization": f"Bearer {world.stripe_key}"}
    data = {"payment_intent": sold.payment, "amount": "2000"}
    (await world.outside.post(f"{world.urls.stripe}/v1/refunds", data=data, headers=headers)).raise_for_status()
    await world.drain()
    (seen,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
    assert (seen["origin"], seen["amount"], seen["state"]) == ("external", 2000, "succeeded")
    assert (await sold.view())["refundable"]["order"] == 3000
    await world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 3001}, expect=409)


async def test_policies_are_versions_that_never_change(world: World) -> None:
    await world.post("/api/v1/policies", {"fees": [{"kind": "restocking"}]}, expect=422)
    draft = await world.post(
        "/api/v1/policies", {"fees": [{"kind": "return_shipping", "amount": 595}], "auto_approve": []}, expect=201
    )
    sold = await Sold.make(world, [line_body("A", 5000, 2)])
    before = await sold.open("A")
    published = await world.post(f"/api/v1/policies/{draft['version']}/publish", expect=200)
    assert published["current"] is True
    await world.post(f"/api/v1/policies/{draft['version']}/publish", expect=409)
    after = await sold.open("A")
    assert (before["policy_version"], before["state"], before["quote"]["refund_total"]) == (0, "approved", 5000)
    assert (after["policy_version"], after["state"], after["quote"]["refund_total"]) == (1, "requested", 4405)
    approved = await world.post(f"/api/v1/returns/{after['id']}/approve", expect=200)
    assert approved["state"] == "approved"
    declined = await world.post(f"/api/v1/returns/{before['id']}/decline", {"reason": "No."}, expect=409)
    assert declined["status"] == 409


async def test_tokens_are_bound_to_their_wish_and_their_time(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000, 3)])
    token = (await sold.quote("A"))["token"]
    method = {"method": "label"}
    for bad, status in (("x" * 20, 422), (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), 422)):
        await world.post("/api/v1/returns", sold.wish("A") | {"quote_token": bad} | method, expect=status)
    await world.post("/api/v1/returns", sold.wish(("A", 2)) | {"quote_token": token} | method, expect=409)
    for kind in ("withdrawal", "claim"):
        other = sold.wish("A", kind=kind) | {"quote_token": token} | method
        assert (await world.post("/api/v1/returns", other, expect=409))["type"].endswith("quote-changed")
    await world.post("/api/v1/returns", sold.wish("A") | {"quote_token": token, "method": "pickup"}, expect=422)
    await world.control("/clock", {"advance": "PT25H"})
    await world.post("/api/v1/returns", sold.wish("A") | {"quote_token": token} | method, expect=409)
    await sold.quote("Z", expect=422)


async def test_buttons_pressed_twice_and_without_a_body(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000, 2)])
    case = await sold.open("A")
    path = f"/api/v1/returns/{case['id']}"
    assert (await world.client.post(f"{path}/approve")).json()["state"] == "approved"
    for _ in range(2):
        assert (await world.client.post(f"{path}/cancel")).json()["state"] == "canceled"
    names = [e["name"] for e in (await world.get(path))["timeline"]]
    assert names.count("return.cancelled") == 1
    assert (await world.client.post(f"{path}/approve")).status_code == 409
    again = await sold.open("A")
    await sold.receive(again)
    assert (await world.client.post(f"/api/v1/returns/{again['id']}/settle")).status_code == 200
    assert (await world.client.post(f"/api/v1/returns/{again['id']}/cancel")).status_code == 409
    assert (await world.client.post("/api/v1/returns/nonsense/cancel")).status_code == 404


async def test_large_quantities_stay_light(world: World) -> None:
    await stocked(world, **{"v-A": 3})
    sold = await Sold.make(world, [line_body("A", 3, 6_000, tax=12_345)])
    first = await sold.give_back(("A", 321))
    rest = await sold.give_back(("A", 5_679))
    assert first["refund_total"] + rest["refund_total"] == 18_000 + 12_345
    assert (await stock(world, "v-A"))[0] == 6_002


async def test_a_manual_trigger_settles_before_goods_and_a_full_return_brings_shipping(world: World) -> None:
    policy = {"shipping": {"refund": "full_return"}, "refund_trigger": "manual"}
    await world.post("/api/v1/policies", policy, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)
    sold = await Sold.make(world, [line_body("A", 5000), line_body("B", 3000)], shipping={"amount": 700})
    assert (await sold.quote("A"))["shipping_refund"] == 0
    case = await sold.open("A", "B")
    assert case["quote"]["refund_total"] == 8700
    settled = await world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)
    assert settled["refund_total"] == 8700
    await world.drain()
    assert (await world.get(f"/api/v1/returns/{case['id']}"))["state"] == "closed"
    assert (await sold.view())["refundable"]["order"] == 0
