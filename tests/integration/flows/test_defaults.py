"""The default flows: one service mail for each thing worth telling."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core import clock
from comeback.core.db import Database
from comeback.core.events import Event
from comeback.credits.events import CreditIssued
from comeback.flows.rules.defaults import DEFAULT_FLOWS
from comeback.flows.rules.definition import problems
from comeback.flows.service import install_default_flows, still_right
from comeback.kit.ids import new_id
from comeback.messages.schemas import GuardRequest
from comeback.messages.service import install_default_templates
from comeback.orders.service import cancel_order, hold_marketing
from comeback.payments.events import RefundSubmitted, RefundSucceeded
from comeback.returns.events import ReturnApproved
from comeback.shipments.events import LabelReady
from tests.integration.flows.conftest import Rig


@pytest.fixture
async def ready(rig: Rig) -> Rig:
    """The shop with default templates and flows."""
    async with rig.database.write(rig.shop) as session:
        await install_default_templates(session)
        assert await install_default_flows(session) == len(DEFAULT_FLOWS)
        assert await install_default_flows(session) == 0
    return rig


@pytest.mark.parametrize("family", DEFAULT_FLOWS)
def test_they_are_sound(family: str) -> None:
    assert problems(DEFAULT_FLOWS[family]["definition"]) == []


async def test_one_mail_a_milestone_and_parcel(ready: Rig) -> None:
    (order,) = await ready.orders()
    one, two = new_id(), new_id()
    for name in ("shipped", "out", "delivered", "delivered"):
        await ready.happen(ready.parcel(name, order, one))
    await ready.happen(ready.parcel("shipped", order, two))
    assert await ready.mails() == ["shipped", "out_for_delivery", "delivered", "shipped"]
    subjects = await ready.rows("SELECT subjects ->> 'shipment', recipient, locale FROM messages ORDER BY id LIMIT 1")
    assert subjects[0][0] == str(one) and subjects[0][1].endswith("@example.com") and subjects[0][2] == "de"


async def test_what_must_not_be_told_says_why(ready: Rig) -> None:
    (order,) = await ready.orders()
    late = clock.now() - timedelta(days=9)
    await ready.happen(ready.parcel("delivered", order, new_id(), late, notify=False, why="stale: 9 days old"))
    assert await ready.mails() == []
    assert await ready.steps() == [("fit", "no", "stale: 9 days old"), ("quiet", "exited", "not told")]


def _money(kind: type[RefundSubmitted | RefundSucceeded], order: UUID, source: UUID) -> Event:
    return kind(
        occurred_at=clock.now(), order_id=order, refund_id=new_id(), source_kind="settlement", source_id=source,
        amount=100, currency="EUR", tender_kind="card", state="succeeded",
    )  # fmt: skip


async def test_one_refund_mail_a_settlement(ready: Rig) -> None:
    (order,) = await ready.orders()
    one, two = new_id(), new_id()
    for kind, source in (
        (RefundSubmitted, one),
        (RefundSucceeded, one),
        (RefundSucceeded, one),
        (RefundSucceeded, two),
    ):
        await ready.happen(_money(kind, order, source))
    assert await ready.mails() == ["refund_on_its_way"] * 2
    assert {r[0] for r in await ready.rows("SELECT subjects ->> 'source' FROM messages")} == {str(one), str(two)}


async def test_one_credit_mail_a_source(ready: Rig) -> None:
    (order,) = await ready.orders()
    ((customer,),) = await ready.rows("SELECT customer_id FROM orders")
    fields: dict[str, Any] = {"currency": "EUR", "amount": 5, "bonus": 0, "balance": 5, "promotional": 0}
    for source in ("a", "a", "b"):
        await ready.happen(
            CreditIssued(
                occurred_at=clock.now(),
                customer_id=customer,
                order_id=order,
                source_kind="settlement",
                source_id=source,
                **fields,
            )
        )
    assert await ready.mails() == ["store_credit"] * 2


async def test_an_approved_return_is_told_when_its_label_is_there(ready: Rig) -> None:
    (order,) = await ready.orders()
    with_label, without = new_id(), new_id()
    for case, method in ((with_label, "label"), (without, "store")):
        await ready.happen(
            ReturnApproved(
                occurred_at=clock.now(),
                order_id=order,
                return_id=case,
                number="R",
                kind="return",
                method=method,
                automatic=True,
            )
        )
    assert await ready.rows("SELECT return_id FROM messages") == [(without,)]
    for _ in range(2):
        await ready.happen(
            LabelReady(occurred_at=clock.now(), order_id=order, return_id=with_label, shipment_id=new_id())
        )
    assert await ready.mails() == ["return_approved"] * 2


async def test_the_guard_ends_notices_of_cancelled_orders_and_pauses_marketing(ready: Rig) -> None:
    fine, held, gone = await ready.orders(3)
    async with ready.database.write(ready.shop) as session:
        await hold_marketing(session, held, "return", "case-1")
        await cancel_order(session, gone)
        asked: dict[str, GuardRequest] = {
            f"{name} {class_} {about}": GuardRequest(
                message_id=new_id(),
                template="t",
                class_=class_,
                customer_id=None,
                subjects={"order": order, about: new_id()},
            )
            for name, order in (("fine", fine), ("held", held), ("gone", gone))
            for class_ in ("service", "marketing")
            for about in ("shipment", "refund")
        }
        asked["other"] = GuardRequest(
            message_id=new_id(), template="t", class_="service", customer_id=None, subjects={}
        )
        answer = await still_right(session, list(asked.values()))
    refused = {k: why for k, r in asked.items() if (why := answer.get(r.message_id))}
    assert refused == {
        "held marketing shipment": "on hold: return",
        "held marketing refund": "on hold: return",
        "gone service shipment": "the order was cancelled",
        "gone marketing shipment": "the order was cancelled",
    }


DRAFT: dict[str, Any] = {
    "entry": {"event": "order.placed"},
    "start": "s",
    "nodes": {"s": {"kind": "send", "template": "nothing", "next": "lost"}},
}


async def test_api(ready: Rig, client: httpx.AsyncClient, other_client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/flows", json={"name": "Thanks", "family": "thanks", "definition": DRAFT})
    assert made.status_code == 201, made.text
    flow = made.json()
    at = f"/api/v1/flows/{flow['id']}"
    assert (flow["state"], flow["live"]) == ("draft", None)
    assert [p["pointer"] for p in flow["draft"]["problems"]] == ["/nodes/s/next", "/nodes/s/template"]
    refused = await client.post(f"{at}/publish")
    assert (refused.status_code, refused.json()["errors"]) == (422, flow["draft"]["problems"])
    assert (await client.post(f"{at}/pause")).status_code == 409
    good = DRAFT | {"nodes": {"s": {"kind": "send", "template": "delivered"}}}
    assert (await client.put(at, json={"definition": good})).json()["draft"]["problems"] == []
    live = (await client.post(f"{at}/publish")).json()
    assert (live["state"], live["live"]["version"], live["draft"]) == ("live", 1, None)
    assert (await client.post(f"{at}/publish")).status_code == 409
    drafted = (await client.put(at, json={"name": "Thank you", "definition": DRAFT})).json()
    assert (drafted["name"], drafted["live"]["definition"], drafted["draft"]["version"]) == ("Thank you", good, 2)
    assert (await client.post(f"{at}/pause")).json()["state"] == "paused"
    taken = await client.post("/api/v1/flows", json={"name": "x", "family": "thanks", "definition": {}})
    assert taken.status_code == 409
    assert len((await client.get("/api/v1/flows")).json()["items"]) == len(DEFAULT_FLOWS) + 1
    for answer in (
        await other_client.get(at),
        await other_client.post(f"{at}/publish"),
        await other_client.put(at, json={"name": "x"}),
        await other_client.get(f"{at}/steps"),
        await client.get("/api/v1/flows/nothing"),
    ):
        assert answer.status_code == 404


async def test_why_not_is_listed(ready: Rig, client: httpx.AsyncClient) -> None:
    flows = {f["family"]: f["id"] for f in (await client.get("/api/v1/flows")).json()["items"]}
    told, quiet = await ready.orders(2)
    await ready.happen(ready.parcel("delivered", told, new_id()))
    await ready.happen(ready.parcel("delivered", quiet, new_id(), notify=False, why="superseded"))
    listed = (await client.get(f"/api/v1/flows/{flows['delivered']}/steps")).json()["items"]
    assert [(p["order_id"], [s["result"] for s in p["steps"]]) for p in listed] == [
        (str(quiet), ["no", "exited"]),
        (str(told), ["yes", "planned"]),
    ]
    assert listed[0]["steps"][0]["why"] == "superseded"
    only = (await client.get(f"/api/v1/flows/{flows['delivered']}/steps", params={"result": "planned"})).json()["items"]
    assert [p["order_id"] for p in only] == [str(told)]
    numbers = (await client.get(f"/api/v1/flows/{flows['delivered']}")).json()["numbers"]
    assert {(n["node"], n["result"]): n["people"] for n in numbers} == {
        ("fit", "no"): 1, ("fit", "yes"): 1, ("quiet", "exited"): 1, ("send", "planned"): 1,
    }  # fmt: skip


async def test_published_versions_are_frozen(ready: Rig, database: Database) -> None:
    for change in ("UPDATE flow_versions SET definition = '{}'", "DELETE FROM flow_versions"):
        with pytest.raises(DBAPIError):
            async with database.write(ready.shop) as session:
                await session.execute(text(change))
