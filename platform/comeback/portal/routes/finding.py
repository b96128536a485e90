"""`/{shop}/track`: an order by its number and a proof. Whatever is wrong, the answer is one."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.access import PUBLIC
from comeback.core.db import Database
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.portal.pages.render import answer, make, redirect
from comeback.portal.pages.visit import Visit, address_of, form_of, visit
from comeback.portal.rules.wizard import one
from comeback.portal.schemas import FormError
from comeback.portal.service import finding as service

NUMBER_MAX, PROOF_MAX = 80, 200


def asked_for(form: dict[str, list[str]], seen: Visit) -> tuple[str, str, list[FormError]]:
    """Number, proof and what is missing of them."""
    number, proof = one(form, "number")[:NUMBER_MAX], one(form, "proof")[:PROOF_MAX]
    errors = [
        FormError(field=name, message=seen.reader.t(f"find.{name}_missing"))
        for name, value in (("number", number), ("proof", proof))
        if not value
    ]
    return number, proof, errors


def find_page(
    seen: Visit, purpose: str, *, number: str = "", proof: str = "", errors: list[FormError] | None = None
) -> Response[bytes]:
    """The form that asks for an order; `purpose` is track or return."""
    t = seen.reader.t
    made = make(
        "lookup.html", seen.look, seen.reader, keep_language=seen.asked is not None,
        title=t(f"find.{purpose}"), lead=t(f"find.{purpose}_lead"), submit=t(f"find.{purpose}_submit"),
        action=seen.path("track" if purpose == "track" else "returns"), number=number, proof=proof,
        errors=errors or [],
    )  # fmt: skip
    return answer(made, 422 if errors else 200)


@get("/{slug:str}/track", opt={"permission": PUBLIC}, operation_id="trackForm", include_in_schema=False)
async def track_form(
    request: Request[Any, Any, Any], slug: FromPath[str], database: NamedDependency[Database]
) -> Response[bytes]:
    """The form."""
    return find_page(await visit(request, database, slug), "track")


@post("/{slug:str}/track", opt={"permission": PUBLIC}, operation_id="trackOrder", include_in_schema=False)
async def track_order(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """To the order's page, or the one answer for everything that does not fit."""
    seen = await visit(request, database, slug)
    number, proof, errors = asked_for(await form_of(request), seen)
    if errors:
        return find_page(seen, "track", number=number, proof=proof, errors=errors)
    await service.guard(limiter, "track", seen.shop_id, address_of(request, settings), number)
    async with database.read(seen.shop_id) as session:
        found = await service.find(session, number, proof)
    if found is None:
        wrong = [FormError(field="number", message=seen.reader.t("find.unknown"))]
        return find_page(seen, "track", number=number, proof=proof, errors=wrong)
    async with database.write(seen.shop_id) as session:
        token = await service.open_page(session, settings, found.order_id)
    return redirect(f"/t/{token}{seen.suffix}")


ROUTES = (track_form, track_order)
