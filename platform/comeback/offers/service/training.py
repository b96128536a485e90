"""Training of a shop's co-purchases, in three phases: read, compute (no transaction open), store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from comeback.core import clock, progress
from comeback.core.db import WriteSession
from comeback.core.outbox import enqueue
from comeback.kit.ids import new_id
from comeback.offers.repository import products as repository
from comeback.offers.rules.training import Neighbours, train

WINDOW = timedelta(days=365)
PHASES = 3


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from: pairs (person, product) as numbers into `products`."""

    task: UUID
    people: Any
    items: Any
    products: list[str]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows of the model, ready to be stored."""

    rows: list[dict[str, Any]]


async def start_training(session: WriteSession) -> UUID:
    """Enqueues a training and answers the task that shows its progress."""
    task = await progress.start(session, "offers.train", PHASES)
    await enqueue(session, "offers.train", {"task": str(task)})
    return task


async def read_lesson(session: WriteSession, task: UUID | None) -> Lesson:
    """Purchases of the last year, as numbers."""
    task = task or await progress.start(session, "offers.train", PHASES)
    pairs = await repository.purchases(session, clock.now() - WINDOW)
    people: dict[UUID, int] = {}
    products: dict[str, int] = {}
    coded = np.empty((len(pairs), 2), dtype=np.int64)
    for n, (person, product) in enumerate(pairs):
        coded[n] = people.setdefault(person, len(people)), products.setdefault(product, len(products))
    await progress.step(session, task, 1)
    return Lesson(task, coded[:, 0], coded[:, 1], list(products))


def learn(lesson: Lesson) -> Lessons:
    """The model's rows; pure and slow (seconds for 5,000 products)."""
    found = train(lesson.people, lesson.items)
    names = [lesson.products[i] for i in found.items]
    return Lessons([_row(found, names, r) for r in range(len(names))])


def _row(found: Neighbours, names: Sequence[str], row: int) -> dict[str, Any]:
    near = [(names[i], float(w)) for i, w in zip(found.index[row], found.weight[row], strict=True) if w > 0]
    return {
        "product": names[row],
        "neighbours": [p for p, _ in near],
        "weights": [w for _, w in near],
        "buyers": int(found.buyers[row]),
        "appeal_score": float(found.appeal[row]),
    }


async def store_lesson(session: WriteSession, lesson: Lesson, outcome: Lessons | Exception) -> None:
    """Puts the new model in place; a failure is shown on the task and raised for the retry."""
    if isinstance(outcome, Exception):
        raise outcome
    model = {"id": new_id(), "items": len(outcome.rows), "lines": len(lesson.people), "trained_at": clock.now()}
    await repository.store_model(session, model, outcome.rows)
    await progress.step(session, lesson.task, PHASES)
    await progress.finish(session, lesson.task, result={"products": model["items"], "purchases": model["lines"]})
