"""The folder of the local stack: its lock, its secrets, its ports and what it tells others in `demo.json`."""

import base64
import fcntl
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from comeback.app.console import Refused

DEFAULT_PORT = 8000
OFFSETS = {
    "web": 0, "stripe": 1, "carrier": 2, "mailbox": 3, "control": 4, "storefront": 5, "redis": 6, "smtp": 25,
}  # fmt: skip
"""Where the parts listen, counted from `PORT`; a taken one of ours moves to any free port, the web's does not."""


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Made once for this folder; `kek` is base64 of 32 bytes."""

    secret_key: str
    kek: str
    staff_password: str
    api_keys: dict[str, str] = {}
    """Short name of a demo shop → its key."""
    stripe_webhook: str
    carrier_webhook: str
    carrier_key: str


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """What outsiders call (addresses) or sign with (secrets); None where this version has no such part."""

    shopify: str | None = None
    woocommerce: str | None = None
    carrier: str | None = None
    stripe: str | None = None


class OtherShop(msgspec.Struct, frozen=True, kw_only=True):
    """The second shop, for trying that shops never meet."""

    shop: str
    api_key: str


class DemoFile(msgspec.Struct, frozen=True, kw_only=True):
    """`.comeback/demo.json`: everything a newcomer or a test needs to know of the running stack."""

    base_url: str
    shop: str
    api_key: str
    other_shop: OtherShop
    stripe_key: str
    control_url: str
    studio_url: str
    studio_email: str
    studio_password: str
    mailbox_url: str
    stripe_url: str
    carrier_url: str
    storefront_url: str | None
    hooks: Hooks
    secrets: Hooks


def write_private(path: Path, data: bytes) -> None:
    """Writes a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    fresh.replace(path)


def _fresh_secrets() -> Secrets:
    return Secrets(
        secret_key=secrets.token_urlsafe(32),
        kek=base64.b64encode(secrets.token_bytes(32)).decode(),
        staff_password=f"demo-{secrets.token_hex(4)}",
        stripe_webhook=f"whsec_{secrets.token_hex(16)}",
        carrier_webhook=secrets.token_hex(20),
        carrier_key=f"carrier_{secrets.token_hex(8)}",
    )


class StateFolder:
    """`.comeback/` of one checkout."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] | None = None

    def lock(self) -> None:
        """Keeps a second stack out of this folder; raises Refused."""
        self._lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.seek(0)
            number = self._lock.read().strip() or "unknown"
            raise Refused(f"Comeback already runs in this folder (process {number}); stop it first.") from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    @property
    def _secrets_file(self) -> Path:
        return self.path / "secrets" / "local.json"

    def secrets(self) -> Secrets:
        """The folder's secrets, made at the first call."""
        if not self._secrets_file.exists():
            self.keep_secrets(_fresh_secrets())
        return msgspec.json.decode(self._secrets_file.read_bytes(), type=Secrets)

    def keep_secrets(self, values: Secrets) -> None:
        """Stores changed secrets."""
        write_private(self._secrets_file, msgspec.json.encode(values))

    @property
    def demo_file(self) -> Path:
        """Where `demo.json` lies."""
        return self.path / "demo.json"

    def write_demo(self, demo: DemoFile) -> None:
        """Tells others about the running stack."""
        write_private(self.demo_file, msgspec.json.format(msgspec.json.encode(demo), indent=2) + b"\n")

    def read_demo(self) -> DemoFile:
        """What the running stack told; raises Refused when there is none."""
        if not self.demo_file.exists():
            raise Refused("Nothing runs here; start it with `make run` first.")
        return msgspec.json.decode(self.demo_file.read_bytes(), type=DemoFile)


def free(port: int) -> bool:
    """Whether nothing listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def choose_ports(env: Mapping[str, str]) -> dict[str, int]:
    """A port for every part; raises Refused when `PORT` is no port or is taken."""
    text = env.get("PORT", str(DEFAULT_PORT))
    if not text.isdigit() or not 1024 <= int(text) <= 65000:
        raise Refused(f"PORT={text} is no port; use a number between 1024 and 65000.")
    base = int(text)
    if not free(base):
        raise Refused(f"Port {base} is taken by another program; choose another one: PORT={base + 100} make run")
    return {name: base + step if free(base + step) else _any_free() for name, step in OFFSETS.items()}
