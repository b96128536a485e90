"""An SMTP server with a memory: takes mail, or answers what a test says at any verb, or drops the connection."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Taken:
    """A mail that was accepted."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        made = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(made, EmailMessage)
        return made


@dataclass
class SmtpServer:
    """`script[verb]` is a list of answers used up one by one: a reply, "drop", "stall", or "accept-drop" (body)."""

    pipelining: bool = True
    script: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    refuse: Callable[[str], str | None] = lambda _recipient: None
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> "SmtpServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def say(self, verb: str, *answers: str) -> None:
        """What to answer next at a verb."""
        self.script.setdefault(verb, []).extend(answers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer(writer, "CONNECT", "220 hello")
        sender = recipient = ""
        while line := await reader.readline():
            text = line.decode().strip()
            verb = text.split(" ")[0].upper()
            self.commands.append(verb)
            if verb == "EHLO":
                features = ["PIPELINING"] if self.pipelining else []
                lines = ["hello", *features, "SIZE 10000000"]
                usual = "\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{x}" for n, x in enumerate(lines))
                await self._answer(writer, verb, usual)
            elif verb == "MAIL":
                sender = text.split("<")[1].split(">")[0]
                await self._answer(writer, verb, "250 ok")
            elif verb == "RCPT":
                recipient = text.split("<")[1].split(">")[0]
                await self._answer(writer, verb, self.refuse(recipient) or "250 ok")
            elif verb == "DATA":
                if (await self._answer(writer, verb, "354 go")).startswith("354"):
                    await self._body(reader, writer, sender, recipient)
            elif verb == "QUIT":
                await self._answer(writer, verb, "221 bye")
                return
            else:
                await self._answer(writer, verb, "250 ok")

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str, to: str) -> None:
        raw = b""
        while not raw.endswith(b"\r\n.\r\n") and raw != b".\r\n":
            raw += await reader.readuntil(b"\r\n")
        message = raw[:-3].replace(b"\r\n..", b"\r\n.")
        planned = self.script.get("BODY", [])
        if planned and planned[0] in ("accept-drop", "accept-stall"):
            action = planned.pop(0)
            self.taken.append(Taken(sender, to, message))
            if action == "accept-stall":
                await asyncio.sleep(3600)
            raise ConnectionError
        usual = "554 no valid recipients" if not message else "250 taken"
        reply = await self._answer(writer, "BODY", usual)
        if reply.startswith("250"):
            self.taken.append(Taken(sender, to, message))

    async def _answer(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> str:
        planned = self.script.get(verb, [])
        reply = planned.pop(0) if planned else usual
        if reply == "drop":
            raise ConnectionError
        if reply == "stall":
            await asyncio.sleep(3600)
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return reply
