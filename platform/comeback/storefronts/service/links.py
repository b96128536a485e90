"""A connection opened for use: address, keys and settings of the shop system behind it."""

from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import ReadSession
from comeback.core.secrets import Secret, Vault
from comeback.merchants import service as merchants
from comeback.merchants.models import Connection, ConnectionState
from comeback.storefronts.errors import NoStorefront
from comeback.storefronts.schemas import WriteBack
from comeback.vendors.storefronts import Access

KIND = "storefront"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a job needs of a connection. `prefix` stands before the shop's ids where a second system came in beside
    the first, so that their numbers cannot meet."""

    id: UUID
    vendor: str
    access: Access
    currency: str
    prefix: str
    write_back: WriteBack
    cheapest_standard: dict[str, int]

    def ours(self, plain: str) -> str:
        """The external id under which our rooms know an object of this shop."""
        return f"{self.prefix}{plain}"

    def theirs(self, external: str | None) -> str | None:
        """The shop's own id of an external id; None where it is not of this shop."""
        if external is None or not external.startswith(self.prefix):
            return None
        return external.removeprefix(self.prefix)


async def rows_of(session: ReadSession) -> list[Connection]:
    """The shop's storefront connections."""
    return [row for row in await merchants.list_connections(session) if row.kind == KIND]


async def find_row(session: ReadSession, connection_id: UUID) -> Connection:
    """One of them. Raises NoStorefront."""
    for row in await rows_of(session):
        if row.id == connection_id:
            return row
    raise NoStorefront


async def open_link(session: ReadSession, vault: Vault, connection_id: UUID, *, even_off: bool = False) -> Link | None:
    """The connection, opened; None where it is off or gone: then nothing is called."""
    for row in await rows_of(session):
        if row.id == connection_id and (even_off or row.state != ConnectionState.OFF):
            return await link_of(session, vault, row)
    return None


async def link_of(session: ReadSession, vault: Vault, row: Connection) -> Link:
    """A row, opened."""
    keys, options = await merchants.credentials(session, vault, row), row.options
    secret = keys.get("secret")
    access = Access(shop=options["shop"], token=Secret(keys["token"]), secret=Secret(secret) if secret else None)
    return Link(
        id=row.id,
        vendor=row.vendor,
        access=access,
        currency=options.get("currency", "EUR"),
        prefix=options.get("prefix", ""),
        write_back=write_back_of(options),
        cheapest_standard=options.get("cheapest_standard") or {},
    )


def write_back_of(options: dict[str, Any]) -> WriteBack:
    """What the merchant wants written back."""
    return msgspec.convert(options.get("write_back") or {}, WriteBack)
