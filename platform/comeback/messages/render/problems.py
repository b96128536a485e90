"""What a publish says about a template: each problem points at its place."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """`where` is a line, a block or a word file; `level` is "error" (publish refused) or "warning"."""

    where: str
    message: str
    level: str = "error"
