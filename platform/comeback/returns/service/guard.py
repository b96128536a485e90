"""Is a mail about a return still right, just before it leaves?"""

from collections.abc import Sequence
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.messages.schemas import GuardRequest
from comeback.returns import repository

ENDED = frozenset({"canceled", "declined", "expired"})
APPROVED = "return_approved"


async def still_right(session: ReadSession, asked: Sequence[GuardRequest]) -> dict[UUID, str | None]:
    """Send guard: "approved, here is your label" is not told of a case that was cancelled meanwhile."""
    about = {r.message_id: r.subjects["return"] for r in asked if r.template == APPROVED and "return" in r.subjects}
    if not about:
        return {}
    states = await repository.states(session, sorted(set(about.values())))
    return {
        message: f"superseded: the return is {states[case]}" for message, case in about.items()
        if states.get(case) in ENDED
    }  # fmt: skip
