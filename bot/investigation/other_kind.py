"""What an id is, where nothing of the kind that was asked for has it."""

from bot.aionis import Aionis, Answer
from bot.aionis.client import FIND_LIMIT
from bot.domain.run.records import FoundNodes, Node, ReplayedRun, RunHead
from bot.domain.run.resolved_records import Resolved
from bot.domain.run.uris import a_kind
from bot.errors import AionisError, OtherKind, RunNotFound
from bot.ids import as_uuid
from bot.investigation.calls import attempt, together

RUN = "run"
_LISTED = ("event", "procedure", "evidence", "rule")
_RESOLVED = ("decision", "commit", "edge")  # `find` knows none of them, and each is asked for by its own URI


async def told_as_other_kind(aionis: Aionis, none: AionisError, asked: str, id_: str) -> AionisError:
    """Return the failure that says what an id is instead of what was `asked` for; `none` itself where it is nothing here.

    Costs a call for each kind, at once; none of their failures is told.
    """
    kind = await _kind_of(aionis, id_, other_than=asked)
    if kind is None:
        return none
    what = f"{id_} is {a_kind(kind)} in {aionis.tenancy}, not {a_kind(asked)}."
    return _other_kind(what, kind, id_)


async def told_as_beginning(aionis: Aionis, none: AionisError, asked: str, beginning: str) -> AionisError:
    """Return the failure that says of which kind the only id with this beginning is, among the newest records of each type.

    `none` itself where there is none of another kind, where several fit, or where that cannot be read now.
    """
    answers = await together(attempt(aionis.find, type_=one, limit=FIND_LIMIT) for one in _LISTED)
    nodes = [node for answer in answers if not isinstance(answer, AionisError) for node in answer.value.nodes]
    named = [pair for node in nodes for pair in _named_by(node) if pair[1].lower().startswith(beginning)]
    fitting = {(kind, id_.lower()) for kind, id_ in named if as_uuid(id_) and kind != asked}
    if len(fitting) != 1:
        return none
    kind, id_ = fitting.pop()
    what = f"{beginning} is the beginning of {a_kind(kind)}'s id in {aionis.tenancy}, not of {a_kind(asked)}'s."
    return _other_kind(what, kind, id_)


def _named_by(node: Node) -> list[tuple[str, str]]:
    """Return the ids that a record has and names, each with its kind."""
    ids = ((node.type, node.id), (RUN, node.run_id), ("decision", node.slots.get("decision_id")))
    return [(kind, id_) for kind, id_ in (*ids, ("commit", node.commit_id)) if kind and isinstance(id_, str)]


def _other_kind(what: str, kind: str, id_: str) -> OtherKind:
    fix = f"Use `/replay {id_}`." if kind == RUN else f"Use `/resolve {kind} {id_}`."
    return OtherKind(what, fix=fix, kind=kind, id_=id_)


async def run_head(aionis: Aionis, run_id: str) -> RunHead:
    """Read what a run is and how it ended, without its steps. Raises `OtherKind` for the id of a record."""
    try:
        return (await aionis.get_own_run(run_id, with_steps=False)).value.run
    except RunNotFound as none:
        raise await told_as_other_kind(aionis, none, RUN, run_id) from none


async def _kind_of(aionis: Aionis, id_: str, *, other_than: str) -> str | None:
    async def node() -> str | None:
        found: Answer[FoundNodes] | AionisError = await attempt(aionis.find, id_=id_, limit=1)
        nodes = [] if isinstance(found, AionisError) else found.value.nodes
        return nodes[0].type if nodes else None

    async def run() -> str | None:
        found: Answer[ReplayedRun] | AionisError = await attempt(aionis.get_own_run, id_, with_steps=False)
        return None if isinstance(found, AionisError) else RUN

    async def resolved(kind: str) -> str | None:
        found: Answer[Resolved] | AionisError = await attempt(aionis.resolve, aionis.uri(kind, id_))
        return None if isinstance(found, AionisError) else kind

    found = await together([node(), *([] if other_than == RUN else [run()]), *map(resolved, _RESOLVED)])
    return next((kind for kind in found if kind and kind != other_than), None)
