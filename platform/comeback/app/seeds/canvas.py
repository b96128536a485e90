"""A small canvas for flat product pictures: smooth silhouettes with soft light, drawn large and scaled down.

Coordinates are of a 600 × 600 picture. Everything is computed, nothing is random: the same call gives the same bytes.
"""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = 600
SCALE = 2

Point = tuple[float, float]
Colour = tuple[int, int, int]


def colour(text: str) -> Colour:
    """`#rrggbb` as numbers."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """`share` of the second colour in the first."""
    a, b = colour(one), colour(other)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))


def smooth(points: Sequence[Point], steps: int = 12, *, closed: bool = True) -> list[Point]:
    """A soft curve through the points (Catmull-Rom)."""
    count = len(points)
    made: list[Point] = []
    for i in range(count if closed else count - 1):
        window = [points[(i + k) % count] if closed else points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2)]
        made += [_between(window, step / steps) for step in range(steps)]
    return made if closed else [*made, points[-1]]


def _between(window: Sequence[Point], t: float) -> Point:
    weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
    x = sum(w * p[0] for w, p in zip(weights, window, strict=True)) / 2
    y = sum(w * p[1] for w, p in zip(weights, window, strict=True)) / 2
    return x, y


def turned(centre: float, profile: Sequence[Point]) -> list[Point]:
    """The silhouette of something turned on a lathe: (y, radius) from top to bottom, mirrored."""
    side = smooth([(radius, y) for y, radius in profile], closed=False)
    return [(centre + x, y) for x, y in side] + [(centre - x, y) for x, y in reversed(side)]


class Canvas:
    """One picture being drawn."""

    def __init__(self, top: str, bottom: str, disc: str | None = None) -> None:
        width = SIZE * SCALE
        light, dark = Image.new("RGB", (width, width), top), Image.new("RGB", (width, width), bottom)
        self._image = Image.composite(dark, light, Image.linear_gradient("L").resize((width, width)))
        if disc is not None:
            self.disc(300, 290, 215, disc)

    def _mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", self._image.size, 0)
        return mask, ImageDraw.Draw(mask)

    def _fill(self, mask: Image.Image, fill: str, shade: float, opacity: float = 1.0) -> None:
        """Paints through the mask; `shade` darkens its right side softly, as if light came from the left."""
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        box = mask.getbbox()
        if box is None:
            return
        # Only what is painted is worked on: most shapes are small beside the picture.
        mask = mask.crop(box)
        self._image.paste(colour(fill), box[:2], mask)
        if not shade:
            return
        ramp = Image.linear_gradient("L").rotate(90).resize(mask.size)
        ramp = ramp.point([round(max(0, value - 90) * shade * 255 / 165) for value in range(256)])
        self._image.paste(colour(mix(fill, "#1d1a2b", 0.75)), box[:2], ImageChops.multiply(mask, ramp))

    def polygon(self, points: Sequence[Point], fill: str, shade: float = 0.28, opacity: float = 1.0) -> None:
        """A filled outline."""
        mask, draw = self._mask()
        draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=255)
        self._fill(mask, fill, shade, opacity)

    def blob(self, points: Sequence[Point], fill: str, shade: float = 0.28, opacity: float = 1.0) -> None:
        """A filled soft outline through the points."""
        self.polygon(smooth(points), fill, shade, opacity)

    def lathe(self, centre: float, profile: Sequence[Point], fill: str, shade: float = 0.3) -> None:
        """Something turned, seen from the side."""
        self.polygon(turned(centre, profile), fill, shade)

    def oval(
        self, x: float, y: float, rx: float, ry: float, fill: str, shade: float = 0.0, opacity: float = 1.0
    ) -> None:
        """A filled ellipse around (x, y)."""
        mask, draw = self._mask()
        draw.ellipse([(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE], fill=255)
        self._fill(mask, fill, shade, opacity)

    def disc(self, x: float, y: float, radius: float, fill: str, opacity: float = 1.0) -> None:
        """A flat circle."""
        self.oval(x, y, radius, radius, fill, 0.0, opacity)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0.0, shade: float = 0.2
    ) -> None:
        """A rectangle with round corners."""
        mask, draw = self._mask()
        draw.rounded_rectangle(
            [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE], radius=radius * SCALE, fill=255
        )
        self._fill(mask, fill, shade)

    def line(self, points: Sequence[Point], fill: str, width: float, *, soft: bool = False) -> None:
        """A stroke with round ends; `soft` draws a curve through the points."""
        way = smooth(points, closed=False) if soft else list(points)
        draw = ImageDraw.Draw(self._image)
        draw.line(
            [(x * SCALE, y * SCALE) for x, y in way], fill=colour(fill), width=round(width * SCALE), joint="curve"
        )
        radius = width / 2
        for x, y in (way[0], way[-1]):
            draw.ellipse(
                [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE],
                fill=colour(fill),
            )

    def ring(self, x: float, y: float, rx: float, ry: float, fill: str, width: float) -> None:
        """An ellipse's outline."""
        draw = ImageDraw.Draw(self._image)
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        draw.ellipse(box, outline=colour(fill), width=round(width * SCALE))

    def shadow(self, x: float, y: float, rx: float, ry: float = 16, strength: float = 0.22) -> None:
        """A soft shadow on the floor."""
        mask, draw = self._mask()
        draw.ellipse(
            [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE], fill=round(255 * strength)
        )
        self._image.paste(colour("#2b2233"), (0, 0), mask.filter(ImageFilter.GaussianBlur(10 * SCALE)))

    def glow(self, x: float, y: float, radius: float, fill: str, strength: float = 0.55) -> None:
        """Soft light around a point."""
        mask, draw = self._mask()
        box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        draw.ellipse(box, fill=round(255 * strength))
        self._image.paste(colour(fill), (0, 0), mask.filter(ImageFilter.GaussianBlur(28 * SCALE)))

    def png(self) -> bytes:
        """The finished picture: 600 × 600, 256 colours (flat areas stay small in a mail)."""
        small = self._image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        out = BytesIO()
        small.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(
            out, "PNG", optimize=True
        )
        return out.getvalue()
