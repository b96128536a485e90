"""A web server that records what it is sent, for the tests of webhooks and of the control."""

import asyncio
from collections.abc import Callable

from comeback.sandbox.http import Request, Response, Server


class Receiver:
    """`answers` are the next statuses, then 200. `on_request` may compute the body of the answer."""

    def __init__(self) -> None:
        self.received: list[Request] = []
        self.answers: list[int] = []
        self.on_request: Callable[[Request], bytes] = lambda _: b""
        self._server = Server(self._take, "receiver")
        self.url = ""

    async def _take(self, request: Request) -> Response:
        status = self.answers.pop(0) if self.answers else 200
        if status < 300:
            self.received.append(request)
        return Response(status, self.on_request(request))

    async def start(self) -> None:
        self.url = f"http://127.0.0.1:{await self._server.start('127.0.0.1', 0)}"

    async def stop(self) -> None:
        await self._server.stop()

    async def wait_for(self, count: int, seconds: float = 5.0) -> list[Request]:
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                await asyncio.sleep(0.01)
        return self.received
