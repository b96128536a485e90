"""The worker process: jobs, flows and the sender. It reads the environment and keeps no state."""

import asyncio
import os
import signal

import uvloop

from comeback.app.wiring import build_services
from comeback.app.worker import WorkerProcess
from comeback.core import logs
from comeback.core.settings import load_settings


def worker() -> None:
    """Runs jobs, flows and the sender until SIGTERM; what was begun is finished."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work())


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
