"""The servers that a webhook inbox is compared with: FastAPI and Litestar with SQLAlchemy's ORM."""

import hashlib
import hmac
import os
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fastapi import FastAPI
from fastapi import Request as FastRequest
from fastapi import Response as FastResponse
from litestar import Litestar, Request, Response, post
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from comeback.core.inbox import InboxItem
from comeback.core.outbox import OutboxRow
from comeback.kit.ids import new_id
from tests.bench import orders

SECRET = "bench-secret"
SHOP, CONNECTION = UUID(int=7), UUID(int=8)


class Event(msgspec.Struct):
    id: str
    code: str
    status: str
    description: str
    occurred_at: str
    city: str
    country: str


class Hook(msgspec.Struct):
    carrier: str
    tracking_number: str
    events: list[Event]


DECODER = msgspec.json.Decoder(Hook)


def signed(body: bytes, signature: str) -> bool:
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, signature)


def _maker() -> async_sessionmaker[Any]:
    url = os.environ["BENCH_DB"].replace("postgresql://", "postgresql+asyncpg://", 1)
    return async_sessionmaker(create_async_engine(url, pool_size=10, max_overflow=0), expire_on_commit=False)


async def _store(maker: async_sessionmaker[Any], body: bytes) -> None:
    digest, inbox_id = hashlib.sha256(body).digest(), new_id()
    async with maker() as session:
        session.add(
            InboxItem(
                shop_id=SHOP, id=inbox_id, connection_id=CONNECTION, kind="carrier", topic="tracking",
                provider_id=digest.hex(), body_hash=digest, body=body,
            )
        )  # fmt: skip
        session.add(OutboxRow(shop_id=SHOP, id=new_id(), job="inbox.carrier", payload={"inbox": str(inbox_id)}))
        await session.commit()


def litestar_orm_app() -> Litestar:
    """SQLAlchemy's ORM in Litestar: a session a request, two objects added, commit."""
    maker = _maker()

    @post("/hook", status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> Response[None]:
        body = await request.body()
        if not signed(body, request.headers["x-signature"]):
            return Response(None, status_code=401)
        DECODER.decode(body)
        await _store(maker, body)
        return Response(None)

    return Litestar([hook], logging_config=None, openapi_config=None)


class FastEvent(BaseModel):
    id: str
    code: str
    status: str
    description: str
    occurred_at: str
    city: str
    country: str


class FastHook(BaseModel):
    carrier: str
    tracking_number: str
    events: list[FastEvent]


def fastapi_orm_app() -> FastAPI:
    """SQLAlchemy's ORM in FastAPI: pydantic, a session a request, two objects added, commit."""
    app, maker = FastAPI(openapi_url=None), _maker()

    @app.post("/hook")
    async def hook(request: FastRequest, data: FastHook) -> FastResponse:
        body = await request.body()
        if not signed(body, request.headers["x-signature"]):
            return FastResponse(status_code=401)
        await _store(maker, body)
        return FastResponse()

    return app


class FastLine(BaseModel):
    external_id: str
    sku: str
    product_id: str
    variant_id: str
    title: str
    quantity: int
    unit_price: int
    tax: int
    category: str
    weight_grams: int
    image_url: str
    attributes: dict[str, str]


class FastCustomer(BaseModel):
    external_id: str
    email: str
    first_name: str
    last_name: str
    locale: str


class FastOrder(BaseModel):
    external_id: str
    number: str
    placed_at: datetime
    currency: str
    customer: FastCustomer
    shipping_address: dict[str, str | None]
    lines: list[FastLine]


def fastapi_order_app() -> FastAPI:
    """What one writes without an inbox: pydantic, the order with its lines by the ORM, commit, then the answer."""
    app, maker = FastAPI(openapi_url=None), _maker()

    @app.post("/hook")
    async def hook(request: FastRequest, data: FastOrder) -> FastResponse:
        if not signed(await request.body(), request.headers["x-signature"]):
            return FastResponse(status_code=401)
        async with maker() as session:
            session.add_all(orders.objects(SHOP, data))
            await session.commit()
        return FastResponse()

    return app
