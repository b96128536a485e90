"""What a carrier tells, signed as it signs it."""

import hashlib
import hmac
from typing import Any

import httpx
import msgspec

from tests.support.world import CARRIER_SECRET, World


async def tell(world: World, number: str, *events: dict[str, Any], client: httpx.AsyncClient | None = None) -> int:
    """Posts one webhook with these events (status, occurred_at, …) of a parcel; answers the HTTP status."""
    numbered = [{"id": f"{number}-{event['status']}", "city": "Köln", "country": "DE"} | event for event in events]
    raw = msgspec.json.encode({"carrier": "sandbox", "tracking_number": number, "events": numbered})
    signature = hmac.new(CARRIER_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    answer = await (client or world.outside).post(
        f"{'' if client else world.base_url}{world.hooks['carrier']}", content=raw, headers={"X-Signature": signature}
    )
    return answer.status_code
