"""The messages, and the facts of one.

Times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from comeback.desk.schemas.orders import HitsOut, MessageOut
from comeback.desk.schemas.shared import PersonRef

Pile = Literal["sent", "waiting", "stopped", "failed"]


class OriginOut(Struct, kw_only=True):
    """What planned a message: a step of a flow."""

    flow: str
    flow_id: str | None
    node: str
    version: int | None


class MessageRow(Struct, kw_only=True):
    """One message of the list."""

    message: MessageOut
    origin: OriginOut | None
    order_id: str | None
    order_number: str | None
    customer: PersonRef | None


class MessageList(Struct, kw_only=True):
    """A page of messages, newest first, with the templates that the filter offers."""

    items: list[MessageRow]
    next: str | None
    templates: list[str]


class HitOut(Struct, kw_only=True):
    """One open or click, and what made it: a person, an image proxy that may be one, a scanner."""

    kind: Literal["open", "click"]
    made_by: Literal["human", "probable", "machine"]
    at: datetime
    url: str | None


class MessageDetail(Struct, kw_only=True):
    """One message: why it was sent or not, each try, each open and click. `next_at` is set while it waits."""

    message: MessageOut
    origin: OriginOut | None
    order_id: str | None
    order_number: str | None
    return_id: str | None
    customer: PersonRef | None
    locale: str
    version: int | None
    offers: bool
    tries: int
    resent: bool
    next_at: datetime | None
    handed_at: datetime | None
    reply: str | None
    message_id: str | None
    hits: list[HitOut]
    opens: HitsOut
    clicks: HitsOut
