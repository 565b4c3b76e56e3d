"""Short answers to one person: what was accepted, how to use a command, what went wrong."""

import re
from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import TEXT_LIMIT, Message
from bot.blocks.place import Where
from bot.blocks.routing import IN_PLACE, Action, RunTarget, UriTarget, action_id, encode, numbered
from bot.blocks.spoken import spoken
from bot.blocks.text import cut, escape, outside
from bot.errors import BotError, OtherKind, UsageError

EXAMPLE = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
# A command, with the verb before it. `/replay recent` is mentioned as `recent`, `/replay <run_id>` as `replay <run_id>`.
_COMMAND = re.compile(r"(?P<verb>\b(?:[Tt]ype|[Uu]se|[Ss]ay|[Rr]un) )?`/(?=re)(?:replay (?=[a-z]+[ `]))?")
TRY_AGAIN = "Try again"
INVITE = "I am not a member of this channel, so only you see this. Type `/invite @{bot}` in the channel so that everybody does."


def accepted(text: str) -> Message:
    """Return the short answer to an accepted command: our own mrkdwn, without blocks, because it is made before every ack."""
    return Message(text, [])


def notice(text: str) -> Message:
    """Return a short message of our own; `backticks` become code."""
    return Message(cut(escape(text), TEXT_LIMIT), el.to_dicts([el.rich(el.line(*spans(outside(text, 1_500))))]))


def help_message(title: str, lines: Sequence[str]) -> Message:
    """Return the usage of a command."""
    items = [spans(text) for text in lines]
    blocks = el.to_dicts([el.rich(el.line(el.bold(title)), el.bullets(items))])
    return Message(spoken(blocks, limit=TEXT_LIMIT), blocks)


def failure_message(
    error: BotError, *, again: ButtonElement | None = None, choices: Mapping[str, ButtonElement] | None = None
) -> Message:
    """Return what happened, what to try, and the id to quote.

    `again` is the button that asks for the same again, `choices` those that ask for what may have been meant, by their labels.
    """
    buttons = [again] if again else []
    for place, (label, button) in enumerate((choices or {}).items()):
        buttons.append(el.button(label, numbered(button.action_id or "", place), button.value or ""))
    blocks = [*failure_blocks(error), *([el.actions(*buttons, block_id=IN_PLACE)] if buttons else [])]
    return Message(cut(escape(outside(str(error), 1_500)), TEXT_LIMIT), el.to_dicts(blocks))


def other_kind_button(error: OtherKind) -> ButtonElement:
    """Return the button that shows what an id is the id of."""
    if error.kind == "run":
        return el.button("Replay the run", action_id(Action.REPLAY), encode(RunTarget(run_id=error.id_)))
    target = UriTarget(uri=f"{error.kind} {error.id_}")
    return el.button(f"Show the {error.kind.replace('_', ' ')}", action_id(Action.RESOLVE), encode(target))


def without_commands(text: str) -> str:
    """Return a hint as it is told in a thread or a modal, where slash commands do not work: a mention takes their words."""
    said = False

    def mention(command: re.Match[str]) -> str:
        nonlocal said
        first, said = not said, True
        if not first:
            return "`"
        before = text[: command.start()].rstrip()
        return f"{'mention' if before and before[-1] not in '.!?' else 'Mention'} me with `"

    return _COMMAND.sub(mention, text)


def told_at(where: Where, text: str) -> str:
    """Return a hint as it is told in its place."""
    return without_commands(text) if where.in_thread else text


def placed(error: BotError, where: Where) -> BotError:
    """Return a failure as it is told in its place, with what to type there."""
    if not where.in_thread or "`/re" not in error.fix:
        return error
    return UsageError(error.what, fix=without_commands(error.fix), request_id=error.request_id)


def in_field(error: BotError, example: str = f"a run id such as {EXAMPLE}") -> str:
    """Return a failure as it is told at a modal's field, where nothing is a command."""
    return f"{error.what} Give {example}." if "`/re" in error.fix else str(error)


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
