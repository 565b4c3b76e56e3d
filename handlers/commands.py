"""What is typed behind a command or said to the bot, read word by word and stored."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.domain.incident.named import parted_at_incident, unlinked
from bot.domain.run.ids_in_text import find_named, names_something
from bot.domain.run.record_references import clean, names_record
from bot.domain.text import typed as reading
from bot.domain.text.word_list import words
from bot.ids import as_uuid, short_hash
from bot.jobs.job_metrics import DONE
from bot.jobs.queueing import enqueue, enqueue_said
from bot.jobs.show import tell
from bot.runtime import metrics
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import carried_by, is_by_person, names_others, reply_to_command, reply_to_message, said_to_bot
from handlers.named_incident import means_this_run
from handlers.words import (
    ABOUT,
    HELP,
    REPLAY,
    RESOLVE,
    Typed,
    Understood,
    Word,
    help_for,
    nearly_a_word,
    not_a_word,
    refused,
    word_of,
    word_without,
    words_of_command,
)

# People ask politely, and this is not what they ask for.
_POLITE = words(
    "please pls plz hey hi hello ok okay can could would will you kindly just now bitte and the a an "
    "show me give get set change run do lets let's"
)
_ASKING = words("show give get set change")
_THANKS = words("please pls plz bitte thanks thx ty now asap")
_MARKED = re.compile(r"\s*!\s?([a-z]+)\b", re.IGNORECASE)  # how other bots are spoken to in threads
_GLUED = re.compile(r"([A-Za-z]{2,20})[=:](?=\S)")  # `reruns=3`, `summary:INC-…`
_SHORTCODE = re.compile(r":[\w+'-]{1,100}:")  # `:wave:`, as Slack writes what people see as a picture
_BULLET = re.compile(r"[-*>+•◦▪‣·]|\d{1,2}[.)]")
_AROUND_PICTURES = "*_~.,!?()"  # no quotes: in `scope="a 🚀"` it is a part of the value
_PICTURES = frozenset({"So", "Sk", "Mn", "Me", "Cf"})  # what an emoji is made of
_POLITE_WORDS = 8  # no request begins with more
_MARKS = "`'\"“”‘’*_~/:,.;!?¡¿()[]<>-–—…#"
_ASKS_HELP = re.compile(r"\s*(?:\?+|(?:--)?(?:help|usage)|-h)\s*", re.IGNORECASE)
_MARKS_FIRST = re.compile(r"\A\W+")
# `the close was wrong` is about a word, and asks for nothing; `don't replay <run_id>` asks for the contrary.
_ABOUT_A_WORD = re.compile(
    r"\W*(?:the|an?)\s+[a-z]+\s+(?:is|was|were|has|had|did|does|should|must|will|would|can|could|may|might)\b",
    re.IGNORECASE,
)
_NOT_TO_BE_DONE = re.compile(r"\W*(?:please\W+|pls\W+|ok\W+)?(?:do\s+not|don['’]?t|never|not)\b", re.IGNORECASE)
_OF = re.compile(r"\b(?:of|for|on|in|is)\s*$", re.IGNORECASE)

log = structlog.get_logger(__name__)


def understand(command: str, text: str, reply: ReplyTo) -> Understood:
    """Read what follows a command: one of its words, or what it does without."""
    return _understood(command, reading.unescaped(text[: reading.LONGEST]), reply)


def _understood(command: str, text: str, reply: ReplyTo, *, others: bool = False) -> Understood:
    raw = _with_word_first(command, _without_thanks(_without_own_name(command, text.strip())))
    word, rest = _word_and_rest(command, raw)
    if word is None:
        word, rest = _said_otherwise(command, raw), raw
    if word is None and (plain := _without_politeness(raw)) != raw:
        word, rest = _word_and_rest(command, plain) if plain else (None, raw)
        word, rest = (word, rest) if word else (_said_otherwise(command, plain), plain)
    if word is None:
        word, rest = word_without(command), raw
    elif word.word and _ASKS_HELP.fullmatch(rest):
        word, rest = word_of(command, HELP) or word, word.word
    asked = word.understand(Typed(reading.typed(rest).strip(), reply, rest, others))
    return replace(asked, word=word.word or command.removeprefix("/"))


def _word_and_rest(command: str, text: str) -> tuple[Word | None, str]:
    """Return the word that a text begins with, and what is behind it; nothing but marks asks for the help."""
    first, rest = _split(text)
    bare = _bare(reading.typed(first))
    while not bare and rest:  # a quote's `>`, a bullet
        text = rest
        first, rest = _split(text)
        bare = _bare(reading.typed(first))
    word = word_of(command, bare or HELP)
    if word is None and (glued := _GLUED.match(text)):
        return word_of(command, glued.group(1).lower()), text[glued.end() :]
    return word, rest


def _with_word_first(command: str, text: str) -> str:
    """Return `INC-7Q2K: close it` as `close INC-7Q2K it`; any other text as it is."""
    before, id_, after = parted_at_incident(reading.with_plain_dashes(reading.typed(text)))
    asked = _without_politeness(_MARKS_FIRST.sub("", after))
    if not id_ or _bare(before) or not asked:
        return text
    word, rest = _word_and_rest(command, asked)
    return f"{word.word} {id_} {rest}" if word and word.word and word.word != HELP else text


def _without_own_name(command: str, text: str) -> str:
    """Return what was typed without the command's own name, which people paste: `/replay /replay <run_id>`."""
    first, rest = _split(text)
    return rest if f"/{_bare(reading.typed(first))}" == command else text


