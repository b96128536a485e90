"""Whatever is sent to the API, it keeps to its own description: no 5xx, no answer outside its schema, nothing of
another shop. Calls are generated from the description itself (schemathesis), half of them with ids that exist."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import APIOperation, Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import MakeWorld
from tests.support.world import World

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALLS = int(os.environ.get("OPENAPI_CALLS", "6"))
"""Calls to each operation."""
LONG_CALLS = 220


@dataclass
class Caller:
    """Calls as one shop's developer, now and then naming things of this shop or the other."""

    key: str
    known: list[str]
    canary: str
    calls: Counter[int] = field(default_factory=Counter[int])
    offences: list[str] = field(default_factory=list[str])
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def call(self, case: Case) -> None:
        """One call and everything that must hold for its answer."""
        for name in case.path_parameters or {}:
            if self.chance.random() < 0.5:
                case.path_parameters[name] = self.chance.choice(self.known)
        answer = case.call(headers={"Authorization": f"Bearer {self.key}"}, timeout=30, allow_redirects=False)
        self.calls[answer.status_code] += 1
        if self.canary in answer.text:
            self.offences.append(f"{case.operation.label}: something of another shop")
        try:
            case.validate_response(Response.from_any(answer), checks=CHECKS)
        except BaseException as error:  # schemathesis raises groups of failures
            self.offences.append(f"{case.operation.label} {answer.status_code}: {error!s:.600}")

    def sweep(self, operation: APIOperation, calls: int) -> None:
        """`calls` generated calls to one operation."""

        @seed(11)
        @settings(
            max_examples=calls, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def calling(case: Case) -> None:
            self.call(case)

        calling()


def _operations(base_url: str) -> Iterator[APIOperation]:
    schema = schemathesis.openapi.from_url(f"{base_url}/api/openapi.json")
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if operation.path.startswith("/api/v1/"):
            yield operation


async def _furnish(world: World, mark: str) -> list[str]:
    """A shop with one of everything; answers the ids that the API names."""
    order: dict[str, Any] = {
        "external_id": f"{mark}-1", "number": f"#{mark}", "placed_at": "2026-11-01T10:00:00Z", "currency": "EUR",
        "tax_included": True,
        "customer": {"external_id": f"{mark}-c", "email": f"{mark}@example.com", "first_name": mark},
        "lines": [{"external_id": "l1", "sku": mark, "product_id": "p", "variant_id": "v", "title": mark,
                   "quantity": 2, "unit_price": 5000, "tax": 0}],
        "shipping": {"amount": 0, "cheapest_standard": 0, "tax": 0, "method": "standard"},
        "tenders": [{"id": "t1", "kind": "bank", "amount": 10000}],
    }  # fmt: skip
    made = await world.post("/api/v1/orders", order, expect=201)
    parcel = {
        "carrier": "sandbox", "service": "standard", "tracking_number": f"{mark}N",
        "lines": [{"line": "l1", "quantity": 2}], "shipped_at": "2026-11-02T10:00:00Z",
    }  # fmt: skip
    sent = await world.post(f"/api/v1/orders/{made['id']}/shipments", parcel, expect=201)
    await world.drain()
    messages = (await world.get("/api/v1/messages", order=made["id"]))["items"]
    flows = (await world.get("/api/v1/flows"))["items"]
    return [made["id"], sent["id"], *(m["id"] for m in messages), *(f["id"] for f in flows[:2]), "shipped", "1"]


async def _campaign(make_world: MakeWorld, calls: int) -> Caller:
    mine, other = await make_world(), await make_world()
    known = [*await _furnish(mine, "mineonly"), *await _furnish(other, "canarycanary")]
    caller = Caller(mine.client.headers["authorization"].removeprefix("Bearer "), known, "canarycanary")

    def run() -> None:
        for operation in _operations(mine.base_url):
            caller.sweep(operation, calls)

    await asyncio.to_thread(run)
    return caller


async def test_the_api_keeps_to_its_description(make_world: MakeWorld) -> None:
    caller = await _campaign(make_world, CALLS)
    assert not caller.offences, "\n\n".join(dict.fromkeys(caller.offences))


@pytest.mark.long
async def test_the_api_keeps_to_its_description_in_20_000_calls(make_world: MakeWorld) -> None:
    caller = await _campaign(make_world, LONG_CALLS)
    assert caller.calls.total() >= 20_000, caller.calls
    assert not caller.offences, "\n\n".join(dict.fromkeys(caller.offences))
