from tests.journeys.test_returns_scenarios import *
async def test_dbg(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000, tax=400)])
    settled = await sold.give_back({"line": "A", "reason": "too_small", "resolution": "store_credit"})
    for m in (await world.get("/api/v1/messages"))["items"]:
        print(m["template"], m["state"], m["why"])
    r = await world.client.get(f"/api/v1/returns/{settled['case']['id']}/label")
    print(r.status_code, r.text[:300])
