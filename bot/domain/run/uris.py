"""Aionis URIs: `aionis://tenant/scope/type/id`, and what people type instead of them.

Grammar: Aionis contract, section 5. The server rejects `memory://commit/<id>` although the tutorial uses it, so that form is
turned into the caller's own tenancy here.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.phrases import plural
from bot.domain.text.typed import LONGEST, readable, typed, with_plain_dashes, with_plain_ids
from bot.errors import ForeignUri, UsageError
from bot.ids import PREFIX_PATTERN, UUID_PATTERN, as_beginning, as_uuid

NODE_TYPES = ("event", "entity", "topic", "rule", "evidence", "concept", "procedure", "self_model")
URI_TYPES = (*NODE_TYPES, "edge", "commit", "decision")

RESOLVE_FORMS = "`/resolve aionis://<tenant>/<scope>/<type>/<uuid>`, `/resolve decision <uuid>` or `/resolve memory://commit/<uuid>`"
_SUCH_AS = "with a run id such as `3d1868e2-e6d3-4f69-952e-61f53ef2ef30`"
REPLAY_FORM = f"`/replay <run_id>` {_SUCH_AS}"
SIMILAR_FORM = f"`/replay similar <run_id>` {_SUCH_AS}"
_COMPARE = "/replay compare <failing_run> <rerun>"
COMPARE_FORM = f"`{_COMPARE}`: the failing run first, then its rerun"
JOIN_FORM = "`/replay similar <run_id> as <run_id>`, with the ids of two failed runs"

_WRAPPERS = "`'\"‘’“”<>()[]{}*_~"  # typographic quotes are what phones type
_LINK = re.compile(r"<([^<|>]+)(?:\|[^<>]*)?>")
_TRAILING = ".,;:!?…"
# What follows the separators begins with none, so that there is one way to split them and a long run of them costs no more.
_SHORT_FORM = re.compile(rf"({'|'.join(URI_TYPES)})[\s/:]+([^\s/:]\S*)", re.IGNORECASE)
# A run's link may name its project as well, which is no run.
_RUN_LINK = re.compile(rf"https?://[^\s<>|]{{1,600}}?/runs?/({UUID_PATTERN})(?![0-9a-fA-F-])[^\s<>|\"]*", re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"{_RUN_LINK.pattern}|(?:aionis|memory)://[^\s<>|`'\"]{{1,600}}?{UUID_PATTERN}|{UUID_PATTERN}", re.IGNORECASE
)
_OF_RECORD = re.compile(r"(?:aionis|memory)://", re.IGNORECASE)
_WITH_WORDS = re.compile(rf"(?P<uri>.*?{UUID_PATTERN})[\s>|,;.!?`'\"”’)\]]", re.DOTALL)
_ALONE = re.compile(rf"(?<![0-9a-fA-F-]){UUID_PATTERN}(?![0-9a-fA-F-])")
_BEGINNING = re.compile(rf"(?<![0-9a-zA-Z-])(?:{UUID_PATTERN}|{PREFIX_PATTERN})(?![0-9a-zA-Z-])")
_PARTS = 4  # tenant, scope, type and id
_PLAIN = re.compile(r"[A-Za-z0-9_.\[\]#-]*[A-Za-z0-9_\]-]")  # no path that climbs; Aionis' masks are brackets
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # what may stand in a scheme without being seen
_WITHOUT_TENANCY = re.compile(rf"(?:{'|'.join(URI_TYPES)})/{_PLAIN.pattern}")
_ECHO_LIMIT = 80  # characters of what was typed that an error repeats
_ID_LENGTH = 36
_LAYERS = 8  # of what stands around an id; nobody types more, and each costs a pass over the text


@dataclass(frozen=True, slots=True)
class AionisUri:
    """One record's address. `type` is one of `URI_TYPES`; `id` is a lower-case UUID."""

    tenant_id: str
    scope: str
    type: str
    id: str

    def __str__(self) -> str:
        """Return the URI with every segment percent-encoded."""
        segments = (self.tenant_id, self.scope, self.type, self.id)
        return "aionis://" + "/".join(quote(segment, safe="") for segment in segments)

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope that the URI names."""
        return Tenancy(self.tenant_id, self.scope)


@dataclass(frozen=True, slots=True)
class Reference:
    """What somebody typed to name a record: a full URI, or a type and an id of whatever tenancy it is read in.

    `id` may be the beginning of one: see `bot/investigation/prefixes.py`.
    """

    tenancy: Tenancy | None
    type: str
    id: str

    def __str__(self) -> str:
        """Return what to type for it: the URI, or `decision <uuid>`."""
        return str(uri_of(self.tenancy, self.type, self.id)) if self.tenancy else f"{self.type} {self.id}"

    def within(self, tenancy: Tenancy) -> AionisUri:
        """Return the record's address in a tenancy; raises `ForeignUri` where the reference names another one."""
        if self.tenancy not in {None, tenancy}:
            raise ForeignUri(
                f"{echo(str(self))} belongs to tenant/scope {echo(str(self.tenancy))}, this channel reads {echo(str(tenancy))}.",
                fix="Ask in the channel of that tenant, or check the URI.",
            )
        return uri_of(tenancy, self.type, self.id)


