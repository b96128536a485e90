"""Admin GraphQL: parse, check, count the cost, run; answers and errors in Shopify's shapes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    ValueNode,
    VariableNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from comeback.sandbox.storefront.shopify import writes
from comeback.sandbox.storefront.shopify.calls import Call
from comeback.sandbox.storefront.shopify.cost import requested
from comeback.sandbox.storefront.shopify.queries import QUERIES

KEY_OPTIONAL_SINCE, KEY_NEEDED_SINCE = "2026-01", "2026-04"
KEYED = ("refundCreate",)
READ_SCOPES = {
    "order": "read_orders", "orders": "read_orders", "ordersCount": "read_orders", "refund": "read_orders",
    "product": "read_products", "products": "read_products", "productVariant": "read_products",
    "productVariants": "read_products", "customer": "read_customers", "customers": "read_customers",
    "return": "read_returns", "giftCards": "read_gift_cards", "giftCard": "read_gift_cards",
    "draftOrders": "read_draft_orders", "draftOrder": "read_draft_orders",
    "codeDiscountNode": "read_discounts", "codeDiscountNodeByCode": "read_discounts",
    "inventoryItem": "read_inventory", "locations": "read_locations",
}  # fmt: skip


class Body(msgspec.Struct):
    """A GraphQL request."""

    query: str = ""
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the protocol's name


class Parsed(msgspec.Struct):
    """A checked operation; `fields` are the names of its root fields, `keys` their idempotency keys."""

    document: DocumentNode
    fields: list[str]
    keys: dict[str, str]
    is_write: bool
    cost: int


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    here = Path(__file__).parent
    made = build_schema((here / "objects.graphql").read_text() + (here / "operations.graphql").read_text())
    if made.query_type is None or made.mutation_type is None:
        raise ValueError("the schema has no roots")
    for name, field in made.query_type.fields.items():
        field.resolve = QUERIES[name]
    for name, field in made.mutation_type.fields.items():
        field.resolve = _writer(name)
    return made


def _writer(name: str) -> Any:
    def resolve(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        call = info.context
        return writes.run(call, name, arguments, call.keys.get(name))

    return resolve


@lru_cache(maxsize=256)
def _document(text: str) -> DocumentNode:
    document = parse(text)
    problems = validate(schema(), document)
    if problems:
        raise GraphQLError(problems[0].message, problems[0].nodes)
    return document


def prepare(body: Body, version: str) -> Parsed:
    """Raises GraphQLError for what Shopify refuses before anything runs."""
    document = _document(body.query)
    operation = _operation(document, body.operationName)
    fields = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    names = [node.name.value for node in fields]
    keys = {node.name.value: key for node in fields if (key := _key(node, body, version)) is not None}
    is_write = operation.operation == OperationType.MUTATION
    for name in names if is_write and version >= KEY_NEEDED_SINCE else ():
        if name in KEYED and name not in keys:
            message = "The @idempotent directive is required for this mutation but was not provided."
            raise GraphQLError(message, extensions={"code": "BAD_REQUEST"})
    cost = requested(document, operation, body.variables or {})
    return Parsed(document=document, fields=names, keys=keys, is_write=is_write, cost=cost)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in found if name in (None, node.name.value if node.name else None)]
    if len(chosen) != 1:
        raise GraphQLError("An operation name is required" if len(found) > 1 else "No such operation")
    return chosen[0]


def _key(node: FieldNode, body: Body, version: str) -> str | None:
    """The key of `@idempotent`; raises GraphQLError where it is blank or the version does not know the directive."""
    for directive in node.directives or ():
        if directive.name.value != "idempotent":
            continue
        if version < KEY_OPTIONAL_SINCE:
            raise GraphQLError("Directive @idempotent is not defined", extensions={"code": "undefinedDirective"})
        key = next((_text(argument.value, body) for argument in directive.arguments or ()), "")
        if not key.strip():
            raise GraphQLError("The idempotency key cannot be an empty string", extensions={"code": "BAD_REQUEST"})
        return key
    return None


def _text(value: ValueNode, body: Body) -> str:
    """A text given in the document or by a variable."""
    if isinstance(value, VariableNode):
        return str((body.variables or {}).get(value.name.value) or "")
    return value.value if isinstance(value, StringValueNode) else ""


def missing_scope(call: Call, parsed: Parsed) -> tuple[str, str] | None:
    """The first field that the token may not use, and the scope it needs; shops without a list of scopes allow all."""
    if not call.shop.scopes:
        return None
    for name in parsed.fields:
        scope = writes.WRITES[name][1] if parsed.is_write and name in writes.WRITES else READ_SCOPES.get(name)
        held = call.shop.scopes
        if scope and scope not in held and scope.replace("read_", "write_") not in held:
            return name, scope
    return None


def run(call: Call, parsed: Parsed, body: Body) -> ExecutionResult:
    return execute_sync(
        schema(),
        parsed.document,
        context_value=call,
        variable_values=body.variables,
        operation_name=body.operationName,
    )


def error_node(error: GraphQLError) -> dict[str, Any]:
    """One entry of `errors`."""
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = error.path
    if error.extensions:
        shown["extensions"] = dict(error.extensions)
    return shown
