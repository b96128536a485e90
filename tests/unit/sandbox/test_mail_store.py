"""The mailbox's memory: bounded, on disk, whole again after a crash."""

from pathlib import Path

from comeback.sandbox.mailbox.store import SEGMENT, MailStore


def add(store: MailStore, number: int) -> None:
    store.add("a@b.c", [f"u{number}@x.y"], b"Subject: %d\r\n\r\nbody\r\n" % number, float(number))


def test_the_oldest_thousand_goes(tmp_path: Path) -> None:
    store = MailStore(tmp_path, keep=2 * SEGMENT)
    for number in range(3 * SEGMENT):
        add(store, number)
    assert len(store) == 2 * SEGMENT
    assert len(list(tmp_path.glob("*.mail"))) == 2
    assert store.find("u0@x.y") == []
    (newest,) = store.find(None, 1)
    assert newest.recipients == [f"u{3 * SEGMENT - 1}@x.y"]
    assert store.raw(newest).startswith(b"Subject: 2999")
    store.close()


def test_a_torn_end_is_cut_off(tmp_path: Path) -> None:
    store = MailStore(tmp_path, keep=SEGMENT)
    for number in range(3):
        add(store, number)
    store.close()
    (file,) = tmp_path.glob("*.mail")
    whole = file.read_bytes()
    for cut in (5, 30, len(whole) // 3):
        file.write_bytes(whole[:-cut])
        again = MailStore(tmp_path, keep=SEGMENT)
        assert len(again) == 2
        add(again, 9)
        assert [envelope.id for envelope in again.find(None)] == ["m00000003", "m00000002", "m00000001"]
        assert again.raw(again.find("u9@x.y")[0]) == b"Subject: 9\r\n\r\nbody\r\n"
        again.close()
    assert len(MailStore(tmp_path, keep=SEGMENT)) == 3


def test_clearing_and_going_on(tmp_path: Path) -> None:
    store = MailStore(tmp_path, keep=SEGMENT)
    add(store, 1)
    store.clear()
    assert (len(store), store.find("u1@x.y"), list(tmp_path.glob("*.mail"))) == (0, [], [])
    add(store, 2)
    assert store.raw(store.find(None)[0]).startswith(b"Subject: 2")
    store.close()


def test_without_a_folder_nothing_is_left() -> None:
    store = MailStore(None, keep=10)
    add(store, 1)
    folder = Path(store._segments[0].name).parent
    assert folder.exists()
    store.close()
    assert not folder.exists()
