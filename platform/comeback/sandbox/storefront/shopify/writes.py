"""What the `Mutation` type does: one table of names, the needed access scope, and the refusal in `userErrors`."""

from collections.abc import Callable
from typing import Any, TypeAlias

from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.shopify import giving, ordering, refunding
from comeback.sandbox.storefront.shopify.calls import Call, Refused, number
from comeback.sandbox.storefront.shopify.names import gid
from comeback.sandbox.storefront.shopify.paging import Node
from comeback.sandbox.storefront.shopify.topics import TOPICS

Write: TypeAlias = Callable[[Call, dict[str, Any], str | None], Node]
"""The call, its arguments, the idempotency key; the payload without `userErrors`. Raises Refused."""

_NAMES = {topic.replace("/", "_").upper(): topic for topic in TOPICS}


def _address(given: dict[str, Any]) -> str:
    uri = given.get("uri") or given.get("callbackUrl") or ""
    if not uri.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise Refused("Address must be a valid https URL", ["webhookSubscription", "uri"])
    return uri


def subscribe(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    uri, topic = _address(arguments["webhookSubscription"]), _NAMES[arguments["topic"]]
    if any((it.url, it.topic) == (uri, topic) for it in call.shop.subscriptions.values() if not it.fixed):
        raise Refused("Address for this topic has already been taken", ["webhookSubscription", "callbackUrl"])
    now = call.store.now()
    made = Subscription(
        id=call.store.next_id(call.shop),
        topic=topic,
        url=uri,
        secret=call.shop.secret,
        api_version=call.version,
        created_at=now,
        updated_at=now,
    )
    call.shop.subscriptions[made.id] = made
    call.store.did(call.shop, "webhook.subscribed", made.id, key=topic)
    call.store.touch()
    return {"webhookSubscription": call.views.subscription(made)}


def _subscription(call: Call, text: str) -> Subscription:
    found = call.shop.subscriptions.get(number(text, "WebhookSubscription"))
    if found is None or found.fixed:
        raise Refused("Webhook subscription does not exist", ["id"])
    return found


def resubscribe(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    found = _subscription(call, arguments["id"])
    found.url, found.updated_at = _address(arguments["webhookSubscription"]), call.store.now()
    call.store.touch()
    return {"webhookSubscription": call.views.subscription(found)}


def unsubscribe(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    found = _subscription(call, arguments["id"])
    del call.shop.subscriptions[found.id]
    call.store.touch()
    return {"deletedWebhookSubscriptionId": gid("WebhookSubscription", found.id)}


def _moving(move: str) -> Write:
    def run(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
        given = arguments.get("input") or arguments
        return refunding.move_return(call, given["id"], move, given.get("declineNote") or "")

    return run


WRITES: dict[str, tuple[Write, str | None]] = {
    "refundCreate": (refunding.refund_create, "write_orders"),
    "returnCreate": (refunding.return_create, "write_returns"),
    "returnRequest": (refunding.return_request, "write_returns"),
    "returnApproveRequest": (_moving("approve"), "write_returns"),
    "returnDeclineRequest": (_moving("decline"), "write_returns"),
    "returnCancel": (_moving("cancel"), "write_returns"),
    "returnClose": (_moving("close"), "write_returns"),
    "returnReopen": (_moving("reopen"), "write_returns"),
    "orderUpdate": (ordering.order_update, "write_orders"),
    "orderCancel": (ordering.order_cancel, "write_orders"),
    "orderMarkAsPaid": (ordering.order_paid, "write_orders"),
    "orderCreate": (ordering.order_create, "write_orders"),
    "draftOrderCreate": (ordering.draft_create, "write_draft_orders"),
    "draftOrderComplete": (ordering.draft_complete, "write_draft_orders"),
    "tagsAdd": (ordering.tags_add, None),
    "tagsRemove": (ordering.tags_remove, None),
    "fulfillmentCreate": (ordering.fulfilment_create, "write_merchant_managed_fulfillment_orders"),
    "fulfillmentEventCreate": (ordering.fulfilment_event, "write_fulfillments"),
    "fulfillmentTrackingInfoUpdate": (ordering.tracking_update, "write_merchant_managed_fulfillment_orders"),
    "discountCodeBasicCreate": (giving.discount_create, "write_discounts"),
    "discountRedeemCodeBulkAdd": (giving.codes_add, "write_discounts"),
    "discountCodeDelete": (giving.discount_delete, "write_discounts"),
    "giftCardCreate": (giving.gift_card_create, "write_gift_cards"),
    "storeCreditAccountCredit": (giving.store_credit, "write_store_credit_account_transactions"),
    "storeCreditAccountDebit": (giving.store_debit, "write_store_credit_account_transactions"),
    "webhookSubscriptionCreate": (subscribe, None),
    "webhookSubscriptionUpdate": (resubscribe, None),
    "webhookSubscriptionDelete": (unsubscribe, None),
}


def run(call: Call, name: str, arguments: dict[str, Any], key: str | None) -> Node:
    """The payload; what is refused, by a rule or by the armed fault, is told in `userErrors`."""
    try:
        if call.fault == "user_error":
            raise Refused(call.message, None)
        return {**WRITES[name][0](call, arguments, key), "userErrors": []}
    except Refused as refusal:
        errors = [refusal.node]
        return {"userErrors": errors, "orderCancelUserErrors": errors}
    except ValueError as error:
        return {"userErrors": [Refused(str(error)).node], "orderCancelUserErrors": []}
