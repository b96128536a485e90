"""The running local stack as the replay sees it: the shop's API, the control desk, the mailbox; bounded in parallel."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import httpx
from tqdm import tqdm

from comeback.app.console import Refused
from comeback.app.state import DemoFile

PARALLEL = 8
RETRIES = (0.5, 2.0, 8.0)
T = TypeVar("T")


class Stage:
    """One replay's connections. `run` makes what it creates new, so that a replay can be repeated on one stack."""

    def __init__(self, demo: DemoFile, run: str) -> None:
        self.demo, self.run = demo, run
        limits = httpx.Limits(max_connections=PARALLEL * 2)
        self.api = httpx.AsyncClient(
            base_url=demo.base_url, headers={"Authorization": f"Bearer {demo.api_key}"}, timeout=120, limits=limits
        )
        self.outside = httpx.AsyncClient(timeout=600, limits=limits, follow_redirects=False)

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.aclose()
        await self.outside.aclose()

    async def post(self, path: str, body: Any = None) -> Any:
        """POST as the shop's developer: with an Idempotency-Key, so that a 503 can be tried again safely."""
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        content = {} if body is None else body
        answer = await self.api.post(path, json=content, headers=headers)
        for pause in RETRIES:
            if answer.status_code != 503:
                break
            await asyncio.sleep(pause)
            answer = await self.api.post(path, json=content, headers=headers)
        return _body(answer)

    async def get(self, path: str, **query: Any) -> Any:
        """GET as the shop's developer."""
        return _body(await self.api.get(path, params=query))

    async def control(self, path: str, body: Any = None) -> Any:
        """Steers the rehearsal."""
        return _body(await self.outside.post(f"{self.demo.control_url}{path}", json={} if body is None else body))

    async def every(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found


def _body(answer: httpx.Response) -> Any:
    if answer.status_code >= 300:
        where = f"{answer.request.method} {answer.request.url.path}"
        raise Refused(f"{where} answered {answer.status_code}: {answer.text[:500]}")
    return answer.json() if answer.content else None


async def each(title: str, items: Iterable[T], work: Callable[[T], Awaitable[Any]], parallel: int = PARALLEL) -> None:
    """Does `work` for every item, some at a time, under a progress bar; the first failure ends it."""
    waiting = list(items)
    with tqdm(total=len(waiting), desc=f"  {title}", unit="") as bar:
        queue = iter(waiting)

        async def hand() -> None:
            for item in queue:
                await work(item)
                bar.update()

        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(hand())
