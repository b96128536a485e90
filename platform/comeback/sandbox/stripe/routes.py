"""Which path runs which call, and Stripe's `expand[]`."""

from collections.abc import Callable
from typing import Any

import msgspec

from comeback.sandbox.http import Router
from comeback.sandbox.stripe import customers, disputes, payments, refunds
from comeback.sandbox.stripe.context import Call, listing, look

Run = Callable[[Call, str], Any]
"""The call and the path's id ("" without one) to the answered object."""

ROUTES: Router[Run] = Router()


def _without_id(run: Callable[[Call], Any]) -> Run:
    def ignoring(call: Call, _: str) -> Any:
        return run(call)

    return ignoring


def _one(table: str, kind: str) -> Run:
    def retrieve(call: Call, id_: str) -> Any:
        return look(getattr(call.account, table), kind, id_)

    return retrieve


def list_events(call: Call) -> dict[str, Any]:
    """Filters: `type`, `types[]`."""
    wanted = call.params.get("types") or ([call.params["type"]] if "type" in call.params else None)
    found = [event for event in call.account.events.values() if wanted is None or event.type in wanted]
    return listing(call, "/v1/events", found)


for _template, _run in {
    "/v1/payment_intents": _without_id(payments.create),
    "/v1/payment_intents/{id}": payments.update,
    "/v1/payment_intents/{id}/confirm": payments.confirm,
    "/v1/payment_intents/{id}/capture": payments.capture,
    "/v1/payment_intents/{id}/cancel": payments.cancel,
    "/v1/refunds": _without_id(refunds.create),
    "/v1/refunds/{id}": refunds.update,
    "/v1/refunds/{id}/cancel": refunds.cancel,
    "/v1/disputes/{id}/close": disputes.close,
    "/v1/customers": _without_id(customers.create_customer),
    "/v1/customers/{id}": customers.update_customer,
    "/v1/payment_methods": _without_id(customers.create_method),
    "/v1/payment_methods/{id}/attach": customers.attach_method,
}.items():
    ROUTES.add("POST", _template, _run)
for _template, _run in {
    "/v1/payment_intents": _without_id(payments.list_intents),
    "/v1/payment_intents/{id}": _one("payment_intents", "payment_intent"),
    "/v1/charges": _without_id(payments.list_charges),
    "/v1/charges/{id}": _one("charges", "charge"),
    "/v1/refunds": _without_id(refunds.list_refunds),
    "/v1/refunds/{id}": _one("refunds", "refund"),
    "/v1/disputes": _without_id(disputes.list_disputes),
    "/v1/disputes/{id}": _one("disputes", "dispute"),
    "/v1/customers": _without_id(customers.list_customers),
    "/v1/customers/{id}": _one("customers", "customer"),
    "/v1/payment_methods/{id}": _one("payment_methods", "PaymentMethod"),
    "/v1/events": _without_id(list_events),
    "/v1/events/{id}": _one("events", "event"),
    "/v1/balance": _without_id(customers.balance),
}.items():
    ROUTES.add("GET", _template, _run)

_TABLES = {
    "charge": "charges",
    "latest_charge": "charges",
    "payment_intent": "payment_intents",
    "customer": "customers",
    "payment_method": "payment_methods",
}


def expanded(call: Call, result: Any) -> Any:
    """The answer with each asked-for id replaced by its object: one level, `data.` before it for lists."""
    body = msgspec.to_builtins(result)
    asked = call.params.get("expand") or []
    for path in asked if isinstance(asked, list) else [asked]:
        listed, name = (True, path[5:]) if path.startswith("data.") else (False, path)
        for thing in body.get("data", []) if listed else [body]:
            found = getattr(call.account, _TABLES[name], {}).get(thing.get(name)) if name in _TABLES else None
            if found is not None:
                thing[name] = msgspec.to_builtins(found)
    return body