def uri_of(tenancy: Tenancy, type_: str, id_: str) -> AionisUri:
    """Return the address of a record in the given tenancy."""
    return AionisUri(tenancy.tenant_id, tenancy.scope, type_, id_)


def is_foreign(uri: str, tenancy: Tenancy) -> bool:
    """Tell whether a URI may name a record of another tenant or scope: whatever names one and is not plainly of this tenancy.

    That is `aionis://tenant/scope/type/id`, in any encoding, or the tutorial's `memory://type/id`, which names no tenancy.
    """
    if not _names_a_record(uri):
        return False
    scheme, _, rest = uri.partition("://")
    if scheme == "memory":
        return _WITHOUT_TENANCY.fullmatch(rest) is None
    # Taken apart as the server does, percent signs and blanks undone: what it reads as another scope must be one here.
    parts = [unquote(part).strip() for part in rest.split("/")]
    if scheme != "aionis" or len(parts) != _PARTS or Tenancy(parts[0], parts[1]) != tenancy:
        return True
    return not all(_PLAIN.fullmatch(part) for part in parts[2:])


def _names_a_record(text: str) -> bool:
    """Tell whether a text has a scheme of Aionis' in it, however it is written; what has none names nobody's record."""
    letters = (
        char for char in unicodedata.normalize("NFKC", unquote(text)) if unicodedata.category(char) not in _UNSEEN
    )
    bare = "".join(letters).casefold()
    return "aionis:" in bare or "memory:" in bare


def clean(text: str) -> str:
    """Strip what people and Slack put around an id: blanks, quotes, backticks, `<link|label>`, trailing punctuation."""
    # In layers: `“<https://…|run>”.` has a link inside of quotes before a full stop.
    for _ in range(_LAYERS):
        previous = text
        text = text.strip().rstrip(_TRAILING)
        link = _LINK.fullmatch(text)
        text = link.group(1) if link else text.strip(_WRAPPERS)
        if text == previous:
            break
    return text


def parse_run_id(text: str, *, form: str = REPLAY_FORM) -> str:
    """Return the run id in what somebody typed, or in the run's link, lower-cased; words around a single id are ignored.

    Where there is no whole id, that may be the first eight characters of one, or more: see `bot/investigation/prefixes.py`.

    Raises `UsageError` showing what was understood, and the `form` of what was typed; for a URI it points to `/resolve`.
    """
    candidate = clean(with_plain_ids(typed(text)))
    if _OF_RECORD.search(candidate):
        reference = read_reference(candidate)
        raise UsageError(f"{echo(candidate)} is the URI of a record, not a run id.", fix=f"Use `/resolve {reference}`.")
    whole = _RUN_LINK.findall(candidate) or _ALONE.findall(candidate)
    found: set[str] = {match.lower() for match in whole or _BEGINNING.findall(candidate)}
    if len(found) == 1:
        return found.pop()
    if found:
        compare = f" `{_COMPARE}` compares two." if len(found) == 2 else ""
        raise UsageError(f"There are {len(found)} ids in that.", fix=f"Type one at a time: {form}.{compare}")
    what = f"I understood {echo(candidate)}, which is not a run id." if candidate else "There is no run id in that."
    raise UsageError(what, fix=f"Type {form}; `/replay recent` lists the latest failed runs.")


