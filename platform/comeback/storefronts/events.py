"""What storefronts tells the rooms above."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class Connected(Event, frozen=True, kw_only=True):
    """A shop system was connected."""

    name: ClassVar[str] = "storefront.connected"
    connection_id: UUID
    vendor: str


class Disconnected(Event, frozen=True, kw_only=True):
    """A connection ended: `why` is removed or uninstalled."""

    name: ClassVar[str] = "storefront.disconnected"
    connection_id: UUID
    vendor: str
    why: str
