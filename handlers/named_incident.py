"""An incident that is named behind a word: by its id, or as the thread's own."""

import re

from bot.domain.incident.named import split_incident
from bot.domain.run.record_references import echo
from bot.domain.text.typed import with_plain_dashes
from bot.domain.text.word_list import words
from bot.errors import UsageError
from handlers.words import Typed

NOT_ONE = "I understood {typed}, which names no incident."
FORM = "Type `/replay {word}`, or `/replay {word} INC-…`."
# `close it`, `export this incident please`: the one that is talked about.
_THIS = words("it this that the incident one now please pls for of thread")
_NO_REASON = re.compile(
    r"(?:(?:the )?(?:it|this|that|incident|one|thread|now|please)\b(?![’'])[ ,.:;-]*)*"
    r"(?:(?:because(?: of)?|since|as|for|due to)\b[ ,.:;-]*)?",
    re.IGNORECASE,
)
# `replay this`, `replay the run above`: the one that the thread is about.
_THIS_RUN = _THIS | words("run above here alert message as")


def means_this_run(text: str) -> bool:
    """Tell whether a text means the run that its thread is about, and names none."""
    parts = re.findall(r"\w+", text.lower())
    return set(parts) <= _THIS_RUN and not (text and not parts and text.strip(" `.,!?…"))


def named_incident(typed: Typed, word: str, *, strict: bool = False) -> str | None:
    """Return the id behind a word; None where nothing is, or what means the incident at hand.

    Raises `UsageError` for what looks like an id and is none, where `strict` for all else.
    """
    text = with_plain_dashes(typed.text)
    named, _ = split_incident(text)
    if named:
        return named
    if not strict and "INC-" not in text.upper():
        return None
    parts = re.findall(r"\w+", typed.text.lower())
    if not set(parts) <= _THIS or (typed.text and not parts and typed.text.strip(" `.,!?…")):
        raise UsageError(NOT_ONE.format(typed=echo(typed.text)), fix=FORM.format(word=word))
    return None


def behind_name(typed: Typed) -> str:
    """Return what stands behind an incident's id, or behind the words that mean the one at hand: why somebody wants it."""
    text = split_incident(with_plain_dashes(typed.text))[1].lstrip(" ,.:;-")
    why = " ".join(_NO_REASON.sub("", text, count=1).split())
    return why if re.search(r"\w", why) else ""
