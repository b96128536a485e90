"""More pictures of Casa Lume: textiles, furniture, bath and garden."""

from collections.abc import Callable

from comeback.app.seeds.canvas import Canvas, mix

SAND, ROSE, SAGE, SKY, CREAM = ("#f6ead9", "#ecd3b8"), ("#f8e4de", "#eec8bd"), ("#e7eee0", "#cbdabf"), (
    "#e2edf3", "#c4d9e6"), ("#fbf3e2", "#f1dfbd")  # fmt: skip
WHITE, INK, OAK, BRASS, LINEN = "#ffffff", "#2f3142", "#c98d56", "#c9a15a", "#efe4d2"
PETROL, MOSS, OCHRE, CORAL, TERRA, LEAF = "#4f7d86", "#6f8a5b", "#dca24a", "#d9765c", "#c26a43", "#5f8f5a"


def towels() -> bytes:
    """Three folded towels."""
    c = Canvas(*SKY, disc="#eff6fa")
    c.shadow(300, 486, 190, 18)
    for n, tone in enumerate((PETROL, "#f4efe6", CORAL)):
        top = 396 - n * 88
        c.box(128, top, 472, top + 90, tone, 42, 0.22)
        c.line([(150, top + 45), (440, top + 45)], mix(tone, INK, 0.16), 4)
        c.box(386, top + 8, 412, top + 82, mix(tone, WHITE, 0.4), 6, 0.1)
    return c.png()


def rug() -> bytes:
    """A woven rug."""
    c = Canvas(*CREAM)
    c.shadow(300, 470, 240, 20)
    c.polygon([(150, 220), (450, 220), (540, 460), (60, 460)], LINEN, 0.12)
    for top, tone in ((0.14, TERRA), (0.34, OCHRE), (0.5, PETROL), (0.68, OCHRE), (0.86, TERRA)):
        y, inset = 220 + 240 * top, 150 - 90 * top
        c.line([(inset + 8, y), (600 - inset - 8, y)], tone, 12)
    for x in range(66, 540, 18):
        c.line([(x, 460), (x - 2, 486)], mix(LINEN, INK, 0.14), 5)
    return c.png()


def curtain() -> bytes:
    """A linen curtain on a rod."""
    c = Canvas("#fdf7e6", "#dfe9ea")
    c.line([(90, 110), (510, 110)], BRASS, 12)
    for x in range(7):
        left = 130 + x * 50
        tone = LINEN if x % 2 else mix(LINEN, INK, 0.08)
        c.polygon([(left, 116), (left + 50, 116), (left + 56, 540), (left - 6, 540)], tone, 0.2)
        c.ring(left + 25, 112, 9, 12, mix(BRASS, INK, 0.2), 5)
    c.disc(84, 110, 14, BRASS)
    c.disc(516, 110, 14, BRASS)
    return c.png()


