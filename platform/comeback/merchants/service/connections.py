"""Connections: a shop's accounts at vendors, their sealed credentials, and the addresses that vendors call."""

from typing import Any
from uuid import UUID

import msgspec

from comeback.core.access import Principal, add_entry, resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.secrets import Secret, Vault
from comeback.kit.ids import new_id
from comeback.kit.tokens import digest, random_token
from comeback.merchants import repository
from comeback.merchants.errors import NoConnection
from comeback.merchants.models import Connection, ConnectionState
from comeback.merchants.schemas import ConnectionIn, Hook
from comeback.merchants.service.audit import audit
from comeback.merchants.service.remembered import HOOKS

TABLE = "connections"


async def connect(
    session: WriteSession, vault: Vault, account: ConnectionIn, *, actor: Principal | None = None
) -> tuple[Connection, str]:
    """Connects the shop, or changes the credentials of the connection of the same kind and vendor. The second value is
    the hook token: the last part of the address that the vendor calls. A changed webhook secret stays valid beside
    the new one until `drop_previous_secret`."""
    row = await repository.connection(session, account.kind, account.vendor)
    sealed = msgspec.json.encode(account.credentials)
    if row is not None:
        row.credentials = await vault.seal(session, TABLE, "credentials", row.id, sealed)
        await _change_secret(session, vault, row, account.secret)
        row.options, row.state, row.problem = account.options, ConnectionState.LIVE.value, None
        await audit(session, actor, "connection.changed", row.id, {"vendor": account.vendor})
        return row, await hook_token(session, vault, row)
    return await _open(session, vault, account, actor)


async def _open(
    session: WriteSession, vault: Vault, account: ConnectionIn, actor: Principal | None
) -> tuple[Connection, str]:
    row_id, token = new_id(), random_token()
    credentials = msgspec.json.encode(account.credentials)
    row = Connection(
        shop_id=session.shop_id,
        id=row_id,
        kind=account.kind,
        vendor=account.vendor,
        credentials=await vault.seal(session, TABLE, "credentials", row_id, credentials),
        secret=await vault.seal(session, TABLE, "secret", row_id, account.secret.encode()),
        hook_token=await vault.seal(session, TABLE, "hook_token", row_id, token.encode()),
        options=account.options,
    )
    session.add(row)
    await session.flush()
    await add_entry(session, "hook", digest(token), row_id)
    await audit(session, actor, "connection.opened", row_id, {"kind": account.kind, "vendor": account.vendor})
    return row, token


async def _change_secret(session: WriteSession, vault: Vault, row: Connection, secret: str) -> None:
    old = await vault.open(session, TABLE, "secret", row.id, row.secret)
    if old == secret.encode():
        return
    row.previous_secret = await vault.seal(session, TABLE, "previous_secret", row.id, old)
    row.secret = await vault.seal(session, TABLE, "secret", row.id, secret.encode())
    HOOKS.clear()


async def drop_previous_secret(session: WriteSession, row: Connection) -> None:
    """Ends the time in which both webhook secrets count."""
    row.previous_secret = None
    HOOKS.clear()
    await session.flush()


async def connection(session: ReadSession, kind: str, vendor: str | None = None) -> Connection | None:
    """The shop's connection of a kind (`carrier`, `stripe`, `storefront`), or None."""
    return await repository.connection(session, kind, vendor)


async def list_connections(session: ReadSession) -> list[Connection]:
    """All connections of the shop, the oldest first."""
    return await repository.connections(session)


async def require_connection(session: ReadSession, kind: str, vendor: str | None = None) -> Connection:
    """Like `connection`, but raises NoConnection."""
    row = await repository.connection(session, kind, vendor)
    if row is None or row.state == ConnectionState.OFF:
        raise NoConnection(f"Connect {vendor or kind} in the settings first.")
    return row


async def credentials(session: ReadSession, vault: Vault, row: Connection) -> dict[str, str]:
    """What the vendor's interface asks for. Open it where it is used and keep it nowhere."""
    plain = await vault.open(session, TABLE, "credentials", row.id, row.credentials)
    return msgspec.json.decode(plain, type=dict[str, str])


async def hook_token(session: ReadSession, vault: Vault, row: Connection) -> str:
    """The last part of the address that the vendor calls."""
    return (await vault.open(session, TABLE, "hook_token", row.id, row.hook_token)).decode()


async def set_state(session: WriteSession, row: Connection, state: ConnectionState, problem: str | None = None) -> None:
    """Notes that a connection works, is broken (with a sentence for the merchant), or is switched off."""
    row.state, row.problem = state.value, problem
    HOOKS.clear()
    await session.flush()


async def resolve_hook(database: Database, vault: Vault, kind: str, token: str) -> Hook | None:
    """The connection that a webhook address belongs to; None for an unknown address or another kind."""
    if not token or len(token) > 100:
        return None
    key = digest(f"{kind}\x1f{token}")
    known = HOOKS.get(key)
    if known is not None:
        return known
    for shop_id, connection_id in await resolve(database, "hook", digest(token)):
        hook = await _load_hook(database, vault, shop_id, connection_id)
        if hook is not None and hook.kind == kind:
            HOOKS.put(key, hook)
            return hook
    return None


async def _load_hook(database: Database, vault: Vault, shop_id: UUID, connection_id: UUID) -> Hook | None:
    async with database.read(shop_id) as session:
        row = await repository.connection_by_id(session, connection_id)
        if row is None or row.state == ConnectionState.OFF:
            return None
        secrets = [Secret((await vault.open(session, TABLE, "secret", row.id, row.secret)).decode())]
        if row.previous_secret is not None:
            old = await vault.open(session, TABLE, "previous_secret", row.id, row.previous_secret)
            secrets.append(Secret(old.decode()))
        return _hook(row, tuple(secrets), row.options)


def _hook(row: Connection, secrets: tuple[Secret, ...], options: dict[str, Any]) -> Hook:
    return Hook(
        shop_id=row.shop_id, connection_id=row.id, kind=row.kind, vendor=row.vendor, secrets=secrets, options=options
    )
