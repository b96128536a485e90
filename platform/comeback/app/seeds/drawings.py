"""Pictures of the demo products of Casa Lume: one function each, light from the left, soft background."""

from collections.abc import Callable

from comeback.app.seeds.canvas import Canvas, mix

SAND, ROSE, SAGE, SKY, CREAM = ("#f6ead9", "#ecd3b8"), ("#f8e4de", "#eec8bd"), ("#e7eee0", "#cbdabf"), (
    "#e2edf3", "#c4d9e6"), ("#fbf3e2", "#f1dfbd")  # fmt: skip
TERRA, INK, LINEN, OCHRE, MOSS, BLUE = "#c26a43", "#2f3142", "#efe4d2", "#dca24a", "#6f8a5b", "#4d7ea8"


def vase() -> bytes:
    """A terracotta vase with three twigs."""
    c = Canvas(*SAND, disc="#fbf4e9")
    c.shadow(306, 500, 120)
    for x, top in ((270, 110), (306, 80), (342, 124)):
        c.line([(303, 260), (x, 180), (x - 6, top)], mix(MOSS, INK, 0.25), 5, soft=True)
    leaves = (
        (270, 140, -1),
        (268, 175, 1),
        (306, 110, 1),
        (304, 150, -1),
        (340, 150, 1),
        (334, 190, -1),
        (300, 190, 1),
    )
    for x, y, side in leaves:
        c.blob([(x, y), (x + side * 26, y - 20), (x + side * 46, y - 14), (x + side * 26, y + 4)], MOSS, 0.15)
    c.lathe(303, [(240, 34), (250, 36), (275, 27), (310, 40), (370, 98), (430, 104), (480, 70), (500, 58)], TERRA)
    c.oval(303, 241, 34, 9, mix(TERRA, INK, 0.55))
    c.oval(255, 380, 12, 42, mix(TERRA, "#ffffff", 0.35), opacity=0.5)
    return c.png()


def lamp() -> bytes:
    """A table lamp that is on."""
    c = Canvas(*CREAM)
    c.glow(300, 300, 190, "#fff6d6", 0.9)
    c.shadow(300, 512, 105)
    c.box(292, 270, 308, 480, "#b98a4a", 6)
    c.lathe(300, [(470, 16), (484, 44), (500, 84), (510, 88)], "#b98a4a")
    c.polygon([(222, 120), (378, 120), (440, 298), (160, 298)], "#f4d9a2", 0.22)
    c.oval(300, 298, 140, 17, mix("#f4d9a2", "#ffffff", 0.6))
    c.oval(300, 121, 78, 9, mix("#f4d9a2", "#b98a4a", 0.35))
    c.line([(352, 300), (352, 356)], "#8c6a3a", 3)
    c.disc(352, 362, 7, "#8c6a3a")
    return c.png()


def cushion() -> bytes:
    """A linen cushion with stripes."""
    c = Canvas(*SKY, disc="#eff6fa")
    c.shadow(300, 480, 190, 20)
    c.blob([(128, 150), (300, 170), (472, 150), (456, 310), (472, 466), (300, 448), (128, 466), (144, 310)], LINEN, 0.3)
    for x in (206, 238, 362, 394):
        c.line([(x, 168), (x + (300 - x) * 0.05, 310), (x, 450)], mix(BLUE, LINEN, 0.25), 9, soft=True)
    c.line([(300, 172), (300, 446)], mix(BLUE, LINEN, 0.05), 16)
    return c.png()


def mug() -> bytes:
    """A stoneware mug with steam."""
    c = Canvas(*ROSE, disc="#fdf1ec")
    c.shadow(296, 486, 130)
    for x in (262, 300, 338):
        c.line([(x, 196), (x - 12, 168), (x + 10, 136), (x - 4, 104)], "#ffffff", 7, soft=True)
    c.ring(416, 350, 62, 66, mix("#5e7f86", INK, 0.1), 24)
    c.lathe(292, [(234, 118), (300, 119), (420, 112), (470, 92), (484, 80)], "#6d929a")
    c.polygon([(174, 234), (410, 234), (409, 300), (175, 300)], "#f3ece2", 0.2)
    c.oval(292, 234, 118, 22, "#f3ece2")
    c.oval(292, 236, 104, 17, "#5b3c2c")
    return c.png()


