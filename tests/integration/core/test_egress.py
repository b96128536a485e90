"""The egress door: 300 forms of internal addresses reach nothing, a name that changes its mind is caught."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comeback.core import egress
from comeback.core.egress import Egress, Refused, Unreachable, check_url, public

V4 = (
    "127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 "
    "100.127.255.255 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 "
    "192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 "
    "239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16"
).split()
V6 = (
    "::1 :: fe80::1 fe80::1%25lo fec0::1 fc00::1 fd00::1 fd00:ec2::254 ff02::1 ff0e::1 2001:db8::1 2001::1 "
    "2001:0:7f00:1:: 100::1 64:ff9b:1::1 3fff::1 5f00::1 4000::1 2001:20::1 2001:2::1 "
    "2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1"
).split()
NAMES = (
    "localhost LOCALHOST localhost. LocalHost localhost.localdomain a.localhost x.y.localhost db.local printer.local "
    "metadata.google.internal METADATA.google.internal metadata.internal vault.internal.internal intranet "
    "redis postgres kubernetes.default.svc.cluster.local host.docker.internal gateway.docker.internal router.lan "
    "nas.home box.home.arpa wiki.corp site.intranet a.private x.test y.invalid z.onion 1.0.0.127.in-addr.arpa "
    "localhost%00.example.com localhost%2eexample.com example.com@127.0.0.1 127.0.0.1%23.example.com "
    "ⓛocalhost ｌocalhost loc\u00adalhost 127。0。0。1 １２７.0.0.1 ①②⑦.0.0.1 localhost\u3002 "
    "[::1]:443@example.com user:pw@localhost -a.example.com a-.example.com a..example.com .example.com example..com "
    "ex_ample.com 127.0.0.1.. 127.0.0.1. 10.0.0.1. 0 1 00 0x 0xg [] [:: ::1] [::1 [127.0.0.1] [::ffff:127.0.0.1%eth0]"
).split(" ")
INSIDE = "rebind.example.net"


def v4_forms(address: str) -> list[str]:
    """How else an IPv4 address is written."""
    a, b, c, d = (int(part) for part in address.split("."))
    number = int(ipaddress.IPv4Address(address))
    mapped = f"{a:02x}{b:02x}:{c:02x}{d:02x}"
    return [
        address, str(number), hex(number), f"0{number:o}", f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a}.{b}.{c * 256 + d}", f"{a}.{b * 65536 + c * 256 + d}", f"{address}.",
        f"{a:03d}.{b:03d}.{c:03d}.{d:03d}", f"[::ffff:{address}]", f"[::ffff:{mapped}]", f"[::{mapped}]",
        f"[2002:{mapped}::1]", f"[64:ff9b::{mapped}]", f"[64:ff9b::{address}]",
        f"[2001:0:4136:e378:8000:63bf:{(~number >> 16) & 0xFFFF:x}:{~number & 0xFFFF:x}]", f"[::ffff:0:{mapped}]",
    ]  # fmt: skip


FORMS = [*(form for address in V4 for form in v4_forms(address)), *(f"[{address}]" for address in V6), *NAMES]


class Listener:
    """Counts connections on a port of every local address."""

    def __init__(self) -> None:
        self.connections, self.port = 0, 0

    async def met(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()


@pytest.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.start_server(made.met, "0.0.0.0", 0)
    made.port = server.sockets[0].getsockname()[1]
    six = await asyncio.start_server(made.met, "::1", made.port)
    monkeypatch.setattr(egress, "PORTS", egress.PORTS | {made.port})
    yield made
    server.close()
    six.close()


async def test_300_forms_of_internal_addresses_reach_nothing(listener: Listener) -> None:
    assert len(set(FORMS)) >= 300
    door = Egress()
    for form in FORMS:
        for scheme in ("https", "http"):
            with pytest.raises((Refused, Unreachable)):
                await door.send("POST", f"{scheme}://{form}:{listener.port}/", content=b"x", connect=0.5, total=1.0)
    for address in V4 + [a.partition("%")[0] for a in V6]:
        inside = Egress(resolve=_always([address]))
        with pytest.raises(Refused):
            await inside.send("GET", f"https://{INSIDE}:{listener.port}/")
        mixed = Egress(resolve=_always(["93.184.216.34", address]))
        with pytest.raises(Refused):
            await mixed.send("GET", f"https://{INSIDE}:{listener.port}/")
        assert not public(address)
    await door.close()
    assert listener.connections == 0
    assert (await Egress(local=True).send("GET", f"http://127.0.0.1:{listener.port}/")).status == 200
    assert listener.connections == 1, "the listener does count"
    print(f"{len(set(FORMS))} forms, {len(V4 + V6)} addresses behind names")


def _always(addresses: Sequence[str]) -> egress.Resolve:
    async def resolve(_host: str) -> Sequence[str]:
        return addresses

    return resolve


async def test_a_name_that_changes_its_mind_is_caught(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, the next ones are not: each connection asks once and goes to what it was told."""
    asked: list[str] = []
    called: list[str] = []

    async def flip(host: str) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    async def connect(_self: object, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        called.append(host)
        raise httpcore.ConnectError("closed")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    door = Egress(resolve=flip)
    url = f"https://{INSIDE}:{listener.port}/"
    with pytest.raises(Unreachable):
        await door.send("GET", url)
    assert (asked, called) == ([INSIDE], ["93.184.216.34"]), "resolved once, connected to just that"
    for _ in range(3):
        with pytest.raises(Refused):
            await door.send("GET", url)
    assert called == ["93.184.216.34"]
    assert listener.connections == 0


@pytest.mark.parametrize("local", [False, True])
def test_plain_public_addresses_pass(local: bool) -> None:
    for url in ("https://example.com", "https://hooks.example.com:8443/a?b=c", "https://xn--bcher-kva.example/",
                "https://93.184.216.34/", "https://[2606:4700:4700::1111]/", "https://EXAMPLE.com/"):  # fmt: skip
        assert check_url(url, local=local).startswith("https://")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://192.168.1.1:8080/", "http://169.254.169.254/latest",
                                 "http://[fd00::1]/", "http://0.0.0.0/", "http://redis:6379/"])  # fmt: skip
