"""Coupon codes: random, without look-alikes, checked, the same in any spelling (R15, threat 9).

The alphabet has 29 letters (no 0 O, 1 I L, 5 S), a prime, so one weighted sum modulo 29 finds every single wrong
letter and every swap of neighbours. 13 random letters are 63 bits.
"""

ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
RANDOM_LETTERS = 13
ENTROPY_BITS = 80
"""Bits to draw for one code: 16 more than it can hold, so its letters are even to one in 65,000."""
PREVIEW = "PREVIEW-XXXX"
"""What previews and test sends show; no such coupon can exist (the letters of the word do not check)."""

_VALUE = {letter: n for n, letter in enumerate(ALPHABET)}
_GROUP = 5


def code_of(entropy: int) -> str:
    """The code of a random number of at least 64 bits, as it is stored: 14 letters, the last of them the check."""
    letters: list[str] = []
    for _ in range(RANDOM_LETTERS):
        entropy, digit = divmod(entropy, len(ALPHABET))
        letters.append(ALPHABET[digit])
    body = "".join(letters)
    return body + _check(body)


def shown(code: str) -> str:
    """A code as people read it: groups of five."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def fold(typed: str) -> str | None:
    """The stored form of a typed code (case, spaces and hyphens do not matter); None where it cannot be one of ours."""
    letters = "".join(c for c in typed.strip().upper() if c not in " -\u2010\u2011\u2013")
    if len(letters) != RANDOM_LETTERS + 1 or any(c not in _VALUE for c in letters):
        return None
    return letters if _check(letters[:-1]) == letters[-1] else None


def fold_shared(typed: str) -> str | None:
    """The stored form of a code that a shop chose itself (`SAVE10`): upper case without spaces; None if unusable."""
    letters = "".join(typed.upper().split())
    ok = 3 <= len(letters) <= 40 and letters.isascii() and letters.replace("-", "").replace("_", "").isalnum()
    return letters if ok else None


def _check(body: str) -> str:
    total = sum((n + 1) * _VALUE[letter] for n, letter in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]
