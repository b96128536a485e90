"""A return in the making: its draft, its quote, its confirmation."""

from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.kit.tokens import Signer
from comeback.orders import service as orders
from comeback.portal import repository
from comeback.portal.rules import wizard
from comeback.portal.schemas import Draft
from comeback.portal.words.reader import Reader
from comeback.returns.schemas import OptionsOut, QuoteIn, QuoteOut, ReturnIn
from comeback.returns.service.creating import create_return
from comeback.returns.service.options import options as return_options
from comeback.returns.service.quoting import quote_return


class Making(msgspec.Struct, frozen=True):
    """What can be returned, and what was chosen so far."""

    options: OptionsOut
    draft: Draft


def _draft(body: dict[str, Any] | None) -> Draft:
    return msgspec.convert(body, Draft) if body else Draft()


async def begun(session: ReadSession, order_id: UUID, reader: Reader) -> Making:
    """What can be returned and what was chosen, less what can no longer be returned; an empty draft to begin with."""
    return await _making(session, order_id, reader, _draft(await repository.draft(session, order_id)))


async def _making(session: ReadSession, order_id: UUID, reader: Reader, draft: Draft) -> Making:
    found = await return_options(session, order_id, locale=reader.language)
    fit = wizard.fitting(draft, found)
    sold = (await orders.order_lines_view(session, [order_id]))[order_id]
    return Making(wizard.without_own(found, fit, {row["id"]: row["variant_id"] for row in sold}), fit)


async def store(session: WriteSession, order_id: UUID, draft: Draft) -> None:
    """Keeps the draft."""
    await repository.store_draft(session, order_id, msgspec.json.encode(draft).decode(), clock.now())


async def quoted(session: ReadSession, signer: Signer, order_id: UUID, draft: Draft, reader: Reader) -> QuoteOut:
    """What the draft would bring, signed. Raises what the returns room raises for units that are gone."""
    return await quote_return(session, signer, QuoteIn(order_id=order_id, lines=wizard.wish(draft)), reader.language)


async def confirm(
    session: WriteSession, signer: Signer, principal: Principal, reader: Reader, token: str
) -> UUID | None:
    """Makes the return from the draft and forgets the draft; None where it was made already (a second click).

    Raises the errors of `create_return`: the quote is of this very draft or it is refused.
    """
    body = await repository.draft(session, principal.id, lock=True)
    if body is None:
        return None
    made = await _making(session, principal.id, reader, _draft(body))
    if wizard.missing(made.draft, made.options) != "summary":
        return None
    draft = made.draft
    method: Any = draft.method
    asked = ReturnIn(order_id=principal.id, lines=wizard.wish(draft), quote_token=token[:500] or "-", method=method)
    case = await create_return(session, signer, principal, asked)
    await repository.drop_draft(session, principal.id)
    return case.id
