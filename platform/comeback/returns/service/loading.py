"""Finding a case, locked in the one order of locks: order, case."""

from uuid import UUID

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.kit.ids import parse_id
from comeback.kit.states import IllegalMove
from comeback.orders import service as orders
from comeback.returns import repository
from comeback.returns.errors import ReturnNotFound, WrongState
from comeback.returns.models import ReturnCase
from comeback.returns.rules.states import CASE


def known_id(value: str) -> UUID:
    """The id in a path; raises ReturnNotFound where it is none."""
    found = parse_id(value)
    if found is None:
        raise ReturnNotFound()
    return found


async def find(session: ReadSession, case_id: UUID) -> ReturnCase:
    """A case. Raises ReturnNotFound (404)."""
    found = await repository.case(session, case_id)
    if found is None:
        raise ReturnNotFound()
    return found


async def lock(session: WriteSession, case_id: UUID) -> ReturnCase:
    """A case, locked after its order. Raises ReturnNotFound (404)."""
    known = await find(session, case_id)
    await orders.lock_orders(session, [known.order_id])
    found = await repository.case(session, case_id, lock=True)
    assert found is not None
    return found


def move(case: ReturnCase, state: str) -> None:
    """Sets the state of a case. Raises WrongState (409) for an illegal move."""
    try:
        CASE.check(case.state, state)
    except IllegalMove as illegal:
        raise WrongState(f"The return is {case.state.replace('_', ' ')}.", extra={"state": case.state}) from illegal
    case.state = state


def actor(principal: Principal | None) -> str:
    """Who did something, without personal data."""
    return f"{principal.kind}:{principal.id}" if principal else "system"
