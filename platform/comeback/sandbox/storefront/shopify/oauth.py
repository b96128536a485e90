"""Installing an app: the page where the merchant agrees, the signed way back, and the exchange of the code."""

import base64
import hashlib
import hmac
import html
import secrets
from urllib.parse import parse_qsl, urlencode

import msgspec

from comeback.sandbox.http import HttpError, Request, Response, answer
from comeback.sandbox.storefront.objects import Shop
from comeback.sandbox.storefront.store import Store

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Install app</title><body style="font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem">
<h1>Install Comeback in {shop}?</h1><p>It asks for:</p><ul>{scopes}</ul>
<p><a href="{url}" style="background:#1f5fbf;color:#fff;padding:.6rem 1.2rem;border-radius:8px;text-decoration:none">
Install</a></p></body></html>"""


class Exchange(msgspec.Struct):
    client_id: str = ""
    client_secret: str = ""
    code: str = ""


def signed_query(parameters: dict[str, str], secret: str) -> str:
    """The query of Shopify's redirects: sorted parameters and their HMAC-SHA256 in hex."""
    message = urlencode(sorted(parameters.items()), safe=":/")
    mark = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return urlencode({**parameters, "hmac": mark})


def authorize(store: Store, shop: Shop, request: Request) -> Response:
    """First the question; with `approve=1` the redirect that carries the code. Raises HttpError 400."""
    asked = request.query
    back = asked.get("redirect_uri", "")
    if not back.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise HttpError(400, "Oauth error invalid_request: The redirect_uri is not whitelisted")
    if asked.get("approve") != "1":
        scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked.get("scope", "").split(","))
        url = html.escape(f"{request.path}?{request.raw_query}&approve=1")
        page = _PAGE.format(shop=html.escape(shop.key), scopes=scopes, url=url)
        return Response(200, page.encode(), "text/html; charset=utf-8")
    code = secrets.token_hex(16)
    store.memory.codes[code] = shop.key
    shop.scopes = [scope for scope in asked.get("scope", "").replace(" ", "").split(",") if scope]
    store.touch()
    parameters = {
        "code": code,
        "host": base64.b64encode(f"{shop.key}/admin".encode()).decode().rstrip("="),
        "shop": shop.key,
        "state": asked.get("state", ""),
        "timestamp": str(int(store.now())),
    }
    query = signed_query(parameters, shop.secret)
    return Response(302, b"", "text/html", {"Location": f"{back}{'&' if '?' in back else '?'}{query}"})


def exchange(store: Store, request: Request) -> Response:
    """A code for an offline token; a code works once. Form or JSON."""
    if "json" in request.headers.get("content-type", ""):
        given = request.json(Exchange)
    else:
        given = msgspec.convert(dict(parse_qsl(request.body.decode("utf-8", "replace"))), Exchange)
    shop = store.memory.shops.get(store.memory.codes.get(given.code, ""))
    if shop is None:
        return answer({"error": "invalid_request", "error_description": "The authorization code was not found"}, 400)
    if not hmac.compare_digest(given.client_secret.encode(), shop.secret.encode()):
        return answer({"error": "application_cannot_be_found"}, 400)
    del store.memory.codes[given.code]
    shop.token = f"shpat_{secrets.token_hex(16)}"
    shop.installed = True
    store.touch()
    return answer({"access_token": shop.token, "scope": ",".join(shop.scopes)})
