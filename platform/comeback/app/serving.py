"""The web process. It reads the environment and keeps no state; the application is loaded in the server's children."""

import os

from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

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
