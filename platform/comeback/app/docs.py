"""Readable API pages at /api/docs, made from the OpenAPI schema; nothing is loaded from elsewhere."""

from html import escape
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get

from comeback.core.access import PUBLIC

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.75rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
details{border:1px solid var(--line);border-radius:12px;margin:.5rem 0;padding:.5rem 1rem}
summary{cursor:pointer;display:flex;gap:1rem;align-items:baseline;flex-wrap:wrap}
code,pre{font-family:ui-monospace,monospace;font-size:.875rem}
pre{background:var(--soft);padding:1rem;border-radius:8px;overflow:auto}
b.m{min-width:4rem;font-variant:small-caps}
"""


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    shape = {k: operation[k] for k in ("parameters", "requestBody", "responses") if k in operation}
    return (
        f"<details id='{escape(operation.get('operationId', ''))}'><summary><b class=m>{method.upper()}</b>"
        f"<code>{escape(path)}</code><span>{escape(operation.get('summary') or '')}</span></summary>"
        f"<p>{escape(operation.get('description') or '')}</p>"
        f"<pre>{escape(msgspec.json.format(msgspec.json.encode(shape), indent=2).decode())}</pre></details>"
    )


def page(schema: dict[str, Any]) -> str:
    """The whole page of a schema."""
    groups: dict[str, list[str]] = {}
    for path, methods in sorted(schema.get("paths", {}).items()):
        parts = path.strip("/").split("/")
        group = parts[2] if len(parts) > 2 and parts[:2] == ["api", "v1"] else "/".join(parts[:2])
        for method, operation in methods.items():
            if isinstance(operation, dict):
                groups.setdefault(group, []).append(_operation(method, path, operation))
    body = "".join(f"<h2>{escape(name)}</h2>{''.join(found)}" for name, found in sorted(groups.items()))
    schemas = msgspec.json.encode(schema.get("components", {}).get("schemas", {}))
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Comeback API</title>"
        f"<meta name=viewport content='width=device-width,initial-scale=1'><style>{_STYLE}</style></head><body><main>"
        "<h1>Comeback API</h1><p>JSON over HTTP with <code>Authorization: Bearer &lt;key&gt;</code>. Amounts are "
        "integers in the currency's minor unit, times RFC 3339 in UTC, errors RFC 9457. "
        "<a href='/api/openapi.json'>OpenAPI 3.1</a></p>"
        f"{body}<h2>Schemas</h2><details><summary>All schemas</summary>"
        f"<pre>{escape(msgspec.json.format(schemas, indent=2).decode())}</pre></details></main></body></html>"
    )


@get("/api/docs", opt={"permission": PUBLIC}, operation_id="apiDocs", include_in_schema=False)
async def api_docs(request: Request) -> Response[str]:  # type: ignore[type-arg]
    """The API, readable."""
    schema = request.app.openapi_schema.to_schema()
    return Response(page(schema), media_type=MediaType.HTML)


ROUTES = (api_docs,)
