"""One call of WooCommerce's REST v3: where it goes, and what it ended in.

The shop is somebody's own server, so calls leave through the egress door: public addresses only, https, no redirect.
"""

from typing import Any

import httpx
import msgspec

from comeback.core.egress import EgressTransport, Refused
from comeback.vendors.errors import ProviderError, ProviderRefused, ProviderTimeout, ProviderUnavailable
from comeback.vendors.storefronts import Access

TIMEOUT_SECONDS = 30.0
MAX_ANSWER = 20_000_000
ROOT = "/wp-json/wc/v3"
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
DEFINITE_500 = frozenset({"woocommerce_rest_cannot_create_order_refund"})
"""Answers with status 500 that are a plain no: WooCommerce undid what it had begun."""


class Busy(ProviderUnavailable):
    """The shop asks to come again in `retry_after` seconds; nothing was done."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("throttled", f"again in {retry_after:.0f} s")
        self.retry_after = retry_after


class Refusal(ProviderRefused):
    """A definite no in WooCommerce's own words. `status` is HTTP's."""

    def __init__(self, code: str, detail: str, status: int) -> None:
        super().__init__(code, detail)
        self.status = status


class Found(msgspec.Struct, frozen=True):
    """A decoded answer; `total` and `pages` of a list where the shop told them."""

    body: Any
    total: int | None = None
    pages: int = 1


class WooClient:
    """Calls of all shops over shared connections; keys are passed with each call and kept nowhere.

    `local` lets plain http on loopback in; `transport` replaces the door (tests).
    """

    def __init__(self, *, local: bool = False, transport: httpx.AsyncBaseTransport | None = None) -> None:
        door = transport or EgressTransport(local=local, limit=MAX_ANSWER)
        self._http = httpx.AsyncClient(transport=door, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)

    async def get(self, access: Access, path: str, **query: str | int) -> Found:
        """Raises ProviderRefused (Refusal for the shop's own no), ProviderUnavailable or ProviderTimeout."""
        return await self._send("GET", access, path, {name: str(value) for name, value in query.items()}, None)

    async def post(self, access: Access, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Creates; raises as `get`."""
        return (await self._send("POST", access, path, {}, body)).body

    async def put(self, access: Access, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Changes; raises as `get`."""
        return (await self._send("PUT", access, path, {}, body)).body

    async def delete(self, access: Access, path: str) -> None:
        """Deletes for good; raises as `get`."""
        await self._send("DELETE", access, path, {"force": "true"}, None)

    async def every(self, access: Access, path: str, **query: str | int) -> list[dict[str, Any]]:
        """All pages of a short list (refunds of an order, variations of a product, webhooks)."""
        found: list[dict[str, Any]] = []
        page, pages = 1, 1
        while page <= pages:
            got = await self.get(access, path, **{"per_page": 100, "page": page, **query})
            found += got.body
            page, pages = page + 1, got.pages
        return found

    async def _send(
        self, method: str, access: Access, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> Found:
        headers = {"Accept": "application/json", "User-Agent": "Comeback/1"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        auth = httpx.BasicAuth(access.token.reveal(), access.secret.reveal() if access.secret else "")
        url = f"{access.shop.rstrip('/')}{ROOT}{path}"
        content = msgspec.json.encode(body) if body is not None else None
        try:
            answer = await self._http.request(method, url, params=query, content=content, headers=headers, auth=auth)
        except Refused as error:
            failure: ProviderError = ProviderRefused("address_refused", str(error))
        except httpx.InvalidURL as error:
            failure = ProviderRefused("address_refused", f"This is not an address that can be called: {error}.")
        except NEVER_SENT as error:
            failure = ProviderUnavailable("no_connection", type(error).__name__)
        except httpx.HTTPError as error:
            failure = ProviderTimeout("connection_lost", type(error).__name__)
        else:
            return _read(answer)
        # The chain is cut: causes hold requests, and requests hold keys.
        raise failure from None

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()


def _read(answer: httpx.Response) -> Found:
    """The body of a success; raises what a status means."""
    if answer.status_code >= 300:
        raise _failure(answer)
    try:
        body = msgspec.json.decode(answer.content)
    except msgspec.MsgspecError as error:
        # A page in front of the shop (cache, maintenance) answered: whether the shop saw the call is unknown.
        raise ProviderTimeout("unreadable_answer") from error
    total, pages = answer.headers.get("X-WP-Total", ""), answer.headers.get("X-WP-TotalPages", "")
    return Found(body, int(total) if total.isdigit() else None, int(pages) if pages.isdigit() else 1)


def _failure(answer: httpx.Response) -> ProviderError:
    status, (code, message) = answer.status_code, _words(answer)
    if status in (429, 503):
        return Busy(_seconds(answer.headers.get("Retry-After")))
    if status == 401:
        return Refusal("authentication_failed", message, status)
    if status == 403:
        return Refusal("missing_scope", message, status)
    if status < 400:
        return Refusal(
            "redirected", "The address answers with a redirect; give the address of the shop itself.", status
        )
    if status >= 500 and code not in DEFINITE_500:
        return ProviderTimeout("server_error", f"HTTP {status} {code}".strip())
    return Refusal(code or "not_accepted", message or f"HTTP {status}", status)


def _words(answer: httpx.Response) -> tuple[str, str]:
    try:
        found = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return "", ""
    return str(found.get("code") or "")[:100], str(found.get("message") or "")[:300]


def _seconds(text: str | None) -> float:
    try:
        return min(max(float(text or 5.0), 1.0), 300.0)
    except ValueError:
        return 5.0
