"""The gettext catalogues of the product: what they lack, and bringing them to the English of today.

`python -m tests.support.catalogues` (`make words`) writes every language's file anew from its `en.po`: new texts come
in empty, changed ones keep their old translation marked fuzzy. The studio's are written by `npm run words`.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message

from comeback.kit.languages import LANGUAGES, SOURCE
from comeback.kit.words.catalogue import messages, tuple_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "platform" / "comeback"
STUDIO = ROOT / "frontend" / "studio" / "words"
FOLDERS = (PACKAGE / "portal" / "words", PACKAGE / "kit" / "words", ROOT / "emails" / "words")
TRANSLATIONS = tuple(code for code in LANGUAGES if code != SOURCE)

BRACES = re.compile(r"\{(\w+)\}")
LIQUID_NAME = re.compile(
    r"\b(?:shipment|order|customer|return|refund|credit|offer|login|shop|tender|invitation)\.[a-z_.]+"
)
SUBJECT = 70

Places = Callable[[str], frozenset[str]]


def braces(text: str) -> frozenset[str]:
    """`{name}` places."""
    return frozenset(BRACES.findall(text))


def liquid_places(text: str) -> frozenset[str]:
    """Names that a mail's words print or ask for. A name may be asked for before it is used, so greetings by first
    name are free."""
    return frozenset(LIQUID_NAME.findall(text)) - {"customer.first_name"}


def problems(folder: Path, language: str, places: Places = braces) -> Iterator[str]:
    """Everything that is wrong with one catalogue, in words."""
    source = {m.context: tuple_of(m.id) for m in messages(folder, SOURCE)}
    found = {m.context: m for m in messages(folder, language)}
    name = (folder / f"{language}.po").relative_to(ROOT)
    yield from (f"{name} {key}: missing" for key in source.keys() - found.keys())
    yield from (f"{name} {key}: no longer used" for key in found.keys() - source.keys())
    header = (folder / f"{language}.po").read_text(encoding="utf-8").split("\n\n")[0]
    if LANGUAGES[language].plural not in header:
        yield f"{name}: Plural-Forms should be {LANGUAGES[language].plural}"
    for key in source.keys() & found.keys():
        if wrong := _wrong(found[key], source[key], language, places):
            yield f"{name} {key}: {wrong}"


def _wrong(message: Message, english: tuple[str, ...], language: str, places: Places) -> str | None:
    if tuple_of(message.id) != english:
        return "stale"
    if language == SOURCE:
        return None
    if message.fuzzy:
        return "fuzzy"
    forms = tuple_of(message.string)
    if len(forms) != (LANGUAGES[language].forms if len(english) > 1 else 1) or not all(f.strip() for f in forms):
        return "not translated"
    allowed = {places(text) for text in english}
    if any(places(form) not in allowed for form in forms):
        return "other places than in English"
    return None


def write(folder: Path, language: str, words: dict[str, tuple[str, ...]] | None = None) -> None:
    """One catalogue in the order of `en.po`; `words` are new translations by key."""
    old = {m.context: m for m in messages(folder, language)}
    blocks = [_header(language)]
    for entry in messages(folder, SOURCE):
        key, english = entry.context or "", tuple_of(entry.id)
        known, given = old.get(key), (words or {}).get(key)
        forms = given or (tuple_of(known.string) if known is not None else ())
        stale = given is None and known is not None and (known.fuzzy or tuple_of(known.id) != english)
        blocks.append(_block(key, english, forms, stale and any(forms), language))
    (folder / f"{language}.po").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _header(language: str) -> str:
    lines = (f"Language: {language}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
             "Content-Transfer-Encoding: 8bit", f"Plural-Forms: {LANGUAGES[language].plural}")  # fmt: skip
    return 'msgid ""\nmsgstr ""\n' + "\n".join(f'"{line}\\n"' for line in lines)


def _block(key: str, english: tuple[str, ...], forms: tuple[str, ...], stale: bool, language: str) -> str:
    lines = ["#, fuzzy"] if stale else []
    lines += [f"msgctxt {_quoted(key)}", f"msgid {_quoted(english[0])}"]
    if len(english) == 1:
        return "\n".join([*lines, f"msgstr {_quoted(forms[0] if len(forms) == 1 else '')}"])
    lines.append(f"msgid_plural {_quoted(english[1])}")
    wanted = LANGUAGES[language].forms
    padded = forms if len(forms) == wanted else ("",) * wanted
    return "\n".join([*lines, *(f"msgstr[{i}] {_quoted(form)}" for i, form in enumerate(padded))])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@cache
def studio_languages() -> dict[str, str]:
    """Codes and names of the studio's own list."""
    text = (ROOT / "frontend" / "studio" / "src" / "words" / "languages.ts").read_text(encoding="utf-8")
    return dict(re.findall(r"^ {2}(\w\w): '([^']+)'", text, re.MULTILINE))


if __name__ == "__main__":
    for place in FOLDERS:
        for code in LANGUAGES:
            write(place, code)
