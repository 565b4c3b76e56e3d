"""The run that the first characters of an id name, as the bot itself prints them."""

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.records import run_id_of
from bot.domain.run.uris import REPLAY_FORM
from bot.domain.run.wording import plural
from bot.errors import RunNotFound, UsageError
from bot.ids import as_uuid

PAGES = 10
NONE = "No run of {tenancy} that is visible here begins with {prefix}{of}."
OF_NEWEST = ", of the newest {count}"
SEVERAL = "{runs} begin with {prefix}: {ids}."
_LISTED = 3


async def whole_run_id(aionis: Aionis, run_id: str) -> str:
    """Return a whole id as it is, and for the beginning of one the only run of the scope that it fits.

    Raises `RunNotFound` where none does, `UsageError` where several do, and the `AionisError` of a `find` that failed.
    """
    if as_uuid(run_id):
        return run_id
    found: dict[str, None] = {}
    looked_at, has_more = 0, True
    for page in range(PAGES):
        answer = await aionis.find(slots={"replay_kind": "run"}, type_="event", offset=page * FIND_LIMIT)
        ids = [id_ for node in answer.value.nodes if (id_ := run_id_of(node)) and as_uuid(id_)]
        found.update(dict.fromkeys(id_ for id_ in ids if id_.startswith(run_id)))
        looked_at, has_more = looked_at + len(ids), answer.value.page.has_more
        if not has_more:
            break
    if len(found) == 1:
        return next(iter(found))
    if not found:
        of = OF_NEWEST.format(count=f"{looked_at:,}") if has_more else ""
        raise RunNotFound(NONE.format(tenancy=aionis.tenancy, prefix=run_id, of=of))
    raise _several(list(found), run_id)


def _several(found: list[str], prefix: str) -> UsageError:
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    ids = ", ".join(found[:_LISTED]) + more
    what = SEVERAL.format(runs=plural(len(found), "run"), prefix=prefix, ids=ids)
    return UsageError(what, fix=f"Type the whole id: {REPLAY_FORM}.")
