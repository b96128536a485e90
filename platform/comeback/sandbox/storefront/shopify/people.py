"""Customers and what they are given (credit, gift cards, codes), the shop, its webhooks, as GraphQL objects."""

from typing import TYPE_CHECKING

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.gifts import Coupon, CreditAccount, CreditMove, GiftCard
from comeback.sandbox.storefront.objects import Address, Customer, Order, Shop
from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.shopify.names import VERSIONS, gid, money, utc
from comeback.sandbox.storefront.shopify.paging import Node, lazily, many
from comeback.sandbox.storefront.store import Store


class PeopleViews:
    """A part of `views.Views`."""

    store: Store
    shop: Shop

    if TYPE_CHECKING:

        def order(self, it: Order) -> Node: ...
        def address(self, given: Address | None, id_: int) -> Node | None: ...

    def shop_view(self) -> Node:
        it = self.shop
        return {
            "__typename": "Shop",
            "id": gid("Shop", it.id),
            "name": it.name,
            "email": it.email,
            "contactEmail": it.email,
            "myshopifyDomain": it.key,
            "primaryDomain": {"host": it.key, "url": it.url or f"https://{it.key}", "sslEnabled": True},
            "url": it.url or f"https://{it.key}",
            "currencyCode": it.currency,
            "ianaTimezone": it.timezone,
            "taxesIncluded": it.taxes_included,
            "plan": {
                "publicDisplayName": it.plan.title(),
                "partnerDevelopment": False,
                "shopifyPlus": it.plan == "plus",
            },
            "billingAddress": {
                "countryCodeV2": it.country,
                "city": None,
                "zip": None,
                "address1": None,
                "company": None,
            },
            "createdAt": utc(0),
        }

    def installation(self) -> Node:
        return {
            "__typename": "AppInstallation",
            "id": gid("AppInstallation", self.shop.id),
            "accessScopes": [{"handle": scope, "description": scope} for scope in self.shop.scopes],
            "app": {"id": gid("App", 1), "title": "Comeback", "handle": "comeback"},
            "launchUrl": f"https://{self.shop.key}/admin/apps/comeback",
        }

    def customer(self, it: Customer) -> Node:
        orders = [order for order in self.shop.orders.values() if order.customer_id == it.id]
        state = "SUBSCRIBED" if it.accepts_marketing else "NOT_SUBSCRIBED"
        consent = {
            "marketingState": state,
            "marketingOptInLevel": "SINGLE_OPT_IN",
            "consentUpdatedAt": utc(it.consent_at),
            "marketingUpdatedAt": utc(it.consent_at),
        }
        spent = sum(sums.captured(order) - sums.refunded(order) for order in orders)
        accounts = [account for account in self.shop.credits.values() if account.customer_id == it.id]
        return {
            "__typename": "Customer",
            "id": gid("Customer", it.id),
            "legacyResourceId": str(it.id),
            "displayName": f"{it.first_name} {it.last_name}".strip() or it.email,
            "firstName": it.first_name or None,
            "lastName": it.last_name or None,
            "locale": it.locale,
            "email": it.email or None,
            "phone": it.phone or None,
            "defaultEmailAddress": {"emailAddress": it.email, **consent} if it.email else None,
            "defaultPhoneNumber": {"phoneNumber": it.phone, "marketingState": "NOT_SUBSCRIBED"} if it.phone else None,
            "emailMarketingConsent": consent if it.email else None,
            "defaultAddress": self.address(it.address, it.id),
            "note": it.note or None,
            "tags": it.tags,
            "state": "DISABLED",
            "verifiedEmail": True,
            "numberOfOrders": str(len(orders)),
            "amountSpent": money(spent, self.shop.currency),
            "createdAt": utc(it.created_at),
            "updatedAt": utc(it.updated_at),
            "orders": many(lambda: [self.order(order) for order in orders]),
            "storeCreditAccounts": many(lambda: [self.credit(account) for account in accounts]),
        }

    def credit(self, it: CreditAccount) -> Node:
        owner = self.shop.customers.get(it.customer_id)
        return {
            "__typename": "StoreCreditAccount",
            "id": gid("StoreCreditAccount", it.id),
            "balance": money(it.balance, it.currency),
            "owner": lazily(lambda: self.customer(owner) if owner else None),
            "transactions": many(lambda: [self.credit_move(it, move) for move in reversed(it.moves)]),
        }

    def credit_move(self, account: CreditAccount, it: CreditMove) -> Node:
        kind = "StoreCreditAccountCreditTransaction" if it.amount > 0 else "StoreCreditAccountDebitTransaction"
        return {
            "__typename": kind,
            "id": gid(kind, it.id),
            "amount": money(it.amount, account.currency),
            "balanceAfterTransaction": money(it.balance, account.currency),
            "remainingAmount": money(it.amount, account.currency),
            "expiresAt": it.expires_at,
            "createdAt": utc(it.created_at),
            "account": lazily(lambda: self.credit(account)),
        }

    def gift_card(self, it: GiftCard) -> Node:
        owner = self.shop.customers.get(it.customer_id or 0)
        return {
            "__typename": "GiftCard",
            "id": gid("GiftCard", it.id),
            "balance": money(it.balance, it.currency),
            "initialValue": money(it.initial, it.currency),
            "lastCharacters": it.code[-4:],
            "maskedCode": f"•••• •••• •••• {it.code[-4:]}",
            "enabled": True,
            "note": it.note or None,
            "customer": lazily(lambda: self.customer(owner) if owner else None),
            "expiresOn": it.expires_on,
            "createdAt": utc(it.created_at),
        }

    def coupon(self, it: Coupon) -> Node:
        now = self.store.now()
        over = it.ends_at is not None and it.ends_at <= now
        codes = [
            {"id": gid("DiscountRedeemCode", it.id * 1000 + place), "code": code, "asyncUsageCount": it.used}
            for place, code in enumerate(it.codes)
        ]
        basic: Node = {
            "__typename": "DiscountCodeBasic",
            "title": it.title,
            "status": "EXPIRED" if over else ("SCHEDULED" if it.starts_at > now else "ACTIVE"),
            "startsAt": utc(it.starts_at),
            "endsAt": utc(it.ends_at),
            "usageLimit": it.usage_limit,
            "appliesOncePerCustomer": it.once_per_customer,
            "asyncUsageCount": it.used,
            "createdAt": utc(it.created_at),
            "codes": many(lambda: codes),
            "codesCount": {"count": len(codes), "precision": "EXACT"},
        }
        return {"__typename": "DiscountCodeNode", "id": gid("DiscountCodeNode", it.id), "codeDiscount": basic}

    def subscription(self, it: Subscription) -> Node:
        return {
            "__typename": "WebhookSubscription",
            "id": gid("WebhookSubscription", it.id),
            "legacyResourceId": str(it.id),
            "topic": it.topic.replace("/", "_").upper(),
            "uri": it.url,
            "callbackUrl": it.url,
            "endpoint": {"__typename": "WebhookHttpEndpoint", "callbackUrl": it.url},
            "format": "JSON",
            "apiVersion": {
                "handle": it.api_version,
                "displayName": it.api_version,
                "supported": it.api_version in VERSIONS,
            },
            "createdAt": utc(it.created_at),
            "updatedAt": utc(it.updated_at),
        }
