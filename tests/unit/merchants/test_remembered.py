"""The memory of who a token belongs to."""

from comeback.merchants.service.remembered import Remembered


def test_it_forgets_in_time() -> None:
    now = 0.0
    memory: Remembered[str] = Remembered(seconds=30, clock=lambda: now)
    memory.put(b"a", "one")
    assert memory.get(b"a") == "one"
    now = 29.9
    assert memory.get(b"a") == "one"
    now = 30.0
    assert memory.get(b"a") is None


def test_it_stays_small() -> None:
    memory: Remembered[int] = Remembered(size=3)
    for number in range(10):
        memory.put(bytes([number]), number)
    assert [memory.get(bytes([n])) for n in range(10)] == [None] * 7 + [7, 8, 9]


def test_one_or_all_can_be_dropped() -> None:
    memory: Remembered[int] = Remembered()
    memory.put(b"a", 1)
    memory.put(b"b", 2)
    memory.forget(b"a")
    memory.forget(b"never there")
    assert (memory.get(b"a"), memory.get(b"b")) == (None, 2)
    memory.clear()
    assert memory.get(b"b") is None
