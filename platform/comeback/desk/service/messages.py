"""The messages: what became of them, why, and what was done with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import convert

from comeback.core.db import ReadSession
from comeback.desk.errors import NoSuchPage
from comeback.desk.repository import filters
from comeback.desk.repository import messages as repository
from comeback.desk.schemas.messages import HitOut, MessageDetail, MessageList, MessageRow, OriginOut, Pile
from comeback.desk.schemas.orders import HitsOut, MessageOut
from comeback.desk.schemas.shared import PersonRef
from comeback.desk.service import paging
from comeback.messages.rules.hits import Hit, classify, tally
from comeback.messages.rules.letters import CONFIDENTIAL

WAITING = frozenset({"planned", "deferred"})


async def list_messages(
    session: ReadSession,
    state: Pile | None,
    class_: str | None,
    template: str | None,
    days: int | None,
    cursor: str | None,
) -> MessageList:
    """A page of messages, newest first."""
    found = await repository.page(
        session,
        state=state,
        class_=class_,
        template=template,
        days=days,
        before=paging.only_id(cursor),
        limit=paging.PAGE + 1,
    )
    page, following = paging.cut(found, "id")
    hits = await hits_of(session, [row["id"] for row in page])
    return MessageList(
        items=[
            MessageRow(
                message=message(row, hits.get(row["id"], [])),
                origin=_origin(row),
                order_id=str(row["order_id"]) if row["order_id"] else None,
                order_number=row["number"],
                customer=_person(row),
            )
            for row in page
        ],
        next=following,
        templates=await filters.templates(session),
    )


async def hits_of(session: ReadSession, message_ids: list[UUID]) -> dict[UUID, list[tuple[Hit, datetime]]]:
    """Raw hits of each message with their time, oldest first."""
    found: dict[UUID, list[tuple[Hit, datetime]]] = {}
    for row in await repository.hit_rows(session, message_ids) if message_ids else []:
        at, message_id = row.pop("at"), row.pop("message_id")
        found.setdefault(message_id, []).append((Hit(**row), at))
    return found


async def some(session: ReadSession, message_ids: list[UUID]) -> dict[UUID, tuple[MessageOut, list[HitOut]]]:
    """These messages with their opens and clicks, newest first."""
    hits = await hits_of(session, message_ids)
    found = await repository.some(session, message_ids) if message_ids else []
    return {row["id"]: (message(row, hits.get(row["id"], [])), _hits(hits.get(row["id"], []), [])) for row in found}


def message(row: Mapping[str, Any], hits: list[tuple[Hit, datetime]]) -> MessageOut:
    """A row of `repository.messages` as the pages show it."""
    counts, confidential = tally([hit for hit, _ in hits]), row["template"] in CONFIDENTIAL
    return MessageOut(
        id=str(row["id"]),
        template=row["template"],
        kind=row["class_"],
        channel=row["channel"],
        recipient=row["recipient"] or "",
        subject=None if confidential else row["subject"],
        state=row["state"],
        why=row["why"] or (row["reply"] if row["state"] in {"failed", "deferred"} else None),
        at=row["created_at"],
        accepted_at=row["accepted_at"],
        opens=HitsOut(**counts["open"]),
        clicks=HitsOut(**counts["click"]),
        has_html=bool(row["kept"]) and not confidential,
    )


def _origin(row: Mapping[str, Any]) -> OriginOut | None:
    origin = row["origin"]
    if not origin or not origin.get("flow"):
        return None
    flow_id = str(row["flow_id"]) if row["flow_id"] else None
    return OriginOut(
        flow=row["flow_name"] or origin["flow"],
        flow_id=flow_id,
        node=str(origin.get("node", "")),
        version=origin.get("version"),
    )


def _person(row: Mapping[str, Any]) -> PersonRef | None:
    if row["customer_id"] is None:
        return None
    return PersonRef(id=str(row["customer_id"]), name=row["customer"])


async def detail(session: ReadSession, message_id: UUID | None) -> MessageDetail:
    """One message. Raises NoSuchPage (404)."""
    row = await repository.one(session, message_id) if message_id else None
    if row is None:
        raise NoSuchPage
    hits = (await hits_of(session, [row["id"]])).get(row["id"], [])
    shown = message(row, hits)
    return MessageDetail(
        message=shown,
        origin=_origin(row),
        order_id=str(row["order_id"]) if row["order_id"] else None,
        order_number=row["number"],
        return_id=str(row["return_id"]) if row["return_id"] else None,
        customer=_person(row),
        locale=row["locale"],
        version=row["version"],
        offers=row["offers"],
        tries=row["tries"],
        resent=row["resent"],
        next_at=row["next_at"] if row["state"] in WAITING else None,
        handed_at=row["handed_at"],
        reply=row["reply"],
        message_id=row["message_id"],
        hits=_hits(hits, [] if row["template"] in CONFIDENTIAL else row["urls"] or []),
        opens=shown.opens,
        clicks=shown.clicks,
    )


def _hits(hits: list[tuple[Hit, datetime]], urls: list[str]) -> list[HitOut]:
    classes = classify([hit for hit, _ in hits])
    told = [
        convert({"kind": hit.kind, "made_by": made_by, "at": at, "url": _url(urls, hit.link)}, HitOut)
        for (hit, at), made_by in zip(hits, classes, strict=True)
    ]
    return told[::-1]


def _url(urls: list[str], link: int | None) -> str | None:
    return urls[link] if link is not None and 0 <= link < len(urls) else None