def candle() -> bytes:
    """A scented candle in a glass."""
    c = Canvas(*SAGE, disc="#f3f7ee")
    c.glow(300, 170, 90, "#ffedb5", 0.9)
    c.shadow(300, 500, 130)
    c.blob([(300, 120), (322, 168), (314, 204), (300, 210), (286, 204), (278, 168)], "#f7b733", 0.0)
    c.blob([(300, 158), (310, 184), (300, 204), (290, 184)], "#fff3c4", 0.0)
    c.line([(300, 202), (300, 244)], INK, 4)
    c.box(196, 240, 404, 496, mix(MOSS, "#ffffff", 0.2), 22, 0.3)
    c.oval(300, 246, 104, 19, "#f7efdd")
    c.box(228, 318, 372, 430, "#faf5ea", 8, 0.06)
    c.line([(256, 352), (344, 352)], INK, 5)
    c.line([(256, 376), (344, 376)], mix(INK, "#ffffff", 0.5), 3)
    c.line([(272, 396), (328, 396)], mix(INK, "#ffffff", 0.5), 3)
    return c.png()


def throw() -> bytes:
    """A folded wool throw with fringes."""
    c = Canvas(*CREAM, disc="#fffaf0")
    c.shadow(300, 484, 190, 20)
    for row, tone in enumerate((OCHRE, mix(OCHRE, "#ffffff", 0.25), OCHRE)):
        top = 210 + row * 86
        c.box(120, top, 480, top + 92, tone, 40, 0.25)
        c.line([(150, top + 30), (452, top + 30)], mix(tone, "#ffffff", 0.4), 5)
        c.line([(150, top + 46), (452, top + 46)], mix(tone, "#ffffff", 0.4), 5)
    for x in range(142, 468, 18):
        c.line([(x, 466), (x + 2, 496)], mix(OCHRE, INK, 0.12), 5)
    return c.png()


def chair() -> bytes:
    """A wooden chair with a woven seat."""
    wood, dark = "#c98d56", "#a56f3e"
    c = Canvas(*SKY)
    c.shadow(300, 524, 150, 18)
    c.polygon([(222, 330), (244, 330), (232, 520), (214, 520)], dark, 0.1)
    c.polygon([(380, 330), (402, 330), (420, 520), (402, 520)], dark, 0.1)
    c.line([(204, 92), (208, 340)], wood, 18)
    c.line([(396, 92), (392, 340)], wood, 18)
    for y in (120, 176, 232):
        c.blob([(206, y), (300, y + 14), (394, y), (392, y + 30), (300, y + 44), (208, y + 30)], wood, 0.18)
    c.polygon([(196, 326), (404, 326), (438, 384), (162, 384)], "#ead9b8", 0.18)
    for step in range(1, 8):
        c.line([(196 + step * 26, 328), (162 + step * 34.5, 382)], "#cbb487", 2.5)
    c.box(158, 380, 442, 398, wood, 8)
    c.line([(172, 398), (164, 522)], wood, 18)
    c.line([(428, 398), (440, 522)], wood, 18)
    return c.png()


def teapot() -> bytes:
    """A cast iron teapot."""
    c = Canvas(*SAND, disc="#fcf6ec")
    iron = "#3d4657"
    c.shadow(300, 474, 165, 18)
    c.line([(196, 250), (220, 130), (300, 96), (380, 130), (404, 250)], mix(iron, "#000000", 0.2), 13, soft=True)
    c.blob([(408, 330), (470, 280), (504, 218), (520, 224), (500, 310), (438, 400)], iron, 0.2)
    c.lathe(300, [(232, 74), (262, 128), (330, 156), (400, 146), (452, 98), (470, 84)], iron, 0.35)
    c.oval(300, 234, 78, 17, mix(iron, "#ffffff", 0.18))
    c.disc(300, 208, 17, "#c9a15a")
    for y in (310, 346, 382):
        for step in range(9):
            c.disc(188 + step * 28, y + (step % 2) * 9, 5, mix(iron, "#ffffff", 0.16))
    return c.png()


