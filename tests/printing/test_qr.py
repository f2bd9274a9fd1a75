"""QR: what is drawn is what was meant, and nothing in it needs a style."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from hearing.printing import qr

SVG = "{http://www.w3.org/2000/svg}"


def modules(svg: str, border: int) -> list[list[bool]]:
    """The dark squares, read back from the strokes of the drawing."""
    root = ET.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    dark = [[False] * size for _ in range(size)]
    stroke = next(path.attrib["d"] for path in root.iter(f"{SVG}path") if "stroke" in path.attrib)
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", stroke):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(x), int(x + values[0])):
                dark[int(y)][column] = True
            x += values[0]
    return [row[border : size - border] for row in dark[border : size - border]]


@pytest.mark.parametrize("text", ["S2.8K3Q0001.1", "https://hearing.example/in/4F7K92M1", "门口台阶改坡道" * 20])
@pytest.mark.parametrize("border", [1, 4])
def test_the_drawing_is_the_code(text: str, border: int) -> None:
    expected = [[bool(module) for module in row] for row in segno.make_qr(text, error="m").matrix]
    assert modules(qr.svg(text, border=border), border) == expected


def test_never_micro() -> None:
    assert not qr.code("1").is_micro


def test_no_style_and_no_script() -> None:
    drawn = qr.svg("x", title='<script>"&')
    assert "style" not in drawn
    root = ET.fromstring(drawn)
    assert [element.tag for element in root.iter()] == [f"{SVG}svg", f"{SVG}title", f"{SVG}path", f"{SVG}path"]
    assert root.findtext(f"{SVG}title") == '<script>"&'


def test_what_a_code_cannot_hold_is_refused() -> None:
    with pytest.raises(segno.DataOverflowError):
        qr.svg("x" * 3000)
