"""What people can type, each word declared once, in the file of the feature that it belongs to.

    @subcommand("export", help="the incident's evidence as one archive, in its thread")
    def export(typed: Typed) -> Understood:
        return started(ExportRequest(reply=typed.reply), EXPORTING)

This is `/replay export` and `@incident-bot export` both; help, README's table and the manifest's usage hint are made from it
(`make commands`). The word "" is what the command does with everything else.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.blocks.layout import Message
from bot.blocks.notices import accepted, failure_message, help_message, placed
from bot.blocks.place import Where
from bot.domain.access.admission import Visitor
from bot.domain.run.uris import clean, names_record, names_something
from bot.domain.text import typed as reading
from bot.errors import BotError
from bot.jobs.counting import DONE
from bot.jobs.queueing import enqueue, enqueue_said
from bot.jobs.registry import Request
from bot.jobs.show import tell
from bot.runtime import metrics
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import names_others, reply_to_command, reply_to_message, said_to_bot

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
IN_A_THREAD = "Mention me with"
HERE_ALSO = (
    "Slash commands do not work in threads; a message's shortcuts Replay this run and Summarise this thread do, and in an "
    "incident's thread `!replay <run_id>`"
)
IN_DIRECT = (
    "Here the same words work without the slash. No incident is kept in direct messages: to open one, invite me to the channel "
    "where people work on it, and replay the run there"
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

    `raw` is the same as it was typed, for what stands in quotes. `others` tells that other people are named in it as well.
    """

    text: str
    reply: ReplyTo
    raw: str = ""
    others: bool = False

    @property
    def in_thread(self) -> bool:
        """Tell whether it was said in a thread that was there already."""
        return self.reply.in_thread


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for: a job to store, or None where the short answer is all there is.

    `opens` makes the modal that is opened instead, where Slack gives a trigger for one: for commands, not for mentions. `word` is
    the word that it was read as, `failed` the failure that the answer tells.
    """

    request: Request | None
    answer: Message
    opens: Opens | None = None
    word: str = HELP
    failed: str = ""


Understand = Callable[[Typed], Understood]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command. `usage` is how it is typed, behind the command; `doc` is the page of docs/ that says more.

    `phrases` are what people say instead of it: a whole text that is one of them is what `understand` gets.
    """

    command: str
    word: str
    usage: str
    help: str
    doc: str
    understand: Understand
    phrases: re.Pattern[str] | None = None

    def line(self, where: Where) -> str:
        """Return the word as a line of the help, as it is typed in a place."""
        spoken = self.usage if self.word else f"{self.command.removeprefix('/')} {self.usage}"
        return f"`{spoken if where.in_thread else f'{self.command} {self.usage}'}`: {self.help}"


_WORDS: dict[tuple[str, str], Word] = {}


def subcommand(
    word: str,
    *,
    help: str,  # noqa: A002 as typer has it
    arguments: str = "",
    doc: str = "",
    command: str = REPLAY,
    phrases: re.Pattern[str] | None = None,
) -> Callable[[Understand], Understand]:
    """Declare a word: what it is followed by (`arguments`), what it does (`help`), and which page of docs/ says more.

    `phrases` matches what is said instead, lower-cased and without marks around it.
    """

    def declare(understand: Understand) -> Understand:
        if (command, word) in _WORDS:
            raise ValueError(f"{command} {word} is declared twice")
        usage = " ".join(part for part in (word, arguments) if part)
        _WORDS[command, word] = Word(command, word, usage, help, doc, understand, phrases)
        return understand

    return declare


def words_of(command: str) -> list[Word]:
    """Return the words of a command: what it does without one first, and the help last."""
    own = [word for word in _WORDS.values() if word.command == command]
    return sorted(own, key=lambda one: (one.word == HELP, one.word))


def usage_hint(command: str) -> str:
    """Return what Slack shows behind a command while it is typed, as in manifest.yml."""
    return " | ".join(word.usage for word in words_of(command))


def help_for(where: Where, *commands: str) -> Message:
    """Return how one or more commands are used in a place."""
    title = ABOUT[commands[0]] if len(commands) == 1 else HERE_TITLE
    lines = [word.line(where) for command in commands for word in words_of(command)]
    if where.in_thread:
        return help_message(f"{title.removeprefix('/')}. {IN_A_THREAD}", [*lines, HERE_ALSO])
    return help_message(title, [*lines, IN_DIRECT if where.direct else IN_THREADS])


