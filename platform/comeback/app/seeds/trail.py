"""More pictures of Nordkap Outdoor: one function each."""

from collections.abc import Callable

from comeback.app.seeds.canvas import Canvas, mix

FOG, MOSS, DAWN, ICE = ("#e8eef0", "#cfdcdf"), ("#e6efe2", "#c8d9c0"), ("#fbe9dc", "#f1ccb4"), ("#e4f0f6", "#bcd6e4")
GREEN, ORANGE, NAVY, INK, RED, STONE = "#2f7d6b", "#e08a3c", "#33506b", "#26303a", "#c8533d", "#8a8f94"
WHITE, STEEL = "#ffffff", "#c9d0d4"


def sleepingbag() -> bytes:
    """A mummy sleeping bag."""
    c = Canvas(*ICE, disc="#f3f9fc")
    c.shadow(300, 540, 120, 14)
    c.blob([(300, 60), (396, 110), (420, 240), (390, 420), (350, 530), (250, 530), (210, 420), (180, 240), (204, 110)],
           GREEN, 0.28)  # fmt: skip
    c.oval(300, 138, 70, 56, mix(GREEN, INK, 0.55))
    c.oval(300, 152, 52, 36, ORANGE)
    for y in (230, 290, 350, 410, 466):
        c.line([(196 + (y - 230) * 0.12, y), (300, y + 14), (404 - (y - 230) * 0.12, y)], mix(GREEN, INK, 0.25), 5,
               soft=True)  # fmt: skip
    c.line([(354, 180), (360, 300), (344, 500)], STEEL, 5, soft=True)
    return c.png()


def sleepingmat() -> bytes:
    """A rolled mat with straps."""
    c = Canvas(*MOSS, disc="#f4f8f1")
    c.shadow(300, 430, 210, 18)
    c.box(120, 220, 440, 420, ORANGE, 40, 0.25)
    c.oval(440, 320, 60, 100, mix(ORANGE, WHITE, 0.2))
    for r in (80, 58, 36, 16):
        c.ring(440, 320, r * 0.6, r, mix(ORANGE, INK, 0.3), 6)
    for x in (190, 330):
        c.box(x, 214, x + 26, 426, INK, 6, 0.1)
    return c.png()


def stove() -> bytes:
    """A gas stove with a pot."""
    c = Canvas(*DAWN, disc="#fdf4ec")
    c.shadow(300, 526, 120)
    c.lathe(300, [(410, 40), (430, 86), (500, 90), (520, 80)], NAVY)
    c.line([(300, 350), (300, 414)], STONE, 16)
    for x in (210, 390):
        c.line([(300, 380), (x, 336)], INK, 9)
    c.blob([(250, 344), (276, 306), (300, 336), (324, 306), (350, 344)], "#5fa8d8", 0.0)
    c.box(196, 180, 404, 326, STEEL, 14, 0.35)
    c.box(186, 172, 414, 192, STONE, 8, 0.3)
    c.line([(404, 214), (484, 200)], INK, 14)
    for x in (264, 300, 336):
        c.line([(x, 150), (x - 10, 124), (x + 8, 96)], WHITE, 7, soft=True)
    return c.png()


def poles() -> bytes:
    """Trekking poles."""
    c = Canvas(*FOG, disc="#f6f9fa")
    c.shadow(300, 548, 150, 10)
    for top, foot, tone in (((220, 80), (340, 540), ORANGE), ((380, 80), (260, 540), NAVY)):
        mid = ((top[0] + foot[0]) / 2, (top[1] + foot[1]) / 2)
        c.line([top, foot], STEEL, 10)
        c.line([top, mid], tone, 16)
        c.line([top, (top[0] + (foot[0] - top[0]) * 0.2, top[1] + 92)], INK, 28)
        c.oval(foot[0] - (foot[0] - top[0]) * 0.08, foot[1] - 36, 26, 9, INK)
    return c.png()


def gloves() -> bytes:
    """A pair of gloves."""
    c = Canvas(*ICE, disc="#f5fafc")
    c.shadow(300, 500, 190, 14)
    for x, side in ((200, 1), (400, -1)):
        for n in range(4):
            finger = x - 54 + n * 36
            c.box(finger - 17, 150 + abs(n - 1.5) * 18, finger + 17, 320, NAVY, 17, 0.2)
        c.blob([(x + side * 60, 330), (x + side * 110, 270), (x + side * 126, 300), (x + side * 76, 390)], NAVY, 0.2)
        c.box(x - 72, 270, x + 72, 430, NAVY, 30, 0.2)
        c.box(x - 64, 420, x + 64, 496, mix(NAVY, INK, 0.35), 12, 0.2)
        c.box(x - 64, 440, x + 64, 456, ORANGE, 4, 0.1)
    return c.png()


def socks() -> bytes:
    """A pair of wool socks."""
    c = Canvas(*DAWN, disc="#fdf4ec")
    c.shadow(310, 500, 180, 14)
    for dx, tone in ((70, mix(RED, INK, 0.2)), (0, RED)):
        c.blob([(190 + dx, 110), (290 + dx, 110), (288 + dx, 320), (370 + dx, 390), (396 + dx, 440), (350 + dx, 478),
                (240 + dx, 450), (186 + dx, 380)], tone, 0.22)  # fmt: skip
        c.box(184 + dx, 96, 296 + dx, 150, mix(tone, WHITE, 0.65), 14, 0.12)
        c.line([(190 + dx, 190), (290 + dx, 190)], mix(tone, WHITE, 0.65), 14)
        c.blob([(350 + dx, 384), (396 + dx, 436), (352 + dx, 476), (318 + dx, 450)], mix(tone, WHITE, 0.65), 0.1)
    return c.png()


