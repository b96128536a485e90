"""One call of the Admin GraphQL API: what it ended in, and how fast the shop may be asked.

Shopify counts the cost of a call in points that come back by the second (`extensions.cost.throttleStatus`). Before a
call that the shop has no points for we wait; a call turned away (`THROTTLED`, 429) did nothing and says when to come
again.
"""

import asyncio
import time
from typing import Any

import httpx
import msgspec

from comeback.core.secrets import Secret
from comeback.vendors.errors import ProviderError, ProviderRefused, ProviderTimeout, ProviderUnavailable

TIMEOUT_SECONDS = 20.0
LONGEST_WAIT = 10.0
MAX_ANSWER = 20_000_000
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Budget(msgspec.Struct):
    """Points of one shop as it last told, and when (monotonic seconds)."""

    available: float = 1000.0
    restore: float = 50.0
    at: float = 0.0

    def wait(self, wanted: float, now: float) -> float:
        """Seconds until `wanted` points are there."""
        left = self.available + self.restore * max(0.0, now - self.at)
        return max(0.0, (wanted - left) / self.restore) if self.restore > 0 else 0.0


class Throttled(ProviderUnavailable):
    """The shop asks to come again in `retry_after` seconds; nothing was done."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("throttled", f"again in {retry_after:.1f} s")
        self.retry_after = retry_after


class UserError(ProviderRefused):
    """A mutation that Shopify answered with `userErrors`: nothing was done. `codes` are Shopify's words."""

    def __init__(self, detail: str, codes: tuple[str, ...]) -> None:
        super().__init__("user_error", detail)
        self.codes = codes


class GraphClient:
    """Calls of all shops over shared connections; tokens are passed with each call and kept nowhere.

    `api_base` replaces `https://{shop}` (the rehearsal).
    """

    def __init__(self, version: str, api_base: str | None = None) -> None:
        self.version = version
        self.api_base = api_base.rstrip("/") if api_base else None
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._budgets: dict[str, Budget] = {}

    def base(self, shop: str) -> str:
        """Where a shop's interfaces are."""
        return f"{self.api_base}/{shop}" if self.api_base else f"https://{shop}"

    async def call(
        self, shop: str, token: Secret, document: str, variables: dict[str, Any], *, cost: float = 50.0
    ) -> dict[str, Any]:
        """`data` of the answer. `cost` is what to have in hand before asking. Raises ProviderRefused (definite),
        ProviderUnavailable (not done; Throttled with a time) or ProviderTimeout (unknown)."""
        budget = self._budgets.setdefault(shop, Budget(at=time.monotonic()))
        pause = budget.wait(cost, time.monotonic())
        if pause > LONGEST_WAIT:
            raise Throttled(pause)
        if pause:
            await asyncio.sleep(pause)
        url = f"{self.base(shop)}/admin/api/{self.version}/graphql.json"
        answer = await self.send("POST", url, token, {"query": document, "variables": variables})
        return self._read(shop, answer)

    async def send(self, method: str, url: str, token: Secret | None, body: dict[str, Any]) -> httpx.Response:
        """One HTTP exchange; see `call` for what it raises."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            headers["X-Shopify-Access-Token"] = token.reveal()
        try:
            return await self._http.request(method, url, content=msgspec.json.encode(body), headers=headers)
        except NEVER_SENT as error:
            failure: ProviderError = ProviderUnavailable("no_connection", type(error).__name__)
        except httpx.HTTPError as error:
            failure = ProviderTimeout("connection_lost", type(error).__name__)
        # The chain is cut: causes hold requests, and requests hold tokens.
        raise failure from None

    def _read(self, shop: str, answer: httpx.Response) -> dict[str, Any]:
        refuse_status(answer)
        if len(answer.content) > MAX_ANSWER:
            raise ProviderTimeout("answer_too_large")
        try:
            found = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise ProviderTimeout("unreadable_answer") from error
        self._note_cost(shop, found)
        errors = found.get("errors")
        if errors:
            raise _graph_error(errors, self._budgets[shop])
        data = found.get("data")
        if not isinstance(data, dict):
            raise ProviderTimeout("no_data")
        return data

    def _note_cost(self, shop: str, found: dict[str, Any]) -> None:
        status = ((found.get("extensions") or {}).get("cost") or {}).get("throttleStatus") or {}
        if "currentlyAvailable" in status:
            self._budgets[shop] = Budget(
                float(status["currentlyAvailable"]), float(status.get("restoreRate") or 50.0), time.monotonic()
            )

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()


def refuse_status(answer: httpx.Response) -> None:
    """Raises what an HTTP status means; nothing for 2xx."""
    status = answer.status_code
    if status < 300:
        return
    if status == 429:
        raise Throttled(_seconds(answer.headers.get("Retry-After")))
    if status == 401:
        raise ProviderRefused("authentication_failed", "HTTP 401")
    if status == 403:
        raise ProviderRefused("missing_scope", "HTTP 403")
    if status == 402 or status == 423:
        raise ProviderRefused("shop_frozen", f"HTTP {status}")
    if status >= 500:
        raise ProviderTimeout("server_error", f"HTTP {status}")
    raise ProviderRefused("not_accepted", f"HTTP {status}")


def _seconds(text: str | None) -> float:
    try:
        return min(max(float(text or 2.0), 0.1), 300.0)
    except ValueError:
        return 2.0


def _graph_error(errors: object, budget: Budget) -> ProviderError:
    first: dict[str, Any] = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
    code = str((first.get("extensions") or {}).get("code") or "")
    message = str(first.get("message") or errors)[:300]
    if code == "THROTTLED":
        return Throttled(max(1.0, budget.wait(100.0, time.monotonic())))
    if code == "ACCESS_DENIED":
        return ProviderRefused("missing_scope", message)
    if code == "INTERNAL_SERVER_ERROR" or code == "TIMEOUT":
        return ProviderTimeout("server_error", message)
    return ProviderRefused(code.lower() or "graphql_error", message)


def payload(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A mutation's payload; raises UserError where it names any."""
    found = data.get(name) or {}
    problems = found.get("userErrors") or []
    if problems:
        detail = "; ".join(str(p.get("message")) for p in problems)[:500]
        raise UserError(detail, tuple(str(p.get("code")) for p in problems if p.get("code")))
    return found