def started(request: Request, answer: str) -> Understood:
    """Return what is understood: a job, and the short answer until it is done; in `answer`, `backticks` become code."""
    return Understood(request, accepted(answer))


def refused(error: BotError, typed: Typed) -> Understood:
    """Return what is understood where that is nothing: the answer says why, and what to type there."""
    return Understood(None, failure_message(placed(error, typed.reply.where)), failed=type(error).__name__)


def understand(command: str, text: str, reply: ReplyTo) -> Understood:
    """Read what follows a command: one of its words, or what it does without."""
    return _understood(command, reading.unescaped(text[: reading.LONGEST]), reply)


def _understood(command: str, text: str, reply: ReplyTo, *, others: bool = False) -> Understood:
    raw = text.strip()
    first, rest = _split(raw)
    word = _WORDS.get((command, _bare(reading.typed(first)) or HELP))
    if word is None:
        word, rest = _said_otherwise(command, raw) or _WORDS[command, ""], raw
    asked = word.understand(Typed(reading.typed(rest).strip(), reply, rest, others))
    return replace(asked, word=word.word or command.removeprefix("/"))


def understand_mention(text: str, reply: ReplyTo, *, others: bool = False) -> Understood:
    """Read what was said to the bot: a command's name or word, politely or not; else the run or record that it names.

    `others` tells that other people were named, too: their names are no part of the text.
    """
    text = reading.unescaped(text[: reading.LONGEST])
    asked = _without_politeness(text.strip())
    first, rest = _split(asked)
    word = _bare(reading.typed(first))
    if f"/{word}" in ABOUT:
        return _named(f"/{word}", rest, reply)
    if (word and (REPLAY, word) in _WORDS) or _said_otherwise(REPLAY, asked):
        return _understood(REPLAY, asked, reply, others=others)
    if names_something(text):
        return _understood(RESOLVE if names_record(asked) else REPLAY, asked, reply)
    return Understood(None, help_for(reply.where, *ABOUT))


def is_marked(text: str) -> bool:
    """Tell whether a text begins with an exclamation mark and one of the words, `!replay <run_id>`; `!important` does not."""
    marked = _MARKED.match(text[: reading.LONGEST])
    word = marked.group(1).lower() if marked else ""
    return f"/{word}" in ABOUT or bool(word and (REPLAY, word) in _WORDS)


def _named(command: str, rest: str, reply: ReplyTo) -> Understood:
    """Read what follows a command's name in a mention; with nothing behind it, what it does there without."""
    return _understood(command, rest, reply) if rest else _WORDS[command, ""].understand(Typed("", reply))


def _said_otherwise(command: str, text: str) -> Word | None:
    """Return the word that a whole text means which does not begin with it: `sev2`, `I'm on it`."""
    said = _bare(reading.typed(text)).replace("’", "'")
    found = (word for word in words_of(command) if word.phrases and word.phrases.fullmatch(said))
    return next(found, None)


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
            bot = context.bot_user_id or ""
            asked = understand_mention(said_to_bot(event, bot), reply, others=names_others(event, bot))
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
            _count(understood)
            await ack()
            return
        if understood.request is None:
            _count(understood)
        else:
            await enqueue(services, understood.request, key=command["trigger_id"])
        answer = understood.answer
        await ack(text=answer.text, blocks=answer.blocks or None, response_type="ephemeral")


def _count(understood: Understood) -> None:
    """Count a command that no job answers, which would count itself."""
    metrics.count("commands", word=understood.word, outcome=understood.failed or DONE)


async def take_words(services: Services, event: dict[str, Any], understood: Understood, reply: ReplyTo) -> None:
    """Store what a message asks for; nothing but a job can answer one, so that a bare answer is a job, too.

    One that asked for nothing, or for what has failed, may be mended by editing it.
    """
    message = f"{event['channel']}:{event['ts']}"
    if understood.request is None:
        _count(understood)
        answer = hashlib.sha256(understood.answer.text.encode()).hexdigest()[:16]
        await tell(services, reply, understood.answer, key=f"{message}:{answer}")
    else:
        await enqueue_said(services, understood.request, message=message)
