"""One SMTP connection: greets, encrypts, logs in, and hands over mails one after another."""

import asyncio
import base64
import ssl
from collections import deque
from typing import cast

from comeback.core.failpoints import failpoint
from comeback.vendors.smtp.target import Target
from comeback.vendors.smtp.wire import Desync, Reply, ReplyReader, capabilities

CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 300.0
"""RFC 5321 §4.5.3.2: five minutes for a command, ten for the reply to the final dot."""
FINAL_SECONDS = 660.0


class Refused(Exception):
    """The server does not let us in; `reply` says why."""

    def __init__(self, reply: Reply, stage: str) -> None:
        super().__init__(f"{stage}: {reply}")
        self.reply, self.stage = reply, stage


class Lost(Exception):
    """The connection ended or stayed silent."""


class Connection(asyncio.Protocol):
    """Replies come in order; one coroutine at a time asks for the next one."""

    def __init__(self, target: Target, name: str, context: ssl.SSLContext | None = None) -> None:
        self.target, self.name, self.context = target, name, context
        self.transport: asyncio.Transport | None = None
        self.can: frozenset[str] = frozenset()
        self.alive = False
        self.used = 0
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._error: Exception | None = None

    # asyncio calls these three
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.alive = cast("asyncio.Transport", transport), True

    def data_received(self, data: bytes) -> None:
        try:
            self._replies.extend(self._reader.feed(data))
        except Desync as error:
            self._fail(error)
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(Lost(str(exc) if exc else "closed by the server"))

    async def open(self) -> None:
        """Connects and greets.

        Raises:
            Refused: the server said no.
            Lost, Desync, OSError: it did not say anything sensible.
        """
        loop = asyncio.get_running_loop()
        implicit = self._context() if self.target.tls == "implicit" else None
        await failpoint("message.before_connect")
        async with asyncio.timeout(CONNECT_SECONDS):
            await loop.create_connection(
                lambda: self, self.target.host, self.target.port, ssl=implicit,
                server_hostname=self.target.host if implicit else None,
            )  # fmt: skip
        self._want(await self.reply(), 220, "greeting")
        await self._hello()
        if self.target.tls != "implicit" and ("STARTTLS" in self.can or self.target.tls == "required"):
            await self._encrypt(loop)
        if self.target.user is not None:
            await self._log_in()
        await failpoint("message.after_connect")

    async def _hello(self) -> None:
        reply = await self.command(f"EHLO {self.name}")
        if reply.code >= 500:
            reply = await self.command(f"HELO {self.name}")
        self._want(reply, 250, "EHLO")
        self.can = capabilities(reply)

    async def _encrypt(self, loop: asyncio.AbstractEventLoop) -> None:
        self._want(await self.command("STARTTLS"), 220, "STARTTLS")
        self.in_step()
        assert self.transport is not None
        made = await loop.start_tls(self.transport, self, self._context(), server_hostname=self.target.host)
        if made is None:
            raise Lost("TLS did not start")
        self.transport = made
        await self._hello()

    async def _log_in(self) -> None:
        password = self.target.password.reveal() if self.target.password else ""
        token = base64.b64encode(f"\0{self.target.user}\0{password}".encode()).decode()
        self._want(await self.command(f"AUTH PLAIN {token}"), 235, "AUTH")

    def _context(self) -> ssl.SSLContext:
        if self.context is None:
            self.context = ssl.create_default_context()
        return self.context

    def _want(self, reply: Reply, code: int, stage: str) -> None:
        if reply.code != code:
            raise Refused(reply, stage)

    async def command(self, line: str) -> Reply:
        """Sends one command and waits for its reply."""
        self.write(line.encode() + b"\r\n")
        return await self.reply()

    def write(self, data: bytes) -> None:
        """Sends bytes; Lost where the connection is gone."""
        if self.transport is None or not self.alive:
            raise self._error or Lost("not connected")
        self.transport.write(data)

    async def reply(self, seconds: float = COMMAND_SECONDS) -> Reply:
        """The next reply, in order. Raises Lost or Desync; both leave the connection unusable."""
        while not self._replies:
            if self._error is not None:
                raise self._error
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(seconds, self._fail, Lost(f"no reply in {seconds:.0f} s"))
            try:
                await self._waiting
            finally:
                timer.cancel()
                self._waiting = None
        return self._replies.popleft()

    def in_step(self) -> None:
        """Raises Desync where the server said more than it was asked."""
        if self._replies or self._reader.halfway:
            error = Desync("more replies than commands")
            self._fail(error)
            raise error

    @property
    def usable(self) -> bool:
        """Whether another mail may be tried on it."""
        return self.alive and self._error is None and not self._replies and not self._reader.halfway

    def close(self) -> None:
        """Ends it at once: before the final dot the server must throw away what it has (RFC 5321 §4.1.1.4)."""
        self.alive = False
        if self.transport is not None:
            self.transport.abort()

    def quit(self) -> None:
        """Ends an idle connection politely."""
        if self.usable and self.transport is not None:
            self.transport.write(b"QUIT\r\n")
            self.alive = False
            self.transport.close()
        else:
            self.close()

    def _fail(self, error: Exception) -> None:
        self.alive = False
        self._error = self._error or error
        self._wake()
        if self.transport is not None:
            self.transport.abort()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
