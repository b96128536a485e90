"""API keys: `cb_…`, shown once, stored as a digest, with scopes."""

from collections.abc import Iterable
from uuid import UUID

from comeback.core.access import Principal, add_entry, drop_entries, resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid, NotFound
from comeback.kit.tokens import digest, random_token
from comeback.merchants import repository, rules
from comeback.merchants.errors import ScopeTooWide
from comeback.merchants.models import ApiKey
from comeback.merchants.schemas import KeyView
from comeback.merchants.service.audit import audit
from comeback.merchants.service.remembered import KEYS


def _check(scopes: list[str], actor: Principal | None) -> None:
    unknown = rules.scopes_beyond(scopes, rules.ALL_PERMISSIONS)
    if unknown or not scopes:
        message = f"Unknown: {', '.join(unknown)}." if unknown else "Name at least one scope."
        raise Invalid(message, [FieldError("/scopes", message)])
    beyond = rules.scopes_beyond(scopes, actor.permissions) if actor is not None else []
    if beyond:
        raise ScopeTooWide(f"Beyond your own rights: {', '.join(beyond)}.")


async def create_api_key(
    session: WriteSession, name: str, scopes: Iterable[str], *, actor: Principal | None = None
) -> tuple[ApiKey, str]:
    """A new key and its only plain showing. Raises Invalid (unknown scope) or ScopeTooWide."""
    wanted = sorted(set(scopes))
    _check(wanted, actor)
    plain = rules.KEY_PREFIX + random_token()
    row = ApiKey(
        shop_id=session.shop_id, name=name, hint=rules.key_hint(plain), key_digest=digest(plain), scopes=wanted
    )
    session.add(row)
    await session.flush()
    await add_entry(session, "api_key", digest(plain), row.id)
    await audit(session, actor, "key.created", row.id, {"scopes": wanted})
    return row, plain


async def list_api_keys(session: ReadSession) -> list[ApiKey]:
    """The shop's keys, the oldest first; revoked ones too."""
    return await repository.api_keys(session)


def key_view(row: ApiKey) -> KeyView:
    """The key as it can still be shown."""
    return KeyView(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=row.scopes,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


async def revoke_api_key(session: WriteSession, key_id: UUID, *, actor: Principal | None = None) -> None:
    """Ends a key: here at once, in other processes within half a minute. Raises NotFound."""
    if not await repository.revoke_key(session, key_id):
        raise NotFound("There is no live key like this.")
    await drop_entries(session, "api_key", key_id)
    KEYS.clear()
    await audit(session, actor, "key.revoked", key_id)


async def authenticate_key(database: Database, plain: str) -> Principal | None:
    """Who calls with this key, or None when it is unknown or revoked."""
    if not rules.looks_like_key(plain):
        return None
    key = digest(plain)
    known = KEYS.get(key)
    if known is not None:
        return known
    for shop_id, key_id in await resolve(database, "api_key", key):
        principal = await _load(database, shop_id, key_id, key)
        if principal is not None:
            KEYS.put(key, principal)
            return principal
    return None


async def _load(database: Database, shop_id: UUID, key_id: UUID, key: bytes) -> Principal | None:
    async with database.read(shop_id) as read:
        row = await repository.api_key(read, key_id, key)
    if row is None or row.revoked_at is not None:
        return None
    if row.last_used_at is None or rules.worth_noting(row.last_used_at, row.now):
        async with database.write(shop_id) as session:
            await repository.touch_key(session, key_id)
    return Principal(kind="api_key", shop_id=shop_id, id=key_id, permissions=frozenset(row.scopes), name=row.name)
