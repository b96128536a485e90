"""A fixed number of SMTP connections, opened when needed, replaced when broken, fewer after a 421."""

import asyncio
import ssl
from typing import Protocol

from comeback.vendors.smtp.connection import FINAL_SECONDS, Connection, Lost, Refused
from comeback.vendors.smtp.handover import Envelope, Gate, Outcome, hand_over
from comeback.vendors.smtp.target import Target
from comeback.vendors.smtp.wire import Desync

MAILS_PER_CONNECTION = 2_000
PAUSE_SECONDS = 15.0
RETRY_CONNECT_SECONDS = 1.0


class Transport(Protocol):
    """A way out for mail. `idempotency_ttl`: seconds in which a repeat with the same key is recognised (SMTP: 0)."""

    idempotency_ttl: float

    async def send(self, envelope: Envelope, message: bytes, gate: Gate, idempotency_key: str = "") -> Outcome:
        """Hands one mail over."""
        ...


class SmtpPool:
    """At most `size` connections; a caller waits for a free one."""

    idempotency_ttl = 0.0

    def __init__(
        self, target: Target, *, size: int = 20, name: str = "localhost", context: ssl.SSLContext | None = None,
        final_seconds: float = FINAL_SECONDS,
    ) -> None:  # fmt: skip
        self.target, self.size, self.name, self.context = target, size, name, context
        self.final_seconds = final_seconds
        self._slots: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._slots.put_nowait(None)
        self._open: set[Connection] = set()
        self._down_until = 0.0
        self._down_reason = ""

    async def send(self, envelope: Envelope, message: bytes, gate: Gate, idempotency_key: str = "") -> Outcome:
        """Hands one mail over on the next free connection; see `hand_over`."""
        connection = await self._slots.get()
        pause = 0.0
        try:
            if connection is not None and not connection.usable:
                self._drop(connection)
                connection = None
            if connection is None:
                connection = await self._connect()
                if isinstance(connection, Outcome):
                    outcome, connection = connection, None
                    return outcome
            outcome = await hand_over(connection, envelope, message, gate, self.final_seconds)
            pause = PAUSE_SECONDS if outcome.code == 421 else 0.0
            return outcome
        finally:
            self._give_back(connection if isinstance(connection, Connection) else None, pause)

    async def _connect(self) -> Connection | Outcome:
        loop = asyncio.get_running_loop()
        if loop.time() < self._down_until:
            return Outcome("untouched", "connect", 0, self._down_reason)
        made = Connection(self.target, self.name, self.context)
        self._open.add(made)
        try:
            await made.open()
        except Refused as error:
            self._failed(made, loop, str(error))
            return Outcome("untouched", error.stage, error.reply.code, error.reply.text)
        except (Lost, Desync, OSError, TimeoutError) as error:
            self._failed(made, loop, str(error) or type(error).__name__)
            return Outcome("untouched", "connect", 0, self._down_reason)
        except BaseException:
            self._drop(made)
            raise
        return made

    def _failed(self, connection: Connection, loop: asyncio.AbstractEventLoop, reason: str) -> None:
        self._drop(connection)
        self._down_until, self._down_reason = loop.time() + RETRY_CONNECT_SECONDS, reason

    def _give_back(self, connection: Connection | None, pause: float) -> None:
        if connection is not None and (not connection.usable or connection.used >= MAILS_PER_CONNECTION):
            self._drop(connection)
            connection = None
        if pause:
            asyncio.get_running_loop().call_later(pause, self._slots.put_nowait, connection)
        else:
            self._slots.put_nowait(connection)

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.quit()

    async def close(self) -> None:
        """Ends all connections."""
        for connection in list(self._open):
            self._drop(connection)
        await asyncio.sleep(0)
