"""`python -m comeback.sandbox --config file.json`: runs until SIGINT or SIGTERM; prints its URLs as one JSON line."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

import msgspec

from comeback.sandbox.config import SandboxConfig, Urls
from comeback.sandbox.server import serve


def _announce(urls: Urls) -> None:
    sys.stdout.write(msgspec.json.encode(urls).decode() + "\n")
    sys.stdout.flush()


async def _run(config: SandboxConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await serve(config, stop, _announce)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m comeback.sandbox", description=__doc__)
    parser.add_argument("--config", type=Path, help="JSON file of SandboxConfig; without it: free ports, no memory")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    # One INFO line for each webhook would drown what matters.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = msgspec.json.decode(given.config.read_bytes(), type=SandboxConfig) if given.config else SandboxConfig()
    asyncio.run(_run(config))


if __name__ == "__main__":
    main()
