"""Posting to the ledger and reading it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.ledger import repository
from comeback.ledger.errors import Unbalanced
from comeback.ledger.rules import Entry, balances, without_zeros
from comeback.ledger.schemas import EntryOut


async def post(
    session: WriteSession,
    kind: str,
    source_id: str | UUID,
    entries: Sequence[Entry],
    *,
    order_id: UUID | None = None,
    at: datetime | None = None,
) -> bool:
    """Posts a fact once: entries are (account, currency, amount), debit positive. False where it is posted already.

    Entries of zero are left out; a fact of zeros only is not posted. Raises Unbalanced.
    """
    said = without_zeros(entries)
    if not said and entries:
        return False
    if not balances(said):
        raise Unbalanced
    return await repository.post(session, kind, str(source_id), said, order_id, at or clock.now())


async def entries(
    session: ReadSession,
    *,
    order_id: UUID | None = None,
    kind: str | None = None,
    source_id: str | UUID | None = None,
    limit: int = 1000,
) -> list[EntryOut]:
    """Entries that fit all that is given, oldest first."""
    found = await repository.entries(session, order_id, kind, None if source_id is None else str(source_id), limit)
    return [EntryOut(**row) for row in found]


async def account_balances(session: ReadSession, accounts: Sequence[str]) -> dict[tuple[str, str], int]:
    """(account, currency) → balance in minor units; accounts without entries are missing."""
    return await repository.balances(session, accounts)
