"""Log-in, log-out and the check of every later request.

A session's age is measured by the database's clock, not by business time: a rehearsal that moves a parcel three days
on must not throw people out, nor keep them in. What `authenticate_session` found is believed for half a minute in
this process; log-out, rotation and a new role are effective at once here and within that time elsewhere.
"""

from uuid import UUID

from comeback.core.access import Principal, add_entry, drop_entries, resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError, NotFound
from comeback.core.limits import Limiter
from comeback.kit.tokens import digest, random_token
from comeback.merchants import repository, rules
from comeback.merchants.errors import TooManyLogins, WrongLogin, WrongPassword
from comeback.merchants.models import Staff, StaffSession
from comeback.merchants.schemas import LoginResult, SessionRecord
from comeback.merchants.service.audit import audit
from comeback.merchants.service.invitations import accept
from comeback.merchants.service.passwords import hash_password, outdated, verify_password
from comeback.merchants.service.remembered import SESSIONS
from comeback.merchants.service.shops import get_shop, shop_view
from comeback.merchants.service.staff import change_password, get_staff, staff_view

PER_ADDRESS = "30/minute"
PER_ACCOUNT = "10/minute"
MAX_SHOPS = 4
"""How many shops one mail address may be tried in; bounds the time of a log-in."""


async def _within_limits(limiter: Limiter | None, email_norm: str, address: str) -> None:
    if limiter is None:
        return
    account = digest(email_norm).hex()
    if not await limiter.hit(PER_ACCOUNT, "login", account) or not await limiter.hit(PER_ADDRESS, "login", address):
        raise TooManyLogins()


async def login(
    database: Database,
    email: str,
    password: str,
    *,
    limiter: Limiter | None = None,
    address: str = "",
    user_agent: str = "",
) -> LoginResult:
    """Begins a session. `address` is the caller's network address, for the limit; of `user_agent` only browser and
    system are kept. Raises WrongLogin (the same answer
    in the same time for unknown, wrong and closed) or TooManyLogins."""
    norm = rules.normalise_email(email)
    await _within_limits(limiter, norm, address)
    candidates = await resolve(database, "staff", digest(norm))
    for shop_id, staff_id in candidates[:MAX_SHOPS]:
        result = await _try_shop(database, shop_id, staff_id, password, user_agent)
        if result is not None:
            return result
    if not candidates:
        await verify_password(None, password)
    raise WrongLogin()


async def _try_shop(
    database: Database, shop_id: UUID, staff_id: UUID, password: str, user_agent: str
) -> LoginResult | None:
    async with database.read(shop_id) as read:
        row = await repository.staff_by_id(read, staff_id)
    good = await verify_password(row.password_hash if row else None, password)
    if row is None or not good or not row.active:
        return None
    new_hash = await hash_password(password) if outdated(row.password_hash) else None
    async with database.write(shop_id) as session:
        await repository.mark_login(session, staff_id, new_hash)
        return await _begin(session, row, user_agent)


async def come_in(database: Database, token: str, password: str, user_agent: str = "") -> LoginResult:
    """An invitation becomes an account with a session, in the shop that invited whatever other shops the person works
    in. Raises InvitationOver or WeakPassword."""
    shop_id, staff_id = await accept(database, token, password)
    async with database.write(shop_id) as session:
        await repository.mark_login(session, staff_id, None)
        return await _begin(session, await get_staff(session, staff_id), user_agent)


async def _begin(session: WriteSession, row: Staff, user_agent: str) -> LoginResult:
    token = random_token()
    begun = StaffSession(
        shop_id=session.shop_id, staff_id=row.id, token_digest=digest(token), device=rules.device(user_agent)
    )
    session.add(begun)
    await session.flush()
    await add_entry(session, "session", digest(token), begun.id)
    shop = await get_shop(session)
    return LoginResult(token=token, csrf=rules.csrf_token(token), staff=staff_view(row), shop=shop_view(shop))


