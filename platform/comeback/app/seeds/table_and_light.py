"""More pictures of Casa Lume: what stands on a table, what gives light."""

from collections.abc import Callable

from comeback.app.seeds.canvas import Canvas, mix

SAND, ROSE, SAGE, SKY, CREAM = ("#f6ead9", "#ecd3b8"), ("#f8e4de", "#eec8bd"), ("#e7eee0", "#cbdabf"), (
    "#e2edf3", "#c4d9e6"), ("#fbf3e2", "#f1dfbd")  # fmt: skip
WHITE, INK, OAK, BRASS, GLASS = "#ffffff", "#2f3142", "#c98d56", "#c9a15a", "#cfe3ea"
PETROL, MOSS, OCHRE, CORAL, STONE = "#4f7d86", "#6f8a5b", "#dca24a", "#d9765c", "#8a8f94"


def jug() -> bytes:
    """A glazed jug with a handle."""
    c = Canvas(*SKY, disc="#eff6fa")
    c.shadow(296, 506, 120)
    c.ring(404, 320, 62, 92, mix(PETROL, INK, 0.2), 24)
    c.lathe(288, [(170, 70), (200, 60), (260, 66), (330, 116), (420, 126), (480, 100), (504, 78)], PETROL)
    c.polygon([(218, 172), (178, 152), (222, 206)], PETROL, 0.1)
    c.oval(288, 171, 70, 14, mix(PETROL, INK, 0.5))
    c.oval(238, 380, 13, 56, mix(PETROL, WHITE, 0.4), opacity=0.5)
    return c.png()


def plates() -> bytes:
    """A stack of plates."""
    c = Canvas(*SAND, disc="#fbf4e9")
    c.shadow(300, 470, 200, 18)
    for n, tone in enumerate(("#e6dccb", CORAL, "#f2ece1", "#dccfb9", "#f4efe6")):
        y = 440 - n * 34
        c.oval(300, y + 16, 190, 44, mix(tone, INK, 0.22))
        c.oval(300, y, 196, 46, tone, 0.12)
    c.oval(300, 302, 132, 28, mix("#f4efe6", INK, 0.09))
    c.oval(300, 306, 120, 22, "#f4efe6")
    return c.png()


def carafe() -> bytes:
    """A glass carafe with a cork and lemon water."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    c.shadow(300, 516, 110)
    c.lathe(300, [(120, 34), (210, 32), (280, 60), (360, 116), (470, 122), (506, 96)], mix(GLASS, WHITE, 0.3), 0.12)
    c.lathe(300, [(316, 88), (370, 114), (470, 114), (498, 92)], mix(GLASS, OCHRE, 0.22), 0.12)
    c.oval(300, 318, 90, 14, mix(GLASS, WHITE, 0.55))
    c.disc(268, 400, 34, "#f3d46b")
    c.disc(268, 400, 25, "#f9e9a8")
    c.box(272, 86, 328, 150, OAK, 10)
    c.line([(222, 380), (226, 460)], WHITE, 7)
    return c.png()


def wineglass() -> bytes:
    """Two wine glasses."""
    c = Canvas(*ROSE, disc="#fdf1ec")
    for x, wine in ((226, "#8e2f45"), (380, "#e8c56b")):
        c.shadow(x, 500, 70, 12)
        c.line([(x, 330), (x, 486)], mix(GLASS, INK, 0.12), 9)
        c.oval(x, 492, 66, 13, mix(GLASS, INK, 0.08))
        c.lathe(x, [(130, 60), (220, 78), (290, 62), (334, 14)], mix(GLASS, WHITE, 0.25), 0.1)
        c.lathe(x, [(224, 74), (290, 58), (328, 14)], wine, 0.2)
        c.oval(x, 224, 74, 13, mix(wine, WHITE, 0.3))
        c.line([(x - 44, 156), (x - 52, 206)], WHITE, 6)
    return c.png()


def board() -> bytes:
    """A cutting board with herbs."""
    c = Canvas(*CREAM, disc="#fffbf2")
    c.shadow(310, 496, 180, 18)
    c.box(262, 70, 338, 200, OAK, 34, 0.15)
    c.disc(300, 108, 15, "#f1e3c4")
    c.box(160, 160, 440, 496, OAK, 36, 0.25)
    for y in (210, 268, 330, 402, 452):
        c.line([(180, y), (300, y + 8), (420, y - 2)], mix(OAK, INK, 0.14), 4, soft=True)
    for x, y in ((250, 380), (290, 340), (330, 372), (300, 410)):
        c.blob([(x, y), (x + 26, y - 26), (x + 46, y - 8), (x + 22, y + 12)], MOSS, 0.2)
    return c.png()


def tray() -> bytes:
    """A round tray with handles."""
    c = Canvas(*SAND)
    c.shadow(300, 440, 220, 22)
    c.ring(300, 330, 246, 104, mix(OAK, INK, 0.35), 16)
    c.oval(300, 346, 222, 96, mix(OAK, INK, 0.4))
    c.oval(300, 324, 222, 96, OAK, 0.2)
    c.oval(300, 326, 196, 80, mix(OAK, WHITE, 0.18), 0.12)
    c.lathe(250, [(236, 44), (300, 44), (326, 34)], "#f4efe6")
    c.oval(250, 237, 44, 10, "#5b3c2c")
    c.blob([(330, 330), (370, 300), (420, 322), (398, 356), (346, 358)], CORAL, 0.2)
    return c.png()


def spoons() -> bytes:
    """Three wooden spoons."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    c.shadow(300, 520, 130)
    for x, top, tone in ((214, 150, OAK), (300, 110, mix(OAK, INK, 0.25)), (386, 160, mix(OAK, WHITE, 0.3))):
        c.line([(x, top + 80), (300 + (x - 300) * 0.35, 516)], tone, 18)
        c.oval(x, top, 44, 66, tone, 0.25)
        c.oval(x + 3, top + 4, 29, 46, mix(tone, INK, 0.2))
    return c.png()