def basket() -> bytes:
    """A seagrass basket."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    c.shadow(300, 510, 150)
    for x in (196, 404):
        c.ring(x, 266, 46, 50, mix(OAK, INK, 0.2), 15)
    c.lathe(300, [(270, 150), (380, 166), (470, 146), (506, 118)], mix(OAK, WHITE, 0.2))
    for y, r in ((310, 156), (350, 162), (390, 165), (430, 158), (470, 146)):
        c.ring(300, y, r, 14, mix(OAK, INK, 0.16), 4)
    c.oval(300, 272, 150, 26, mix(OAK, INK, 0.4))
    c.blob([(200, 268), (260, 210), (340, 224), (400, 266), (300, 284)], LINEN, 0.15)
    return c.png()


def stool() -> bytes:
    """A three-legged stool."""
    c = Canvas(*SKY, disc="#eff6fa")
    c.shadow(300, 524, 140, 16)
    for x, foot in ((216, 184), (300, 306), (384, 416)):
        c.line([(x, 250), (foot, 520)], mix(OAK, INK, 0.2), 22)
    c.line([(206, 410), (394, 410)], mix(OAK, INK, 0.3), 12)
    c.oval(300, 256, 160, 38, mix(OAK, INK, 0.28))
    c.oval(300, 236, 160, 38, OAK, 0.2)
    c.ring(300, 236, 104, 22, mix(OAK, INK, 0.12), 4)
    return c.png()


def shelf() -> bytes:
    """A wall shelf with books."""
    c = Canvas(*ROSE)
    for y in (240, 430):
        c.box(100, y, 500, y + 20, OAK, 4, 0.2)
        c.shadow(300, y + 30, 190, 8, 0.16)
    for x, top, wide, tone in (
        (126, 130, 34, PETROL), (164, 150, 26, CORAL), (194, 140, 40, LINEN), (238, 160, 24, OCHRE),
        (330, 330, 30, MOSS), (364, 316, 38, TERRA), (406, 340, 28, INK),
    ):  # fmt: skip
        c.box(x, top, x + wide, 240 if top < 240 else 430, tone, 3, 0.2)
    c.lathe(400, [(170, 16), (196, 20), (226, 36), (240, 30)], TERRA)
    c.line([(400, 170), (386, 110)], LEAF, 5, soft=True)
    c.lathe(190, [(360, 44), (400, 50), (430, 36)], "#f4efe6")
    for x, y in ((160, 310), (190, 290), (220, 312)):
        c.blob([(190, 362), (x - 12, y + 10), (x, y - 20), (x + 12, y + 10)], LEAF, 0.15)
    return c.png()


def frame() -> bytes:
    """A picture frame with a print."""
    c = Canvas(*SAND)
    c.shadow(304, 520, 150, 14)
    c.box(150, 80, 450, 510, OAK, 6, 0.25)
    c.box(168, 98, 432, 492, "#fbf8f1", 2, 0.04)
    c.box(206, 140, 394, 450, "#f3dccb", 2, 0)
    c.disc(330, 220, 40, CORAL)
    c.blob([(206, 380), (260, 320), (320, 350), (394, 300), (394, 450), (206, 450)], PETROL, 0.1)
    c.blob([(206, 420), (280, 386), (394, 410), (394, 450), (206, 450)], mix(PETROL, INK, 0.4), 0.1)
    return c.png()


def hooks() -> bytes:
    """A rail with five hooks and a hat."""
    c = Canvas(*SKY)
    c.box(90, 220, 510, 280, OAK, 14, 0.2)
    for x in (140, 220, 300, 380, 460):
        c.line([(x, 250), (x, 330), (x + 20, 344)], BRASS, 12, soft=True)
        c.disc(x, 250, 10, mix(BRASS, INK, 0.2))
    c.oval(222, 372, 96, 22, "#e3cfa0", 0.2)
    c.lathe(222, [(300, 40), (330, 56), (370, 60)], "#e3cfa0", 0.25)
    c.line([(166, 362), (278, 362)], INK, 11)
    return c.png()


def soap() -> bytes:
    """A bar of olive soap on a dish."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    c.shadow(300, 446, 170, 16)
    c.oval(300, 410, 176, 44, mix(LINEN, INK, 0.12), 0.1)
    c.oval(300, 396, 176, 44, "#f7f2e8", 0.14)
    c.box(196, 290, 404, 400, "#c5cf9a", 36, 0.25)
    c.box(222, 312, 378, 366, mix("#c5cf9a", INK, 0.12), 22, 0)
    c.blob([(262, 340), (300, 318), (338, 340), (300, 360)], MOSS, 0.1)
    for x, y, r in ((430, 330, 22), (458, 290, 14), (420, 276, 10)):
        c.ring(x, y, r, r, WHITE, 4)
    return c.png()