def bowls() -> bytes:
    """Three nested bowls."""
    c = Canvas(*ROSE, disc="#fdf2ee")
    c.shadow(300, 486, 160)
    for y, r, tone in ((180, 112, "#e9b7a2"), (256, 142, "#d98f74"), (332, 174, "#b9654b")):
        c.lathe(300, [(y, r), (y + 40, r * 0.95), (y + 98, r * 0.7), (y + 132, r * 0.42), (y + 148, r * 0.4)], tone)
        c.oval(300, y, r, r * 0.13, mix(tone, "#ffffff", 0.45))
        c.oval(300, y + 4, r * 0.9, r * 0.09, mix(tone, INK, 0.22))
    return c.png()


def clock() -> bytes:
    """A wall clock at ten past ten."""
    c = Canvas(*SAGE)
    c.shadow(318, 330, 188, 188, 0.2)
    c.disc(300, 300, 192, "#b98a55")
    c.disc(300, 300, 172, "#fbf7ee")
    for hour, (x, y) in enumerate(((0, -1), (0.5, -0.866), (0.866, -0.5), (1, 0), (0.866, 0.5), (0.5, 0.866), (0, 1),
                                   (-0.5, 0.866), (-0.866, 0.5), (-1, 0), (-0.866, -0.5), (-0.5, -0.866))):  # fmt: skip
        long = 26 if hour % 3 == 0 else 12
        c.line([(300 + x * 150, 300 + y * 150), (300 + x * (150 - long), 300 + y * (150 - long))], INK, 7)
    c.line([(300, 300), (222, 254)], INK, 11)
    c.line([(300, 300), (404, 240)], INK, 8)
    c.line([(300, 300), (300, 424)], TERRA, 3)
    c.disc(300, 300, 13, TERRA)
    return c.png()


def planter() -> bytes:
    """A plant in a pot on feet."""
    c = Canvas(*CREAM, disc="#fffbf2")
    c.shadow(300, 524, 120)
    leaf, dark = "#5f8f5a", "#4b7549"
    for tip, tone in (((170, 170), dark), ((430, 160), dark), ((230, 96), leaf), ((372, 92), leaf), ((300, 66), dark)):
        x, y = tip
        mx, my = (x + 300) / 2, (y + 330) / 2
        c.blob([(300, 340), (mx - 26, my - 8), (x, y), (mx + 26, my + 8)], tone, 0.15)
        c.line([(300, 336), (x * 0.9 + 30, y * 0.9 + 33)], mix(tone, "#ffffff", 0.25), 2.5)
    c.line([(236, 450), (222, 524)], "#b98a55", 13)
    c.line([(364, 450), (378, 524)], "#b98a55", 13)
    c.lathe(300, [(326, 112), (400, 104), (460, 84), (478, 70)], "#f0ebe3", 0.25)
    c.oval(300, 327, 112, 18, "#dcd3c6")
    c.oval(300, 329, 98, 13, "#5a4334")
    return c.png()


def mirror() -> bytes:
    """A round mirror on a stand."""
    c = Canvas(*SKY)
    c.shadow(300, 512, 130)
    c.lathe(300, [(456, 12), (480, 30), (500, 96), (510, 100)], "#c9a15a")
    c.box(292, 400, 308, 480, "#c9a15a", 5)
    c.oval(300, 250, 172, 186, "#c9a15a", 0.3)
    c.oval(300, 250, 156, 170, "#dcebf2", 0.12)
    c.polygon([(206, 330), (350, 120), (378, 138), (232, 358)], "#ffffff", 0.0, 0.45)
    c.polygon([(256, 376), (398, 168), (410, 182), (274, 386)], "#ffffff", 0.0, 0.35)
    return c.png()


CASA_DRAWINGS: dict[str, Callable[[], bytes]] = {
    "vase": vase, "lamp": lamp, "cushion": cushion, "mug": mug, "candle": candle, "throw": throw,
    "chair": chair, "teapot": teapot, "bowls": bowls, "clock": clock, "planter": planter, "mirror": mirror,
}  # fmt: skip
"""Name of a product → its picture."""
