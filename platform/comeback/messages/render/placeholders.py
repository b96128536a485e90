"""Liquid placeholders as opaque tokens, so that neither MJML nor an HTML parser ever sees their insides."""

import re
from dataclasses import dataclass, field

LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
WORD = "q{salt}z{number:04d}q"


class BrokenPlaceholder(ValueError):
    """A `{{` or `{%` without its end, or an end without its start."""


@dataclass(slots=True)
class Placeholders:
    """The tokens of one template. `salt` is chosen so that no token occurs in the source by chance."""

    salt: str
    originals: list[str] = field(default_factory=list)

    @classmethod
    def for_source(cls, source: str) -> "Placeholders":
        number = 0
        while f"q{number}x" in source:
            number += 1
        return cls(f"{number}x")

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"q{self.salt}z(\d{{4,6}})q")

    def add(self, liquid: str) -> str:
        self.originals.append(liquid)
        return WORD.format(salt=self.salt, number=len(self.originals) - 1)

    def hide(self, source: str) -> str:
        """`source` with every placeholder replaced by a token; refuses unbalanced braces."""
        hidden = LIQUID.sub(lambda match: self.add(match.group()), source)
        for mark in ("{{", "{%", "%}"):
            if mark in hidden:
                at = hidden.index(mark)
                raise BrokenPlaceholder(f"unbalanced {mark} near {hidden[at : at + 40]!r}")
        return hidden

    def show(self, hidden: str) -> str:
        """The placeholders put back."""
        return self.pattern.sub(lambda match: self.originals[int(match.group(1))], hidden)

    def missing(self, hidden: str) -> list[str]:
        """Placeholders that the compiler dropped, as the author wrote them."""
        seen = {int(number) for number in self.pattern.findall(hidden)}
        return [text for number, text in enumerate(self.originals) if number not in seen]

    def original(self, token: str) -> str | None:
        """The placeholder behind `token` when `token` is exactly one placeholder."""
        match = self.pattern.fullmatch(token)
        return self.originals[int(match.group(1))] if match else None
