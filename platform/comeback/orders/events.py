"""What the orders room tells the rooms above. None of it is told about history."""

from typing import ClassVar

from comeback.core.events import Event


class OrderPlaced(Event, frozen=True, kw_only=True):
    """An order came in. Amounts in minor units."""

    name: ClassVar[str] = "order.placed"
    number: str
    currency: str
    total: int


class OrderUpdated(Event, frozen=True, kw_only=True):
    """The shop changed an order; `review` names what could not be applied."""

    name: ClassVar[str] = "order.updated"
    number: str
    review: list[str]


class OrderCancelled(Event, frozen=True, kw_only=True):
    """The sale no longer stands."""

    name: ClassVar[str] = "order.cancelled"
    number: str
