"""`comeback shop` opens a shop that can be worked in at once, or says in a line why not and leaves nothing behind."""

import os
import subprocess
import sys
from uuid import uuid4

from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.flows.service import admin
from comeback.merchants.service import list_staff, shop_by_slug


def _comeback(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator types it."""
    env = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "BASE_URL": "https://comeback.example",
        "COMEBACK_SECRET_KEY": settings.secret_key.reveal(),
        "COMEBACK_KEK": settings.kek.reveal(),
    }
    argv = [sys.executable, "-m", "comeback.app.cli", "shop", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, check=False)


async def test_a_shop_is_opened_with_owner_mails_and_flows(settings: Settings, database: Database) -> None:
    slug = f"opened-{uuid4().hex[:8]}"
    asked = (slug, "Opened", "--owner", f"me@{slug}.example", "--country", "PL", "--currency", "PLN")
    done = _comeback(settings, *asked)
    assert done.returncode == 0, done.stderr
    assert "https://comeback.example/studio" in done.stdout

    shop_id = await shop_by_slug(database, slug)
    assert shop_id is not None
    async with database.read(shop_id) as read:
        assert [(person.email, person.role) for person in await list_staff(read)] == [(f"me@{slug}.example", "owner")]
        assert {flow.state for flow in await admin.list_flows(read)} == {"live"}

    again = _comeback(settings, *asked)
    assert (again.returncode, again.stderr) == (1, f"There is a shop {slug} already.\n")


async def test_every_mistake_is_named_and_nothing_stays(settings: Settings, database: Database) -> None:
    slug = f"refused-{uuid4().hex[:8]}"
    wrong = ("--country", "Germany", "--currency", "EURO", "--timezone", "Berlin", "--locale", "x")
    done = _comeback(settings, slug, "Refused", "--owner", "me@shop.example", *wrong)
    assert done.returncode == 1
    for field in ("country", "currency", "timezone", "locale"):
        assert f"{field}: " in done.stderr
    assert await shop_by_slug(database, slug) is None
