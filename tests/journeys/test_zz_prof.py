import cProfile, pstats, asyncio
from tests.journeys.test_returns_more import *
async def test_prof(world):
    await stocked(world, **{"v-A": 3})
    sold = await Sold.make(world, [line_body("A", 3, 60_000, tax=12_345)])
    await sold.give_back(("A", 4_321))
    p=cProfile.Profile(); p.enable()
    await sold.give_back(("A", 55_679))
    p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(18)
