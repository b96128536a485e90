"""Which language a mail is written in, and how it says that it is not the one its reader wished for."""

from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core.db import Database
from comeback.messages.sender.loop import Sender
from tests.integration.messages.conftest import Person, PlanOne
from tests.integration.messages.smtp import SmtpServer

pytestmark = pytest.mark.anyio


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


async def test_a_mail_speaks_the_language_of_its_reader_or_of_the_shop(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    async with database.write(ready) as session:
        await session.execute(text("UPDATE shops SET locale = 'it' WHERE shop_id = :shop"), {"shop": ready})
    wishes = {"ru": "ru", "de-AT": "de", "nl-BE": "it", "": "it"}
    for number, locale in enumerate(wishes):
        await plan_one(await person(), entry=f"e{number}", locale=locale)
    while await sender.run_once():
        pass
    mails = [taken.parsed for taken in server.taken]
    assert sorted(str(m["Content-Language"]) for m in mails) == sorted(wishes.values())
    assert [m["X-Language-Wished"] for m in mails if m["X-Language-Wished"]] == ["nl-BE"]
    for mail in mails:
        assert f'lang="{mail["Content-Language"]}"' in html_of(mail)
