"""The rehearsal's Shopify: protocol, refusals, idempotency and faults, over real HTTP and through our own adapter."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from comeback.core.secrets import Secret
from comeback.sandbox.config import Urls
from comeback.vendors.errors import ProviderRefused, ProviderTimeout, ProviderUnavailable
from comeback.vendors.shopify.adapter import ShopifyStorefront
from comeback.vendors.shopify.signing import verify_query
from comeback.vendors.storefronts import (
    CodesBack,
    CreditBack,
    NoteBack,
    OrderBack,
    RefundBack,
    RefundedLine,
    ReplacementLine,
    WriteKind,
    WriteTask,
)
from tests.vendors.storefront import API_SECRET, DOMAIN, OTHER_TOKEN, TOKEN, Desk, shopify_access
from tests.vendors.storefront_fixtures import desk, shops

__all__ = ["desk", "shops"]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
REFUND = """mutation R($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id totalRefundedSet { shopMoney { amount } } } userErrors { field message }
  }
}"""


@pytest.fixture
async def shopify(shops: Urls) -> AsyncIterator[ShopifyStorefront]:
    adapter = ShopifyStorefront("2026-04", shops.storefront)
    yield adapter
    await adapter.close()


async def refund_input(desk: Desk, order: dict[str, Any], amount: str) -> dict[str, Any]:
    gid = f"gid://shopify/Order/{order['id']}"
    found = await desk.ask("query($id: ID!) { order(id: $id) { transactions { id } } }", {"id": gid})
    parent = found["data"]["order"]["transactions"][0]["id"]
    money = {"orderId": gid, "parentId": parent, "gateway": "manual", "kind": "REFUND", "amount": amount}
    return {"orderId": gid, "note": "too small", "transactions": [money]}


def tasks_of(order: dict[str, Any], variant: str) -> list[tuple[WriteKind, WriteTask, str]]:
    """Everything we write back, and the effect it has there."""
    line = str(order["lines"][0]["id"])
    refund = RefundBack(
        reference="comeback:r1",
        order=str(order["id"]),
        amount=4500,
        currency="EUR",
        lines=(RefundedLine(line=line, quantity=1, amount=4500, tax=718),),
        note="Returned",
    )
    replacement = OrderBack(
        reference="comeback:x1",
        original=str(order["id"]),
        currency="EUR",
        email="ada@example.com",
        customer=str(order["customer_id"]),
        lines=(ReplacementLine(variant=variant, quantity=1),),
        tags=("exchange",),
    )
    codes = CodesBack(
        reference="comeback:c1", title="Thanks", codes=("THANKS-1",), currency="EUR", percent=10, starts_at=LONG_AGO
    )
    card = CreditBack(
        reference="comeback:g1",
        form="gift_card",
        amount=2500,
        currency="EUR",
        code="comeback2345",
        customer=str(order["customer_id"]),
    )
    note = NoteBack(reference="comeback:n1", order=str(order["id"]), text="Return RMA-1 opened")
    return [
        ("refund", refund, "refund.created"),
        ("order", replacement, "order.created"),
        ("codes", codes, "discount.created"),
        ("credit", card, "gift_card.created"),
        ("note", note, "order.noted"),
    ]


async def test_an_order_is_told_in_shopifys_own_shape(desk: Desk, shopify: ShopifyStorefront) -> None:
    order = await desk.buy()
    await desk(f"/orders/{order['id']}/fulfil", {"tracking_company": "DHL", "tracking_number": "T1"})
    found = await shopify.fetch(shopify_access(), "order", str(order["id"]))
    assert found is not None
    body = found.body
    # 2 × 50.00 − 10 % + 12.90, all with 19 % VAT inside.
    assert body["totalPriceSet"]["shopMoney"] == {"amount": "102.9", "currencyCode": "EUR"}
    assert (
        body["lineItems"]["nodes"][0]["discountAllocations"][0]["allocatedAmountSet"]["shopMoney"]["amount"] == "10.0"
    )
    assert body["lineItems"]["nodes"][0]["taxLines"][0]["priceSet"]["shopMoney"]["amount"] == "14.37"
    assert body["fulfillments"][0]["trackingInfo"] == [{"company": "DHL", "number": "T1", "url": None}]
    assert (body["displayFinancialStatus"], body["displayFulfillmentStatus"]) == ("PAID", "FULFILLED")
    assert body["transactions"][0]["manualPaymentGateway"] is True


async def test_pages_hold_while_orders_change(desk: Desk, shopify: ShopifyStorefront) -> None:
    ids = {str((await desk.buy())["id"]) for _ in range(7)}
    seen: list[str] = []
    cursor = None
    while True:
        page = await shopify.changes(shopify_access(), "order", LONG_AGO, cursor, 2)
        seen += [item.id for item in page.items]
        await desk.ask(
            "mutation($i: OrderInput!) { orderUpdate(input: $i) { userErrors { message } } }",
            {"i": {"id": f"gid://shopify/Order/{seen[0]}", "note": "moved"}},
        )
        cursor = page.next
        if cursor is None or len(seen) > 20:
            break
    assert set(seen) == ids


async def test_writes_are_found_again_and_made_once(desk: Desk, shopify: ShopifyStorefront) -> None:
    order = await desk.buy()
    variant = (await desk.ask("{ productVariants(first: 1) { nodes { id } } }"))["data"]["productVariants"]["nodes"][0]
    for kind, task, effect in tasks_of(order, variant["id"].rsplit("/", 1)[1]):
        assert await shopify.find_written(shopify_access(), kind, task) is None
        await desk.fault(next="timeout_after_success")
        with pytest.raises(ProviderTimeout):
            await shopify.write(shopify_access(), kind, task)
        found = await shopify.find_written(shopify_access(), kind, task)
        assert found is not None, effect
        done = await desk.effects(effect)
        assert [it["answered"] for it in done] == [False], effect
    shown = (await desk.http.get("/overview", params={"shop": DOMAIN})).json()
    totals = {table["title"]: table["total"] for table in shown["tables"]}
    assert (
        totals["Refunds"] == totals["Orders made by the app"] == totals["Gift cards"] == totals["Discount codes"] == 1
    )


async def test_a_refund_under_one_key_moves_money_once(desk: Desk) -> None:
    order = await desk.buy()
    wanted = await refund_input(desk, order, "20.00")
    first = (await desk.ask(REFUND, {"input": wanted, "key": "k1"}))["data"]["refundCreate"]
    again = (await desk.ask(REFUND, {"input": wanted, "key": "k1"}))["data"]["refundCreate"]
    assert first == again
    assert first["refund"]["totalRefundedSet"]["shopMoney"]["amount"] == "20.0"
    other = await refund_input(desk, order, "21.00")
    refused = (await desk.ask(REFUND, {"input": other, "key": "k1"}))["data"]["refundCreate"]
    assert refused["refund"] is None
    assert "idempotency key" in refused["userErrors"][0]["message"]
    assert (await desk.order(order["id"]))["refunded"] == 2000
    assert len(await desk.effects("refund.created")) == 1


async def test_a_refund_never_exceeds_what_was_paid(desk: Desk) -> None:
    order = await desk.buy()
    too_much = await refund_input(desk, order, "103.00")
    refused = (await desk.ask(REFUND, {"input": too_much, "key": "a"}))["data"]["refundCreate"]
    assert refused["userErrors"] and refused["refund"] is None
    lines = [{"lineItemId": f"gid://shopify/LineItem/{order['lines'][0]['id']}", "quantity": 3}]
    given = {"orderId": too_much["orderId"], "refundLineItems": lines}
    refused = (await desk.ask(REFUND, {"input": given, "key": "b"}))["data"]["refundCreate"]
    assert refused["userErrors"][0]["message"] == "Quantity cannot refund more items than were purchased"
    assert (await desk.order(order["id"]))["refunded"] == 0


async def test_versions_know_the_key_or_demand_it(desk: Desk) -> None:
    order = await desk.buy()
    wanted = await refund_input(desk, order, "1.00")
    plain = "mutation($input: RefundInput!) { refundCreate(input: $input) { refund { id } userErrors { message } } }"
    old = await desk.ask(REFUND, {"input": wanted, "key": "k"}, version="2025-10")
    assert old["errors"][0]["message"] == "Directive @idempotent is not defined"
    new = await desk.ask(plain, {"input": wanted})
    assert new["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert (await desk.order(order["id"]))["refunded"] == 0
    between = await desk.ask(plain, {"input": wanted}, version="2026-01")
    assert between["data"]["refundCreate"]["refund"] is not None


async def test_refusals_have_shopifys_shapes(desk: Desk, shops: Urls) -> None:
    answer = await desk.http.post(
        "/admin/api/2026-04/graphql.json", json={"query": "{ shop { name } }"}, headers={"X-Shopify-Access-Token": "x"}
    )
    assert (answer.status_code, "Invalid API key" in answer.json()["errors"]) == (401, True)
    wrong = await desk.ask("{ shop { nonsense } }")
    assert "Cannot query field 'nonsense'" in wrong["errors"][0]["message"]
    await desk.fault(next="throttle", on="shop")
    throttled = await desk.ask("{ shop { name } }")
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert throttled["extensions"]["cost"]["actualQueryCost"] is None
    assert (await desk.ask("{ shop { name } }"))["data"]["shop"]["name"] == "Demo"
    foreign = await desk.http.post(
        f"/{DOMAIN}/admin/api/2026-04/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": OTHER_TOKEN},
    )
    assert foreign.status_code == 401


async def test_a_missing_right_is_told(desk: Desk) -> None:
    scoped = {"domain": DOMAIN, "access_token": TOKEN, "api_secret": API_SECRET, "scopes": ["read_orders"]}
    assert (await desk.control.post("/config", json={"shopify": [scoped]})).status_code == 200
    assert "data" in await desk.ask("{ orders(first: 1) { nodes { id } } }")
    denied = await desk.ask("{ customers(first: 1) { nodes { id } } }")
    assert denied["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", ProviderTimeout),
        ("402", ProviderRefused),
        ("throttle", ProviderUnavailable),
        ("user_error", ProviderRefused),
    ],
)
async def test_calls_that_fail_do_nothing(
    desk: Desk, shopify: ShopifyStorefront, fault: str, error: type[Exception]
) -> None:
    order = await desk.buy()
    task = NoteBack(reference="comeback:n", order=str(order["id"]), text="Hello")
    await desk.fault(next=fault)
    with pytest.raises(error):
        await shopify.write(shopify_access(), "note", task)
    assert await desk.effects("order.noted") == []
    await shopify.write(shopify_access(), "note", task)
    assert len(await desk.effects("order.noted")) == 1


async def test_a_search_may_lag_behind(desk: Desk) -> None:
    await desk.fault(index_lag=60)
    order = await desk.buy(source="comeback:x")
    found = await desk.ask("{ orders(first: 5, query: \"source_identifier:'comeback:x'\") { nodes { id } } }")
    assert found["data"]["orders"]["nodes"] == []
    by_id = await desk.ask("query($i: ID!) { order(id: $i) { name } }", {"i": f"gid://shopify/Order/{order['id']}"})
    assert by_id["data"]["order"]["name"] == order["name"]


async def test_returns_walk_their_states(desk: Desk) -> None:
    order = await desk.buy()
    await desk(f"/orders/{order['id']}/fulfil")
    gid = f"gid://shopify/Order/{order['id']}"
    query = "query($i: ID!) { order(id: $i) { fulfillments { fulfillmentLineItems(first: 1) { nodes { id } } } } }"
    line = (await desk.ask(query, {"i": gid}))["data"]["order"]["fulfillments"][0]["fulfillmentLineItems"]["nodes"][0]
    request = (
        "mutation($i: ReturnRequestInput!) { returnRequest(input: $i) { return { id status } userErrors { code } } }"
    )
    wanted = {"fulfillmentLineItemId": line["id"], "quantity": 2, "returnReason": "SIZE_TOO_SMALL"}
    made = (await desk.ask(request, {"i": {"orderId": gid, "returnLineItems": [wanted]}}))["data"]["returnRequest"]
    assert made["return"]["status"] == "REQUESTED"
    twice = (await desk.ask(request, {"i": {"orderId": gid, "returnLineItems": [wanted]}}))["data"]["returnRequest"]
    assert twice["userErrors"]
    close = "mutation($id: ID!) { returnClose(id: $id) { return { status } userErrors { code } } }"
    early = (await desk.ask(close, {"id": made["return"]["id"]}))["data"]["returnClose"]
    assert early["userErrors"][0]["code"] == "INVALID_STATE"
    approve = "mutation($i: ReturnApproveRequestInput!) { returnApproveRequest(input: $i) { return { status } } }"
    await desk.ask(approve, {"i": {"id": made["return"]["id"]}})
    closed = (await desk.ask(close, {"id": made["return"]["id"]}))["data"]["returnClose"]
    assert closed["return"]["status"] == "CLOSED"


async def test_a_draft_becomes_one_order(desk: Desk) -> None:
    await desk.buy()
    create = """mutation($i: DraftOrderInput!) {
      draftOrderCreate(input: $i) { draftOrder { id status } userErrors { message } }
    }"""
    line = {
        "title": "Replacement",
        "quantity": 1,
        "originalUnitPriceWithCurrency": {"amount": "0", "currencyCode": "EUR"},
    }
    made = (await desk.ask(create, {"i": {"email": "ada@example.com", "lineItems": [line]}}))["data"][
        "draftOrderCreate"
    ]
    finish = "mutation($id: ID!) { draftOrderComplete(id: $id) { draftOrder { order { name displayFinancialStatus } } userErrors { message } } }"  # noqa: E501 - one document
    done = (await desk.ask(finish, {"id": made["draftOrder"]["id"]}))["data"]["draftOrderComplete"]
    assert done["draftOrder"]["order"] == {"name": "#1002", "displayFinancialStatus": "PAID"}
    again = (await desk.ask(finish, {"id": made["draftOrder"]["id"]}))["data"]["draftOrderComplete"]
    assert again["userErrors"]


async def test_store_credit_is_booked(desk: Desk) -> None:
    order = await desk.buy()
    credit = """mutation($id: ID!, $c: StoreCreditAccountCreditInput!) {
      storeCreditAccountCredit(id: $id, creditInput: $c) {
        storeCreditAccountTransaction { balanceAfterTransaction { amount } } userErrors { code }
      }
    }"""
    owner = f"gid://shopify/Customer/{order['customer_id']}"
    for balance in ("12.5", "25.0"):
        given = {"creditAmount": {"amount": "12.50", "currencyCode": "EUR"}}
        made = (await desk.ask(credit, {"id": owner, "c": given}))["data"]["storeCreditAccountCredit"]
        assert made["storeCreditAccountTransaction"]["balanceAfterTransaction"]["amount"] == balance


async def test_installing_the_app(desk: Desk, shops: Urls) -> None:
    query = {
        "client_id": "app", "scope": "read_orders,write_orders", "redirect_uri": "http://127.0.0.1:1/back",
        "state": "s1", "shop": "other.myshopify.com",
    }  # fmt: skip
    page = await desk.http.get("/admin/oauth/authorize", params=query)
    assert "Install Comeback in other.myshopify.com?" in page.text
    back = await desk.http.get("/admin/oauth/authorize", params=query | {"approve": "1"})
    assert back.status_code == 302
    pairs = parse_qsl(urlsplit(back.headers["location"]).query)
    assert verify_query(pairs, Secret(API_SECRET)) and not verify_query(pairs, Secret("wrong"))
    code = dict(pairs)["code"]
    wrong = {"client_id": "app", "client_secret": "no", "code": code}
    assert (await desk.http.post("/admin/oauth/access_token", json=wrong)).status_code == 400
    right = {"client_id": "app", "client_secret": API_SECRET, "code": code}
    granted = (await desk.http.post("/admin/oauth/access_token", json=right)).json()
    assert granted["scope"] == "read_orders,write_orders"
    assert (await desk.http.post("/admin/oauth/access_token", json=right)).status_code == 400, "a code works once"
    told = await desk.ask("{ shop { myshopifyDomain } }", token=granted["access_token"])
    assert told["data"]["shop"]["myshopifyDomain"] == "other.myshopify.com"


async def test_the_page_is_readable_without_a_script_from_elsewhere(shops: Urls) -> None:
    async with httpx.AsyncClient(base_url=shops.storefront) as http:
        page = await http.get("/")
        assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
        assert (await http.get("/page.js")).status_code == 200
