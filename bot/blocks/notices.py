"""Short answers to one person: what was accepted, how to use a command, what went wrong."""

import re
from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import TEXT_LIMIT, Message
from bot.blocks.text import cut, escape, outside
from bot.errors import BotError, UsageError

EXAMPLE = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
_TYPE_IT = re.compile(r"(?:Type|Use|Say|Run) (?=`/re)")
_COMMAND = re.compile(r"`/(?:replay (?=recent|compare|status|similar|summary|export))?")
TRY_AGAIN = "Try again"
INVITE = "I am not a member of this channel, so only you see this. Type `/invite @{bot}` so that everybody does."


def accepted(text: str) -> Message:
    """Return the short answer to an accepted command: our own mrkdwn, without blocks, because it is made before every ack."""
    return Message(text, [])


def notice(text: str) -> Message:
    """Return a short message of our own; `backticks` become code."""
    return Message(cut(escape(text), TEXT_LIMIT), el.to_dicts([el.rich(el.line(*spans(outside(text, 1_500))))]))


def help_message(title: str, lines: Sequence[str]) -> Message:
    """Return the usage of a command."""
    items = [spans(text) for text in lines]
    return Message(escape(title), el.to_dicts([el.rich(el.line(el.bold(title)), el.bullets(items))]))


def failure_message(error: BotError, *, again: ButtonElement | None = None) -> Message:
    """Return what happened, what to try, and the id to quote; `again` is the button that asks for the same again."""
    blocks = [*failure_blocks(error), *([el.actions(again)] if again else [])]
    return Message(cut(escape(outside(str(error), 1_500)), TEXT_LIMIT), el.to_dicts(blocks))


def in_thread(error: BotError) -> BotError:
    """Return a failure as it is told in a thread, where slash commands do not work: a mention takes their words."""
    if "`/re" not in error.fix:
        return error
    fix = _COMMAND.sub("`", _TYPE_IT.sub("Mention me with ", error.fix))
    return UsageError(error.what, fix=fix, request_id=error.request_id)


def in_field(error: BotError) -> str:
    """Return a failure as it is told at a modal's field, where nothing is a command."""
    return f"{error.what} Give a run id such as {EXAMPLE}." if "`/re" in error.fix else str(error)


def failure_blocks(error: BotError) -> list[Block]:
    """Return a failure as blocks, for messages and modals."""
    blocks = [el.rich(el.line(el.bold("✗ "), *spans(outside(error.what, 900))))]
    if error.fix:
        blocks.append(el.rich(el.line(el.bold("Try: "), *spans(outside(error.fix, 900)))))
    if error.request_id:
        blocks.append(el.context(f"Request id {outside(error.request_id, 100, one_line=True)}"))
    return blocks


def spans(text: str) -> list[el.RichText]:
    """Return a text as parts, with what stands in `backticks` as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [el.plain(text)]
    return [el.code(piece) if place % 2 else el.plain(piece) for place, piece in enumerate(pieces) if piece]
