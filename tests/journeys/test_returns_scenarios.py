"""Scenarios 1–7 and 11–13 of the specification of returns through the API, to the cent, and what goes with them."""

import asyncio
from itertools import count
from typing import Any

import pytest

from tests.factories.orders import line_body, order_body, order_total
from tests.factories.products import product_body
from tests.support.world import World

NUMBERS = count(1)


class Sold:
    """An order at the API, paid at the sandbox Stripe."""

    def __init__(self, world: World, order: dict[str, Any], payment: str) -> None:
        self.world, self.id, self.payment = world, order["id"], payment

    @classmethod
    async def make(cls, world: World, lines: list[dict[str, Any]], **fields: Any) -> "Sold":
        """Imports the order and pays it by card."""
        key = f"{world.shop.hex[-8:]}-{next(NUMBERS)}"
        body = order_body(key, lines, **fields)
        if "tenders" not in fields:
            await world.pay(f"pi_{key}", order_total(body), body["currency"])
        return cls(world, await world.post("/api/v1/orders", body, expect=201), f"pi_{key}")

    async def view(self) -> dict[str, Any]:
        """The order as it is now."""
        return await self.world.get(f"/api/v1/orders/{self.id}")

    def wish(self, *lines: Any, **fields: Any) -> dict[str, Any]:
        """A wish for lines: a key, (key, quantity), or a whole line."""
        wanted = []
        for one in lines:
            if isinstance(one, dict):
                wanted.append(one)
            else:
                key, quantity = one if isinstance(one, tuple) else (one, 1)
                wanted.append({"line": key, "quantity": quantity, "reason": "changed_mind"})
        return {"order_id": self.id, "lines": wanted} | fields

    async def quote(self, *lines: Any, expect: int = 200, **fields: Any) -> dict[str, Any]:
        """A quote."""
        return await self.world.post("/api/v1/returns/quote", self.wish(*lines, **fields), expect=expect)

    async def open(self, *lines: Any, expect: int = 201, **fields: Any) -> dict[str, Any]:
        """Quotes and opens the return."""
        token = (await self.quote(*lines))["token"]
        body = self.wish(*lines, **fields) | {"quote_token": token, "method": "label"}
        return await self.world.post("/api/v1/returns", body, expect=expect)

    async def receive(self, case: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Everything of the case arrives in grade A and is restocked."""
        found = {"condition": "A", "disposition": "restock"} | said
        lines = [{"line": x["line"], "quantity": x["quantity"]} | found for x in case["lines"]]
        path = f"/api/v1/returns/{case['id']}/receipts"
        return await self.world.post(path, {"location": "main", "lines": lines}, expect=201)

    async def give_back(self, *lines: Any) -> dict[str, Any]:
        """The whole way: quote, open, receive, settle, money; answers the settlement with the case as it ended."""
        case = await self.open(*lines)
        await self.receive(case)
        path = f"/api/v1/returns/{case['id']}"
        settled = await self.world.post(f"{path}/settle", expect=200)
        assert settled["refund_total"] == case["quote"]["refund_total"]
        await self.world.drain()
        settled["case"] = await self.world.get(path)
        return settled

    async def refunds(self) -> list[dict[str, Any]]:
        """What Stripe really paid back on this payment."""
        return [r for r in await self.world.provider_refunds() if r["payment_intent"] == self.payment]


async def test_1_a_plain_return_keeps_the_shipping(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 8000, tax=660)], shipping={"amount": 500})
    quoted = await sold.quote("A")
    assert (quoted["refund_total"], quoted["shipping_refund"], quoted["tenders"]) == (
        8660, 0, [{"tender": "t1", "kind": "card", "amount": 8660}],
    )  # fmt: skip
    assert [e["code"] for e in quoted["explanation"]] == ["line", "shipping_kept", "tender"]
    assert quoted["eligibility"] == [{"line": "A", "decision": "yes", "reasons": []}]
    settled = await sold.give_back("A")
    (attempt,) = settled["case"]["settlements"][0]["attempts"]
    assert (attempt["state"], attempt["amount"], settled["case"]["state"]) == ("succeeded", 8660, "closed")
    order = await sold.view()
    assert order["refundable"] == {"order": 500, "shipping": 500, "tenders": {"t1": 500}, "lines": {"A": 0}}
    assert [r["amount"] for r in await sold.refunds()] == [8660]
    await sold.quote("A", expect=409)


@pytest.mark.parametrize(
    ("batches", "amounts"), [((1, 1, 1), [333, 334, 333]), ((2, 1), [667, 333]), ((1, 2), [333, 667])]
)
async def test_2_thirds(world: World, batches: tuple[int, ...], amounts: list[int]) -> None:
    sold = await Sold.make(world, [line_body("B", 334, 3, discount=2)])
    got = [(await sold.give_back(("B", n)))["refund_total"] for n in batches]
    assert got == amounts
    await sold.quote("B", expect=409)
    assert sum(r["amount"] for r in await sold.refunds()) == 1000


async def test_3_an_order_discount_is_shared(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 15000), line_body("B", 6000)], discounts=[{"amount": 4200}])
    assert (await sold.give_back("A"))["refund_total"] == 12000
    assert (await sold.give_back("B"))["refund_total"] == 4800
    assert (await sold.view())["refundable"]["order"] == 0


async def test_4_a_fixed_coupon_with_odd_cents_and_tax(world: World) -> None:
    lines = [line_body("1", 1999, tax=109), line_body("2", 1499, tax=82), line_body("3", 999, tax=54)]
    sold = await Sold.make(world, lines, discounts=[{"code": "TEN", "amount": 1000}])
    order = await sold.view()
    assert [(x["discount_share"], x["net"], x["tax"]) for x in order["lines"]] == [
        (445, 1554, 109), (333, 1166, 82), (222, 777, 54),
    ]  # fmt: skip
    assert order["captured"] == 3742
    assert [(await sold.give_back(k))["refund_total"] for k in ("2", "1", "3")] == [1248, 1663, 831]


async def test_5_quantity_with_tax(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 999, 7, tax=621)])
    assert (await sold.give_back(("A", 3)))["refund_total"] == 3263
    assert (await sold.give_back(("A", 4)))["refund_total"] == 4351


@pytest.mark.parametrize("at_once", [True, False])
async def test_6_charged_tax_is_authoritative(world: World, at_once: bool) -> None:
    sold = await Sold.make(world, [line_body(k, 333, tax=None) for k in "abc"], tax_total=230)
    if at_once:
        assert (await sold.give_back("a", "b", "c"))["refund_total"] == 1229
    else:
        assert [(await sold.give_back(k))["refund_total"] for k in "abc"] == [410, 410, 409]
    assert (await sold.view())["refundable"]["order"] == 0


async def test_7_a_frozen_bogo(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000), line_body("B", 3000)], discounts=[{"amount": 3000}])
    assert (await sold.give_back("A"))["refund_total"] == 2286
    assert (await sold.view())["lines"][1]["amount"] == 1714
    assert (await sold.give_back("B"))["refund_total"] == 1714


async def test_11_goodwill_before_a_return(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 2500, 2)])
    path = f"/api/v1/orders/{sold.id}/refunds"
    given = await world.post(path, {"amount": 2000, "reason": "late parcel"}, expect=200)
    assert (given["unallocated"], [a["amount"] for a in given["attempts"]]) == (2000, [2000])
    await world.drain()
    quoted = await sold.quote(("A", 2))
    assert (quoted["refund_total"], quoted["already_refunded"]) == (3000, 2000)
    assert "20.00" in next(e["text"] for e in quoted["explanation"] if e["code"] == "already_paid").replace(",", ".")
    assert (await sold.give_back(("A", 2)))["refund_total"] == 3000
    assert sum(r["amount"] for r in await sold.refunds()) == 5000
    await world.post(path, {"amount": 1}, expect=409)


async def test_12_double_clicks(world: World) -> None:
    for same in (True, False):
        sold = await Sold.make(world, [line_body("A", 4000)])
        path = f"/api/v1/orders/{sold.id}/refunds"
        calls = [
            world.client.post(path, json={"amount": 4000}, headers={"Idempotency-Key": f"{same}{0 if same else i}"})
            for i in range(20)
        ]
        answers = await asyncio.gather(*calls)
        codes = sorted(a.status_code for a in answers)
        if same:
            assert codes == [200] * 20
            assert len({a.json()["attempts"][0]["id"] for a in answers}) == 1
        else:
            assert codes == [200] + [409] * 19
        await world.drain()
        assert [r["amount"] for r in await sold.refunds()] == [4000]


async def test_12_double_clicks_on_settle(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    await sold.receive(case)
    path = f"/api/v1/returns/{case['id']}/settle"
    answers = await asyncio.gather(*[world.client.post(path, json={}) for _ in range(20)])
    assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    await world.drain()
    assert [r["amount"] for r in await sold.refunds()] == [4000]


async def test_13_a_lost_response(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    await sold.receive(case)
    await world.control("/stripe/faults", {"next": "timeout_after_success", "account": world.stripe_key})
    await world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)
    for _ in range(40):
        await world.drain()
        (attempt,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
        if attempt["state"] == "succeeded":
            break
        await asyncio.sleep(0.25)
    assert (attempt["state"], [r["amount"] for r in await sold.refunds()]) == ("succeeded", [4000])
    entries = [e for e in (await world.get("/api/v1/ledger", order=sold.id))["items"] if e["kind"] == "refund"]
    assert sorted(e["amount"] for e in entries) == [-4000, 4000]
    assert (await world.get(f"/api/v1/returns/{case['id']}"))["state"] == "closed"


async def test_14_a_late_failure_frees_the_reserve_and_opens_a_task(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 6495)])
    await world.control("/stripe/faults", {"next": "pending", "account": world.stripe_key})
    settled = await sold.give_back("A")
    (attempt,) = settled["case"]["settlements"][0]["attempts"]
    assert (attempt["state"], (await sold.view())["refundable"]["order"]) == ("pending", 0)
    for status, left in (("succeeded", 0), ("failed", 6495)):
        body = {"status": status, "failure_reason": "expired_or_canceled_card" if status == "failed" else None}
        await world.control(f"/stripe/refunds/{attempt['id']}", body)
        await world.drain()
        (attempt,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
        assert (attempt["state"], (await sold.view())["refundable"]["order"]) == (status, left)
    assert attempt["failure_reason"] == "expired_or_canceled_card"
    kinds = [e["kind"] for e in (await world.get("/api/v1/ledger", order=sold.id))["items"]]
    assert (kinds.count("refund"), kinds.count("refund_reversal")) == (2, 2)


async def test_15_a_dispute_holds_the_settlement_until_it_is_won(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 8000, tax=660)], shipping={"amount": 500})
    case = await sold.open("A")
    dispute = await world.control("/stripe/disputes", {"payment_intent": sold.payment})
    await world.drain()
    await sold.receive(case)
    path = f"/api/v1/returns/{case['id']}/settle"
    blocked = await world.post(path, expect=200)
    assert (blocked["state"], blocked["block_reason"], blocked["attempts"]) == ("blocked", "tender_disputed", [])
    await world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 100}, expect=409)
    assert (await world.get("/api/v1/returns", tab="review"))["items"][0]["id"] == case["id"]
    await world.control(f"/stripe/disputes/{dispute['id']}", {"status": "won"})
    await world.drain()
    settled = await world.post(path, expect=200)
    assert (settled["refund_total"], settled["id"]) == (8660, blocked["id"])
    await world.drain()
    assert [r["amount"] for r in await sold.refunds()] == [8660]


async def stocked(world: World, **variants: int) -> None:
    """A product whose variants cost what they are named to."""
    stock = [{"location": "main", "quantity": 2}]
    rows = [
        {"external_id": key, "title": key, "price": price, "tax_rate_bp": 800, "stock": stock}
        for key, price in variants.items()
    ]
    await world.post("/api/v1/products", product_body("p-A", rows), expect=201)


async def stock(world: World, variant: str) -> tuple[int, int, int]:
    """Sellable, quarantine, reserved of a variant."""
    (row,) = (await world.get("/api/v1/stock", variant=variant))["items"]
    return row["sellable"], row["quarantine"], row["reserved"]


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
    await world.post("/api/v1/returns", sold.wish("A") | {"quote_token": token, "method": "pickup"}, expect=422)
    await world.control("/clock", {"advance": "PT25H"})
    await world.post("/api/v1/returns", sold.wish("A") | {"quote_token": token} | method, expect=409)
    await sold.quote("Z", expect=422)
