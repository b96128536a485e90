"""One call of an app: whose shop it is, and how it is refused."""

from typing import Any

import msgspec
from graphql import GraphQLError

from comeback.sandbox.storefront.objects import Customer, Order, Shop
from comeback.sandbox.storefront.shopify.names import plain_id
from comeback.sandbox.storefront.shopify.paging import Node
from comeback.sandbox.storefront.shopify.views import Views
from comeback.sandbox.storefront.store import Store


class Refused(Exception):
    """A `userErrors` entry: the call did nothing."""

    def __init__(self, message: str, field: list[str] | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.node: Node = {"field": field, "message": message, "code": code, "extraInfo": None}


class Call(msgspec.Struct, kw_only=True):
    """`hidden_after`: orders younger than this moment are not found by a search yet. `keys` are the idempotency keys by
    field."""

    store: Store
    shop: Shop
    views: Views
    version: str
    hidden_after: float
    keys: dict[str, str] = {}
    fault: str | None = None
    message: str = ""

    def order(self, text: str, field: list[str]) -> Order:
        """Raises Refused where it does not exist."""
        order = self.shop.orders.get(number(text, "Order"))
        if order is None:
            raise Refused("Order does not exist", field)
        return order

    def customer(self, text: str, field: list[str]) -> Customer:
        """Raises Refused where it does not exist."""
        customer = self.shop.customers.get(number(text, "Customer"))
        if customer is None:
            raise Refused("Customer does not exist", field, "NOT_FOUND")
        return customer


def number(text: str, kind: str | None = None) -> int:
    """The number of a global id; raises GraphQLError as Shopify does for a foreign or malformed one."""
    try:
        return plain_id(text, kind)
    except ValueError as error:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "INVALID_GLOBAL_ID"}) from error


def pairs(given: list[dict[str, Any]] | None) -> dict[str, str]:
    """`customAttributes` as a dictionary."""
    return {one["key"]: one["value"] for one in given or ()}
