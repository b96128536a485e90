"""Who is at the desk."""

from comeback.core.access import Principal
from comeback.core.clock import clock
from comeback.core.db import Database, ReadSession
from comeback.core.limits import Limiter
from comeback.desk.errors import NoSession
from comeback.desk.schemas.session import BrandOut, LoginIn, SessionOut, ShopOut, StaffOut
from comeback.merchants import service as merchants
from comeback.merchants.schemas import ShopView, StaffView

FALLBACK_COLOUR = "#2f5d50"


def cookie_name(secure: bool) -> str:
    """The session's cookie; the prefix binds it to the host and to https (RFC 6265bis §4.1.3.2)."""
    return "__Host-comeback" if secure else "comeback_session"


async def sign_in(database: Database, limiter: Limiter, body: LoginIn, address: str) -> tuple[str, SessionOut]:
    """The new session's token and what the page needs. Raises WrongLogin (401) or TooManyLogins (429)."""
    begun = await merchants.login(database, body.email, body.password, limiter=limiter, address=address)
    return begun.token, _shape(begun.staff, begun.shop, begun.csrf)


async def sign_out(database: Database, token: str) -> None:
    """Ends the session."""
    await merchants.logout(database, token)


async def who(session: ReadSession, principal: Principal) -> SessionOut:
    """The session that asks. Raises NoSession (401) for keys, which have no desk."""
    if principal.kind != "staff":
        raise NoSession()
    person = merchants.staff_view(await merchants.get_staff(session, principal.id))
    shop = merchants.shop_view(await merchants.get_shop(session))
    return _shape(person, shop, principal.csrf)


def _shape(person: StaffView, shop: ShopView, csrf: str) -> SessionOut:
    brand = shop.brand
    return SessionOut(
        staff=StaffOut(id=str(person.id), name=person.name, email=person.email, role=person.role),
        shop=ShopOut(
            id=str(shop.id),
            name=shop.name,
            slug=shop.slug,
            locale=shop.locale,
            timezone=shop.timezone,
            currency=shop.currency,
            country=shop.country,
            brand=BrandOut(
                primary=str(brand.get("primary") or FALLBACK_COLOUR),
                logo_url=brand.get("logo_url"),
                radius=int(brand.get("radius") or 12),
            ),
        ),
        permissions=sorted(person.permissions),
        csrf=csrf,
        now=clock.now(),
    )
