"""Pictures of the demo products of Nordkap Outdoor: one function each."""

from collections.abc import Callable

from comeback.app.seeds.canvas import Canvas, mix

FOG, MOSS, DAWN, ICE = ("#e8eef0", "#cfdcdf"), ("#e6efe2", "#c8d9c0"), ("#fbe9dc", "#f1ccb4"), ("#e4f0f6", "#bcd6e4")
GREEN, ORANGE, NAVY, INK, RED, STONE = "#2f7d6b", "#e08a3c", "#33506b", "#26303a", "#c8533d", "#8a8f94"


def backpack() -> bytes:
    """A thirty-litre backpack."""
    c = Canvas(*MOSS, disc="#f4f8f1")
    c.shadow(300, 520, 140, 18)
    c.line([(252, 120), (300, 84), (348, 120)], mix(GREEN, INK, 0.5), 14, soft=True)
    c.box(186, 300, 214, 460, mix(GREEN, INK, 0.4), 14)
    c.box(386, 300, 414, 460, mix(GREEN, INK, 0.4), 14)
    c.box(200, 108, 400, 512, GREEN, 72, 0.3)
    c.box(196, 104, 404, 236, mix(GREEN, INK, 0.22), 66, 0.25)
    c.box(232, 330, 368, 478, mix(GREEN, "#ffffff", 0.16), 28, 0.2)
    c.line([(248, 372), (352, 372)], mix(GREEN, INK, 0.4), 6)
    for x in (252, 348):
        c.line([(x, 206), (x, 306)], ORANGE, 10)
        c.box(x - 12, 262, x + 12, 284, INK, 5, 0)
    c.box(270, 268, 330, 300, ORANGE, 6, 0.1)
    return c.png()


def tent() -> bytes:
    """A tent for two under a low sun."""
    c = Canvas(*DAWN)
    c.disc(430, 170, 62, "#fff4dc")
    c.blob([(20, 420), (130, 300), (230, 360), (330, 270), (450, 350), (590, 300), (620, 460), (0, 460)],
           "#e3b79b", 0.05)  # fmt: skip
    c.polygon([(0, 430), (600, 430), (600, 600), (0, 600)], "#b9bf8f", 0.1)
    c.shadow(300, 492, 220, 20)
    c.polygon([(300, 170), (112, 488), (300, 488)], mix(ORANGE, "#ffffff", 0.12), 0.1)
    c.polygon([(300, 170), (300, 488), (488, 488)], ORANGE, 0.3)
    c.polygon([(300, 236), (236, 488), (300, 488)], mix(INK, ORANGE, 0.2), 0.1)
    c.polygon([(300, 236), (300, 488), (358, 488)], mix(INK, ORANGE, 0.1), 0.2)
    c.polygon([(300, 236), (358, 488), (392, 488)], mix(ORANGE, "#ffffff", 0.35), 0.15)
    c.line([(300, 170), (300, 148)], INK, 6)
    for x in (112, 488):
        c.line([(300, 174), (x + (60 if x > 300 else -60), 494)], mix(INK, "#ffffff", 0.4), 3)
    return c.png()


def thermos() -> bytes:
    """A steel bottle with a cup lid."""
    c = Canvas(*ICE, disc="#f3f9fc")
    c.shadow(300, 524, 100)
    c.box(236, 190, 364, 518, NAVY, 26, 0.4)
    c.box(244, 160, 356, 200, "#c9d0d4", 8, 0.35)
    c.box(240, 84, 360, 172, STONE, 20, 0.4)
    c.box(236, 240, 364, 256, "#c9d0d4", 0, 0.3)
    c.polygon([(262, 420), (300, 350), (338, 420)], "#ffffff", 0.0, 0.85)
    c.polygon([(286, 420), (318, 372), (350, 420)], "#ffffff", 0.0, 0.5)
    c.box(250, 280, 260, 480, mix(NAVY, "#ffffff", 0.35), 5, 0)
    return c.png()


def jacket() -> bytes:
    """A rain jacket with a hood."""
    c = Canvas(*FOG, disc="#f6f9fa")
    c.shadow(300, 520, 170, 16)
    c.polygon([(208, 176), (126, 250), (96, 452), (158, 468), (206, 300)], mix(RED, INK, 0.12), 0.2)
    c.polygon([(392, 176), (474, 250), (504, 452), (442, 468), (394, 300)], mix(RED, INK, 0.12), 0.3)
    c.blob([(300, 76), (372, 108), (388, 190), (300, 220), (212, 190), (228, 108)], mix(RED, INK, 0.22), 0.2)
    c.blob([(300, 112), (344, 134), (350, 190), (300, 212), (250, 190), (256, 134)], mix(RED, INK, 0.62), 0.1)
    c.polygon([(206, 178), (300, 214), (394, 178), (412, 512), (188, 512)], RED, 0.25)
    c.line([(300, 214), (300, 508)], mix(RED, INK, 0.45), 7)
    for left, right in ((220, 276), (324, 380)):
        c.box(left, 372, right, 382, mix(RED, INK, 0.4), 4, 0)
    c.box(330, 262, 372, 276, "#ffffff", 3, 0)
    return c.png()