async def _find(database: Database, token: str) -> tuple[UUID, repository.SessionRow] | None:
    for shop_id, session_id in await resolve(database, "session", digest(token)):
        async with database.read(shop_id) as read:
            row = await repository.session_row(read, session_id, digest(token))
        if row is None or not row.active:
            continue
        if rules.session_alive(row.created_at, row.last_seen_at, row.revoked_at, row.now):
            return shop_id, row
    return None


async def authenticate_session(database: Database, token: str) -> Principal | None:
    """Who is at the desk, or None when the token is unknown, ended or too old."""
    if not token or len(token) > 100:
        return None
    key = digest(token)
    known = SESSIONS.get(key)
    if known is not None:
        return known
    found = await _find(database, token)
    if found is None:
        return None
    shop_id, row = found
    if rules.must_touch(row.last_seen_at, row.now):
        async with database.write(shop_id) as session:
            await repository.touch_session(session, row.id)
    principal = Principal(
        kind="staff",
        shop_id=shop_id,
        id=row.staff_id,
        permissions=rules.permissions_of(row.role),
        name=row.name,
        csrf=rules.csrf_token(token),
    )
    SESSIONS.put(key, principal)
    return principal


async def rotate(database: Database, token: str) -> str | None:
    """Another token for the same session (after a change of rights); the old one ends. None when it had ended."""
    found = await _find(database, token)
    if found is None:
        return None
    shop_id, row = found
    fresh = random_token()
    async with database.write(shop_id) as session:
        await repository.revoke_session(session, row.id)
        await drop_entries(session, "session", row.id)
        next_row = StaffSession(
            shop_id=shop_id,
            staff_id=row.staff_id,
            token_digest=digest(fresh),
            created_at=row.created_at,
            device=row.device,
        )
        session.add(next_row)
        await session.flush()
        await add_entry(session, "session", digest(fresh), next_row.id)
    SESSIONS.forget(digest(token))
    return fresh


async def logout(database: Database, token: str) -> None:
    """Ends the session; ending it twice is no error."""
    SESSIONS.forget(digest(token))
    found = await _find(database, token)
    if found is not None:
        shop_id, row = found
        async with database.write(shop_id) as session:
            await repository.revoke_session(session, row.id)
            await drop_entries(session, "session", row.id)


async def list_sessions(session: ReadSession, staff_id: UUID, token: str) -> list[SessionRecord]:
    """The person's live log-ins, the last used first; `token` is the one that asks."""
    now = await repository.database_now(session)
    mine = digest(token)
    return [
        SessionRecord(
            id=row.id,
            device=row.device,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.token_digest == mine,
        )
        for row in await repository.live_sessions(session, staff_id)
        if rules.session_alive(row.created_at, row.last_seen_at, row.revoked_at, now)
    ]


async def end_session(session: WriteSession, actor: Principal, session_id: UUID) -> None:
    """Ends one of the person's own log-ins. Raises NotFound."""
    row = await repository.staff_session(session, actor.id, session_id)
    if row is None:
        raise NotFound("There is no log-in like this.")
    await repository.revoke_session(session, session_id)
    await drop_entries(session, "session", session_id)
    SESSIONS.clear()
    await audit(session, actor, "session.ended", session_id)


async def renew_password(
    database: Database, who: Principal, current: str, password: str, user_agent: str = ""
) -> LoginResult:
    """Another password for the person at the desk, and a new session instead of all there were.

    Raises WrongPassword or WeakPassword, each naming its field.
    """
    async with database.read(who.shop_id) as read:
        row = await get_staff(read, who.id)
    if not await verify_password(row.password_hash, current):
        raise WrongPassword(errors=[FieldError("/current", "This is not your current password.")])
    async with database.write(who.shop_id) as session:
        await change_password(session, who, who.id, password)
        return await _begin(session, row, user_agent)
