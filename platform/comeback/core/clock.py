"""Business time: the only clock that rules about customers see.

It is UTC now, plus an offset and at a speed that the local rehearsal and the tests can set; leases, rate limits and
back-off use the database clock instead. The setting lies in `business_clock`, so all processes agree.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Float, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, register_ddl

NIL = UUID(int=0)


class BusinessClock(Base):
    """One row (key 1, shop nil): at `anchor_real` business time was `anchor_business` and ran at `speed`."""

    __tablename__ = "business_clock"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True, default=NIL)
    key: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
    anchor_real: Mapped[datetime]
    anchor_business: Mapped[datetime]
    speed: Mapped[float] = mapped_column(Float, default=1.0)
    __table_args__ = ({"info": {"machinery": ("select",)}},)


class Clock:
    """Business time as a straight line through an anchor."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Business time is real time."""
        self._anchor_real = self._anchor_business = datetime.now(UTC)
        self._speed = 1.0
        self._moved = False

    def set(self, anchor_real: datetime, anchor_business: datetime, speed: float = 1.0) -> None:
        """Business time runs from `anchor_business` at `speed` since `anchor_real`."""
        self._anchor_real, self._anchor_business, self._speed = anchor_real, anchor_business, speed
        self._moved = True

    def now(self) -> datetime:
        """Business time now, UTC."""
        real = datetime.now(UTC)
        if not self._moved:
            return real
        return self._anchor_business + (real - self._anchor_real) * self._speed

    def advance(self, step: timedelta) -> None:
        """Moves business time forward; the speed stays."""
        self.set(datetime.now(UTC), self.now() + step, self._speed)

    def anchor(self) -> tuple[datetime, datetime, float]:
        """What `set` would need to give the same time."""
        return self._anchor_real, self._anchor_business, self._speed


clock = Clock()
"""The process's business clock."""


async def load_clock(session: ReadSession) -> None:
    """Takes over what the database says of business time."""
    row = (await session.execute(text("SELECT anchor_real, anchor_business, speed FROM business_clock"))).one_or_none()
    if row is not None:
        clock.set(row.anchor_real, row.anchor_business, row.speed)


async def store_clock(session: ReadSession) -> None:
    """Tells all processes of this installation the process's business time."""
    real, business, speed = clock.anchor()
    await session.execute(
        text(
            "INSERT INTO business_clock (shop_id, key, anchor_real, anchor_business, speed) "
            "VALUES (:nil, 1, :real, :business, :speed) ON CONFLICT (shop_id, key) DO UPDATE "
            "SET anchor_real = :real, anchor_business = :business, speed = :speed"
        ),
        {"nil": NIL, "real": real, "business": business, "speed": speed},
    )


def now() -> datetime:
    """Business time now, UTC."""
    return clock.now()


register_ddl(
    "business_clock_policy",
    "DROP POLICY IF EXISTS everyone ON business_clock",
    "CREATE POLICY everyone ON business_clock TO comeback_app, comeback_machinery USING (true) WITH CHECK (true)",
)
