"""The authorisation-code grant: where the merchant is sent, and the code's exchange for a lasting token."""

from urllib.parse import urlencode

import msgspec

from comeback.core.secrets import Secret
from comeback.vendors.errors import ProviderRefused, ProviderTimeout
from comeback.vendors.shopify.client import GraphClient, refuse_status

SCOPES = (
    "read_orders",
    "write_orders",
    "read_products",
    "read_inventory",
    "read_customers",
    "read_fulfillments",
    "write_discounts",
    "read_discounts",
    "read_gift_cards",
    "write_gift_cards",
)
NEEDED = frozenset({"read_orders", "read_products", "read_customers"})
"""Without these a connection is of no use; the others are named where they are missed."""


class Grant(msgspec.Struct, frozen=True):
    """What the merchant granted."""

    access_token: str
    scope: str


class ShopifyOAuth:
    """`client_id` and `client_secret` are the app's, one for the installation."""

    def __init__(self, client: GraphClient, client_id: str, client_secret: Secret) -> None:
        self._client, self.client_id, self.client_secret = client, client_id, client_secret

    def address(self, shop: str, redirect_uri: str, state: str) -> str:
        """Where the merchant's browser is sent."""
        query = {
            "client_id": self.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._client.base(shop)}/admin/oauth/authorize?{urlencode(query)}"

    async def exchange(self, shop: str, code: str) -> Grant:
        """The lasting token for a code. Raises ProviderRefused (wrong or used code) and as `GraphClient.call`."""
        body = {"client_id": self.client_id, "client_secret": self.client_secret.reveal(), "code": code}
        answer = await self._client.send("POST", f"{self._client.base(shop)}/admin/oauth/access_token", None, body)
        if answer.status_code == 400:
            raise ProviderRefused("invalid_code", "the code is wrong, used or too old")
        refuse_status(answer)
        try:
            return msgspec.json.decode(answer.content, type=Grant)
        except msgspec.MsgspecError as error:
            raise ProviderTimeout("unreadable_answer") from error


def missing_scopes(granted: tuple[str, ...]) -> list[str]:
    """Needed scopes that are not there; a write scope includes its read scope."""
    have = set(granted) | {s.replace("write_", "read_", 1) for s in granted}
    return sorted(NEEDED - have)
