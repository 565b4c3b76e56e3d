"""What an id is, where nothing of the kind that was asked for has it."""

from bot.aionis import Aionis, Answer
from bot.domain.run.records import FoundNodes, ReplayedRun, RunHead
from bot.domain.run.resolved_records import Resolved
from bot.domain.run.uris import a_kind
from bot.errors import AionisError, OtherKind, RunNotFound
from bot.investigation.calls import attempt, together

RUN = "run"
_RESOLVED = ("decision", "commit", "edge")  # `find` knows none of them, and each is asked for by its own URI


async def told_as_other_kind(aionis: Aionis, none: AionisError, asked: str, id_: str) -> AionisError:
    """Return the failure that says what an id is instead of what was `asked` for; `none` itself where it is nothing here.

    Costs a call for each kind, at once; none of their failures is told.
    """
    kind = await _kind_of(aionis, id_, other_than=asked)
    if kind is None:
        return none
    what = f"{id_} is {a_kind(kind)} in {aionis.tenancy}, not {a_kind(asked)}."
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
