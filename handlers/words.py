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
from difflib import get_close_matches
from typing import Any

from bot.blocks.layout import Message
from bot.blocks.notices import accepted, failure_message, help_message, placed
from bot.blocks.place import Where
from bot.domain.access.admission import Visitor
from bot.domain.run.record_references import echo
from bot.errors import BotError, UsageError
from bot.jobs.registry import Request
from bot.runtime.services import Services
from bot.slack import ReplyTo

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

_NEARLY = 0.75  # how alike a misspelt word is
_LOOKED_AT = 12  # words of a text
_AROUND = "`'\"“”‘’*_~:,.;!?()"
# What other bots have these words for, and the command's own name.
_SAID_FOR = {"replay": "replay", "resolved": "close", "solved": "close", "fixed": "close", "done": "close"}
NOT_A_WORD = "I understood {typed}, which begins with no word of mine. Did you mean “{meant}”?"
WORD_FORM = "Type `{command} {usage}`; `{command} help` lists all words."

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


def word_of(command: str, word: str) -> Word | None:
    """Return a word of a command; None where it has no such."""
    return _WORDS.get((command, word))


def word_without(command: str) -> Word:
    """Return what a command does with what begins with none of its words."""
    return _WORDS[command, ""]


def words_of_command(command: str) -> list[Word]:
    """Return the words of a command: what it does without one first, and the help last."""
    own = [word for word in _WORDS.values() if word.command == command]
    return sorted(own, key=lambda one: (one.word == HELP, one.word))


def nearly_a_word(command: str, text: str) -> str | None:
    """Return the word of a command that a text begins with misspelt, as in `clsoe`, else one that stands in it; None: none."""
    first, *others = [part.strip(_AROUND) for part in text.lower().split()[:_LOOKED_AT]] or [""]
    known = [one.word for one in words_of_command(command) if one.word]
    nearly = get_close_matches(first, [*known, *_SAID_FOR], n=1, cutoff=_NEARLY)
    meant = next(iter(nearly), None) or next((one for one in others if one in known or one in _SAID_FOR), None)
    return _SAID_FOR.get(meant, meant) if meant else None


def not_a_word(text: str, meant: str, command: str = REPLAY) -> UsageError:
    """Return what is told where a text begins with no word, and one is likely to be meant."""
    usage = (word_of(command, meant) or word_without(command)).usage
    return UsageError(
        NOT_A_WORD.format(typed=echo(text), meant=meant), fix=WORD_FORM.format(command=command, usage=usage)
    )


def usage_hint(command: str) -> str:
    """Return what Slack shows behind a command while it is typed, as in manifest.yml."""
    return " | ".join(word.usage for word in words_of_command(command))


def help_for(where: Where, *commands: str) -> Message:
    """Return how one or more commands are used in a place."""
    title = ABOUT[commands[0]] if len(commands) == 1 else HERE_TITLE
    lines = [word.line(where) for command in commands for word in words_of_command(command)]
    if where.in_thread:
        return help_message(f"{title.removeprefix('/')}. {IN_A_THREAD}", [*lines, HERE_ALSO])
    return help_message(title, [*lines, IN_DIRECT if where.direct else IN_THREADS])


def help_on(where: Where, word: Word) -> Message:
    """Return how one word is used in a place."""
    return help_message(IN_A_THREAD if where.in_thread else f"{word.command} {word.word}", [word.line(where)])


def started(request: Request, answer: str) -> Understood:
    """Return what is understood: a job, and the short answer until it is done; in `answer`, `backticks` become code."""
    return Understood(request, accepted(answer))


def refused(error: BotError, typed: Typed) -> Understood:
    """Return what is understood where that is nothing: the answer says why, and what to type there."""
    return Understood(None, failure_message(placed(error, typed.reply.where)), failed=type(error).__name__)
