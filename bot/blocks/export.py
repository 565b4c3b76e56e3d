"""What is said of an exported bundle."""

from bot.blocks import elements as el
from bot.blocks.layout import Message
from bot.blocks.text import escape
from bot.domain.incident.state import Incident


def exported_message(incident: Incident, *, sha256: str, version: int, size: int, signed: bool = False) -> Message:
    """Return the message beside an uploaded bundle: its hash, and how to check it and its signature. `size` is in bytes."""
    text = f"Evidence of {incident.id}, version {version}, {size / 1024:,.0f} KiB. SHA-256 {sha256}"
    check = f"incident-bot verify {incident.id}.zip{' --key <public key>' if signed else ''}"
    blocks = [
        el.rich(
            el.line(el.bold(f"Evidence of {incident.id}"), el.plain(f", version {version}, {size / 1024:,.0f} KiB")),
            el.line(el.plain("SHA-256 "), el.code(sha256)),
            el.line(el.plain("Check it with "), el.code(check)),
        )
    ]
    return Message(escape(text), el.to_dicts(blocks))