def napkins() -> bytes:
    """Linen napkins in a ring."""
    c = Canvas(*CREAM, disc="#fffbf2")
    c.shadow(300, 470, 170, 18)
    for points, tone in (
        ([(300, 320), (140, 170), (200, 120), (300, 260)], "#e9ddc8"),
        ([(300, 320), (460, 170), (400, 120), (300, 260)], mix("#e9ddc8", INK, 0.1)),
        ([(300, 330), (250, 110), (350, 110)], "#f3eadb"),
        ([(300, 320), (170, 468), (250, 480), (320, 360)], mix("#e9ddc8", INK, 0.06)),
        ([(300, 320), (430, 468), (350, 480), (280, 360)], "#e9ddc8"),
    ):
        c.polygon(points, tone, 0.18)
    c.oval(300, 330, 56, 36, BRASS, 0.35)
    c.oval(300, 322, 56, 34, mix(BRASS, WHITE, 0.35))
    c.oval(300, 322, 42, 24, "#efe4d2")
    return c.png()


def saltmill() -> bytes:
    """A pair of mills."""
    c = Canvas(*SKY, disc="#eff6fa")
    for x, tone in ((232, "#f2ece1"), (368, INK)):
        c.shadow(x, 500, 70, 13)
        c.lathe(x, [(260, 40), (300, 34), (370, 54), (450, 60), (496, 60)], tone)
        c.lathe(x, [(150, 12), (166, 26), (200, 40), (250, 44), (262, 40)], mix(tone, OAK, 0.55))
        c.disc(x, 142, 13, BRASS)
    return c.png()


def eggcups() -> bytes:
    """Egg cups with eggs."""
    c = Canvas(*ROSE, disc="#fdf1ec")
    for x, tone in ((190, CORAL), (300, PETROL), (410, OCHRE)):
        c.shadow(x, 452, 48, 11)
        c.oval(x, 290, 40, 58, "#f7ead6", 0.25)
        c.lathe(x, [(300, 48), (350, 40), (380, 14), (410, 16), (446, 44)], tone)
        c.oval(x, 300, 48, 9, mix(tone, INK, 0.25))
        c.oval(x, 286, 38, 18, "#f7ead6")
    return c.png()


def pendant() -> bytes:
    """A pendant lamp."""
    c = Canvas(*SKY)
    c.glow(300, 470, 170, "#fff3c4", 0.9)
    c.line([(300, 0), (300, 190)], INK, 5)
    c.lathe(300, [(180, 16), (210, 30), (270, 110), (350, 170), (372, 174)], CORAL, 0.35)
    c.oval(300, 372, 174, 22, mix(CORAL, INK, 0.35))
    c.oval(300, 374, 160, 16, "#fff1c9")
    c.disc(300, 384, 32, "#fffbe8")
    return c.png()


def floorlamp() -> bytes:
    """A floor lamp with a paper shade."""
    c = Canvas(*CREAM)
    c.glow(300, 170, 170, "#fff3c4", 0.9)
    c.shadow(300, 536, 120, 14)
    for x in (212, 300, 388):
        c.line([(300, 240), (x, 532)], mix(OAK, INK, 0.15), 11)
    c.oval(300, 170, 118, 104, "#fbf1dc", 0.14)
    for y, r in ((108, 84), (138, 108), (170, 118), (202, 110), (234, 86)):
        c.ring(300, y, r, 12, mix("#fbf1dc", INK, 0.16), 2)
    return c.png()


def lantern() -> bytes:
    """A garden lantern with a candle."""
    c = Canvas("#54627a", "#343f58")
    c.glow(300, 370, 150, "#ffdc8a", 0.85)
    c.shadow(300, 526, 130)
    c.ring(300, 132, 40, 44, INK, 8)
    c.polygon([(206, 230), (300, 160), (394, 230)], INK, 0.15)
    c.box(212, 230, 388, 506, mix(GLASS, "#ffdc8a", 0.55), 6, 0.1)
    c.box(266, 390, 334, 500, "#f7efdd", 8)
    c.blob([(300, 320), (316, 360), (300, 384), (284, 360)], "#f7b733", 0.0)
    for x in (212, 300, 388):
        c.line([(x, 232), (x, 504)], INK, 9 if x != 300 else 3)
    c.box(196, 500, 404, 524, INK, 5)
    return c.png()


def candlestick() -> bytes:
    """Two brass candlesticks."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    for x, top in ((236, 210), (366, 280)):
        c.shadow(x, 506, 74, 12)
        c.box(x - 13, top - 110, x + 13, top + 10, "#f7efdd", 8)
        c.blob([(x, top - 152), (x + 11, top - 126), (x, top - 110), (x - 11, top - 126)], "#f7b733", 0.0)
        c.lathe(x, [(top, 30), (top + 14, 14), (top + 90, 10), (470, 16), (488, 50), (500, 64)], BRASS, 0.4)
    return c.png()


TABLE_AND_LIGHT: dict[str, Callable[[], bytes]] = {
    "jug": jug, "plates": plates, "carafe": carafe, "wineglass": wineglass, "board": board, "tray": tray,
    "spoons": spoons, "napkins": napkins, "saltmill": saltmill, "eggcups": eggcups, "pendant": pendant,
    "floorlamp": floorlamp, "lantern": lantern, "candlestick": candlestick,
}  # fmt: skip
"""Name of a product → its picture."""
