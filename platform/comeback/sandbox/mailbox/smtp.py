"""The SMTP side (RFC 5321, 2920, 6152, 6531): a bare asyncio protocol, fast enough to be a yardstick for senders.

Replies of pipelined commands leave in one write. A fault may answer anything at any verb; while one delays, the
commands behind it wait, as they would with a slow server.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from comeback.sandbox.mailbox.faults import MailFault, MailFaults

GREETING = b"220 sandbox ESMTP\r\n"
EXTENSIONS = (
    b"250-sandbox\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
    b"250-AUTH PLAIN LOGIN\r\n250 SIZE 52428800\r\n"
)
END = b"\r\n.\r\n"
MAX_LINE = 4096

Keep = Callable[[str, list[str], bytes], str]
"""(sender, recipients, body) stored; returns its id."""


def path_of(argument: bytes) -> str:
    """The address in `FROM:<a@b> SIZE=1` or `TO:<a@b>`; "" for the null sender."""
    text = argument.decode("utf-8", "replace").partition(":")[2].strip()
    if text.startswith("<"):
        return text[1:].partition(">")[0]
    return text.partition(" ")[0]


class SmtpProtocol(asyncio.Protocol):
    def __init__(self, keep: Keep, faults: MailFaults, open_: set[asyncio.Transport]) -> None:
        self._keep = keep
        self._faults = faults
        self._open = open_
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._out = bytearray()
        self._in_body = False
        self._searched = 0
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._waiting = False
        self._auth_lines = 0
        self._handlers: dict[bytes, Callable[[bytes], None]] = {
            b"EHLO": lambda _: self._hello("EHLO", EXTENSIONS),
            b"HELO": lambda _: self._hello("HELO", b"250 sandbox\r\n"),
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._data,
            b"AUTH": self._auth,
            b"RSET": self._reset,
            b"NOOP": lambda _: self._say("NOOP", b"250 2.0.0 OK\r\n"),
            b"QUIT": self._quit,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._open.add(transport)
        self._say("CONNECT", GREETING)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()

    def _forget(self) -> None:
        if self._transport is not None:
            self._open.discard(self._transport)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._waiting:
            self._work()

    def _work(self) -> None:
        while self._transport is not None and not self._waiting and self._step():
            pass
        self._flush()

    def _step(self) -> bool:
        """Consumes one line or one body; False when more bytes are needed."""
        if self._in_body:
            return self._body()
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > MAX_LINE:
                self._buffer.clear()
                self._out += b"500 5.5.2 Line too long\r\n"
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        self._command(line)
        return True

    def _command(self, line: bytes) -> None:
        if self._auth_lines:
            self._auth_continue()
            return
        verb, _, argument = line.partition(b" ")
        handler = self._handlers.get(verb.upper())
        if handler is None:
            self._out += b"500 5.5.2 Unknown command\r\n"
            return
        handler(argument)

    def _hello(self, verb: str, reply: bytes) -> None:
        self._sender, self._recipients = None, []
        self._say(verb, reply)

    def _mail(self, argument: bytes) -> None:
        if self._sender is not None:
            self._out += b"503 5.5.1 Sender already given\r\n"
            return

        def accept() -> None:
            self._sender = path_of(argument)

        self._say("MAIL", b"250 2.1.0 OK\r\n", accept)

    def _rcpt(self, argument: bytes) -> None:
        address = path_of(argument)
        if self._sender is None:
            self._out += b"503 5.5.1 Sender first\r\n"
        elif "@" not in address:
            self._out += b"501 5.1.3 Bad recipient address\r\n"
        else:
            self._say("RCPT", b"250 2.1.5 OK\r\n", lambda: self._recipients.append(address), address)

    def _data(self, _: bytes) -> None:
        if not self._recipients:
            self._out += b"554 5.5.1 No valid recipients\r\n"
            return

        def accept() -> None:
            self._in_body, self._searched = True, 0

        self._say("DATA", b"354 End with a dot\r\n", accept)

    def _auth(self, argument: bytes) -> None:
        """Any name and password will do: the mailbox is for rehearsal."""
        kind, _, initial = argument.partition(b" ")
        self._auth_lines = {b"PLAIN": 0 if initial else 1, b"LOGIN": 1 if initial else 2}.get(kind.upper(), 0)
        if self._auth_lines:
            self._out += b"334 \r\n" if kind.upper() == b"PLAIN" else b"334 VXNlcm5hbWU6\r\n"
        else:
            self._say("AUTH", b"235 2.7.0 Accepted\r\n")

    def _auth_continue(self) -> None:
        self._auth_lines -= 1
        if self._auth_lines:
            self._out += b"334 UGFzc3dvcmQ6\r\n"
        else:
            self._say("AUTH", b"235 2.7.0 Accepted\r\n")

    def _reset(self, _: bytes) -> None:
        self._sender, self._recipients = None, []
        self._say("RSET", b"250 2.0.0 OK\r\n")

    def _quit(self, _: bytes) -> None:
        self._say("QUIT", b"221 2.0.0 Bye\r\n")
        self._flush()
        if self._transport is not None and not self._waiting:
            self._transport.close()

    def _body(self) -> bool:
        if self._faults.armed and self._cut_body():
            return False
        if self._buffer.startswith(b".\r\n"):
            text, rest = b"", 3
        else:
            end = self._buffer.find(END, max(0, self._searched - len(END)))
            if end < 0:
                self._searched = len(self._buffer)
                return False
            text, rest = bytes(self._buffer[: end + 2]), end + len(END)
        del self._buffer[:rest]
        self._in_body = False
        self._end_of_body(text)
        return True

    def _cut_body(self) -> bool:
        if not self._faults.watching("BODY"):
            return False
        limit = min(fault.after_bytes for fault in self._faults.armed if fault.verb == "BODY")
        if len(self._buffer) < limit:
            return False
        fault = self._faults.take("BODY", self._recipients)
        if fault is None:
            return False
        self._answer(fault, b"")
        if not fault.delay and self._transport is not None:
            self._flush()
            self._drop()
        return True

    def _end_of_body(self, text: bytes) -> None:
        if text.startswith(b"."):
            text = text[1:]
        text = text.replace(b"\r\n..", b"\r\n.")
        sender, recipients = self._sender or "", self._recipients
        self._sender, self._recipients = None, []
        fault = self._faults.take("DOT", recipients) if self._faults.armed else None
        if fault is None or fault.store or fault.reply is None:
            id_ = self._keep(sender, recipients, text)
            reply = f"250 2.0.0 Queued as {id_}\r\n".encode()
        else:
            reply = b""
        if fault is None:
            self._out += reply
        else:
            self._answer(fault, reply)

    def _say(
        self, verb: str, reply: bytes, accept: Callable[[], None] | None = None, recipient: str | None = None
    ) -> None:
        """The true reply and its consequence, unless a fault is armed for this verb."""
        fault = None
        if self._faults.armed:
            fault = self._faults.take(verb, [*self._recipients, recipient] if recipient else self._recipients)
        if accept is not None and (fault is None or fault.reply is None or fault.reply[:1] in "23"):
            accept()
        if fault is None:
            self._out += reply
        else:
            self._answer(fault, reply)

    def _answer(self, fault: MailFault, true_reply: bytes) -> None:
        said = true_reply if fault.reply is None else "\r\n".join(fault.reply.splitlines()).encode() + b"\r\n"
        if fault.delay:
            self._flush()
            self._waiting = True
            asyncio.get_running_loop().call_later(fault.delay, self._resume, fault.reply == "drop", said)
        elif fault.reply == "drop":
            self._drop()
        else:
            self._out += said
            self._close_after_421(said)

    def _resume(self, drop: bool, said: bytes) -> None:
        self._waiting = False
        if drop:
            self._drop()
            return
        self._out += said
        self._close_after_421(said)
        self._work()

    def _close_after_421(self, said: bytes) -> None:
        if said.startswith(b"421") and self._transport is not None:
            self._flush()
            self._transport.close()
            self._forget()

    def _drop(self) -> None:
        """RST, as a crashed host would."""
        if self._transport is None:
            return
        peer = self._transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        self._forget()

    def _flush(self) -> None:
        if self._out and self._transport is not None:
            self._transport.write(bytes(self._out))
        self._out.clear()


class SmtpServer:
    """Listens; `keep` is called once for each accepted mail."""

    def __init__(self, keep: Keep, faults: MailFaults) -> None:
        self._keep = keep
        self._faults = faults
        self._open: set[asyncio.Transport] = set()
        self._server: asyncio.Server | None = None

    def _protocol(self) -> SmtpProtocol:
        return SmtpProtocol(self._keep, self._faults, self._open)

    async def start(self, host: str, port: int) -> int:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, host, port, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for transport in list(self._open):
            transport.abort()
        await self._server.wait_closed()
