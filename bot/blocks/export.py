"""What is said of an exported bundle."""

from bot.blocks import elements as el
from bot.blocks.layout import Message
from bot.blocks.text import escape
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural


def exported_message(
    incident: Incident, *, sha256: str, version: int, size: int, signed: bool = False, left_out: int = 0
) -> Message:
    """Return the message beside an uploaded bundle: its hash, what is not in it, and how to check it and its signature.

    `size` is in bytes, `left_out` a number of answers.
    """
    missing = f"Left out: {plural(left_out, 'answer')} of Aionis, too large for a bundle; Raw JSON shows a run's." * (
        left_out > 0
    )
    text = f"Evidence of {incident.id}, version {version}, {size / 1024:,.0f} KiB. SHA-256 {sha256} {missing}".rstrip()
    check = f"incident-bot verify {incident.id}.zip{' --key <public key>' if signed else ''}"
    blocks = [
        el.rich(
            el.line(el.bold(f"Evidence of {incident.id}"), el.plain(f", version {version}, {size / 1024:,.0f} KiB")),
            el.line(el.plain("SHA-256 "), el.code(sha256)),
            *([el.line(el.plain(missing))] if missing else []),
            el.line(el.plain("Check it with "), el.code(check)),
        )
    ]
    return Message(escape(text), el.to_dicts(blocks))
