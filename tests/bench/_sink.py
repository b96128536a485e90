"""A null SMTP server: takes everything, keeps nothing, counts. Run as a process: `python -m tests.bench._sink PORT`."""

import asyncio
import sys

import uvloop

END = b"\r\n.\r\n"
GREETING = b"250-sink\r\n250-PIPELINING\r\n250 SIZE 100000000\r\n"


class Sink(asyncio.Protocol):
    """Answers commands of one connection; looks for the end of a body only where it can be."""

    def __init__(self) -> None:
        self.buffer = b""
        self.tail = b""
        self.body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(b"220 sink\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self.body:
            data = self._body(data)
        self.buffer += data
        answers: list[bytes] = []
        while not self.body and (end := self.buffer.find(b"\r\n")) >= 0:
            line, self.buffer = self.buffer[:end], self.buffer[end + 2 :]
            answers.append(self._command(line[:4].upper()))
            if self.body:
                data, self.buffer, self.tail = self.buffer, b"", b"\r\n"
                if data:
                    self.buffer = self._body(data)
        if answers:
            self.transport.write(b"".join(answers))  # type: ignore[attr-defined]

    def _command(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self.body = True
            return b"354 go\r\n"
        return {b"EHLO": GREETING, b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n")

    def _body(self, data: bytes) -> bytes:
        """What follows the body, once its end was seen."""
        seam = self.tail + data[:5]
        if END in seam:
            self._taken()
            return data[seam.index(END) + 5 - len(self.tail) :]
        end = data.find(END)
        if end < 0:
            self.tail = (self.tail + data)[-4:]
            return b""
        self._taken()
        return data[end + 5 :]

    def _taken(self) -> None:
        self.body = False
        self.transport.write(b"250 taken\r\n")  # type: ignore[attr-defined]


async def main(port: int) -> None:
    """Serves until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
