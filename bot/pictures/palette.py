"""Colours by what they mean. The picture brings its own dark panel, so they hold on light and dark pages alike."""

from enum import StrEnum


class Role(StrEnum):
    """What a colour is for."""

    PANEL = "panel"
    BAND = "band"  # behind a gap; a tint that carries no meaning alone
    BORDER = "border"
    INK = "ink"  # text and glyphs on a filled mark
    TEXT = "text"
    MUTED = "muted"  # secondary text, axis, gap brackets
    OK = "ok"
    FAILED = "failed"
    PARTIAL = "partial"
    DIVERGENT = "divergent"
    SKIPPED = "skipped"
    PENDING = "pending"
    OTHER = "other"


PALETTE: dict[Role, str] = {
    Role.PANEL: "#12161d",
    Role.BAND: "#262e3a",
    Role.BORDER: "#6f7b8d",
    Role.INK: "#07090d",
    Role.TEXT: "#f3f5f9",
    Role.MUTED: "#b3bcc9",
    Role.OK: "#3f86c6",
    Role.FAILED: "#ff5a36",
    Role.PARTIAL: "#ffd23f",
    Role.DIVERGENT: "#f090c0",
    Role.SKIPPED: "#98a2b0",
    Role.PENDING: "#dde3ec",
    Role.OTHER: "#b9b08f",
}
