"""What people can type, each word declared once, in the file of the feature that it belongs to.

    @subcommand("export", help="the incident's evidence as one archive, in its thread")
    def export(typed: Typed) -> Understood:
        return started(ExportRequest(reply=typed.reply), EXPORTING)

This is `/replay export` and `@incident-bot export` both; help, README's table and the manifest's usage hint are made from it
(`make commands`). The word "" is what the command does with everything else.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.blocks.layout import Message
from bot.blocks.notices import accepted, failure_message, help_message, placed
from bot.domain.access.admission import Visitor
from bot.domain.run.uris import clean, names_record, names_something
from bot.domain.text import typed as reading
from bot.errors import BotError
from bot.jobs.queueing import enqueue, enqueue_once
from bot.jobs.registry import Request
from bot.jobs.show import tell
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_command, reply_to_message, said_to_bot

REPLAY, RESOLVE = "/replay", "/resolve"
ABOUT = {  # what each command is for, as its help and README begin
    REPLAY: "/replay shows what an agent's run did and where it broke",
    RESOLVE: "/resolve shows one decision, commit, node or edge of Aionis",
}
HELP = "help"
HERE_TITLE = "What I can do here"
IN_THREADS = (
    "In a thread, where slash commands do not work: mention me with the same words, such as `replay <run_id>`, `summary` or "
    "`resolve <uri>`, or use a message's shortcut Replay this run or Summarise this thread; in an incident's thread "
    "`!replay <run_id>` does, too"
)
# People ask politely, and this is not what they ask for.
_POLITE = frozenset(
    "please pls plz hey hi hello ok okay can could would will you kindly just now bitte and the a".split()  # noqa: SIM905
)
_MARKED = re.compile(r"\s*!\s?([a-z]+)\b", re.IGNORECASE)  # how other bots are spoken to in threads
_POLITE_WORDS = 8  # no request begins with more
_MARKS = "`'\"“”‘’*_~/:,.;!?()[]<>-–—…"

log = structlog.get_logger(__name__)

Opens = Callable[[Services, Visitor], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed behind a word, readable (bot/domain/text/typed.py), and where they are answered.

    `raw` is the same as it was typed, for what stands in quotes.
    """

    text: str
    reply: ReplyTo
    raw: str = ""

    @property
    def in_thread(self) -> bool:
        """Tell whether it was said in a thread that was there already."""
        return self.reply.in_thread


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for: a job to store, or None where the short answer is all there is.

    `opens` makes the modal that is opened instead, where Slack gives a trigger for one: for commands, not for mentions.
    """

    request: Request | None
    answer: Message
    opens: Opens | None = None


Understand = Callable[[Typed], Understood]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command. `usage` is how it is typed, behind the command; `doc` is the page of docs/ that says more."""

    command: str
    word: str
    usage: str
    help: str
    doc: str
    understand: Understand

    @property
    def line(self) -> str:
        """Return the word as a line of the help."""
        return f"`{self.command} {self.usage}`: {self.help}"


_WORDS: dict[tuple[str, str], Word] = {}


def subcommand(
    word: str,
    *,
    help: str,  # noqa: A002 as typer has it
    arguments: str = "",
    doc: str = "",
    command: str = REPLAY,
) -> Callable[[Understand], Understand]:
    """Declare a word: what it is followed by (`arguments`), what it does (`help`), and which page of docs/ says more."""

    def declare(understand: Understand) -> Understand:
        if (command, word) in _WORDS:
            raise ValueError(f"{command} {word} is declared twice")
        usage = " ".join(part for part in (word, arguments) if part)
        _WORDS[command, word] = Word(command, word, usage, help, doc, understand)
        return understand

    return declare


def words_of(command: str) -> list[Word]:
    """Return the words of a command: what it does without one first, and the help last."""
    own = [word for word in _WORDS.values() if word.command == command]
    return sorted(own, key=lambda one: (one.word == HELP, one.word))


def usage_hint(command: str) -> str:
    """Return what Slack shows behind a command while it is typed, as in manifest.yml."""
    return " | ".join(word.usage for word in words_of(command))


def help_for(*commands: str) -> Message:
    """Return how one or more commands are used."""
    title = ABOUT[commands[0]] if len(commands) == 1 else HERE_TITLE
    return help_message(title, [*(word.line for command in commands for word in words_of(command)), IN_THREADS])


def started(request: Request, answer: str) -> Understood:
    """Return what is understood: a job, and the short answer until it is done; in `answer`, `backticks` become code."""
    return Understood(request, accepted(answer))


