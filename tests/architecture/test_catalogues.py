"""Every language says everything: no missing, stale or fuzzy translation, the same places, the right plural forms."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from comeback.kit.languages import LANGUAGES, NAMES, SOURCE
from comeback.kit.words.catalogue import messages, tuple_of
from tests.support.catalogues import FOLDERS, ROOT, STUDIO, TRANSLATIONS, liquid_places, problems, studio_languages

CATALOGUES = {"portal": FOLDERS[0], "kit": FOLDERS[1], "emails": FOLDERS[2], "studio": STUDIO}
FOLDED = re.compile(r"\s{2,}|^\s|\s$")


def test_there_is_one_list_of_languages() -> None:
    assert studio_languages() == dict(NAMES)
    for folder in CATALOGUES.values():
        assert {path.stem for path in folder.glob("*.po")} == set(LANGUAGES), folder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CATALOGUES)
def test_nothing_is_missing_stale_or_fuzzy(name: str, language: str) -> None:
    places = {"places": liquid_places} if name == "emails" else {}
    found = list(problems(CATALOGUES[name], language, **places))
    assert not found, f"{len(found)} problems; `make words` brings the catalogues to the English of today"


def _words(folder: Path, language: str) -> dict[str, tuple[str, ...]]:
    return {m.context or "": tuple_of(m.string) for m in messages(folder, language)}


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("name", CATALOGUES)
def test_words_are_written_as_the_language_writes_them(name: str, language: str) -> None:
    wrong: list[str] = []
    source = {m.context or "": tuple_of(m.id) for m in messages(CATALOGUES[name], SOURCE)}
    for key, forms in _words(CATALOGUES[name], language).items():
        text = " ".join(forms)
        if any(FOLDED.search(form) for form in forms) and not FOLDED.search(" ".join(source[key])):
            wrong.append(f"{key}: blanks")
        if language == "ro" and re.search("[şţŞŢ]", text):
            wrong.append(f"{key}: ș and ț have a comma below")
        if language == "ru" and re.search(r"[а-яё][a-z]|[a-z][а-яё]", text, re.IGNORECASE):
            wrong.append(f"{key}: Latin letters inside a Cyrillic word")
        if language == "fr" and re.search(r"\w[?!]|[^\W\d_] [?!;]", re.sub(r"\{[{%].*?[%}]\}", "", text)):
            wrong.append(f"{key}: a narrow no-break space goes before ? ! ;")
        if language == "es" and text.count("?") != text.count("¿"):
            wrong.append(f"{key}: ¿…?")
    assert not wrong


def test_the_studio_has_been_extracted() -> None:
    node, packages = shutil.which("node"), ROOT / "frontend" / "node_modules"
    if node is None or not packages.is_dir():
        pytest.skip("the front end is not installed")
    checked = subprocess.run(
        [node, "scripts/words.mjs", "check"],
        cwd=ROOT / "frontend" / "studio",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr[:2000]
