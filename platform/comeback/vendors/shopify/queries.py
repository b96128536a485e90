"""The GraphQL documents, as version 2026-04 of the Admin API has them (shopify.dev/docs/api/admin-graphql)."""

_MONEY = "fragment Money on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"

_ORDER_FIELDS = """
fragment OrderFields on Order {
  id legacyResourceId name createdAt processedAt updatedAt cancelledAt closedAt test
  currencyCode presentmentCurrencyCode taxesIncluded customerLocale email phone note tags sourceName sourceIdentifier
  displayFinancialStatus displayFulfillmentStatus discountCodes
  customAttributes { key value }
  totalPriceSet { ...Money } currentTotalPriceSet { ...Money } totalDiscountsSet { ...Money }
  totalTaxSet { ...Money } totalTipReceivedSet { ...Money } originalTotalDutiesSet { ...Money }
  customer { ...CustomerFields }
  shippingAddress { name firstName lastName company address1 address2 zip city provinceCode countryCodeV2 phone }
  lineItems(first: 100, after: $lines) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id title variantTitle sku quantity currentQuantity requiresShipping isGiftCard
      customAttributes { key value }
      variant { id legacyResourceId } product { id legacyResourceId productType } image { url }
      originalUnitPriceSet { ...Money }
      discountAllocations { allocatedAmountSet { ...Money } }
      taxLines { title rate priceSet { ...Money } }
      duties { id price { ...Money } taxLines { priceSet { ...Money } } }
    }
  }
  shippingLines(first: 10) {
    nodes {
      id title code isRemoved originalPriceSet { ...Money } discountedPriceSet { ...Money }
      taxLines { title rate priceSet { ...Money } }
    }
  }
  transactions(first: 30) { ...TransactionFields }
  refunds(first: 30) {
    id createdAt note
    refundLineItems(first: 50) {
      nodes { quantity restockType lineItem { id } subtotalSet { ...Money } totalTaxSet { ...Money } }
    }
    refundShippingLines(first: 5) { nodes { subtotalAmountSet { ...Money } taxAmountSet { ...Money } } }
    orderAdjustments(first: 10) { nodes { reason amountSet { ...Money } taxAmountSet { ...Money } } }
    transactions(first: 10) { nodes { ...TransactionFields } }
  }
  fulfillments(first: 30) {
    id legacyResourceId status createdAt updatedAt
    trackingInfo(first: 20) { company number url }
    fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } }
  }
}
fragment TransactionFields on OrderTransaction {
  id kind status gateway test manualPaymentGateway paymentId authorizationCode receiptJson processedAt
  amountSet { ...Money } parentTransaction { id }
}
"""

_CUSTOMER_FIELDS = """
fragment CustomerFields on Customer {
  id legacyResourceId firstName lastName locale tags updatedAt
  defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
  defaultPhoneNumber { phoneNumber marketingState marketingOptInLevel marketingUpdatedAt }
}
"""

_PRODUCT_FIELDS = """
fragment ProductFields on Product {
  id legacyResourceId title descriptionHtml handle onlineStoreUrl productType tags status createdAt updatedAt
  featuredMedia { preview { image { url } } }
  variants(first: 100, after: $variants) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id legacyResourceId title sku price compareAtPrice position selectedOptions { name value }
      media(first: 1) { nodes { preview { image { url } } } }
      inventoryItem {
        id legacyResourceId tracked measurement { weight { unit value } }
        inventoryLevels(first: 10) {
          nodes { location { id legacyResourceId name } quantities(names: ["available"]) { name quantity } }
        }
      }
    }
  }
}
"""

SHOP = """query Shop {
  shop { name myshopifyDomain currencyCode }
  currentAppInstallation { accessScopes { handle } }
}"""

