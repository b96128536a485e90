"""Published definitions, parsed once a process: versions never change."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.flows.repository import definitions as repository
from comeback.flows.rules.definition import Plan, parse

LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version in force: its plan, and the family whose steps are sent once."""

    family: str
    number: int
    plan: Plan


_KNOWN: dict[tuple[UUID, UUID], Version] = {}


async def versions(session: ReadSession, ids: Iterable[UUID]) -> dict[UUID, Version]:
    """Versions by id; only unknown ones are asked for."""
    wanted = set(ids)
    missing = [i for i in wanted if (session.shop_id, i) not in _KNOWN]
    if missing:
        if len(_KNOWN) > LIMIT:
            _KNOWN.clear()
            missing = list(wanted)
        for row in await repository.definitions(session, missing):
            plan = Plan(parse(row["definition"]))
            _KNOWN[session.shop_id, row["id"]] = Version(row["family"], row["version"], plan)
    return {i: _KNOWN[session.shop_id, i] for i in wanted}
