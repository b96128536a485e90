"""Jobs of offers: training, and what becomes of coupons when their message was accepted or failed."""

import asyncio
from typing import Any
from uuid import UUID

from comeback.core.db import WriteSession
from comeback.core.events import load_event
from comeback.offers.service.coupons import confirm_coupons, release_coupons
from comeback.offers.service.training import Lesson, Lessons, learn, read_lesson, store_lesson


class TrainJob:
    """Reads, then computes with no transaction open, then stores; a repeat trains again."""

    name = "offers.train"

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Lesson | None:
        """Reads the purchases."""
        task = payload.get("task")
        return await read_lesson(session, UUID(task) if task else None)

    async def call(self, task: Lesson) -> Lessons:
        """Computes beside the event loop."""
        return await asyncio.to_thread(learn, task)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Lesson, outcome: Lessons | Exception
    ) -> None:
        """Stores the model."""
        await store_lesson(session, task, outcome)


async def confirm(session: WriteSession, payload: dict[str, Any]) -> None:
    """A mail with marketing in it was accepted."""
    await confirm_coupons(session, [str((await load_event(session, payload["event"])).data["send_key"])])


async def release(session: WriteSession, payload: dict[str, Any]) -> None:
    """A mail with marketing in it will not arrive."""
    await release_coupons(session, [str((await load_event(session, payload["event"])).data["send_key"])])


def jobs(services: object) -> dict[str, Any]:
    """Job name → job."""
    return {TrainJob.name: TrainJob(), "offers.confirm": confirm, "offers.release": release}
