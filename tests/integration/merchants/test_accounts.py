"""Shops, keys, connections, sending domains and the audit log, on the real database."""

from collections.abc import AsyncIterator
from uuid import UUID

import dkim
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.app.wiring import Services
from comeback.core.access import Principal
from comeback.core.db import Database
from comeback.core.errors import Invalid, NotFound
from comeback.core.secrets import SealBroken, Secret, Vault
from comeback.kit.ids import new_id
from comeback.merchants import rules
from comeback.merchants.errors import NoConnection, ScopeTooWide, SlugTaken
from comeback.merchants.models import ConnectionState
from comeback.merchants.schemas import Brand, ConnectionIn, ShopIn
from comeback.merchants.service import (
    add_sending_domain,
    audit,
    authenticate_key,
    connect,
    connection,
    create_api_key,
    create_shop,
    credentials,
    dkim_key,
    drop_previous_secret,
    forget_all,
    get_shop,
    list_api_keys,
    mark_verified,
    require_connection,
    resolve_hook,
    revoke_api_key,
    set_brand,
    set_settings,
    set_state,
    shop_by_slug,
)

STRIPE = ConnectionIn(kind="stripe", vendor="stripe", credentials={"api_key": "sk_test_canary"}, secret="whsec_one")


@pytest.fixture(autouse=True)
async def nothing_remembered() -> AsyncIterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture
def vault(services: Services) -> Vault:
    return services.vault


async def test_a_shop_is_found_by_its_short_name(database: Database) -> None:
    shop_id = new_id()
    slug = f"casa-{shop_id.hex[-8:]}"
    async with database.write(shop_id) as session:
        await create_shop(session, ShopIn(slug=slug, name="Casa", brand=Brand(primary="#aa5533")))
    assert await shop_by_slug(database, slug) == shop_id
    assert await shop_by_slug(database, "no-such-shop") is None
    assert await shop_by_slug(database, "../etc") is None
    async with database.read(shop_id) as read:
        row = await get_shop(read)
        assert (row.slug, row.brand["primary"], row.currency) == (slug, "#aa5533", "EUR")


async def test_short_names_are_unique_and_clean(database: Database) -> None:
    slug = f"one-{new_id().hex[-8:]}"
    async with database.write(new_id()) as session:
        await create_shop(session, ShopIn(slug=slug, name="One"))
    with pytest.raises(SlugTaken):
        async with database.write(new_id()) as session:
            await create_shop(session, ShopIn(slug=slug, name="Two"))
    with pytest.raises(Invalid) as caught:
        async with database.write(new_id()) as session:
            await create_shop(session, ShopIn(slug="studio", name="Three"))
    assert caught.value.errors[0].pointer == "/slug"


async def test_brand_and_settings_are_audited(database: Database, shop: UUID) -> None:
    actor = Principal("staff", shop, new_id(), frozenset(), "Olga")
    async with database.write(shop) as session:
        await set_brand(session, actor, Brand(primary="#123456"))
        await set_settings(session, actor, {"freshness_days": 10})
    async with database.read(shop) as read:
        row = await get_shop(read)
        found = await read.execute(text("SELECT action, actor_name FROM audit_log ORDER BY id"))
        assert [tuple(r) for r in found] == [("brand.changed", "Olga"), ("settings.changed", "Olga")]
    assert row.brand["primary"] == "#123456"
    assert row.settings == {"freshness_days": 10}


