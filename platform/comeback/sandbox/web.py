"""The two private routes of the local web that the control speaks to."""

import httpx

from comeback.sandbox.clock import ClockState

CLOCK_PATH = "/internal/local/clock"
DRAIN_PATH = "/internal/local/drain"
CLOCK_TIMEOUT = 5.0
DRAIN_TIMEOUT = 300.0


class Web:
    """`url` may be told later (`POST /config`); without it every call says False."""

    def __init__(self, url: str | None) -> None:
        self.url = url
        self._client = httpx.AsyncClient(trust_env=False)

    async def set_clock(self, state: ClockState) -> bool:
        """Whether the web took it: body `{"offset_seconds", "speed"}`, business time = real time + offset, from now on
        growing at speed."""
        body = {"offset_seconds": state.offset_seconds, "speed": state.speed}
        return await self._post(CLOCK_PATH, body, CLOCK_TIMEOUT) is not None

    async def drain(self) -> int | None:
        """Runs all due work of the web; how much it says was `done`, None when it did not answer."""
        answer = await self._post(DRAIN_PATH, {}, DRAIN_TIMEOUT)
        if answer is None:
            return None
        done = answer.get("done")
        return done if isinstance(done, int) else 0

    async def _post(self, path: str, body: object, timeout: float) -> dict[str, object] | None:
        if self.url is None:
            return None
        try:
            response = await self._client.post(self.url.rstrip("/") + path, json=body, timeout=timeout)
        except httpx.HTTPError:
            return None
        if not response.is_success:
            return None
        decoded = response.json() if response.content else {}
        return decoded if isinstance(decoded, dict) else {}

    async def close(self) -> None:
        await self._client.aclose()