def two_run_ids(text: str, *, form: str = COMPARE_FORM) -> tuple[str, str]:
    """Return the two run ids, or their beginnings, in what somebody typed, lower-cased, in their order.

    Raises `UsageError`, which shows the `form`, for any other number.
    """
    found = _ids_in(text, at_least=2)
    if len(found) != 2:
        shown = typed(text).strip()
        what = f"I understood {echo(shown)}, which does not name two runs." if shown else "There are no ids in that."
        raise UsageError(what, fix=f"Type {form}.")
    return found[0], found[1]


def any_run_ids(text: str, *, form: str) -> tuple[str, ...]:
    """Return the run ids, or their beginnings, in what somebody typed, lower-cased, each once; none where nothing was typed.

    Raises `UsageError`, which shows the `form`, for a text without any.
    """
    found = tuple(dict.fromkeys(_ids_in(text, at_least=1)))
    if text.strip() and not found:
        raise UsageError(f"I understood {echo(text.strip())}, which names no run.", fix=f"Type {form}.")
    return found


def _ids_in(text: str, *, at_least: int) -> list[str]:
    """Return the whole ids in a text, lower-cased; of fewer than `at_least` what may be the beginnings of ids."""
    text = _RUN_LINK.sub(r"\1", _LINK.sub(r"\1", with_plain_ids(typed(text))))
    found: list[str] = [match.lower() for match in _ALONE.findall(text)]
    return found if len(found) >= at_least else [match.lower() for match in _BEGINNING.findall(text)]


def parse_reference(text: str, tenancy: Tenancy, *, type_: str | None = None) -> AionisUri:
    """Return the record meant by what somebody typed, in the caller's tenancy; an id alone is of the given type.

    Raises `ForeignUri` for another tenant or scope, and `UsageError` as `read_reference` does.
    """
    id_ = type_ and _id_in(clean(text[:LONGEST]))
    return uri_of(tenancy, type_, id_) if type_ and id_ else read_reference(text).within(tenancy)


def read_reference(text: str) -> Reference:
    """Return the record that somebody typed, in whatever tenancy: `aionis://…`, `memory://<type>/<uuid>` or `<type> <uuid>`.

    Raises `UsageError`, showing what was understood.
    """
    candidate = clean(_without_words(text[:LONGEST]))
    scheme, separator, rest = candidate.partition("://")
    if separator and scheme.lower() in {"aionis", "memory"}:
        candidate = f"{scheme.lower()}://{rest}"
    if candidate.startswith("aionis://"):
        return _parse_full(candidate)  # its tenant and scope stay as they are; only the id is read as people type
    return _parse_short(clean(with_plain_ids(typed(candidate))))


def _without_words(text: str) -> str:
    """Return the one URI in a text without the words around it; a text without one, or with several, as it is."""
    alone = _LINK.sub(r"\1", text)
    found = [match.start() for match in _OF_RECORD.finditer(alone)]
    if len(found) != 1:
        return text
    uri = alone[found[0] :]
    words = _WITH_WORDS.match(with_plain_dashes(uri))
    return uri[: words.end("uri")] if words else uri


def find_references(text: str) -> list[str]:
    """Return the run ids and URIs in a message's text, in order, without repeats.

    Ids are recognised with whatever dashes; tenant and scope of a URI stay as they are. Of a run's link the run counts alone.
    """
    text = readable(text)
    plain = with_plain_dashes(text)
    found = (match.group(1) or clean(_as_written(text, match)) for match in _IN_TEXT.finditer(plain))
    return list(dict.fromkeys(found))


