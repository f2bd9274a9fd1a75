"""Pictures of the demo: ramp and lift as line drawings, a paper that says nothing, signatures that spell no name."""

from __future__ import annotations

import io
import json
import random

from PIL import Image, ImageDraw

from hearing.web import pictures
from hearing.web.pictures import Safe

INK, STONE, JADE = (34, 29, 23), (133, 118, 97), (29, 106, 84)


def ramp(handrail: bool) -> Safe:
    """Section through the entrance: three steps up and three down, and the two slopes that replace them."""
    image = Image.new("RGB", (1200, 700), (255, 253, 249))
    draw = ImageDraw.Draw(image)
    steps = [(150, 560), (250, 560), (250, 490), (330, 490), (330, 420), (410, 420), (410, 350), (790, 350)]
    steps += [(790, 420), (870, 420), (870, 490), (950, 490), (950, 560), (1050, 560)]
    draw.line(steps, fill=STONE, width=4)
    slope = [(90, 560), (430, 350), (770, 350), (1110, 560)]
    draw.line(slope, fill=JADE, width=9)
    if handrail:
        rail = [(x, y - 130) for x, y in slope]
        draw.line(rail, fill=INK, width=6)
        for (x, y), (top_x, top_y) in zip(slope, rail, strict=True):
            draw.line([(x, y), (top_x, top_y)], fill=INK, width=4)
    draw.line([(430, 600), (770, 600)], fill=INK, width=3)
    for x in (430, 770):
        draw.line([(x, 588), (x, 612)], fill=INK, width=3)
    return pictures.photo(_png(image))


def shaft(clear: bool) -> Safe:
    """Elevation of six floors with the shaft in front: a closed one, or of glass with the windows seen through it."""
    image = Image.new("RGB", (900, 1100), (255, 253, 249))
    draw = ImageDraw.Draw(image)
    draw.rectangle([(120, 120), (780, 1020)], outline=INK, width=5)
    for floor in range(6):
        top = 160 + 142 * floor
        draw.line([(120, top + 118), (780, top + 118)], fill=STONE, width=3)
        for left in (180, 320, 520, 660):
            draw.rectangle([(left, top), (left + 70, top + 70)], outline=STONE, width=4)
    draw.rectangle([(400, 60), (500, 1020)], outline=JADE, width=8, fill=None if clear else (226, 220, 206))
    if clear:
        for y in range(140, 1000, 60):
            draw.line([(404, y), (496, y)], fill=JADE, width=2)
    return pictures.photo(_png(image))


def paper() -> Safe:
    """A paper with lines and a seal, which says nothing: what stands in the demo for a certificate."""
    image = Image.new("RGB", (800, 1100), (253, 252, 248))
    draw = ImageDraw.Draw(image)
    for row in range(9):
        draw.line([(110, 210 + 70 * row), (690 - 60 * (row % 3), 210 + 70 * row)], fill=STONE, width=5)
    draw.ellipse([(500, 840), (680, 1020)], outline=JADE, width=7)
    return pictures.photo(_png(image))


def signature(seed: int) -> tuple[Safe, str]:
    """A drawn signature and its strokes as signature_pad keeps them: three strokes that spell nothing."""
    chance = random.Random(seed)  # noqa: S311 - the same seed draws the same picture, nothing is secret
    image = Image.new("RGBA", (600, 220), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    groups = []
    for stroke in range(3):
        x, y = 80.0 + 150 * stroke, chance.uniform(60, 160)
        points = []
        for step in range(24):
            points.append({"x": round(x), "y": round(y), "pressure": 1, "time": 1000 * stroke + 16 * step})
            x, y = x + chance.uniform(-4, 12), min(200.0, max(20.0, y + chance.uniform(-22, 22)))
        draw.line([(point["x"], point["y"]) for point in points], fill=(*INK, 255), width=5, joint="curve")
        groups.append({"penColor": "black", "points": points})
    return pictures.signature(_png(image)), json.dumps(groups, separators=(",", ":"))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
