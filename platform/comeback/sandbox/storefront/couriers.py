"""Carries the shops' webhooks out, keeps those not yet accepted, and gives up on addresses that never answer."""

from collections.abc import Mapping

from comeback.sandbox.hooks import Delivery, HookSender
from comeback.sandbox.storefront.faults import Faults
from comeback.sandbox.storefront.records import Outgoing, Subscription
from comeback.sandbox.storefront.store import Store

WOO_FAILURES = 5


class Courier:
    def __init__(self, store: Store, hooks: HookSender, faults: Faults) -> None:
        self._store, self._hooks, self._faults = store, hooks, faults

    def resume(self) -> None:
        """Sends again what the last process could not deliver."""
        for outgoing in list(self._store.memory.outgoing.values()):
            self.send(outgoing)

    def send(self, outgoing: Outgoing) -> None:
        def sign(_: bytes) -> Mapping[str, str]:
            signed = outgoing.headers.get(outgoing.signature)
            return {**outgoing.headers, outgoing.signature: self._faults.signed(signed)} if signed else outgoing.headers

        def done() -> None:
            self._forget(outgoing)
            subscription = self._subscription(outgoing)
            if subscription is not None:
                subscription.failures = 0

        self._hooks.submit(
            Delivery(
                lane=outgoing.lane,
                url=outgoing.url,
                body=outgoing.body.encode(),
                sign=sign,
                done=done,
                tries=outgoing.tries,
                lost=lambda: self._lost(outgoing),
            )
        )

    def _forget(self, outgoing: Outgoing) -> None:
        self._store.memory.outgoing.pop(outgoing.id, None)
        self._store.touch()

    def _subscription(self, outgoing: Outgoing) -> Subscription | None:
        shop = self._store.memory.shops.get(outgoing.shop)
        return shop.subscriptions.get(outgoing.subscription) if shop is not None else None

    def _lost(self, outgoing: Outgoing) -> None:
        """Shopify removes the subscription after its last try; WooCommerce disables it after five lost deliveries."""
        self._forget(outgoing)
        subscription = self._subscription(outgoing)
        shop = self._store.memory.shops.get(outgoing.shop)
        if subscription is None or shop is None:
            return
        subscription.failures += 1
        if shop.vendor == "shopify" and not subscription.fixed:
            del shop.subscriptions[subscription.id]
        elif shop.vendor == "woocommerce" and subscription.failures > WOO_FAILURES and not subscription.fixed:
            subscription.status = "disabled"
