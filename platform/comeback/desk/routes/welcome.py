"""The first steps with a new shop."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.errors import TooMany
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.desk.schemas.welcome import TestMailOut, WelcomeIn, WelcomeOut
from comeback.desk.service import welcome

READ = {"permission": "settings:read"}
WRITE = {"permission": "settings:write"}
MAILS = "5/minute"


@get("/api/studio/welcome", operation_id="studioWelcome", opt=READ, tags=["studio"])
async def first_steps(session: NamedDependency[WriteSession], settings: NamedDependency[Settings]) -> WelcomeOut:
    """The first steps, each done or not by what really happened since the first look."""
    return await welcome.look(session, settings)


@post("/api/studio/welcome", operation_id="studioPutAway", opt=WRITE, status_code=200, tags=["studio"])
async def put_away(
    data: JSONBody[WelcomeIn], session: NamedDependency[WriteSession], settings: NamedDependency[Settings]
) -> WelcomeOut:
    """Hides the checklist, or brings it back."""
    return await welcome.put_away(session, settings, data.hidden)


@post("/api/studio/welcome/mail", operation_id="studioTestMail", opt=READ, tags=["studio"])
async def test_mail(
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> TestMailOut:
    """Sends the tracking mail, with sample goods, to the person who asks."""
    if not await limiter.hit(MAILS, "welcome", str(principal.id)):
        raise TooMany("Wait a minute, then try again.")
    return await welcome.test_mail(session, principal, settings)


ROUTES = (first_steps, put_away, test_mail)
