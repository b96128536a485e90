"""Egress: the one door to addresses that a shop's people type in (webhook receivers, self-hosted storefronts, feeds).

An address must be https on a usual port, without credentials, under a plain public name. The name is resolved at the
moment of connecting, every answer must be a public address, and the connection goes to just that address while TLS
and Host keep the name: there is no second look-up that could answer otherwise. Redirects are not followed, proxies of
the environment are not used, answers are cut at a limit. `local` lets plain http and loopback in (the local stack and
tests), and nothing else.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import msgspec

PORTS = frozenset({443, 8443, 9443})
"""Where https receivers usually listen."""
MAX_URL = 2000
CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 15.0
MAX_ANSWER = 1_000_000
"""Bytes read of an answer unless the caller wants less."""
RESOLVERS = 32

Resolve = Callable[[str], Awaitable[Sequence[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_PLAIN = re.compile(r"^[!-~]+$")
_INSIDE = frozenset(
    "localhost localdomain local internal intranet lan home corp private arpa invalid test onion alt".split()
)
"""Last labels that never name a public host (RFC 2606, 6761, 6762, 7686, 9476, and what offices use)."""
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""Special blocks (IANA registries), tunnels that carry an IPv4 address, and a cloud's metadata host with a public
address."""
_GLOBAL6 = ipaddress.IPv6Network("2000::/3")
"""The only IPv6 space given out so far: mapped, compatible, NAT64, unique-local and link-local lie outside."""
_ISATAP = (0x00005EFE, 0x02005EFE)


class Refused(Exception):
    """The address may not be called; the text says why in words for the person who typed it."""


class Unreachable(Exception):
    """No answer: name unknown, no connection, TLS not valid, time over. `kind` is one word for logs."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class Answer(msgspec.Struct, frozen=True):
    """What came back: status, headers (names in lower case), the first bytes of the body, seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def public(address: str, *, local: bool = False) -> bool:
    """Whether an address may be connected to: public, or loopback where `local`."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if local and parsed.is_loopback:
        return True
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and not _plain_six(parsed):
        return False
    return not any(parsed.version == block.version and parsed in block for block in _NEVER)


def _plain_six(address: ipaddress.IPv6Address) -> bool:
    isatap = ((int(address) >> 32) & 0xFFFFFFFF) in _ISATAP
    return address in _GLOBAL6 and address.scope_id is None and not isatap


def check_url(url: str, *, local: bool = False) -> str:
    """The address in its plain form; raises Refused with a sentence. Nothing is looked up here."""
    if len(url) > MAX_URL or not _PLAIN.match(url) or "\\" in url:
        raise Refused("Write the address in plain letters without spaces (names with accents in their xn-- form).")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("This is not an address that can be called.") from None
    schemes = ("https", "http") if local else ("https",)
    if parts.scheme not in schemes:
        raise Refused("The address must begin with https://")
    if "@" in parts.netloc:
        raise Refused("The address must not carry a user name or password.")
    if parts.fragment or "#" in url:
        raise Refused("The address must not carry a fragment (#…).")
    host = _host(parts.netloc, port, local=local)
    if port is not None and port not in PORTS and not local:
        raise Refused(f"Use the usual port, or one of {', '.join(map(str, sorted(PORTS)))}.")
    shown = f"[{host}]" if ":" in host else host
    where = shown if port is None else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{where}{parts.path or '/'}{query}"


def _host(netloc: str, port: int | None, *, local: bool) -> str:
    """The host of an address, lower case and without brackets; `port` was read from the same text."""
    text = netloc.lower()
    if port is not None or text.endswith(":"):
        text = text.rpartition(":")[0]
    if text.startswith("["):
        return _literal(text[1:-1] if text.endswith("]") else "", local=local)
    labels = text.split(".")
    if not text or len(text) > 253 or not all(_LABEL.match(label) for label in labels):
        raise Refused("The address has no valid host name.")
    if not labels[-1].isalpha() and not labels[-1].startswith("xn--"):
        # What ends in a number is an IPv4 address to a browser (WHATWG URL): only its plain form is read.
        return _literal(text, local=local)
    if local and text == "localhost":
        return text
    if len(labels) < 2 or labels[-1] in _INSIDE:
        raise Refused("The address must be one that the whole internet can reach.")
    return text


def _literal(text: str, *, local: bool) -> str:
    if "%" in text or not public(text, local=local):
        raise Refused("The address must be one that the whole internet can reach.")
    return str(ipaddress.ip_address(text))


class SystemResolver:
    """The system's resolver on threads of its own: a name server that hangs holds one thread a name, no others."""

    def __init__(self, threads: int = RESOLVERS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="egress-dns")
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str) -> Sequence[str]:
        """Every address of a name; raises OSError."""
        asked = self._under_way.get(host)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)
            self._under_way[host] = asked
            asked.add_done_callback(lambda done: self._answered(host, done))
        return await asyncio.shield(asked)

    def _answered(self, host: str, done: asyncio.Future[list[str]]) -> None:
        self._under_way.pop(host, None)
        if not done.cancelled():
            done.exception()

    def close(self) -> None:
        """Lets the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Door(httpcore.AsyncNetworkBackend):
    """Resolves, checks and connects in one step: the address that was checked is the one that is called."""

    def __init__(self, resolve: Resolve, *, local: bool) -> None:
        self._resolve, self._local = resolve, local
        self._network: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()  # type: ignore[assignment]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._addresses(host, timeout)
        failed: Exception = httpcore.ConnectError("no address")
        for address in addresses[:4]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def _addresses(self, host: str, timeout: float | None) -> list[str]:
        if public(host, local=self._local):
            return [host]
        try:
            async with asyncio.timeout(timeout):
                found = list(await self._resolve(host))
        except TimeoutError:
            raise httpcore.ConnectTimeout("the name server did not answer") from None
        except OSError:
            raise httpcore.ConnectError("the name is not known") from None
        if not found or not all(public(address, local=self._local) for address in found):
            raise Refused("The name leads to an address inside a private network.")
        return found

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise Refused("Only addresses of the internet are called.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    """An answer's bytes, with errors as httpx names them, cut at a limit."""

    def __init__(self, stream: Any, limit: int) -> None:
        self._stream, self._left = stream, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                self._left -= len(part)
                if self._left < 0:
                    raise httpx.ReadError("the answer is too large")
                yield part
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _renamed(error) from None

    async def aclose(self) -> None:
        await self._stream.aclose()