def test_the_local_setting_opens_loopback_only(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url, local=True)


def test_ports_and_extras_are_refused() -> None:
    for url in ("https://example.com:22/", "https://example.com:6379/", "https://example.com:80/", "http://example.com/",
                "gopher://example.com/", "file:///etc/passwd", "https://example.com\\@127.0.0.1/", "https://a b.com/",
                "https://example.com/\r\nx: y", "https://" + "a" * 3000 + ".com/",
                "https://example.com:99999/"):  # fmt: skip
        with pytest.raises(Refused):
            check_url(url)


async def test_proxies_of_the_environment_are_not_used(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
    with pytest.raises((Refused, Unreachable)):
        await Egress(resolve=_always(["10.0.0.1"])).send("GET", f"https://{INSIDE}/")
    assert listener.connections == 0


async def test_a_name_server_that_hangs_ends_in_time() -> None:
    async def hang(_host: str) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(Unreachable) as told:
        await Egress(resolve=hang).send("GET", f"https://{INSIDE}/", connect=0.1, total=1.0)
    assert told.value.kind == "timeout"


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context that trust each other for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "server.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    client = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    return server, client


async def test_tls_and_host_keep_the_name_while_the_address_is_pinned(tmp_path: Path) -> None:
    serving, trusting = _certificate(tmp_path, "hooks.example.net")
    names: list[str | None] = []
    heads: list[bytes] = []
    serving.sni_callback = lambda _socket, name, _context: names.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\ncontent-length: 2\r\n\r\nno")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    port = server.sockets[0].getsockname()[1]
    door = Egress(local=True, resolve=_always(["127.0.0.1"]), context=trusting)
    got = await door.send("GET", f"https://hooks.example.net:{port}/x")
    assert (got.status, got.body) == (302, b"no"), "redirects are answers"
    assert names == ["hooks.example.net"]
    assert f"host: hooks.example.net:{port}".encode() in heads[0].lower()
    with pytest.raises(Unreachable):
        await door.send("GET", f"https://other.example.net:{port}/x")
    server.close()
