"""HTTP of outgoing webhooks: receivers, the catalogue of events, the delivery log, sending again."""

from datetime import timedelta
from typing import Annotated

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.checks import Problems
from comeback.webhooks.schemas import (
    DeliveryDetail,
    DeliveryOut,
    DeliveryPage,
    EndpointIn,
    EndpointList,
    EndpointOut,
    EndpointPatch,
    EndpointSecret,
    EventList,
    Replayed,
    ReplayIn,
    RotateIn,
    TestIn,
)
from comeback.webhooks.service import deliveries, endpoints
from comeback.webhooks.service.catalogue import catalogue

READ, WRITE = {"permission": "settings:read"}, {"permission": "settings:write"}
SHOWS_SECRET = {**WRITE, "secret": True}


@get("/api/v1/webhooks", operation_id="listWebhooks", opt=READ)
async def list_webhooks(read: NamedDependency[ReadSession]) -> EndpointList:
    """All receivers with their health and what could not be delivered."""
    return EndpointList(items=await endpoints.list_endpoints(read))


@get("/api/v1/webhooks/events", operation_id="listWebhookEvents", opt=READ)
async def list_events() -> EventList:
    """Every event that can be told, with its JSON schema and a sample body."""
    return EventList(items=list(catalogue()))


@post("/api/v1/webhooks", operation_id="createWebhook", opt=SHOWS_SECRET)
async def create_webhook(
    data: JSONBody[EndpointIn],
    session: NamedDependency[WriteSession],
    vault: NamedDependency[Vault],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> EndpointSecret:
    """Adds a receiver. The answer shows its signing secret, once."""
    made, secret = await endpoints.create_endpoint(session, vault, settings, data, actor=principal)
    return EndpointSecret(endpoint=made, secret=secret)


@get("/api/v1/webhooks/{webhook_id:str}", operation_id="getWebhook", opt=READ)
async def get_webhook(webhook_id: FromPath[str], read: NamedDependency[ReadSession]) -> EndpointOut:
    """One receiver."""
    return await endpoints.show(read, endpoints.known_id(webhook_id))


@patch("/api/v1/webhooks/{webhook_id:str}", operation_id="changeWebhook", opt=WRITE)
async def change_webhook(
    webhook_id: FromPath[str],
    data: JSONBody[EndpointPatch],
    session: NamedDependency[WriteSession],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> EndpointOut:
    """Changes a receiver; `state: live` also wakes one that was disabled."""
    key = endpoints.known_id(webhook_id)
    return await endpoints.change_endpoint(session, settings, key, data, actor=principal)


@delete("/api/v1/webhooks/{webhook_id:str}", operation_id="deleteWebhook", opt=WRITE)
async def delete_webhook(
    webhook_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Removes a receiver; what waits for it is not sent."""
    await endpoints.delete_endpoint(session, endpoints.known_id(webhook_id), actor=principal)


@post("/api/v1/webhooks/{webhook_id:str}/rotate", operation_id="rotateWebhookSecret", status_code=200,
      opt=SHOWS_SECRET)  # fmt: skip
async def rotate_webhook(
    webhook_id: FromPath[str],
    data: JSONBody[RotateIn],
    session: NamedDependency[WriteSession],
    vault: NamedDependency[Vault],
    principal: NamedDependency[Principal],
) -> EndpointSecret:
    """Gives a new secret; until the overlap ends every call is signed with both."""
    key, overlap = endpoints.known_id(webhook_id), timedelta(hours=data.overlap_hours)
    changed, secret = await endpoints.rotate_secret(session, vault, key, overlap, actor=principal)
    return EndpointSecret(endpoint=changed, secret=secret)


@post("/api/v1/webhooks/{webhook_id:str}/test", operation_id="testWebhook", status_code=202, opt=WRITE)
async def test_webhook(
    webhook_id: FromPath[str], data: JSONBody[TestIn], session: NamedDependency[WriteSession]
) -> DeliveryOut:
    """Sends a sample event; its delivery shows what came back."""
    delivery = await endpoints.send_test(session, endpoints.known_id(webhook_id), data.event)
    return (await deliveries.show_delivery(session, delivery)).delivery


@post("/api/v1/webhooks/{webhook_id:str}/replay", operation_id="replayWebhook", status_code=200, opt=WRITE)
async def replay_webhook(
    webhook_id: FromPath[str], data: JSONBody[ReplayIn], session: NamedDependency[WriteSession]
) -> Replayed:
    """Sends everything again that failed since then."""
    problems = Problems()
    problems.moment("/since", data.since)
    if problems.found:
        raise Invalid("Give a time with its zone.", [FieldError(at, message) for at, message in problems.found])
    return Replayed(count=await deliveries.replay_failed(session, endpoints.known_id(webhook_id), data.since))


@get("/api/v1/webhooks/{webhook_id:str}/deliveries", operation_id="listWebhookDeliveries", opt=READ)
async def list_deliveries(
    webhook_id: FromPath[str],
    read: NamedDependency[ReadSession],
    delivery_state: Annotated[str | None, QueryParameter(query="state")] = None,
    cursor: FromQuery[str | None] = None,
) -> DeliveryPage:
    """What was sent or waits, newest first; `state` is due, running, delivered or failed."""
    return await deliveries.list_deliveries(read, endpoints.known_id(webhook_id), state=delivery_state, cursor=cursor)


@get("/api/v1/webhooks/deliveries/{delivery_id:str}", operation_id="getWebhookDelivery", opt=READ)
async def get_delivery(delivery_id: FromPath[str], read: NamedDependency[ReadSession]) -> DeliveryDetail:
    """One delivery: its body and every call with what came back."""
    return await deliveries.show_delivery(read, deliveries.known_delivery(delivery_id))


@post("/api/v1/webhooks/deliveries/{delivery_id:str}/replay", operation_id="replayWebhookDelivery",
      status_code=200, opt=WRITE)  # fmt: skip
async def replay_delivery(delivery_id: FromPath[str], session: NamedDependency[WriteSession]) -> DeliveryOut:
    """Sends it again with the same id."""
    return await deliveries.replay(session, deliveries.known_delivery(delivery_id))


ROUTES = (
    list_webhooks, list_events, create_webhook, get_webhook, change_webhook, delete_webhook, rotate_webhook,
    test_webhook, replay_webhook, list_deliveries, get_delivery, replay_delivery,
)  # fmt: skip