def _renamed(error: Exception) -> httpx.TransportError:
    known = getattr(httpx, type(error).__name__, httpx.TransportError)
    return known(str(error))


class EgressTransport(httpx.AsyncBaseTransport):
    """The door as a transport for an httpx client. Raises Refused, or httpx's errors."""

    def __init__(
        self, *, local: bool = False, resolve: Resolve | None = None, limit: int = MAX_ANSWER,
        context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._local, self._limit = local, limit
        self._own = SystemResolver() if resolve is None else None
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context or httpx.create_ssl_context(),
            max_connections=None, max_keepalive_connections=20, keepalive_expiry=15.0, http2=False,
            network_backend=_Door(resolve or self._own or SystemResolver(), local=local),
        )  # fmt: skip

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One call; the address is checked here again, whoever made the request."""
        check_url(str(request.url), local=self._local)
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                         target=request.url.raw_path),
            headers=request.headers.raw, content=request.stream, extensions=request.extensions,
        )  # fmt: skip
        try:
            got = await self._pool.handle_async_request(sent)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _renamed(error) from None
        return httpx.Response(got.status, headers=got.headers, stream=_Body(got.stream, self._limit))

    async def aclose(self) -> None:
        """Closes what is open."""
        await self._pool.aclose()
        if self._own is not None:
            self._own.close()


class Line:
    """Calls to one receiver, over connections of its own that are kept between calls. Close it when done.

    A shared pool would look through everybody's connections at each call.
    """

    def __init__(self, transport: EgressTransport, *, local: bool) -> None:
        self._transport, self._local = transport, local

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        keep: int = MAX_ANSWER,
        connect: float = CONNECT_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> Answer:
        """One request; reads at most `keep` bytes of the answer (as sent, never unpacked) and drops the rest.

        Raises Refused and Unreachable; any status is an answer, a redirect too.
        """
        checked = check_url(url, local=self._local)
        patience = {"connect": connect, "read": total, "write": total, "pool": connect}
        asked = {"accept-encoding": "identity", "user-agent": "Comeback/1"} | (headers or {})
        request = httpx.Request(method, checked, headers=asked, content=content, extensions={"timeout": patience})
        started = time.monotonic()
        try:
            async with asyncio.timeout(total):
                return await self._exchange(request, keep, started)
        except TimeoutError:
            raise Unreachable("timeout", f"no whole answer within {total:g} seconds") from None
        except httpx.TimeoutException as error:
            raise Unreachable("timeout", str(error) or "no connection in time") from None
        except httpx.TransportError as error:
            raise Unreachable("network", str(error) or type(error).__name__) from None

    async def _exchange(self, request: httpx.Request, keep: int, started: float) -> Answer:
        response = await self._transport.handle_async_request(request)
        body = bytearray()
        try:
            async for part in response.stream:  # type: ignore[union-attr]
                body += part
                if len(body) >= keep:
                    break
        finally:
            await response.stream.aclose()  # type: ignore[union-attr]
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body[:keep]), time.monotonic() - started)

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()


class Egress:
    """The door of one process: lines to receivers, over one resolver and one set of trusted authorities."""

    def __init__(
        self, *, local: bool = False, resolve: Resolve | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self.local = local
        self._context = context or httpx.create_ssl_context()
        self._system = SystemResolver() if resolve is None else None
        self._resolve: Resolve = resolve or self._system or SystemResolver()

    def transport(self, limit: int = MAX_ANSWER) -> EgressTransport:
        """For an httpx client of its own: `httpx.AsyncClient(transport=egress.transport(), trust_env=False)`."""
        return EgressTransport(local=self.local, resolve=self._resolve, limit=limit, context=self._context)

    def line(self) -> Line:
        """A line to one receiver: `async with egress.line() as line: await line.send(…)`."""
        return Line(self.transport(1 << 40), local=self.local)

    async def send(self, method: str, url: str, **values: Any) -> Answer:
        """One call over a line of its own; see `Line.send`."""
        async with self.line() as line:
            return await line.send(method, url, **values)

    async def close(self) -> None:
        """Lets the resolver's threads go."""
        if self._system is not None:
            self._system.close()
