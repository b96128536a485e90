"""Log-in, the checks after it, rotation and log-out, on the real database."""

import time
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core.db import Database
from comeback.merchants import rules
from comeback.merchants.errors import LastOwner, StaffExists, TooManyLogins, WeakPassword, WrongLogin
from comeback.merchants.schemas import StaffIn
from comeback.merchants.service import (
    authenticate_session,
    change_password,
    change_role,
    close_account,
    create_staff,
    forget_all,
    login,
    logout,
    rotate,
)

PASSWORD = "correct horse battery"


class CountingLimiter:
    """A limiter that says no after `allowed` questions."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed

    async def hit(self, rule: str, *keys: str) -> bool:
        self.allowed -= 1
        return self.allowed >= 0


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget_all()


@pytest.fixture
async def owner(database: Database, shop: UUID) -> tuple[UUID, str]:
    """An owner of `shop`: id and address."""
    email = f"owner-{shop.hex[-8:]}@example.com"
    async with database.write(shop) as session:
        row = await create_staff(
            session, None, StaffIn(email=email, name="Olga Owner", password=PASSWORD, role="owner")
        )
    return row.id, email


async def test_login_leads_to_a_principal(database: Database, shop: UUID, owner: tuple[UUID, str]) -> None:
    result = await login(database, f" {owner[1].upper()} ", PASSWORD)
    assert result.shop.id == shop
    assert (result.staff.id, result.staff.role) == (owner[0], "owner")
    assert rules.csrf_matches(result.token, result.csrf)
    who = await authenticate_session(database, result.token)
    assert who is not None
    assert (who.kind, who.shop_id, who.id, who.name) == ("staff", shop, owner[0], "Olga Owner")
    assert who.permissions == rules.ALL_PERMISSIONS
    assert who.csrf == result.csrf


async def test_wrong_unknown_and_closed_answer_alike(database: Database, shop: UUID, owner: tuple[UUID, str]) -> None:
    async with database.write(shop) as session:
        closed = StaffIn(email=f"c-{shop.hex}@example.com", name="C", password=PASSWORD, role="agent")
        await close_account(session, None, (await create_staff(session, None, closed)).id)
    answers: list[str] = []
    for email, password in [(owner[1], "wrong"), ("nobody@example.com", PASSWORD), (closed.email, PASSWORD),
                            (owner[1], "x" * 100_000)]:  # fmt: skip
        with pytest.raises(WrongLogin) as caught:
            await login(database, email, password)
        answers.append(str(caught.value))
    assert len(set(answers)) == 1


async def test_a_miss_costs_the_same_time(database: Database, owner: tuple[UUID, str]) -> None:
    async def spent(email: str) -> float:
        started = time.perf_counter()
        with pytest.raises(WrongLogin):
            await login(database, email, "wrong password")
        return time.perf_counter() - started

    await spent("warm.up@example.com")
    known = min([await spent(owner[1]) for _ in range(3)])
    unknown = min([await spent("nobody@example.com") for _ in range(3)])
    # Both hash once, and the hash is nearly all of it: a path without one would be twenty times faster.
    assert 0.3 < known / unknown < 3.3


async def test_limits(database: Database, owner: tuple[UUID, str]) -> None:
    limiter = CountingLimiter(2)
    await login(database, owner[1], PASSWORD, limiter=limiter, address="192.0.2.1")  # type: ignore[arg-type]
    with pytest.raises(TooManyLogins):
        await login(database, owner[1], PASSWORD, limiter=limiter, address="192.0.2.1")  # type: ignore[arg-type]


async def test_rotation_ends_the_old_token(database: Database, shop: UUID, owner: tuple[UUID, str]) -> None:
    old = (await login(database, owner[1], PASSWORD)).token
    fresh = await rotate(database, old)
    assert fresh is not None
    assert fresh != old
    assert await authenticate_session(database, old) is None
    who = await authenticate_session(database, fresh)
    assert who is not None
    assert who.csrf != rules.csrf_token(old)
    assert await rotate(database, old) is None
    async with database.read(shop) as read:
        began = (await read.execute(text("SELECT created_at FROM staff_sessions"))).scalars().all()
    assert len(set(began)) == 1, "a rotation does not prolong a session"


async def test_logout(database: Database, owner: tuple[UUID, str]) -> None:
    token = (await login(database, owner[1], PASSWORD)).token
    assert await authenticate_session(database, token) is not None
    await logout(database, token)
    await logout(database, token)
    assert await authenticate_session(database, token) is None


@pytest.mark.parametrize("column", ["last_seen_at = clock_timestamp() - interval '12 hours 1 second'",
                                    "created_at = clock_timestamp() - interval '14 days 1 second'"])  # fmt: skip
async def test_old_sessions_end(database: Database, shop: UUID, owner: tuple[UUID, str], column: str) -> None:
    token = (await login(database, owner[1], PASSWORD)).token
    async with database.write(shop) as session:
        await session.execute(text(f"UPDATE staff_sessions SET {column} WHERE shop_id = :shop"), {"shop": shop})
    assert await authenticate_session(database, token) is None


async def test_use_is_noted(database: Database, shop: UUID, owner: tuple[UUID, str]) -> None:
    token = (await login(database, owner[1], PASSWORD)).token
    async with database.write(shop) as session:
        await session.execute(text("UPDATE staff_sessions SET last_seen_at = last_seen_at - interval '1 hour'"))
    assert await authenticate_session(database, token) is not None
    async with database.read(shop) as read:
        age = text("SELECT clock_timestamp() - last_seen_at < interval '1 minute' FROM staff_sessions")
        assert (await read.execute(age)).scalar_one() is True


async def test_a_new_role_and_a_new_password_end_sessions(
    database: Database, shop: UUID, owner: tuple[UUID, str]
) -> None:
    async with database.write(shop) as session:
        agent = StaffIn(email=f"a-{shop.hex}@example.com", name="A", password=PASSWORD, role="agent")
        agent_id = (await create_staff(session, None, agent)).id
    first = (await login(database, agent.email, PASSWORD)).token
    async with database.write(shop) as session:
        await change_role(session, None, agent_id, "viewer")
    assert await authenticate_session(database, first) is None
    second = await login(database, agent.email, PASSWORD)
    assert second.staff.role == "viewer"
    async with database.write(shop) as session:
        await change_password(session, None, agent_id, "another good one")
    assert await authenticate_session(database, second.token) is None
    with pytest.raises(WrongLogin):
        await login(database, agent.email, PASSWORD)
    await login(database, agent.email, "another good one")


async def test_one_address_in_two_shops(database: Database, shop: UUID, other_shop: UUID) -> None:
    email = f"both-{shop.hex}@example.com"
    for place, password in ((shop, PASSWORD), (other_shop, "quite another one")):
        async with database.write(place) as session:
            await create_staff(session, None, StaffIn(email=email, name="B", password=password, role="manager"))
    assert (await login(database, email, PASSWORD)).shop.id == shop
    assert (await login(database, email, "quite another one")).shop.id == other_shop


async def test_staff_rules(database: Database, shop: UUID, owner: tuple[UUID, str]) -> None:
    async with database.write(shop) as session:
        with pytest.raises(WeakPassword):
            await create_staff(session, None, StaffIn(email="x@example.com", name="X", password="short", role="agent"))
        with pytest.raises(LastOwner):
            await change_role(session, None, owner[0], "agent")
        with pytest.raises(LastOwner):
            await close_account(session, None, owner[0])
    with pytest.raises(StaffExists):
        async with database.write(shop) as session:
            again = StaffIn(email=owner[1].upper(), name="X", password=PASSWORD, role="agent")
            await create_staff(session, None, again)


async def test_stored_rows_hold_no_token_and_no_password(
    database: Database, shop: UUID, owner: tuple[UUID, str]
) -> None:
    token = (await login(database, owner[1], PASSWORD)).token
    async with database.read(shop) as read:
        rows = (await read.execute(text("SELECT s::text || p::text FROM staff_sessions s, staff p"))).scalars().all()
    assert rows
    assert not [row for row in rows if token in row or PASSWORD in row]
    assert all("$argon2id$" in row for row in rows)
