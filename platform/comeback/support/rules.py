"""Pure decisions of support: states of a ticket, its number, what a macro says, what a mail quotes."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from comeback.kit.states import Machine

TICKET = Machine(
    "ticket",
    {
        "open": {"waiting", "closed"},
        "waiting": {"open", "closed"},
        "closed": {"open", "waiting"},
    },
)
"""`open`: it is our turn; `waiting`: the customer's. An answer on a closed ticket keeps the door open."""

HOLD = "ticket"
"""Reason of the hold on an order's marketing while a ticket is not closed."""
ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
"""Without look-alikes (0 O, 1 I L, 5 S)."""
LETTERS = 6
BITS = 64
SUBJECT_MAX = 120
BODY_MAX = 5000
QUOTED = 3
"""How many earlier messages a mail repeats."""
QUOTE_MAX = 1200
"""Characters of each of them."""
PLACES = ("first_name", "last_name", "order_number", "tracking_number", "shop_name", "agent_name")
"""What a macro may name in braces."""
_PLACE = re.compile(r"\{([a-z_]+)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Said(msgspec.Struct, frozen=True):
    """One message of a thread, as a mail quotes it."""

    direction: str
    author: str
    body: str
    at: datetime


def number_of(entropy: int) -> str:
    """The number of a random integer of `BITS` bits: `T-7K4Q2M`. Random, so that it does not tell how many ask."""
    letters: list[str] = []
    for _ in range(LETTERS):
        entropy, digit = divmod(entropy, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return f"T-{''.join(letters)}"


def state_after(state: str, direction: str) -> str:
    """The state once something was written: the customer's word makes it our turn (a closed ticket opens again), our
    answer theirs, a note changes nothing."""
    return {"in": "open", "out": "waiting"}.get(direction, state)


def tidy(text: str) -> str:
    """What a person typed, as it is kept: lines by `\\n`, no control characters, no blanks at the ends, at most two
    line breaks in a row."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def subject_of(subject: str, body: str) -> str:
    """The subject, or the beginning of the first line where none was given."""
    said = " ".join(tidy(subject).split()) or " ".join(tidy(body).split("\n")[0].split())
    return said if len(said) <= SUBJECT_MAX else f"{said[: SUBJECT_MAX - 1].rstrip()}…"


def unknown_places(body: str) -> list[str]:
    """Places of a macro that nothing fills; empty where it can be used."""
    return sorted({name for name in _PLACE.findall(body) if name not in PLACES})


def filled(body: str, values: Mapping[str, str]) -> str:
    """A macro with its places filled in; what is not known becomes empty, other braces stay."""
    return _PLACE.sub(lambda found: values.get(found[1], "") if found[1] in PLACES else found[0], body)


def paragraphs(body: str) -> list[str]:
    """The lines of a message for a mail; empty lines are left to the distance between them."""
    return [line.strip() for line in body.split("\n") if line.strip()]


def quoted(thread: Sequence[Said]) -> list[Said]:
    """The last messages of both sides, newest first, long ones cut; notes are never quoted."""
    told = [said for said in thread if said.direction != "note"][-QUOTED:]
    return [
        Said(said.direction, said.author, said.body if len(said.body) <= QUOTE_MAX else f"{said.body[:QUOTE_MAX]} …",
             said.at)
        for said in reversed(told)
    ]  # fmt: skip
