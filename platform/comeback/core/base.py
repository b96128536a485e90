"""What tables and sessions are made of: the declarative base, the shop row, the two session types."""

from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, MetaData, Text, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import CursorResult, Result
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from comeback.kit.ids import new_id

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

EXTRA_DDL: dict[str, tuple[str, ...]] = {}
"""SQL that metadata cannot say (triggers, functions, storage), by a key that is unique and sorts in order."""


def register_ddl(key: str, *statements: str) -> None:
    """Adds statements that run after the tables exist; the key names the table or the mechanism."""
    EXTRA_DDL[key] = statements


def personal(keep: str | None = None) -> dict[str, Any]:
    """Column `info` of personal data: erased on request, or kept for the reason given."""
    return {"personal": True, "keep": keep}


def machinery(*rights: str) -> dict[str, Any]:
    """Table `info`: what the cross-shop machinery role may do with it (select, insert, update, delete)."""
    return {"machinery": rights}


class Base(DeclarativeBase):
    """Base of all tables. Every table leads with `shop_id`."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bytes: LargeBinary(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: JSONB(),
    }


class ShopRow:
    """A row of one shop: composite key (shop_id, id)."""

    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class ReadSession(AsyncSession):
    """A read-only transaction of one shop."""

    shop_id: UUID


class WriteSession(ReadSession):
    """The unit of work of one shop: commits once, at the edge; then rings for the jobs it made."""

    rings: list[UUID]
    wakes: set[str]

    def ring(self, *job_ids: UUID) -> None:
        """Remembers outbox rows whose doorbell is rung after the commit."""
        self.rings.extend(job_ids)

    def wake(self, name: str) -> None:
        """Remembers a loop (such as the sender) to be woken after the commit."""
        self.wakes.add(name)


def rows(result: Result[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    """All rows as plain dictionaries."""
    return [dict(r) for r in result.mappings()]


def affected(result: Result[*tuple[Any, ...]]) -> int:
    """How many rows a statement changed; a conditional statement is only done when this was looked at."""
    return cast("CursorResult[Any]", result).rowcount


class FilteredSession(Session):
    """The synchronous half: adds the shop to every ORM query (the first line; row security is the second)."""


@event.listens_for(FilteredSession, "do_orm_execute")
def _only_this_shop(state: ORMExecuteState) -> None:
    shop = state.session.info.get("filter_shop")
    if shop is not None and (state.is_select or state.is_update or state.is_delete) and not state.is_column_load:
        state.statement = state.statement.options(
            with_loader_criteria(ShopRow, lambda row: row.shop_id == shop, include_aliases=True)
        )
