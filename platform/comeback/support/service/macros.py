"""Macros: answers that are written often."""

from uuid import UUID

from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.ids import new_id, parse_id
from comeback.support import repository
from comeback.support.errors import MacroNotFound, MacroTaken
from comeback.support.rules import tidy, unknown_places
from comeback.support.schemas import MacroIn, MacroList, MacroOut


async def list_macros(session: ReadSession) -> MacroList:
    """All macros by name."""
    return MacroList(items=[MacroOut(**row) for row in await repository.macros(session)])


async def create_macro(session: WriteSession, macro: MacroIn) -> MacroOut:
    """Adds a macro. Raises MacroTaken (409) and Invalid (422) for places that nothing fills."""
    return await _put(session, new_id(), macro)


async def change_macro(session: WriteSession, macro_id: str, macro: MacroIn) -> MacroOut:
    """Changes a macro. Raises MacroNotFound (404), MacroTaken (409), Invalid (422)."""
    known = _known(macro_id)
    if known not in {row["id"] for row in await repository.macros(session)}:
        raise MacroNotFound
    return await _put(session, known, macro)


async def drop_macro(session: WriteSession, macro_id: str) -> None:
    """Removes a macro. Raises MacroNotFound (404)."""
    if not await repository.drop_macro(session, _known(macro_id)):
        raise MacroNotFound


def _known(value: str) -> UUID:
    found = parse_id(value)
    if found is None:
        raise MacroNotFound
    return found


async def _put(session: WriteSession, macro_id: UUID, macro: MacroIn) -> MacroOut:
    name, body = " ".join(tidy(macro.name).split()), tidy(macro.body)
    if unknown := unknown_places(body):
        wrong = FieldError("/body", f"{{{unknown[0]}}} is unknown")
        raise Invalid("A macro names a place that nothing fills.", [wrong])
    if not name or not body:
        raise Invalid("A macro needs a name and a text.", [FieldError("/name" if not name else "/body", "is empty")])
    if not await repository.put_macro(session, macro_id, name, body):
        raise MacroTaken
    return MacroOut(id=macro_id, name=name, body=body)
