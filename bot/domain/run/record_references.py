"""What people type to name a record: a URI, `memory://<type>/<uuid>` or `<type> <uuid>`, with whatever stands around it.

The server rejects `memory://commit/<id>` although Aionis' tutorial uses it, so that form is turned into the caller's own tenancy
here.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.phrases import plural
from bot.domain.run.uris import URI_TYPES, AionisUri, uri_of
from bot.domain.text.typed import LONGEST, typed, with_plain_dashes, with_plain_ids
from bot.errors import ForeignUri, UsageError
from bot.ids import PREFIX_PATTERN, UUID_PATTERN, as_beginning, as_uuid

RESOLVE_FORMS = "`/resolve aionis://<tenant>/<scope>/<type>/<uuid>`, `/resolve decision <uuid>` or `/resolve memory://commit/<uuid>`"
_WRAPPERS = "`'\"‘’“”<>()[]{}*_~"  # typographic quotes are what phones type
LINK = re.compile(r"<([^<|>]+)(?:\|[^<>]*)?>")
_TRAILING = ".,;:!?…"
# What follows the separators begins with none, so that there is one way to split them and a long run of them costs no more.
_SHORT_FORM = re.compile(rf"(?:the\s)?({'|'.join(URI_TYPES)})s?[\s/:=#]+(?:id[\s/:=#]+)?([^\s/:=#]\S*)", re.IGNORECASE)
OF_RECORD = re.compile(r"(?:aionis|memory)://", re.IGNORECASE)
_SCHEME = re.compile(r"(?<![\w/])(aionis|memory)(?::/{0,4}|//)(?=[\w%.-]+/[^\s/])", re.IGNORECASE)
_WITH_WORDS = re.compile(rf"(?P<uri>.*?{UUID_PATTERN})[^\w/-]", re.DOTALL)
_ID = rf"(?:{UUID_PATTERN}|{PREFIX_PATTERN})(?![0-9a-zA-Z-])"
_TYPES = "|".join(URI_TYPES)
# `show me decision "<uuid>"`, `decision_id=<uuid>`, and `<uuid> (decision)`.
_AMID_WORDS = re.compile(
    rf"(?<![\w/:-])({_TYPES})s?(?:_?id)?[\s/:=#\"'“”`*]{{1,8}}(?:id[\s/:=#]{{1,4}})?({_ID})", re.IGNORECASE
)
_BEHIND = re.compile(rf"({_ID})[\s(]{{1,4}}({_TYPES})", re.IGNORECASE)
_NO_SCHEME = re.compile(rf"[\w.%-]{{1,200}}/[\w.%-]{{1,200}}/(?:{_TYPES})/{UUID_PATTERN}", re.IGNORECASE)
_NODE = re.compile(rf"(?:the\s)?nodes?[\s/:=#]+({_ID})", re.IGNORECASE)
_ECHO_LIMIT = 80  # characters of what was typed that an error repeats
_LAYERS = 8  # of what stands around an id; nobody types more, and each costs a pass over the text


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


def clean(text: str) -> str:
    """Strip what people and Slack put around an id: blanks, quotes, backticks, `<link|label>`, trailing punctuation."""
    # In layers: `“<https://…|run>”.` has a link inside of quotes before a full stop.
    for _ in range(_LAYERS):
        previous = text
        text = text.strip().rstrip(_TRAILING)
        link = LINK.fullmatch(text)
        text = link.group(1) if link else text.strip(_WRAPPERS)
        if text == previous:
            break
    return text


def with_schemes(text: str) -> str:
    """Return a text with `://` in the addresses of records that have another number of slashes, such as `aionis:/default/…`."""
    return _SCHEME.sub(r"\1://", text)


def has_uri(text: str) -> bool:
    """Tell whether the URI of a record stands in a text, with whatever number of slashes."""
    return bool(OF_RECORD.search(with_schemes(text)))


def bare(text: str) -> str:
    """Return what was typed for an id, without what stands around it, and with plain dashes."""
    return clean(with_plain_ids(typed(text)))


def echo(text: str) -> str:
    """Quote what was typed, bounded, for an error sentence."""
    shown = text if len(text) <= _ECHO_LIMIT else text[: _ECHO_LIMIT - 1] + "…"
    return f"“{shown}”"


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
    candidate = clean(_without_words(with_schemes(text[:LONGEST])))
    if _NO_SCHEME.fullmatch(candidate):
        candidate = f"aionis://{candidate}"
    scheme, separator, rest = candidate.partition("://")
    if separator and scheme.lower() in {"aionis", "memory"}:
        candidate = f"{scheme.lower()}://{rest}"
    if candidate.startswith("aionis://"):
        return _parse_full(candidate)  # its tenant and scope stay as they are; only the id is read as people type
    return _parse_short(bare(candidate))


def names_record(text: str) -> bool:
    """Tell whether a typed text names a record by its URI, or is one's type and id."""
    candidate = _short_form(bare(text))
    short_form = _SHORT_FORM.fullmatch(candidate)
    return has_uri(text) or bool(short_form and _id_in(clean(short_form.group(2))))


def _short_form(text: str) -> str:
    """Return `<type> <id>` where one such stands amid other words, or the other way round; else the text as it is."""
    if behind := _BEHIND.fullmatch(text):
        return f"{behind.group(2)} {behind.group(1)}"
    found = {f"{type_} {id_}".lower() for type_, id_ in _AMID_WORDS.findall(text)}
    return found.pop() if len(found) == 1 and not has_uri(text) else text


def _without_words(text: str) -> str:
    """Return the one URI in a text without the words around it; a text without one, or with several, as it is."""
    alone = LINK.sub(r"\1", text)
    found = [match.start() for match in OF_RECORD.finditer(alone)]
    if len(found) > 1:
        uris = {
            alone[start:end].strip().rstrip(f"{_TRAILING}{_WRAPPERS}") for start, end in pairwise([*found, len(alone)])
        }
        if len(uris) > 1:
            raise UsageError(f"There are {len(uris)} URIs in that.", fix="Type one at a time: `/resolve <uri>`.")
        return uris.pop()
    if not found:
        return text
    uri = alone[found[0] :]
    words = _WITH_WORDS.match(with_plain_dashes(uri))
    return uri[: words.end("uri")] if words else uri


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
    match = _SHORT_FORM.fullmatch(_short_form(candidate.removeprefix("memory://")))
    if match:
        type_ = match.group(1).lower()
        return Reference(None, type_, _uuid_or_usage(clean(match.group(2)), type_))
    if as_uuid(candidate) or as_beginning(candidate):
        raise UsageError(
            f"{echo(candidate)} is an id, but of what?",
            fix=f"Say `/resolve decision {candidate}` (or commit, edge, rule, …); for a run use `/replay {candidate}`.",
        )
    if node := _NODE.fullmatch(candidate):
        types = ", ".join(one for one in URI_TYPES if one not in {"edge", "commit", "decision"})
        fix = f"Say which kind of node, as in `/resolve event {node.group(1)}`; they are {types}."
        raise UsageError(f"{echo(candidate)} is a node, but of which kind?", fix=fix)
    if len(runs := set(re.findall(UUID_PATTERN, candidate))) == 1:
        fix = f"For a run use `/replay {runs.pop()}`, for a record {RESOLVE_FORMS}."
        raise UsageError(f"I understood {echo(candidate)}, which is not an Aionis URI.", fix=fix)
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
