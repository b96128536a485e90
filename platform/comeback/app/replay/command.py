"""`comeback replay [--count N]`: on the local stack that runs here, else on one of its own; data by `REPLAY_DATA`."""

import argparse
import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from comeback.app.console import Refused, say
from comeback.app.local import LocalStack
from comeback.app.replay.playing import Play
from comeback.app.replay.reading import FILE, read
from comeback.app.replay.reporting import look
from comeback.app.replay.stage import Stage
from comeback.app.state import DemoFile, StateFolder


def find_data() -> Path | None:
    """The file: `REPLAY_DATA` (a folder or the file), else `../shared/data/retail` beside the checkout."""
    named = Path(os.environ.get("REPLAY_DATA", "../shared/data/retail"))
    path = named / FILE if named.is_dir() else named
    return path if path.is_file() else None


async def _play(stage: Stage, path: Path, count: int) -> bool:
    source = read(path, count)
    play = Play(stage, source)
    for act in (play.pay, play.order, play.ship, play.travel):
        await act()
    await play.read()
    await play.give_back()
    outcome = await look(play)
    say(outcome.text())
    return not outcome.wrong


@asynccontextmanager
async def _stack() -> AsyncGenerator[DemoFile]:
    """The local stack that runs in this folder, or one started for the replay."""
    folder = StateFolder(Path(".comeback"))
    try:
        demo = folder.read_demo()
        async with httpx.AsyncClient(timeout=2) as client:
            (await client.get(f"{demo.base_url}/health/ready")).raise_for_status()
    except (Refused, httpx.HTTPError):
        async with LocalStack(folder, os.environ).running() as started:
            yield started
    else:
        yield demo


async def _run(path: Path, count: int) -> bool:
    async with _stack() as demo:
        stage = Stage(demo, secrets.token_hex(3))
        try:
            return await _play(stage, path, count)
        finally:
            await stage.close()


def main() -> None:
    """Runs the replay; exit code 1 where a sum or a mail does not agree."""
    parser = argparse.ArgumentParser(prog="comeback replay")
    parser.add_argument("--count", type=int, default=2000, help="invoices to take (2000)")
    count = parser.parse_args(sys.argv[1:]).count
    path = find_data()
    if path is None:
        say("The data is not here (set REPLAY_DATA to the folder with the invoices): nothing was replayed.")
        return
    started = time.monotonic()
    try:
        right = asyncio.run(_run(path, count))
    except* Refused as group:
        raise Refused("; ".join(str(e) for e in group.exceptions[:3])) from group
    say(f"\n{time.monotonic() - started:.0f} s")
    if not right:
        raise Refused("The replay found differences.")
