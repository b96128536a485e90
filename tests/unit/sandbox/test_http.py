"""The small HTTP server: keep-alive, limits, resets."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from comeback.sandbox.http import Drop, HttpError, Paths, Request, Response, Server, answer


async def echo(request: Request) -> Response:
    return answer({"method": request.method, "params": request.params, "query": request.query,
                   "size": len(request.body)})  # fmt: skip


async def drop(_: Request) -> Response:
    raise Drop


async def broken(_: Request) -> Response:
    raise KeyError("secret detail")


async def refused(_: Request) -> Response:
    raise HttpError(409, "taken")


@pytest.fixture
async def base(anyio_backend: str) -> AsyncIterator[str]:
    paths = Paths()
    paths.add("GET", "/echo/{name}", echo)
    paths.add("POST", "/echo/{name}", echo)
    for path, handler in (("/drop", drop), ("/broken", broken), ("/refused", refused)):
        paths.add("GET", path, handler)
    server = Server(paths, "test")
    yield f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}"
    await server.stop()


async def test_answers(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as client:
        shown = (await client.post("/echo/a%2Fb%20c?x=1&y=", content=b"z" * 200_000)).json()
        assert shown == {"method": "POST", "params": {"name": "a/b c"}, "query": {"x": "1", "y": ""}, "size": 200_000}
        assert (await client.head("/echo/x")).content == b""
        for path, status in (("/nothing", 404), ("/refused", 409), ("/broken", 500)):
            failed = await client.get(path)
            assert (failed.status_code, failed.json()["status"]) == (status, status)
            assert "secret" not in failed.text
        assert (await client.put("/echo/x")).status_code == 405


async def test_a_drop_is_no_answer_at_all(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.get("/drop")
        assert (await client.get("/echo/x")).status_code == 200


async def test_chunked_bodies_pipelines_and_garbage(base: str) -> None:
    host, _, port = base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    chunked = b"POST /echo/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    writer.write(chunked + b"GET /echo/y HTTP/1.1\r\nHost: h\r\n\r\nGARBAGE\r\n\r\n")
    received = await reader.read()
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert b'"size":3' in received
    writer.close()
