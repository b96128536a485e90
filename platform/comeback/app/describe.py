"""The OpenAPI description says of every operation what the edge adds to it: errors, how to sign in, the key that makes
a POST repeatable. Handlers describe only what is theirs."""

from collections.abc import Iterator

from litestar import Litestar
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    Schema,
    SecurityScheme,
    Tag,
)

PROBLEM_TYPE = "application/problem+json"
_SAYS = {
    400: "The request cannot be read.",
    401: "No valid key or session.",
    403: "The key or session may not do this.",
    404: "No such thing in this shop.",
    409: "The present state forbids it; `detail` says why.",
    413: "The body is too large.",
    415: "A body of this kind is not understood.",
    422: "Some fields are not valid; `errors` names every one by a JSON pointer.",
    429: "Too many requests; try again later.",
    503: "Not available now; try again.",
}
_ALWAYS, _WRITES = (400, 401, 403, 404, 422, 429, 503), (409, 413, 415)
_FIELD = Schema(
    type=OpenAPIType.OBJECT,
    required=["pointer", "message"],
    properties={"pointer": Schema(type=OpenAPIType.STRING), "message": Schema(type=OpenAPIType.STRING)},
)
PROBLEM = Schema(
    title="Problem",
    description="RFC 9457. `errors` names every bad field.",
    type=OpenAPIType.OBJECT,
    required=["type", "title", "status", "detail"],
    properties={
        "type": Schema(type=OpenAPIType.STRING),
        "title": Schema(type=OpenAPIType.STRING),
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": Schema(type=OpenAPIType.STRING),
        "errors": Schema(type=OpenAPIType.ARRAY, items=_FIELD),
        "extra": Schema(type=OpenAPIType.OBJECT),
    },
)
_REPEATABLE = Parameter(
    name="Idempotency-Key",
    param_in="header",
    required=False,
    schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=200),
    description="The same key with the same body gets the first answer again; with another body 422.",
)


def _answer(status: int) -> OpenAPIResponse:
    media = OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))
    return OpenAPIResponse(description=_SAYS[status], content={PROBLEM_TYPE: media})


def _operations(document: OpenAPI) -> Iterator[tuple[str, str, Operation]]:
    for path, item in (document.paths or {}).items():
        for method in ("get", "post", "put", "patch", "delete"):
            operation = getattr(item, method)
            if operation is not None:
                yield path, method, operation


def _describe(path: str, method: str, operation: Operation) -> None:
    responses = operation.responses or {}
    statuses = {*_ALWAYS, *(_WRITES if method != "get" else ())}
    responses |= {str(status): _answer(status) for status in sorted(statuses)}
    operation.responses = responses
    if path.startswith("/api/"):
        operation.security = [{"key": []}, {"session": []}]
    if path.startswith("/api/v1/"):
        operation.tags = [path.split("/")[3]]
        if method == "post":
            operation.parameters = [*(operation.parameters or ()), _REPEATABLE]


def describe(app: Litestar) -> None:
    """Completes the application's OpenAPI document in place."""
    document = app.openapi_schema
    for path, method, operation in _operations(document):
        _describe(path, method, operation)
    components = document.components or Components()
    components.schemas["Problem"] = PROBLEM
    components.security_schemes = {
        "key": SecurityScheme(type="http", scheme="bearer", description="An API key of the shop."),
        "session": SecurityScheme(
            type="apiKey",
            name="__Host-comeback",
            security_scheme_in="cookie",
            description="The studio; writes need X-CSRF-Token.",
        ),
    }
    document.components = components
    names = sorted({tag for _, _, operation in _operations(document) for tag in operation.tags or ()})
    document.tags = [Tag(name=name) for name in names]