async def test_keys_are_stored_as_digests(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        row, plain = await create_api_key(session, "Storefront", ["orders:write", "orders:read"])
    assert rules.looks_like_key(plain)
    who = await authenticate_key(database, plain)
    assert who is not None
    assert (who.kind, who.shop_id, who.id) == ("api_key", shop, row.id)
    assert who.permissions == {"orders:read", "orders:write"}
    async with database.read(shop) as read:
        stored = (await read.execute(text("SELECT k::text FROM api_keys k"))).scalar_one()
        assert plain not in stored
        assert (await list_api_keys(read))[0].last_used_at is not None
    assert await authenticate_key(database, plain[:-1] + ("a" if plain[-1] != "a" else "b")) is None
    assert await authenticate_key(database, "sk_something_else_entirely") is None


async def test_a_revoked_key_is_over(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        row, plain = await create_api_key(session, "Old", ["orders:read"])
    assert await authenticate_key(database, plain) is not None
    async with database.write(shop) as session:
        await revoke_api_key(session, row.id)
    assert await authenticate_key(database, plain) is None
    with pytest.raises(NotFound):
        async with database.write(shop) as session:
            await revoke_api_key(session, row.id)


async def test_scopes_are_known_and_not_wider_than_their_maker(database: Database, shop: UUID) -> None:
    agent = Principal("staff", shop, new_id(), rules.permissions_of("viewer"), "V")
    async with database.write(shop) as session:
        for scopes in ([], ["orders:eat"]):
            with pytest.raises(Invalid):
                await create_api_key(session, "x", scopes)
        with pytest.raises(ScopeTooWide):
            await create_api_key(session, "x", ["staff:write"], actor=agent)
        await create_api_key(session, "x", ["orders:read"], actor=agent)


async def test_a_key_opens_one_shop_only(database: Database, shop: UUID, other_shop: UUID) -> None:
    async with database.write(shop) as session:
        row, _ = await create_api_key(session, "Mine", ["orders:read"])
    async with database.read(other_shop) as read:
        assert await list_api_keys(read) == []
    with pytest.raises(NotFound):
        async with database.write(other_shop) as session:
            await revoke_api_key(session, row.id)


async def test_credentials_are_sealed_to_their_row(
    database: Database, vault: Vault, shop: UUID, other_shop: UUID
) -> None:
    async with database.write(shop) as session:
        row, _ = await connect(session, vault, STRIPE)
        assert await credentials(session, vault, row) == {"api_key": "sk_test_canary"}
    async with database.read(shop) as read:
        stored = (await read.execute(text("SELECT c::text FROM connections c"))).scalar_one()
        assert "canary" not in stored
        assert "whsec_one" not in stored
    async with database.write(other_shop) as session:
        moved, _ = await connect(session, vault, STRIPE)
        moved.credentials = row.credentials
        with pytest.raises(SealBroken):
            await credentials(session, vault, moved)


async def test_the_hook_address_leads_to_the_connection(database: Database, vault: Vault, shop: UUID) -> None:
    async with database.write(shop) as session:
        row, token = await connect(session, vault, STRIPE)
    hook = await resolve_hook(database, vault, "stripe", token)
    assert hook is not None
    assert (hook.shop_id, hook.connection_id, hook.secrets) == (shop, row.id, (Secret("whsec_one"),))
    assert await resolve_hook(database, vault, "carrier", token) is None
    assert await resolve_hook(database, vault, "stripe", token + "x") is None
    assert await resolve_hook(database, vault, "stripe", "") is None
    assert "whsec" not in repr(hook)


async def test_both_secrets_count_while_one_is_changed(database: Database, vault: Vault, shop: UUID) -> None:
    changed = ConnectionIn(kind="stripe", vendor="stripe", credentials={"api_key": "k2"}, secret="whsec_two")
    async with database.write(shop) as session:
        _, token = await connect(session, vault, STRIPE)
        row, same = await connect(session, vault, changed)
        assert same == token
    hook = await resolve_hook(database, vault, "stripe", token)
    assert hook is not None
    assert hook.secrets == (Secret("whsec_two"), Secret("whsec_one"))
    async with database.write(shop) as session:
        live = await require_connection(session, "stripe")
        assert await credentials(session, vault, live) == {"api_key": "k2"}
        await drop_previous_secret(session, live)
    hook = await resolve_hook(database, vault, "stripe", token)
    assert hook is not None
    assert hook.secrets == (Secret("whsec_two"),)
    assert row.id == live.id


async def test_a_connection_that_is_off_is_silent(database: Database, vault: Vault, shop: UUID) -> None:
    async with database.write(shop) as session:
        assert await connection(session, "stripe") is None
        with pytest.raises(NoConnection):
            await require_connection(session, "stripe")
        row, token = await connect(session, vault, STRIPE)
        await set_state(session, row, ConnectionState.OFF)
        with pytest.raises(NoConnection):
            await require_connection(session, "stripe")
    assert await resolve_hook(database, vault, "stripe", token) is None


async def test_each_stream_signs_with_its_own_key(database: Database, vault: Vault, shop: UUID) -> None:
    async with database.write(shop) as session:
        made = await add_sending_domain(session, vault, "shop.example")
        assert await dkim_key(session, vault, "orders") is None, "not before it is verified"
        await mark_verified(session, "shop.example")
    async with database.read(shop) as read:
        orders = await dkim_key(read, vault, "orders")
        news = await dkim_key(read, vault, "news")
    assert orders is not None
    assert news is not None
    assert (orders.address, orders.selector) == ("orders@shop.example", "orders1")
    assert (news.address, news.selector) == ("news@shop.example", "news1")
    pem = orders.private_key.reveal().encode()
    assert load_pem_private_key(pem, None).key_size == 2048  # type: ignore[union-attr]
    mail = b"From: orders@shop.example\r\nSubject: hello\r\n\r\nbody\r\n"
    signed = dkim.sign(mail, b"orders1", b"shop.example", pem, include_headers=[b"from", b"subject"]) + mail
    record = rules.dkim_record(next(row.public_key for row in made if row.stream == "orders"), "rsa")
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record.encode())


async def test_keys_of_a_domain_can_be_changed(database: Database, vault: Vault, shop: UUID) -> None:
    async with database.write(shop) as session:
        await add_sending_domain(session, vault, "shop.example")
        await mark_verified(session, "shop.example")
        await add_sending_domain(session, vault, "shop.example")
        key = await dkim_key(session, vault, "orders")
        assert key is not None
        assert key.selector == "orders1", "the new key waits for its record"
        await mark_verified(session, "shop.example")
        key = await dkim_key(session, vault, "orders")
        assert key is not None
        assert key.selector == "orders2"
        with pytest.raises(Invalid):
            await add_sending_domain(session, vault, "localhost")


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"])
async def test_the_audit_log_only_grows(database: Database, shop: UUID, statement: str) -> None:
    async with database.write(shop) as session:
        await audit(session, None, "something.happened", shop, {"amount": 100})
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.write(shop) as session:
            await session.execute(text(statement))