def find_named(text: str) -> list[str]:
    """Return the run ids and URIs that a message is asked about: where it names none, ids without dashes count.

    Traces have such ids, too, so that they are none while anything better is there.
    """
    found = find_references(text)
    dashed = "" if found else with_plain_ids(readable(text))
    return find_references(dashed) if dashed and dashed != with_plain_dashes(readable(text)) else found


def _as_written(text: str, match: re.Match[str]) -> str:
    """Return a URI with its tenant and scope as they were written, and its id with plain dashes; an id as it was found."""
    if not _OF_RECORD.match(match.group()):
        return match.group()
    id_ = match.end() - _ID_LENGTH
    return text[match.start() : id_] + match.group()[-_ID_LENGTH:]


def names_something(text: str) -> bool:
    """Tell whether a typed text names a run or a record. A beginning of an id has a digit and a letter, or stands alone."""
    plain = with_plain_ids(typed(text))
    beginnings: list[str] = _BEGINNING.findall(plain)
    likely = any(re.search("[0-9]", one) and re.search("[a-fA-F]", one) for one in beginnings)
    return likely or bool(_IN_TEXT.search(plain) or (beginnings and as_beginning(clean(plain))))


def names_record(text: str) -> bool:
    """Tell whether a typed text names a record by its URI, or is one's type and id."""
    short_form = _SHORT_FORM.fullmatch(clean(with_plain_ids(typed(text))))
    return bool(_OF_RECORD.search(text) or (short_form and _id_in(clean(short_form.group(2)))))


def echo(text: str) -> str:
    """Quote what was typed, bounded, for an error sentence."""
    shown = text if len(text) <= _ECHO_LIMIT else text[: _ECHO_LIMIT - 1] + "…"
    return f"“{shown}”"


def _parse_full(candidate: str) -> Reference:
    segments = [unquote(segment).strip() for segment in candidate.removeprefix("aionis://").rstrip("/").split("/")]
    if len(segments) != 4 or not all(segments):
        raise UsageError(
            f"{echo(candidate)} is not an Aionis URI: it has {plural(len(segments), 'part')} instead of 4.",
            fix=f"Use {RESOLVE_FORMS}.",
        )
    tenant_id, scope, type_, id_ = segments
    return Reference(Tenancy(tenant_id, scope), _known_type(type_, candidate), _uuid_or_usage(id_, type_))


def _parse_short(candidate: str) -> Reference:
    match = _SHORT_FORM.fullmatch(candidate.removeprefix("memory://"))
    if match:
        type_ = match.group(1).lower()
        return Reference(None, type_, _uuid_or_usage(clean(match.group(2)), type_))
    if as_uuid(candidate) or as_beginning(candidate):
        raise UsageError(
            f"{echo(candidate)} is an id, but of what?",
            fix=f"Say `/resolve decision {candidate}` (or commit, edge, rule, …); for a run use `/replay {candidate}`.",
        )
    what = f"I understood {echo(candidate)}, which is not an Aionis URI." if candidate else "There is no URI in that."
    raise UsageError(what, fix=f"Use {RESOLVE_FORMS}.")


def _known_type(type_: str, candidate: str) -> str:
    if type_.lower() in URI_TYPES:
        return type_.lower()
    raise UsageError(
        f"{echo(candidate)} has the unknown type {echo(type_)}.", fix=f"The types are {', '.join(URI_TYPES)}."
    )


def _id_in(text: str) -> str | None:
    """Return the id that a text is, or the beginning of one, lower-cased."""
    plain = with_plain_ids(typed(text))
    return as_uuid(plain) or as_beginning(plain)


def _uuid_or_usage(text: str, type_: str) -> str:
    found = _id_in(text)
    if found:
        return found
    hint = " A commit's hash is not its id." if re.fullmatch(r"[0-9a-fA-F]{64}", text) else ""
    raise UsageError(f"{echo(text)} is not the id of a {type_}: ids are UUIDs.{hint}", fix=f"Use {RESOLVE_FORMS}.")