def understand_mention(text: str, reply: ReplyTo, *, others: bool = False, carried: str = "") -> Understood:
    """Read what was said to the bot: a command's name or word, politely or not; else the run or record that it names.

    `others` tells that other people were named, too: their names are no part of the text. `carried` is what the message forwards
    or has attached: `replay this`, or nothing at all, means what is named there.
    """
    text = reading.unescaped(text[: reading.LONGEST])
    asked = _with_word_first(REPLAY, _without_politeness(text.strip()))
    first, rest = _split(asked)
    word = _bare(reading.typed(first))
    this = rest if f"/{word}" in ABOUT else asked
    if carried and means_this_run(_without_every_new(this)) and (found := find_named(carried)):
        return _understood(REPLAY if as_uuid(found[0]) else RESOLVE, f"{found[0]} {this}".strip(), reply)
    if f"/{word}" in ABOUT:
        return _named(f"/{word}", rest, reply)
    if (word and _word_and_rest(REPLAY, asked)[0]) or _said_otherwise(REPLAY, _without_thanks(asked)):
        return _understood(REPLAY, asked, reply, others=others)
    if names_something(text) and not _NOT_TO_BE_DONE.match(text):
        return _understood(RESOLVE if names_record(asked) else REPLAY, asked, reply)
    if meant := nearly_a_word(REPLAY, asked):
        return refused(not_a_word(reading.typed(text).strip(), meant), Typed(asked, reply))
    return Understood(None, help_for(reply.where, *ABOUT))


def _without_every_new(text: str) -> str:
    return " ".join(word for word in text.split() if _bare(word) != "new")


def is_marked(text: str) -> bool:
    """Tell whether a text begins with an exclamation mark and one of the words, `!replay <run_id>`; `!important` does not."""
    marked = _MARKED.match(text[: reading.LONGEST])
    word = marked.group(1).lower() if marked else ""
    return f"/{word}" in ABOUT or bool(word and word_of(REPLAY, word)) or _is_marked_phrase(text)


def _is_marked_phrase(text: str) -> bool:
    """Tell whether a text is an exclamation mark and what is said instead of a word: `!sev1`."""
    said = text[: reading.LONGEST].strip()
    return said.startswith("!") and _said_otherwise(REPLAY, said[1:]) is not None


def _named(command: str, rest: str, reply: ReplyTo) -> Understood:
    """Read what follows a command's name in a mention; with nothing behind it, what it does there without."""
    return _understood(command, rest, reply) if rest else word_without(command).understand(Typed("", reply))


def _said_otherwise(command: str, text: str) -> Word | None:
    """Return the word that a whole text means which does not begin with it: `sev2`, `I'm on it`."""
    plain = reading.with_plain_dashes(reading.typed(text)).replace("’", "'")
    before, id_, after = parted_at_incident(plain)
    # `sev2 INC-7Q2K` and `I'm on INC-7Q2K` mean what `sev2` and `I'm on it` mean, of that incident.
    of_it = (f"{_OF.sub('', before)}{after}", f"{before} it {after}") if id_ and before + after else ()
    said = [" ".join(_bare(one).split()) for one in (unlinked(plain), *of_it)]
    found = (word for word in words_of_command(command) if word.phrases and any(map(word.phrases.fullmatch, said)))
    return next(found, None)


def _bare(word: str) -> str:
    return clean(word).strip(_MARKS).lower()


def _split(text: str) -> tuple[str, str]:
    """Return the first word, and the rest as it was typed."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0] if rest else ""


def _is_picture(word: str) -> bool:
    """Tell whether a word is an emoji and nothing else, as a sign or by its name."""
    categories = {unicodedata.category(char) for char in word.strip(_AROUND_PICTURES)}
    return bool(_SHORTCODE.fullmatch(word)) or ("So" in categories and categories <= _PICTURES)


def _without_politeness(text: str) -> str:
    if _ABOUT_A_WORD.match(text):
        return text
    for _ in range(_POLITE_WORDS):
        first, rest = _split(text)
        word = _bare(reading.typed(first))
        if word and word not in _POLITE and not _BULLET.fullmatch(first) and not _is_picture(first):
            break
        # `show me the lead` asks who that is, and without its first words takes it.
        if word in _ASKING and _said_otherwise(REPLAY, _without_thanks(text)):
            break
        text = rest
    return text


def _without_thanks(text: str) -> str:
    for _ in range(_POLITE_WORDS):
        before, *last = text.rsplit(maxsplit=1) or [""]
        if not last or (_bare(reading.typed(last[0])) not in _THANKS and not _is_picture(last[0])):
            break
        text = before
    return text


def register(app: AsyncApp, services: Services) -> None:
    """Register the commands and the mention."""
    for command in ABOUT:
        _register_command(app, services, command)

    @app.event("app_mention")
    async def on_mention(ack: AsyncAck, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if is_by_person(event):
            reply = reply_to_message(event, starts_thread=True)
            bot = context.bot_user_id or ""
            asked = understand_mention(
                said_to_bot(event, bot), reply, others=names_others(event, bot), carried=carried_by(event)
            )
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
        await tell(services, reply, understood.answer, key=f"{message}:{short_hash(understood.answer.text)}")
    else:
        await enqueue_said(services, understood.request, message=message)
