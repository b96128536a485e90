"""A sender in a process of its own, to be killed: `python -m tests.integration.messages.victim SETTINGS SHOP`."""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

import msgspec

from comeback.app.wiring import build_services
from comeback.core import failpoints, logs
from comeback.core.secrets import Secret
from comeback.core.settings import Settings
from comeback.messages import service
from comeback.messages.jobs import sender_of
from comeback.messages.schemas import BlockRequest
from comeback.messages.service.publish import default_sources


def sample_provider(name: str) -> Any:
    """A block that answers the sample of `shipped`."""
    sample = next(s.sample for s, _ in default_sources() if s.key == "shipped")

    async def answer(_session: Any, requests: list[BlockRequest]) -> dict[UUID, Any]:
        return {r.message_id: sample[name] for r in requests}

    return answer


async def main(given: dict[str, Any], shop: UUID) -> None:
    secrets = {name: Secret(given.pop(name)) for name in ("secret_key", "kek")}
    services = build_services(Settings(**given, **secrets))
    service.unplug()
    service.plug({name: sample_provider(name) for name in ("order", "shipment", "offer")})
    failpoints.arm_from(os.environ.get("COMEBACK_FAILPOINTS", ""))
    while await sender_of(services).run_once(10, shop=shop):
        pass
    for close in services.closers:
        await close()


if __name__ == "__main__":
    logs.setup("critical")
    asyncio.run(main(msgspec.json.decode(sys.argv[1]), UUID(sys.argv[2])))
