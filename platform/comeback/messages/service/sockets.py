"""The sockets of this room: blocks and guards that rooms beside and above plug in through the wiring."""

from collections.abc import Mapping, Sequence

from comeback.messages.schemas import BlockProvider, SendGuard

BLOCKS: dict[str, BlockProvider] = {}
GUARDS: list[SendGuard] = []


def plug(blocks: Mapping[str, BlockProvider], guards: Sequence[SendGuard] = ()) -> None:
    """Adds providers by block name (a later one replaces an earlier) and guards."""
    BLOCKS.update(blocks)
    GUARDS.extend(guard for guard in guards if guard not in GUARDS)


def unplug(*names: str) -> None:
    """Takes providers out again, or everything when no name is given."""
    for name in names or tuple(BLOCKS):
        BLOCKS.pop(name, None)
    if not names:
        GUARDS.clear()
