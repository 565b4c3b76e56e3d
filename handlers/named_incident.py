"""An incident that is named behind a word: by its id, or as the thread's own."""

import re

from bot.domain.incident.named import parted_at_incident, split_incident, without_prefix
from bot.domain.run.record_references import clean, echo
from bot.domain.text.typed import with_plain_dashes
from bot.domain.text.word_list import words
from bot.errors import UsageError
from handlers.words import Typed

NOT_ONE = "I understood {typed}, which names no incident."
FORM = "Type `/replay {word}`, or `/replay {word} INC-…`."
SEVERAL = "There are {count} incidents in that."
ONE = "Type one at a time, as in `/replay {word} {id}`."
_LOOKED_AT = 10  # ids of one text
_AND = words("and or und et y incidents both")
AMID = "{id} stands amid what you typed: is it the one that is meant, or a part of the reason?"
AMID_FORM = "Type `/replay {word} <incident> because <why>`: the one that is meant comes first."
# `close it`, `export this incident please`: the one that is talked about.
_THIS = words("it this that the incident one now please pls for of thread")
_NO_REASON = re.compile(
    r"(?:(?:the )?(?:it|this|that|last|incident|one|thread|now|please)\b(?![’'])[ ,.:;-]*)*"
    r"(?:(?:because(?: of)?|since|as|for|due to)\b[ ,.:;-]*)?",
    re.IGNORECASE,
)
_JOINING = re.compile(r"^(?:of|for|on|in|to)\b|(?:^|\s)(?:of|for|on|in)$", re.IGNORECASE)
# What stands before the id of the incident at hand, and before that of another one.
_TO_IT = re.compile(r"[\W_]*(?:(?:it|this|that|the|incident|one|now|please|of|for)\b[\W_]*)*", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:dup(?:e|licate)?|same|superseded|related|part|merged|tracked|handled|covered|moved|see|cf|like)\b",
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
    _refuse_several(text, word)
    named, _ = split_incident(text)
    if named := named or without_prefix(clean(text)):
        return named
    if not strict and "INC-" not in text.upper():
        return None
    parts = re.findall(r"\w+", typed.text.lower())
    if not set(parts) <= _THIS or (typed.text and not parts and typed.text.strip(" `.,!?…")):
        raise UsageError(NOT_ONE.format(typed=echo(typed.text)), fix=FORM.format(word=word))
    return None


def _refuse_several(text: str, word: str) -> None:
    """Raise `UsageError` where nothing but several incidents is named: each is asked for by itself."""
    named, rest = [], text
    for _ in range(_LOOKED_AT):
        before, id_, after = parted_at_incident(rest)
        if id_ is None:
            break
        named.append(id_)
        rest = f"{before} {after}"
    if len(set(named)) > 1 and set(re.findall(r"\w+", rest.lower())) <= _THIS | _AND:
        raise UsageError(SEVERAL.format(count=len(set(named))), fix=ONE.format(word=word, id=named[0]))


def incident_and_rest(text: str) -> tuple[str | None, str]:
    """Return the id that a text names, and the text without it, and without the word that joined it: `2 for INC-…`."""
    incident, rest = split_incident(with_plain_dashes(text))
    rest = clean(rest).strip(" !¡¿#:,;")
    return incident, _JOINING.sub("", rest).strip() if incident else rest


def incident_and_why(typed: Typed, word: str, *, strict: bool = False) -> tuple[str | None, str]:
    """Return the id behind a word, as `named_incident` does, and what stands behind it, or the one at hand: why.

    The id of another incident may be a part of the reason (`as a duplicate of INC-…`), which is clear in a thread alone. Raises
    `UsageError` elsewhere: to close, or reopen, the other one of two is worse than a question.
    """
    text = with_plain_dashes(typed.text)
    if short := without_prefix(clean(text)):
        return short, ""
    _refuse_several(text, word)
    before, id_, after = parted_at_incident(text)
    if id_ is None:
        return named_incident(typed, word, strict=strict), _reason(before)
    if _TO_IT.fullmatch(before):
        return id_, _reason(after)
    if typed.in_thread and _OTHER.search(before):
        return None, _reason(f"{before}{id_}{after}")
    raise UsageError(AMID.format(id=id_), fix=AMID_FORM.format(word=word))


def _reason(text: str) -> str:
    why = " ".join(_NO_REASON.sub("", text.lstrip(" ,.:;-#`"), count=1).split())
    return why if re.search(r"\w", why) else ""