def diffuser() -> bytes:
    """A bottle with scented sticks."""
    c = Canvas(*ROSE, disc="#fdf1ec")
    c.shadow(300, 510, 100)
    for x, top in ((210, 120), (262, 84), (312, 70), (366, 96), (412, 140)):
        c.line([(300, 300), (x, top)], mix(OAK, INK, 0.1), 6)
    c.box(270, 260, 330, 312, BRASS, 6)
    c.lathe(300, [(300, 36), (330, 86), (440, 96), (504, 90)], mix(TERRA, "#ffdc8a", 0.3))
    c.box(242, 380, 358, 450, "#faf5ea", 4, 0.05)
    c.line([(262, 404), (338, 404)], INK, 5)
    c.line([(274, 426), (326, 426)], mix(INK, WHITE, 0.5), 3)
    return c.png()


def wateringcan() -> bytes:
    """A watering can."""
    c = Canvas(*CREAM, disc="#fffbf2")
    tone = MOSS
    c.shadow(290, 500, 160)
    c.ring(250, 220, 86, 80, mix(tone, INK, 0.25), 16)
    c.polygon([(380, 420), (372, 370), (500, 190), (524, 206)], mix(tone, INK, 0.1), 0.2)
    c.polygon([(486, 160), (548, 206), (520, 232), (476, 190)], mix(tone, INK, 0.3), 0.1)
    c.lathe(280, [(270, 96), (400, 114), (496, 114)], tone)
    c.oval(280, 271, 96, 17, mix(tone, INK, 0.45))
    return c.png()


def doormat() -> bytes:
    """A coir doormat."""
    c = Canvas(*SAND)
    c.shadow(300, 440, 240, 18)
    c.polygon([(140, 220), (460, 220), (530, 430), (70, 430)], "#b98a55", 0.18)
    c.polygon([(160, 236), (440, 236), (502, 414), (98, 414)], mix("#b98a55", WHITE, 0.12), 0.1)
    c.line([(200, 330), (250, 280), (300, 330)], INK, 12)
    c.line([(218, 320), (218, 372), (282, 372), (282, 320)], INK, 10)
    c.line([(340, 300), (340, 372)], INK, 10)
    c.line([(340, 336), (400, 336)], INK, 10)
    c.line([(400, 300), (400, 372)], INK, 10)
    return c.png()


def bedlinen() -> bytes:
    """A pillow and a duvet."""
    c = Canvas(*SKY, disc="#eff6fa")
    c.shadow(300, 500, 210, 18)
    c.blob([(120, 210), (220, 150), (400, 150), (486, 214), (470, 300), (300, 310), (130, 300)], "#f6f3ee", 0.18)
    c.blob([(90, 320), (300, 260), (510, 320), (520, 470), (300, 500), (80, 470)], mix(PETROL, WHITE, 0.45), 0.25)
    c.blob([(90, 320), (300, 262), (510, 320), (490, 360), (300, 320), (110, 360)], "#f6f3ee", 0.1)
    for x in (190, 300, 410):
        c.line([(x, 350), (x + (300 - x) * 0.1, 480)], mix(PETROL, WHITE, 0.3), 4, soft=True)
    return c.png()


def bookends() -> bytes:
    """Marble book ends."""
    c = Canvas(*ROSE, disc="#fdf1ec")
    c.shadow(300, 450, 210, 14)
    for x, tone in ((210, PETROL), (246, OCHRE), (278, CORAL), (316, INK), (352, MOSS)):
        c.box(x, 230 + (x % 7) * 6, x + 32, 440, tone, 3, 0.2)
    for left, right in ((140, 206), (390, 456)):
        c.box(left, 260, right, 440, "#f1eeea", 8, 0.25)
        c.line([(left + 12, 290), (left + 36, 350), (right - 8, 430)], "#c9c4bd", 3, soft=True)
        c.line([(right - 12, 270), (left + 30, 330)], "#d6d1ca", 3, soft=True)
    return c.png()


ROOM_AND_BATH: dict[str, Callable[[], bytes]] = {
    "towels": towels, "rug": rug, "curtain": curtain, "basket": basket, "stool": stool, "shelf": shelf,
    "frame": frame, "hooks": hooks, "soap": soap, "diffuser": diffuser, "wateringcan": wateringcan,
    "doormat": doormat, "bedlinen": bedlinen, "bookends": bookends,
}  # fmt: skip
"""Name of a product → its picture."""