ORDER = (
    "query Order($id: ID!, $lines: String) { order(id: $id) { ...OrderFields } }"
    + _ORDER_FIELDS
    + _CUSTOMER_FIELDS
    + _MONEY
)
ORDERS = (
    "query Orders($first: Int!, $after: String, $query: String!, $lines: String) { "
    "orders(first: $first, after: $after, query: $query, sortKey: CREATED_AT) { "
    "pageInfo { hasNextPage endCursor } nodes { ...OrderFields } } }" + _ORDER_FIELDS + _CUSTOMER_FIELDS + _MONEY
)
ORDERS_COUNT = "query OrdersCount($query: String!) { ordersCount(query: $query, limit: null) { count } }"
PRODUCT = "query Product($id: ID!, $variants: String) { product(id: $id) { ...ProductFields } }" + _PRODUCT_FIELDS
PRODUCTS = (
    "query Products($first: Int!, $after: String, $query: String!, $variants: String) { "
    "products(first: $first, after: $after, query: $query, sortKey: CREATED_AT) { "
    "pageInfo { hasNextPage endCursor } nodes { ...ProductFields } } }" + _PRODUCT_FIELDS
)
PRODUCT_OF_ITEM = "query Item($id: ID!) { inventoryItem(id: $id) { id variant { id product { id } } } }"
CUSTOMER = "query Customer($id: ID!) { customer(id: $id) { ...CustomerFields } }" + _CUSTOMER_FIELDS
CUSTOMERS = (
    "query Customers($first: Int!, $after: String, $query: String!) { "
    "customers(first: $first, after: $after, query: $query, sortKey: CREATED_AT) { "
    "pageInfo { hasNextPage endCursor } nodes { ...CustomerFields } } }" + _CUSTOMER_FIELDS
)


def changed(connection: str) -> str:
    """Ids and change times of `orders`, `products` or `customers`: cheap, so it can be asked often."""
    name = f"Changed{connection.capitalize()}"
    return (
        f"query {name}($first: Int!, $after: String, $query: String!) {{ "
        f"{connection}(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {{ "
        "pageInfo { hasNextPage endCursor } nodes { id updatedAt } } }"
    )


WEBHOOKS = """query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id topic uri }
  }
}"""
WEBHOOK_CREATE = """mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id topic uri } userErrors { field message }
  }
}"""
WEBHOOK_DELETE = """mutation Unsubscribe($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}"""

ORDER_NOTE = "query OrderNote($id: ID!) { order(id: $id) { id note tags customAttributes { key value } } }"
ORDER_UPDATE = """mutation NoteOrder($input: OrderInput!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } }
}"""
ORDER_REFUNDS = """query OrderRefunds($id: ID!) {
  order(id: $id) {
    id presentmentCurrencyCode refunds(first: 100) { id note }
    lineItems(first: 250) { nodes { id refundableQuantity } }
  }
}"""
REFUND_CREATE = """mutation RecordRefund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id note } userErrors { field message } }
}"""
ORDER_BY_SOURCE = """query OrderBySource($query: String!) {
  orders(first: 2, query: $query, sortKey: CREATED_AT) { nodes { id name sourceIdentifier } }
}"""
ORDER_CREATE = """mutation Replace($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
  orderCreate(order: $order, options: $options) { order { id name } userErrors { field message } }
}"""
CODE_BY_NAME = """query CodeByName($code: String!) {
  codeDiscountNodeByCode(code: $code) { id codeDiscount { __typename ... on DiscountCodeBasic { title } } }
}"""
CODE_CREATE = """mutation CreateCode($basicCodeDiscount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $basicCodeDiscount) {
    codeDiscountNode { id } userErrors { field message code }
  }
}"""
CARD_BY_CODE = """query CardByCode($query: String!) {
  giftCards(first: 5, query: $query) { nodes { id note lastCharacters } }
}"""
CARD_CREATE = """mutation CreateCard($input: GiftCardCreateInput!) {
  giftCardCreate(input: $input) { giftCard { id } giftCardCode userErrors { field message code } }
}"""