def refused(error: BotError, typed: Typed) -> Understood:
    """Return what is understood where that is nothing: the answer says why, and what to type there."""
    return Understood(None, failure_message(placed(error, in_thread=typed.in_thread)))


def understand(command: str, text: str, reply: ReplyTo) -> Understood:
    """Read what follows a command: one of its words, or what it does without."""
    return _understood(command, reading.unescaped(text[: reading.LONGEST]), reply)


def _understood(command: str, text: str, reply: ReplyTo) -> Understood:
    raw = text.strip()
    first, rest = _split(raw)
    word = _WORDS.get((command, _bare(reading.typed(first)) or HELP))
    if word is None:
        return _WORDS[command, ""].understand(Typed(reading.typed(raw).strip(), reply, raw))
    return word.understand(Typed(reading.typed(rest).strip(), reply, rest))


def understand_mention(text: str, reply: ReplyTo) -> Understood:
    """Read what was said to the bot: a command's name or word, politely or not; else the run or record that it names."""
    text = reading.unescaped(text[: reading.LONGEST])
    asked = _without_politeness(text.strip())
    first, rest = _split(asked)
    word = _bare(reading.typed(first))
    if f"/{word}" in ABOUT:
        return _named(f"/{word}", rest, reply)
    if word and (REPLAY, word) in _WORDS:
        return _understood(REPLAY, asked, reply)
    if names_something(text):
        return _understood(RESOLVE if names_record(asked) else REPLAY, asked, reply)
    return Understood(None, help_for(*ABOUT))


def is_marked(text: str) -> bool:
    """Tell whether a text begins with an exclamation mark and one of the words, `!replay <run_id>`; `!important` does not."""
    marked = _MARKED.match(text[: reading.LONGEST])
    word = marked.group(1).lower() if marked else ""
    return f"/{word}" in ABOUT or bool(word and (REPLAY, word) in _WORDS)


def _named(command: str, rest: str, reply: ReplyTo) -> Understood:
    """Read what follows a command's name in a mention; with nothing behind it, what it does there without."""
    return _understood(command, rest, reply) if rest else _WORDS[command, ""].understand(Typed("", reply))


def _bare(word: str) -> str:
    return clean(word).strip(_MARKS).lower()


def _split(text: str) -> tuple[str, str]:
    """Return the first word, and the rest as it was typed."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0] if rest else ""


def _without_politeness(text: str) -> str:
    for _ in range(_POLITE_WORDS):
        first, rest = _split(text)
        if (word := _bare(reading.typed(first))) and word not in _POLITE:
            break
        text = rest
    return text


def register(app: AsyncApp, services: Services) -> None:
    """Register the commands and the mention."""
    for command in ABOUT:
        _register_command(app, services, command)

    @app.event("app_mention")
    async def on_mention(ack: AsyncAck, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("user") and not event.get("bot_id"):
            reply = reply_to_message(event, starts_thread=True)
            asked = understand_mention(said_to_bot(event, context.bot_user_id or ""), reply)
            await take_words(services, event, asked, reply)
        else:
            # Nobody whose rights could be looked at: a workflow, or another app (docs/permissions.md).
            log.info("mention_without_a_person", channel=event.get("channel"), bot=event.get("bot_id"))
        await ack()


def _register_command(app: AsyncApp, services: Services, name: str) -> None:
    @app.command(name)
    async def on_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        reply = reply_to_command(command)
        understood = understand(name, command.get("text") or "", reply)
        if understood.opens:
            visitor = await services.authorization.enter(reply.user, reply.channel)
            await services.slack.open_view(command["trigger_id"], await understood.opens(services, visitor))
            await ack()
            return
        if understood.request is not None:
            await enqueue(services, understood.request, key=command["trigger_id"])
        answer = understood.answer
        await ack(text=answer.text, blocks=answer.blocks or None, response_type="ephemeral")


async def take_words(services: Services, event: dict[str, Any], understood: Understood, reply: ReplyTo) -> None:
    """Store what a message asks for; nothing but a job can answer one, so that a bare answer is a job, too.

    What a message asked for is done once, however often it is edited and by whatever events it is told; one that asked for
    nothing may be mended by editing it.
    """
    key = f"{event['channel']}:{event['ts']}"
    if understood.request is None:
        await tell(services, reply, understood.answer, key=key)
    else:
        await enqueue_once(services, understood.request, key=f"mention:{key}")