def beanie() -> bytes:
    """A knitted beanie with a bobble."""
    c = Canvas(*DAWN, disc="#fdf4ec")
    c.shadow(300, 476, 160, 18)
    for x, y, r in ((300, 116, 50), (270, 108, 26), (330, 106, 26), (286, 84, 24), (318, 86, 24), (300, 140, 30)):
        c.disc(x, y, r, mix("#f4efe6", "#d9cfc0", (x - 260) / 140))
    c.blob([(150, 400), (164, 280), (220, 190), (300, 160), (380, 190), (436, 280), (450, 400), (300, 420)], GREEN, 0.3)
    for x in range(180, 440, 34):
        c.line([(300 + (x - 300) * 0.35, 182), (300 + (x - 300) * 0.92, 270), (x, 388)],
               mix(GREEN, "#ffffff", 0.2), 5, soft=True)  # fmt: skip
    c.box(136, 376, 464, 462, mix(GREEN, INK, 0.25), 34, 0.25)
    for x in range(160, 452, 20):
        c.line([(x, 388), (x, 450)], mix(GREEN, INK, 0.42), 5)
    return c.png()


def boots() -> bytes:
    """A hiking boot."""
    c = Canvas(*MOSS, disc="#f4f8f1")
    leather = "#9a673f"
    c.shadow(300, 500, 200, 18)
    c.blob([(186, 130), (322, 130), (330, 270), (390, 318), (476, 350), (500, 420), (488, 462), (176, 462), (168, 300)],
           leather, 0.28)  # fmt: skip
    c.blob([(392, 330), (476, 352), (500, 420), (486, 464), (380, 464), (366, 396)], mix(leather, INK, 0.3), 0.15)
    c.polygon([(150, 452), (506, 452), (512, 484), (490, 500), (156, 500)], INK, 0.1)
    for x in range(170, 490, 34):
        c.box(x, 490, x + 20, 508, INK, 3, 0)
    c.box(178, 112, 332, 152, mix(leather, INK, 0.35), 18, 0.2)
    for step in range(5):
        x, y = 300 + step * 17, 180 + step * 34
        c.line([(x - 44, y + 8), (x + 16, y)], RED, 7)
        c.disc(x + 18, y, 7, "#d9c9a3")
    c.box(196, 196, 246, 236, mix(leather, "#ffffff", 0.35), 6, 0.1)
    return c.png()


def headlamp() -> bytes:
    """A head lamp with its band."""
    c = Canvas("#4a5a72", "#2c3850")
    c.polygon([(300, 300), (600, 150), (600, 450)], "#fff3c4", 0.0, 0.16)
    c.polygon([(300, 300), (600, 210), (600, 390)], "#fff3c4", 0.0, 0.28)
    c.ring(262, 300, 172, 112, mix(ORANGE, INK, 0.15), 40)
    c.ring(262, 300, 172, 112, mix(ORANGE, "#ffffff", 0.25), 6)
    c.box(246, 224, 388, 376, INK, 30, 0.2)
    c.glow(356, 300, 52, "#fff6d6", 0.9)
    c.disc(352, 300, 46, "#c9d0d4")
    c.disc(352, 300, 34, "#fffbe8")
    c.disc(340, 288, 11, "#ffffff")
    c.box(270, 250, 296, 268, RED, 6, 0)
    return c.png()


def cup() -> bytes:
    """An enamel cup."""
    c = Canvas(*ICE, disc="#f5fafc")
    c.shadow(292, 480, 140)
    c.ring(424, 330, 58, 70, "#f3f1ea", 22)
    c.ring(424, 330, 66, 78, NAVY, 5)
    c.lathe(288, [(214, 132), (300, 130), (430, 124), (466, 112), (476, 100)], "#f6f3ec", 0.25)
    c.oval(288, 214, 132, 24, NAVY)
    c.oval(288, 216, 122, 19, "#e9e4d8")
    c.oval(288, 220, 112, 14, "#6b4a34")
    c.polygon([(200, 420), (258, 316), (316, 420)], GREEN, 0.2)
    c.polygon([(266, 420), (322, 344), (376, 420)], mix(GREEN, "#ffffff", 0.3), 0.2)
    c.polygon([(240, 348), (258, 316), (276, 348), (258, 340)], "#ffffff", 0.0)
    for x, y in ((172, 270), (392, 400), (330, 456)):
        c.disc(x, y, 5, mix("#f6f3ec", INK, 0.25))
    return c.png()


NORD_DRAWINGS: dict[str, Callable[[], bytes]] = {
    "backpack": backpack, "tent": tent, "thermos": thermos, "jacket": jacket, "beanie": beanie, "boots": boots,
    "headlamp": headlamp, "cup": cup,
}  # fmt: skip
"""Name of a product → its picture."""
