"""Real processes of the product: workers that can be killed at a failpoint, a web server. Nothing is left over."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx

from comeback.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def environment(settings: Settings, redis_url: str, **more: str) -> dict[str, str]:
    """The environment of a process that works on the tests' database and sandboxes."""
    plain = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": settings.smtp_url,
        "STRIPE_API_BASE": settings.stripe_api_base or "",
        "CARRIER_API_BASE": settings.carrier_api_base or "",
        "COMEBACK_SHOPIFY__API_BASE": settings.shopify.api_base or "",
        "COMEBACK_SECRET_KEY": settings.secret_key.reveal(),
        "COMEBACK_KEK": settings.kek.reveal(),
        "COMEBACK_LOCAL": "true",
        "COMEBACK_BLOB_DIR": settings.blob_dir,
        "COMEBACK_LEASE_SECONDS": "2",
        "COMEBACK_SWEEP_SECONDS": "0.2",
        "COMEBACK_STATEMENT_TIMEOUT_MS": "20000",
        "COMEBACK_DB_POOL": "6",
        "COMEBACK_LOG_LEVEL": "warning",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    return {**os.environ, **plain, **more}


class Worker:
    """A worker process by its id, and how it ended: `status` below zero is the signal that ended it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def alive(self) -> bool:
        return not self.ended.done()

    async def wait(self, seconds: float) -> int:
        """Its exit status. Raises TimeoutError."""
        return await asyncio.wait_for(asyncio.shield(self.ended), seconds)

    def signal(self, number: int) -> None:
        """Sends a signal to this one process."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL, and waits."""
        self.signal(signal.SIGKILL)
        await self.wait(10)


class Forge:
    """Workers on order; see `tests.support.forge`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: dict[int, Worker] = {}
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, *rest = line.decode().split()
            if word == "born":
                worker = self._workers[int(rest[0])] = Worker(int(rest[0]))
                self._born.put_nowait(worker)
            elif word == "gone":
                self._workers.pop(int(rest[0])).ended.set_result(int(rest[1]))

    async def spawn(self, failpoints: str = "") -> Worker:
        """A new worker, with failpoints armed as in COMEBACK_FAILPOINTS."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"spawn {failpoints}\n".encode())
        return await asyncio.wait_for(self._born.get(), 10)

    async def clear(self) -> None:
        """Kills every worker that is left."""
        for worker in list(self._workers.values()):
            worker.signal(signal.SIGCONT)
            await worker.kill()

    async def close(self) -> None:
        """Ends the forge and all its workers."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader


@contextlib.asynccontextmanager
async def forging(env: dict[str, str], log: Path) -> AsyncIterator[Forge]:
    """A forge, ready; its workers log to `log`."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.forge", cwd=ROOT, env=env, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=out,
        )  # fmt: skip
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"ready", log.read_text()[-2000:]
    forge = Forge(process)
    try:
        yield forge
    finally:
        await forge.close()


@contextlib.asynccontextmanager
async def running(command: str, env: dict[str, str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m comeback.app.cli <command>` in a process group of its own; the whole group ends with the block."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "comeback.app.cli", command, cwd=ROOT, env=env, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@contextlib.asynccontextmanager
async def serving(env: dict[str, str], log: Path, port: int | None = None) -> AsyncIterator[str]:
    """A real web server (granian with one worker process); answers its address once it is live."""
    port = port or free_port()
    async with running("web", env | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_WORKERS": "1"}, log):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            await until(lambda: _live(client, url), 60, f"the web server\n{log.read_text()[-1500:]}")
        yield url


async def _live(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/live", timeout=1)).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def until(true: Callable[[], Awaitable[object]], seconds: float, what: str, pause: float = 0.1) -> float:
    """Waits until `true()` is; answers how long it took in seconds. Fails with `what` after `seconds`."""
    began = time.monotonic()
    while not await true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        await asyncio.sleep(pause)
    return time.monotonic() - began
