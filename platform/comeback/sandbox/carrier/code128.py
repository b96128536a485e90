"""Code 128 (ISO/IEC 15417), sets B and C: a tracking number as bar and space widths."""

_TABLE = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS = [_TABLE[at : at + 6] for at in range(0, len(_TABLE), 6)]
STOP = "2331112"
START_B, START_C, TO_B, TO_C = 104, 105, 100, 99


def _values(text: str) -> list[int]:
    """Symbol values: digits in pairs (set C) wherever four or more stand together."""
    values: list[int] = []
    mode, at = "", 0
    while at < len(text):
        run = len(text[at:]) - len(text[at:].lstrip("0123456789"))
        wanted = "C" if run >= (2 if mode == "C" else 4) else "B"
        if wanted != mode:
            first = START_C if wanted == "C" else START_B
            values.append(first if not mode else (TO_C if wanted == "C" else TO_B))
            mode = wanted
        if mode == "C":
            values.append(int(text[at : at + 2]))
            at += 2
        else:
            values.append(ord(text[at]) - 32)
            at += 1
    return values


def widths(text: str) -> list[int]:
    """Alternating bar and space widths in modules, first a bar; without quiet zones. Raises ValueError outside ASCII 32
    to 126 and for no text."""
    if not text or not all(32 <= ord(sign) <= 126 for sign in text):
        raise ValueError(f"Code 128 here holds printable ASCII only: {text!r}")
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [int(width) for symbol in (*values, check) for width in _WIDTHS[symbol]] + [int(width) for width in STOP]
