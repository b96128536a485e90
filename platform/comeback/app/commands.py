"""Small commands: migrate, seed, drain, openapi."""

import asyncio
import os
from pathlib import Path

import httpx
import msgspec

from comeback.app import demo
from comeback.app.console import Refused, say
from comeback.app.http import schema
from comeback.app.migrate import migrate_now
from comeback.app.state import StateFolder
from comeback.app.wiring import build_services
from comeback.core.secrets import Secret
from comeback.core.settings import Settings, load_settings


def migrate() -> None:
    """Brings the database of `DATABASE_URL` to the newest schema."""
    migrate_now(load_settings(os.environ))
    say("The database has the newest schema.")


def drain() -> None:
    """Runs all due work of the running local stack."""
    told = StateFolder(Path(".comeback")).read_demo()
    try:
        answer = httpx.post(f"{told.control_url}/drain", timeout=600)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Refused("The local stack does not answer; start it with `make run`.") from error
    say(answer.text)


def seed() -> None:
    """Loads the demo shops into the database of `DATABASE_URL`; log-in and keys go to `.comeback/secrets`."""
    asyncio.run(_seed())


async def _seed() -> None:
    state = StateFolder(Path(".comeback"))
    settings, secrets = load_settings(os.environ), state.secrets()
    shops = await demo.open_shops(settings, secrets, os.environ)
    state.keep_secrets(msgspec.structs.replace(secrets, api_keys={shop.slug: shop.api_key for shop in shops}))
    fresh = await demo.load(settings, shops, None)
    say("The demo shops are loaded." if fresh else "The demo shops were loaded before.")


def openapi() -> None:
    """Prints the API's OpenAPI document; needs no database."""
    nowhere = Settings(database_url="postgresql://nowhere/none", secret_key=Secret("-"), kek=Secret("A" * 43 + "="))
    say(msgspec.json.encode(schema(build_services(nowhere))).decode())
