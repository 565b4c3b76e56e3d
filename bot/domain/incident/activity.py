"""What each person did in an incident, in words, from its log and its thread."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import BOT
from bot.domain.incident.thread import ThreadFacts
from bot.domain.run.phrases import plural


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person (Slack user id) and what they did, in words."""

    user: str
    acts: tuple[str, ...]


Titles = Mapping[str, str]


def people_of(log: Sequence[Entry], titles: Titles, thread: ThreadFacts | None) -> tuple[PersonLine, ...]:
    """Return what each person did, by their first act; `titles` are those of the checklist's items by id."""
    written = thread.written if thread else {}
    users = dict.fromkeys([*(entry.actor for entry in log if entry.actor != BOT), *written])
    return tuple(
        PersonLine(user, acts)
        for user in users
        if (acts := (*_acts([entry for entry in log if entry.actor == user], titles), *_wrote(written.get(user, 0))))
    )


def _wrote(messages: int) -> list[str]:
    return [f"wrote {plural(messages, 'message')}"] if messages else []


def _acts(entries: Iterable[Entry], titles: Titles) -> Iterator[str]:
    """Yield what one person did, each kind of act once."""
    by_kind: dict[EntryKind, list[Entry]] = {}
    for entry in entries:
        if entry.payload.get("via"):  # one of the two runs of a comparison, which is an act of its own
            continue
        by_kind.setdefault(entry.kind, []).append(entry)
    for kind, words in _ACTS.items():
        if kind in by_kind:
            yield words(by_kind[kind], titles)


Words = Callable[[list[Entry], Titles], str]


def _tallied(verb: str, noun: str, path: Callable[[Entry], str], rest: str = "") -> Words:
    return lambda entries, _titles: f"{verb} {plural(len({path(entry) for entry in entries}), noun)}{rest}"


def _named(before: str, after: str = "") -> Words:
    def words(entries: list[Entry], titles: Titles) -> str:
        items = dict.fromkeys(entry.payload["item"] for entry in entries)
        return f"{before} {', '.join(f'‘{titles.get(item, item)}’' for item in items)}{after}"

    return words


def _root_cause_act(entries: list[Entry], _titles: Titles) -> str:
    """Say `filled in` of a complete table only."""
    complete = not RootCause.model_validate(entries[-1].payload["root_cause"]).missing()
    return "filled in the root cause" if complete else "wrote a part of the root cause"


def _severity_act(entries: list[Entry], _titles: Titles) -> str:
    severity = entries[-1].payload["severity"]
    return f"set the severity to {severity}" if severity else "took the severity away"


def _fix_reruns_act(entries: list[Entry], _titles: Titles) -> str:
    reruns = entries[-1].payload["reruns"]
    return (
        "asked for one rerun as proof of the fix" if reruns == 1 else f"asked for {reruns} reruns as proof of the fix"
    )


def _split_act(entries: list[Entry], _titles: Titles) -> str:
    apart = entries[-1].payload["apart"]
    return "said that a run is another failure" if apart else "said that a run is the same failure after all"


def _opening_act(entries: list[Entry], _titles: Titles) -> str:
    by_watch = entries[-1].payload["head"].get("by_watch")
    return "began the watch that opened it" if by_watch else "opened it"


def _closing_act(entries: list[Entry], _titles: Titles) -> str:
    return "closed it anyway" if entries[-1].payload["closure"]["overridden"] else "closed it"


_ACTS: dict[EntryKind, Words] = {
    EntryKind.OPENED: _opening_act,
    EntryKind.SEVERITY_SET: _severity_act,
    EntryKind.FIX_RERUNS_SET: _fix_reruns_act,
    EntryKind.RUN_ADDED: _tallied("replayed", "run", lambda entry: entry.payload["run"]["run_id"]),
    EntryKind.LEAD_SET: lambda entries, _titles: "took it on" if entries[-1].payload["lead"] else "stepped back",
    EntryKind.COMPARED: _tallied("compared", "rerun", lambda entry: entry.payload["comparison"]["rerun"]),
    EntryKind.RUN_REMOVED: _tallied("moved", "run", lambda entry: entry.payload["run_id"], " to another incident"),
    EntryKind.URI_ADDED: _tallied("resolved", "record", lambda entry: entry.payload["uri"]["uri"]),
    EntryKind.URI_REMOVED: _tallied("moved", "record", lambda entry: entry.payload["uri"], " to another incident"),
    EntryKind.ROOT_CAUSE_SET: _root_cause_act,
    EntryKind.ITEM_ASSIGNED: _named("named the owner of"),
    EntryKind.ITEM_ASSERTED: _named("marked", " done"),
    EntryKind.ITEM_UNDONE: _named("undid"),
    EntryKind.REMINDER_SNOOZED: _named("put off reminders of"),
    EntryKind.REMINDERS_STOPPED: _named("stopped reminders of"),
    EntryKind.FAILURE_SPLIT: _split_act,
    EntryKind.FAILURE_JOINED: lambda _entries, _titles: "said that two failures are one",
    EntryKind.GATE_HELD: _tallied("held", "gate", lambda entry: entry.payload["gate"]["sha256"], " against reruns"),
    EntryKind.EXPORTED: lambda _entries, _titles: "exported the evidence",
    EntryKind.CLOSED: _closing_act,
    EntryKind.REOPENED: lambda _entries, _titles: "reopened it",
}
