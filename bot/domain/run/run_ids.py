"""What people type to name runs: ids, their beginnings, or links that have one; and the forms that are told where none is."""

import re

from bot.domain.run.record_references import LINK, bare, echo, has_uri, read_reference
from bot.domain.text.typed import typed, with_plain_ids
from bot.errors import UsageError
from bot.ids import PREFIX_PATTERN, UUID_PATTERN, as_uuid

_SUCH_AS = "with a run id such as `3d1868e2-e6d3-4f69-952e-61f53ef2ef30`"
REPLAY_FORM = f"`/replay <run_id>` {_SUCH_AS}"
SIMILAR_FORM = f"`/replay similar <run_id>` {_SUCH_AS}"
_COMPARE = "/replay compare <failing_run> <rerun>"
COMPARE_FORM = f"`{_COMPARE}`: the failing run first, then its rerun"
EIGHT = "Give its first 8 characters, or more."
_TOO_SHORT = re.compile(r"#?(?=[a-fA-F]{0,6}[0-9])[0-9a-fA-F]{4,7}")
JOIN_FORM = "`/replay similar <run_id> as <run_id>`, with the ids of two failed runs"
# A run's link may name its project as well, which is no run.
RUN_LINK = re.compile(rf"https?://[^\s<>|]{{1,600}}?/runs?/({UUID_PATTERN})(?![0-9a-fA-F-])[^\s<>|\"]*", re.IGNORECASE)
# `run-<uuid>` has one, too; between more digits there is none.
_ALONE = re.compile(rf"(?<![0-9a-fA-F])(?<![0-9a-fA-F]{{4}}-){UUID_PATTERN}(?![0-9a-fA-F])(?!-[0-9a-fA-F]{{4}})")
BEGINNING = re.compile(rf"(?:(?<![0-9a-zA-Z-])|(?<=\brun-))(?:{UUID_PATTERN}|{PREFIX_PATTERN})(?![0-9a-zA-Z-])")


def parse_run_id(text: str, *, form: str = REPLAY_FORM) -> str:
    """Return the run id in what somebody typed, or in the run's link, lower-cased; words around a single id are ignored.

    Where there is no whole id, that may be the first eight characters of one, or more: see `bot/investigation/prefixes.py`.

    Raises `UsageError` showing what was understood, and the `form` of what was typed; for a URI it points to `/resolve`.
    """
    candidate = bare(text)
    if has_uri(candidate):
        reference = read_reference(candidate)
        raise UsageError(f"{echo(candidate)} is the URI of a record, not a run id.", fix=f"Use `/resolve {reference}`.")
    whole = RUN_LINK.findall(candidate) or _ALONE.findall(candidate)
    found: set[str] = {match.lower() for match in whole or BEGINNING.findall(candidate)}
    if len(found) == 1:
        return found.pop()
    if found:
        compare = f" `{_COMPARE}` compares two." if len(found) == 2 else ""
        raise UsageError(f"There are {len(found)} ids in that.", fix=f"Type one at a time: {form}.{compare}")
    if _TOO_SHORT.fullmatch(candidate):
        raise UsageError(f"{echo(candidate)} is too short for the beginning of a run id.", fix=f"{EIGHT} Type {form}.")
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
        one = (
            f" Whether one rerun mends the incident: `/replay gate {found[0]}`."
            if len(found) == 1 and form == COMPARE_FORM
            else ""
        )
        raise UsageError(what, fix=f"Type {form}.{one}")
    return found[0], found[1]


def any_run_ids(text: str, *, form: str) -> tuple[str, ...]:
    """Return the run ids, or their beginnings, in what somebody typed, lower-cased, each once; none where nothing was typed.

    Raises `UsageError`, which shows the `form`, for a text without any.
    """
    found = tuple(dict.fromkeys(_ids_in(text, at_least=1)))
    if text.strip() and not found:
        raise UsageError(f"I understood {echo(text.strip())}, which names no run.", fix=f"Type {form}.")
    return found


def several_run_ids(text: str) -> tuple[str, ...]:
    """Return the whole run ids in what somebody typed, lower-cased, each once; none for a record, or for less than two."""
    found = () if has_uri(typed(text)) else tuple(dict.fromkeys(_ids_in(text, at_least=1)))
    return found if len(found) > 1 and all(map(as_uuid, found)) else ()


def _ids_in(text: str, *, at_least: int) -> list[str]:
    """Return the whole ids in a text, lower-cased; of fewer than `at_least` what may be the beginnings of ids."""
    text = RUN_LINK.sub(r"\1", LINK.sub(r"\1", with_plain_ids(typed(text))))
    found: list[str] = [match.lower() for match in _ALONE.findall(text)]
    return found if len(found) >= at_least else [match.lower() for match in BEGINNING.findall(text)]
