"""Colours that can be told apart: against what they stand on (WCAG 2, 1.4.3 and 1.4.11), and without red, green or blue cones."""

from itertools import combinations

import pytest

from bot.pictures.palette import PALETTE, Role

KINDS = (Role.OK, Role.FAILED, Role.PARTIAL, Role.DIVERGENT, Role.SKIPPED, Role.PENDING, Role.OTHER)
Colour = tuple[float, float, float]
# Machado, Oliveira and Fernandes 2009: severity 1.0, applied to linear RGB.
DEFICIENCIES = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(role: Role) -> Colour:
    red, green, blue = (part / 255 for part in bytes.fromhex(PALETTE[role].removeprefix("#")))
    return from_srgb(red), from_srgb(green), from_srgb(blue)


def from_srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Role, other: Role) -> float:
    low, high = sorted([luminance(linear(one)), luminance(linear(other))])
    return (high + 0.05) / (low + 0.05)


def seen(role: Role, deficiency: str) -> Colour:
    colour = linear(role)
    parts = [sum(a * b for a, b in zip(row, colour, strict=True)) for row in DEFICIENCIES[deficiency]]
    red, green, blue = (min(max(part, 0.0), 1.0) for part in parts)
    return red, green, blue


def lab(colour: Colour) -> Colour:
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, luminance(colour), z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Role, other: Role, deficiency: str) -> float:
    pairs = zip(lab(seen(one, deficiency)), lab(seen(other, deficiency)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize(
    "text", [Role.TEXT, Role.MUTED, Role.FAILED, Role.PARTIAL, Role.DIVERGENT, Role.PENDING, Role.OTHER]
)
def test_text_is_readable_on_the_panel(text: Role) -> None:
    assert contrast(text, Role.PANEL) >= 4.5


@pytest.mark.parametrize("ground", [Role.PANEL, Role.BAND])
def test_text_is_readable_on_gaps_too(ground: Role) -> None:
    assert contrast(Role.TEXT, ground) >= 4.5
    assert contrast(Role.MUTED, ground) >= 4.5


@pytest.mark.parametrize("kind", KINDS)
def test_marks_stand_out_and_can_be_written_on(kind: Role) -> None:
    assert contrast(kind, Role.PANEL) >= 3
    assert contrast(kind, Role.BAND) >= 3
    assert contrast(kind, Role.INK) >= 4.5


def test_labels_in_hollow_marks_are_readable() -> None:
    assert min(contrast(kind, Role.PANEL) for kind in KINDS) >= 4.5


def test_the_panels_edge_is_seen_on_light_and_dark_pages() -> None:
    assert contrast(Role.BORDER, Role.PANEL) >= 3


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_a_failed_step_looks_like_no_other_to_any_eye(deficiency: str) -> None:
    others = [kind for kind in KINDS if kind is not Role.FAILED]
    assert min(distance(Role.FAILED, kind, deficiency) for kind in others) >= 20


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_colours_that_fill_bars_differ_for_any_eye(deficiency: str) -> None:
    fills = (Role.OK, Role.FAILED, Role.PARTIAL, Role.DIVERGENT)
    assert min(distance(one, other, deficiency) for one, other in combinations(fills, 2)) >= 20
