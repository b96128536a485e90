"""The two processes of a deployment: the web server and the worker. Both read the environment and keep no state."""

import asyncio
import os
import signal

from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

from comeback.app.wiring import build_services
from comeback.app.worker import WorkerProcess
from comeback.core import logs
from comeback.core.settings import load_settings

HEADER_PATIENCE_MS = 20_000
"""A caller that does not finish its head in this time is cut off (the proxy in front guards the body)."""


def web() -> None:
    """Serves HTTP until SIGTERM: `HOST`, `PORT`, `WEB_WORKERS` processes."""
    Server(
        "comeback.app.web:application",
        factory=True,
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.ASGI,
        workers=int(os.environ.get("WEB_WORKERS", "1")),
        loop=Loops.uvloop,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_PATIENCE_MS),
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=20,
        log_access=False,
    ).serve()


def worker() -> None:
    """Runs jobs, flows and the sender until SIGTERM; what was begun is finished."""
    asyncio.run(_work())


async def _work() -> None:
    settings = load_settings(os.environ)
    logs.setup(settings.log_level)
    services = build_services(settings)
    process = WorkerProcess(services)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, process.stop.set)
    try:
        await process.run()
    finally:
        for close in services.closers:
            await close()
