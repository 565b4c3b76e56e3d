"""The record that the first characters of an id name, as the bot itself prints them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace

from bot.aionis import MOST_DECISIONS, Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.listed_runs import run_id_of
from bot.domain.run.phrases import plural
from bot.domain.run.records import Node
from bot.domain.run.resolved_records import Decision
from bot.domain.run.uris import NODE_TYPES, AionisUri
from bot.errors import RecordNotFound, RunNotFound, SeveralFit, UsageError
from bot.ids import as_uuid
from bot.investigation.calls import none_left_behind, together
from bot.investigation.other_kind import RUN, told_as_beginning
from bot.investigation.unlisted import latest_commits, latest_decisions

# Of 200 records: Aionis finds by whole ids alone, so that a beginning is looked for among the newest.
PAGES = 10
NONE = "No {what} of {tenancy} that is visible here begins with {prefix}{of}."
OF_NEWEST = ", of the newest {count}"
SEVERAL = "{records} begin with {prefix}: {ids}."
WHOLE = "Type the whole id."
NEWEST = "Only the newest records are looked through for a beginning."
_LOOKED_AT = {
    "commit": (
        "A commit is found by its beginning where a record or decision among the newest names it, a rule that is in use, "
        "or the commit after it. A rule that is disabled names none."
    ),
    "decision": "Only the newest steps and the runs that were decided last are looked through for a beginning.",
}
NOT_LISTED = "Aionis does not list edges."
# Where commits are named: `find` takes one type at a time, and lists no commits.
_COMMITTED = ("event", "procedure", "evidence", "rule")
_LISTED = 5
# Each costs a call.
_MASKED_RUNS = 5


async def whole_run_id(aionis: Aionis, run_id: str) -> str:
    """Return a whole id as it is, and for the beginning of one the only run of the scope that it fits.

    Raises `RunNotFound` where none does, `SeveralFit` where several do, and the `AionisError` of a `find` that failed.
    """
    if as_uuid(run_id):
        return run_id
    found: dict[str, None] = {}
    looked_at, has_more = 0, True
    async for nodes, more in _pages(aionis, "event", {"replay_kind": "run"}):
        ids = [id_ for node in nodes if (id_ := run_id_of(node)) and as_uuid(id_)]
        found.update(dict.fromkeys(id_ for id_ in ids if id_.startswith(run_id)))
        looked_at, has_more = looked_at + len(ids), more
    if not found:
        of = OF_NEWEST.format(count=f"{looked_at:,}") if has_more else ""
        what = NONE.format(what="run", tenancy=aionis.tenancy, prefix=run_id, of=of)
        none = RunNotFound(what, fix=await aionis.where_to_look(RunNotFound))
        raise await told_as_beginning(aionis, none, RUN, run_id)
    return only(found, run_id, "run", fix=WHOLE)


async def whole_uri(aionis: Aionis, uri: AionisUri, *, run_id: str = "", known: Iterable[str] = ()) -> AionisUri:
    """Return a URI with a whole id as it is, and for the beginning of one the only record of its type that it fits.

    Looked through are the records of the run `run_id` and the URIs that are `known` already, and, where none of them fits,
    the newest of the scope. Decisions and commits are known by what names them. Raises `RecordNotFound` and `SeveralFit`
    as for runs.
    """
    if as_uuid(uri.id):
        return uri
    at_hand = [one.rpartition("/")[2].lower() for one in known if one.startswith(str(replace(uri, id="")))]
    if uri.type == "edge" and not _fitting(at_hand, uri.id):
        raise UsageError(f"{uri.id} is only the beginning of an id. {NOT_LISTED}", fix=WHOLE)
    # The run's own first: a few characters that are ambiguous in the scope mean what is at hand.
    named = await _of_run(aionis, uri.type, run_id) if run_id else []
    found = _fitting([*named, *at_hand], uri.id) or _fitting(await _of_scope(aionis, uri.type, uri.id), uri.id)
    if not found:
        what = NONE.format(what=uri.type, tenancy=aionis.tenancy, prefix=uri.id, of="")
        none = RecordNotFound(what, fix=f"{WHOLE} {_LOOKED_AT.get(uri.type, NEWEST)}")
        raise await told_as_beginning(aionis, none, uri.type, uri.id)
    return replace(uri, id=only(found, uri.id, uri.type, fix=WHOLE))


def only(found: Iterable[str], prefix: str, what: str, *, fix: str) -> str:
    """Return the only id that was found; raises `SeveralFit` that names them where there are several."""
    ids = list(found)
    if len(ids) == 1:
        return ids[0]
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    listed = ", ".join(ids[:_LISTED]) + more
    several = SEVERAL.format(records=plural(len(ids), what), prefix=prefix, ids=listed)
    raise SeveralFit(several, beginning=prefix, ids=tuple(ids[:_LISTED]), fix=fix)


def _fitting(ids: Iterable[str], prefix: str) -> dict[str, None]:
    return dict.fromkeys(id_ for id_ in ids if id_.startswith(prefix) and as_uuid(id_))


async def _of_run(aionis: Aionis, type_: str, run_id: str) -> list[str]:
    """Return the ids of a type among the newest records and decisions of a run."""
    records_call = asyncio.ensure_future(aionis.records_of_run(run_id))
    decisions_call = asyncio.ensure_future(aionis.decisions_of_run(run_id, limit=MOST_DECISIONS))
    with none_left_behind(records_call, decisions_call):
        records, decisions = await asyncio.gather(records_call, decisions_call)
    return list(_ids(type_, records.value.nodes, decisions.value.decisions))


async def _of_scope(aionis: Aionis, type_: str, prefix: str) -> list[str]:
    """Return the ids of a type among the newest records of the scope; of decisions that are masked there, of their runs."""
    if type_ in NODE_TYPES:
        types: tuple[str, ...] = (type_,)
    else:
        types = ("procedure",) if type_ == "decision" else _COMMITTED
    lists = await together(_all_pages(aionis, one) for one in types)
    ids = [id_ for nodes in lists for id_ in _ids(type_, nodes, ())]
    if type_ in NODE_TYPES or _fitting(ids, prefix):
        return ids
    if type_ == "commit":
        return await latest_commits(aionis, [node for nodes in lists for node in nodes if node.type == "rule"])
    masked = {node.run_id for node in lists[0] if str(node.slots.get("decision_id") or "").lower().startswith(prefix)}
    runs = sorted(run for run in masked if run)[:_MASKED_RUNS]
    read = await together(aionis.decisions_of_run(run, limit=MOST_DECISIONS) for run in runs)
    own = [decision for one in read for decision in one.value.decisions]
    return list(_ids(type_, (), own or await latest_decisions(aionis)))


def _ids(type_: str, nodes: Iterable[Node], decisions: Iterable[Decision]) -> Iterator[str]:
    """Yield the ids of a type that records and decisions have or name."""
    for node in nodes:
        named = {"commit": node.commit_id, "decision": node.slots.get("decision_id")}
        id_ = named.get(type_, node.id if node.type == type_ else None)
        if isinstance(id_, str):
            yield id_.lower()
    for decision in decisions:
        id_ = {"commit": decision.commit_id, "decision": decision.decision_id}.get(type_)
        if id_:
            yield id_.lower()


async def _all_pages(aionis: Aionis, type_: str) -> list[Node]:
    return [node async for nodes, _ in _pages(aionis, type_, {}) for node in nodes]


async def _pages(aionis: Aionis, type_: str, slots: dict[str, str]) -> AsyncIterator[tuple[list[Node], bool]]:
    """Yield the newest records of a kind page by page, each with whether there are more, up to `PAGES`."""
    for page in range(PAGES):
        answer = await aionis.find(slots=slots or None, type_=type_, offset=page * FIND_LIMIT)
        yield answer.value.nodes, answer.value.page.has_more
        if not answer.value.page.has_more:
            return