def trousers() -> bytes:
    """Hiking trousers."""
    c = Canvas(*MOSS, disc="#f4f8f1")
    c.shadow(300, 548, 130, 10)
    tone = "#7d7a63"
    c.polygon([(206, 90), (394, 90), (414, 300), (404, 540), (322, 540), (300, 270), (278, 540), (196, 540),
               (186, 300)], tone, 0.25)  # fmt: skip
    c.box(204, 82, 396, 116, mix(tone, INK, 0.35), 8, 0.1)
    c.line([(300, 116), (300, 270)], mix(tone, INK, 0.3), 4)
    for x in (216, 340):
        c.box(x, 330, x + 46, 396, mix(tone, INK, 0.18), 8, 0.1)
    c.line([(214, 150), (256, 134)], mix(tone, INK, 0.4), 6)
    c.line([(386, 150), (344, 134)], mix(tone, INK, 0.4), 6)
    return c.png()


def fleece() -> bytes:
    """A fleece with a half zip."""
    c = Canvas(*FOG, disc="#f6f9fa")
    c.shadow(300, 510, 170, 14)
    tone = ORANGE
    c.polygon([(206, 160), (126, 240), (104, 450), (166, 462), (204, 300)], mix(tone, INK, 0.12), 0.2)
    c.polygon([(394, 160), (474, 240), (496, 450), (434, 462), (396, 300)], mix(tone, INK, 0.12), 0.25)
    c.polygon([(204, 158), (300, 190), (396, 158), (408, 500), (192, 500)], tone, 0.22)
    c.box(238, 108, 362, 190, mix(tone, INK, 0.2), 26, 0.2)
    c.line([(300, 124), (300, 310)], INK, 6)
    c.box(324, 240, 384, 310, NAVY, 8, 0.1)
    return c.png()


def drybag() -> bytes:
    """A dry bag, rolled and buckled."""
    c = Canvas(*ICE, disc="#f3f9fc")
    c.shadow(300, 526, 120)
    c.lathe(300, [(210, 118), (300, 124), (440, 124), (512, 104)], "#e8b73a")
    c.box(170, 160, 430, 214, mix("#e8b73a", INK, 0.18), 24, 0.2)
    c.line([(184, 170), (240, 110), (360, 110), (416, 170)], INK, 14, soft=True)
    c.box(272, 92, 328, 128, INK, 8, 0.1)
    c.line([(230, 330), (370, 330)], NAVY, 12)
    c.line([(230, 362), (330, 362)], NAVY, 8)
    return c.png()


def hammock() -> bytes:
    """A hammock between two trees."""
    c = Canvas(*MOSS)
    c.box(60, 40, 104, 560, "#7b5a3d", 8, 0.3)
    c.box(496, 40, 540, 560, "#7b5a3d", 8, 0.3)
    for x in (82, 518):
        c.blob([(x - 80, 90), (x, 10), (x + 80, 90), (x, 130)], GREEN, 0.2)
    c.shadow(300, 520, 160, 12)
    c.line([(82, 210), (160, 280)], INK, 6)
    c.line([(518, 210), (440, 280)], INK, 6)
    c.blob([(150, 270), (230, 350), (370, 350), (450, 270), (420, 400), (300, 446), (180, 400)], RED, 0.25)
    c.blob([(166, 300), (230, 356), (370, 356), (434, 300), (370, 390), (230, 390)], mix(RED, WHITE, 0.3), 0.1)
    return c.png()


def multitool() -> bytes:
    """A multi-tool, half open."""
    c = Canvas(*DAWN, disc="#fdf4ec")
    c.shadow(300, 470, 160, 14)
    c.polygon([(232, 300), (160, 130), (196, 96), (282, 280)], STEEL, 0.3)
    c.polygon([(336, 290), (420, 110), (448, 140), (372, 310)], mix(STEEL, INK, 0.15), 0.3)
    c.box(190, 280, 410, 380, RED, 44, 0.25)
    c.box(190, 372, 410, 448, mix(RED, INK, 0.25), 38, 0.25)
    for x in (232, 368):
        c.disc(x, 330, 15, STEEL)
    c.polygon([(288, 314), (312, 314), (312, 346), (288, 346)], WHITE, 0.0)
    c.polygon([(278, 324), (322, 324), (322, 336), (278, 336)], WHITE, 0.0)
    return c.png()


def compass() -> bytes:
    """A compass."""
    c = Canvas(*FOG, disc="#f6f9fa")
    c.shadow(300, 500, 150)
    c.ring(300, 112, 34, 38, "#b8924a", 12)
    c.oval(300, 316, 176, 176, "#b8924a", 0.35)
    c.oval(300, 316, 150, 150, "#fbf8f0", 0.08)
    for x, y in ((300, 184), (300, 448), (168, 316), (432, 316)):
        c.disc(x, y, 9, INK)
    c.polygon([(300, 200), (328, 316), (272, 316)], RED, 0.15)
    c.polygon([(300, 432), (328, 316), (272, 316)], NAVY, 0.15)
    c.disc(300, 316, 15, "#b8924a")
    return c.png()


TRAIL: dict[str, Callable[[], bytes]] = {
    "sleepingbag": sleepingbag, "sleepingmat": sleepingmat, "stove": stove, "poles": poles, "gloves": gloves,
    "socks": socks, "trousers": trousers, "fleece": fleece, "drybag": drybag, "hammock": hammock,
    "multitool": multitool, "compass": compass,
}  # fmt: skip
"""Name of a product → its picture."""
