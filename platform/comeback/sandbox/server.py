"""The whole sandbox in one process and one event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from comeback.sandbox.carrier.parcels import Memory as CarrierMemory
from comeback.sandbox.carrier.server import CarrierSandbox
from comeback.sandbox.clock import ClockState, SandboxClock
from comeback.sandbox.config import SandboxConfig, Urls
from comeback.sandbox.control import Control
from comeback.sandbox.hooks import HookSender
from comeback.sandbox.http import Handler, Server
from comeback.sandbox.mailbox.faults import MailFaults
from comeback.sandbox.mailbox.server import MailboxSandbox
from comeback.sandbox.mailbox.smtp import SmtpServer
from comeback.sandbox.mailbox.store import MailStore
from comeback.sandbox.snapshot import Saver, load
from comeback.sandbox.storefront.objects import Memory as StorefrontMemory
from comeback.sandbox.storefront.server import StorefrontSandbox
from comeback.sandbox.stripe.objects import Memory as StripeMemory
from comeback.sandbox.stripe.server import StripeSandbox
from comeback.sandbox.web import Web

TICK_SECONDS = 0.05
CLOCK_PUSHES = 60


class Sandbox:
    """Built, but not listening before `start`."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.clock = SandboxClock()
        self.clock.restore(load(config.file("clock.json"), ClockState, ClockState))
        self.web = Web(config.accounts.web_url)
        self.hooks = (HookSender(config.seed), HookSender(config.seed + 1), HookSender(config.seed + 2))
        self.store = MailStore(config.file("mail"), config.keep_messages)
        mail_faults = MailFaults()
        stripe_memory = load(config.file("stripe.json"), StripeMemory, StripeMemory)
        carrier_memory = load(config.file("carrier.json"), CarrierMemory, CarrierMemory)
        stripe_saver = Saver(config.file("stripe.json"), lambda: stripe_memory)
        carrier_saver = Saver(config.file("carrier.json"), lambda: carrier_memory)
        storefront_memory = load(config.file("storefront.json"), StorefrontMemory, StorefrontMemory)
        storefront_saver = Saver(config.file("storefront.json"), lambda: storefront_memory)
        clock_saver = Saver(config.file("clock.json"), self.clock.state)
        self.clock.waiting.append(clock_saver.touch)
        self.savers = (stripe_saver, carrier_saver, storefront_saver, clock_saver)
        self.stripe = StripeSandbox(self.clock, self.hooks[0], stripe_memory, stripe_saver.touch)
        self.carrier = CarrierSandbox(self.clock, self.hooks[1], carrier_memory, carrier_saver.touch)
        self.storefront = StorefrontSandbox(
            self.clock, self.hooks[2], storefront_memory, storefront_saver.touch, config.seed
        )
        self.mailbox = MailboxSandbox(self.store, mail_faults, lambda: self.web.url)
        self.smtp = SmtpServer(self._keep, mail_faults)
        self.control = Control(
            self.clock, self.web, self.stripe, self.carrier, self.storefront, mail_faults, self.hooks
        )
        self.control.configure(config.accounts)
        self._servers: list[Server] = []
        self._tasks: list[asyncio.Task[None]] = []

    def _keep(self, sender: str, recipients: list[str], body: bytes) -> str:
        return self.store.add(sender, recipients, body, self.clock.now()).id

    async def start(self) -> Urls:
        """Listens on every port; returns the URLs. Raises OSError when a port is taken."""
        config = self.config
        host = config.host
        ports = [
            await self._listen(handler, name, port)
            for handler, name, port in (
                (self.stripe, "stripe-sandbox", config.stripe_port),
                (self.carrier, "carrier-sandbox", config.carrier_port),
                (self.mailbox, "mailbox-sandbox", config.mailbox_port),
                (self.storefront, "storefront-sandbox", config.storefront_port),
                (self.control, "sandbox-control", config.control_port),
            )
        ]
        smtp = await self.smtp.start(host, config.smtp_port)
        self.stripe.resume()
        self.carrier.tracker.resume()
        self._tasks = [asyncio.create_task(work) for work in (self._tick(), self._push_clock())]
        self._tasks += [asyncio.create_task(saver.run()) for saver in self.savers]
        stripe, carrier, mailbox, storefront, control = (f"http://{host}:{port}" for port in ports)
        self.storefront.listens_at(storefront)
        return Urls(
            stripe=stripe,
            carrier=carrier,
            mailbox=mailbox,
            smtp=f"smtp://{host}:{smtp}",
            storefront=storefront,
            control=control,
        )

    async def _listen(self, handler: Handler, name: str, port: int) -> int:
        server = Server(handler, name)
        bound = await server.start(self.config.host, port)
        self._servers.append(server)
        return bound

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.control.tick()
            self.store.flush()

    async def _push_clock(self) -> None:
        """After a restart the web has to learn where the rehearsal's time stands; it may start later than we do."""
        if self.clock.state() == ClockState():
            return
        for _ in range(CLOCK_PUSHES):
            if await self.web.set_clock(self.clock.state()):
                return
            await asyncio.sleep(1)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.smtp.stop()
        for server in self._servers:
            await server.stop()
        for hooks in self.hooks:
            await hooks.stop()
        await self.web.close()
        for saver in self.savers:
            saver.flush()
        self.store.close()


async def serve(config: SandboxConfig, stop: asyncio.Event, ready: Callable[[Urls], None] | None = None) -> None:
    """Runs until `stop` is set; `ready` gets the URLs once every port listens."""
    sandbox = Sandbox(config)
    try:
        urls = await sandbox.start()
        if ready is not None:
            ready(urls)
        await stop.wait()
    finally:
        await sandbox.stop()


@asynccontextmanager
async def running(config: SandboxConfig | None = None) -> AsyncGenerator[Urls]:
    """A sandbox in this event loop, by default on free ports and with no memory beyond the block."""
    sandbox = Sandbox(config or SandboxConfig())
    try:
        yield await sandbox.start()
    finally:
        await sandbox.stop()
