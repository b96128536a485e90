"""Numbers of cases, as people read them out on the phone: random, so that nobody waits for the one before. Pure."""

ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
"""Without look-alikes (0 O, 1 I L, 5 S)."""
LETTERS = 6
BITS = 64
"""Bits to draw for one number: far more than it holds (29 bits), so that its letters are even."""


def number_of(entropy: int) -> str:
    """The number of a random integer of `BITS` bits: `RMA-7K4Q2M`, one of 594 million."""
    letters: list[str] = []
    for _ in range(LETTERS):
        entropy, digit = divmod(entropy, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return f"RMA-{''.join(letters)}"
