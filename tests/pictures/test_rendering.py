"""From a scene to bytes: the same every time, nothing to load, nothing to run, and no glyph that is silently lost."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from bot.pictures.palette import PALETTE, Role
from bot.pictures.png import drawable, to_png
from bot.pictures.scene import timeline_scene
from bot.pictures.shapes import Box, Line, Rect, Scene, Text
from bot.pictures.svg import to_svg
from tests.pictures.making import Told, run_of

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>\" onload='x' & \x00\u202e\ufffe"


def test_the_same_run_gives_the_same_bytes() -> None:
    steps = [Told("t", "failed" if place == 7 else "success", place, place + 0.5) for place in range(90)]
    first, second = (timeline_scene(run_of(*steps, end=90)) for _ in range(2))
    assert to_png(first) == to_png(second)
    assert to_svg(first) == to_svg(second)


def test_a_png_carries_nothing_but_its_pixels() -> None:
    with Image.open(BytesIO(to_png(timeline_scene(run_of(Told("t", "failed", 0, 1)))))) as image:
        assert image.info == {}
        assert image.mode == "RGB"


def test_the_picture_brings_its_own_opaque_background() -> None:
    with Image.open(BytesIO(to_png(timeline_scene(run_of())))) as image:
        assert image.getpixel((20, 20)) == tuple(bytes.fromhex(PALETTE[Role.PANEL][1:]))


def test_text_from_outside_is_only_text_in_svg() -> None:
    svg = to_svg(timeline_scene(run_of(Told(HOSTILE, "failed", 0, 1), run_id=HOSTILE)))
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert "⟨U+202E⟩" in svg
    assert "href" not in svg
    assert "\x00" not in svg


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("payments.refund", "payments.refund"),
        ("Größe · café…", "Gro\uffffe · cafe…"),
        ("支付", "\uffff\uffff"),
        ("שלום", "\uffff" * 4),
        ("⟨U+202E⟩ → x", "<U+202E> > x"),
    ],
)
def test_what_the_font_lacks_becomes_a_box(text: str, shown: str) -> None:
    assert drawable(text) == shown


def test_the_box_for_missing_characters_is_seen() -> None:
    font = ImageFont.load_default(32)
    left, top, right, bottom = font.getbbox("\uffff")
    assert right - left > 8
    assert bottom - top > 8


def test_pillows_font_has_every_character_that_counts_as_drawable() -> None:
    font = ImageFont.load_default(32)
    missing = bytes(font.getmask("\uffff"))
    drawn = [chr(code) for code in range(0x21, 0x7F)] + list("©«°±´·»‘’“”…‹›⁄™")
    assert [character for character in drawn if bytes(font.getmask(character)) == missing] == []


def test_a_dashed_line_leaves_gaps() -> None:
    line = Line((0, 10), (18, 10), Role.TEXT, 2, dashed=True)
    scene = Scene(20, 20, "t", "a", (Rect(Box(0, 0, 20, 20), Role.PANEL), line))
    with Image.open(BytesIO(to_png(scene))) as image:
        row = [image.getpixel((x, 20)) for x in range(36)]
    assert len(set(row)) == 2
    assert 'stroke-dasharray="5 4"' in to_svg(scene)


def test_bold_is_an_outline_that_does_not_change_the_width() -> None:
    scene = Scene(90, 40, "t", "a", (Text((5, 30), "Run", 30, bold=True),))
    assert 'stroke-width="1"' in to_svg(scene)


def test_only_the_png_renderer_needs_pillow() -> None:
    code = "import sys, bot.pictures.scene, bot.pictures.svg; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0  # noqa: S603
