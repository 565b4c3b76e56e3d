"""What must be so when all is over, by what Slack shows and what the incidents' logs say."""

from collections import Counter
from typing import Any

from bot.blocks.incidents import ANOTHER_CASE
from bot.domain.incident.state import Incident
from bot.ids import short
from bot.jobs.reading import ASKING
from bot.playground.slack import LocalSlack
from bot.store.outbox import PLACEHOLDER
from tests.chaos.crowd import Typed
from tests.scenarios.incidents import incident_id, is_checklist, roots
from tests.scenarios.steps import text_of

Json = dict[str, Any]
Violation = tuple[str, str]  # the channel, and what is wrong there
RESULT = ("analysis", "analysis-anew")
PRIVATE_CALLS = {"response_url", "chat.postEphemeral"}
PRIVATE_ENDS = ("✗", "is already in", ANOTHER_CASE)


def results(slack: LocalSlack, typed: Typed) -> list[Json]:
    """Return the results of a command that everybody sees."""
    return [m for m in slack.messages(typed.channel) if part_of(m, typed) in RESULT]


def told(slack: LocalSlack, alike: list[Typed]) -> list[Json]:
    """Return what ended commands for whoever typed them alone: a failure, a run that was there, a question where it belongs.

    The same run asked for again by the same person in the same channel cannot be told apart: the ends are of all of those.
    """
    first = alike[0]
    return [
        m
        for m in slack.messages(first.channel, viewer=first.user)
        if (text := text_of(m))
        and any(end in text for end in PRIVATE_ENDS)
        and (_is_theirs(m, alike) if _held_place(m) else m.get("is_ephemeral"))
        and (short(first.run_id) in text or first.trigger in text)
    ]


def _is_theirs(message: Json, alike: list[Typed]) -> bool:
    """Tell whether a message that everybody sees is of one of these commands: somebody else may have asked for the same."""
    return any(part_of(message, one) for one in alike)


def part_of(message: Json, typed: Typed) -> str | None:
    """Return which part of a command's job a message is, None where it is another's."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    job = str(payload.get("job"))
    return str(payload.get("part")) if typed.trigger and job.endswith(typed.trigger) else None


def _held_place(message: Json) -> bool:
    """Tell whether a message held the place of an answer that came elsewhere: it tells whoever asked where, and is no root."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    is_root = any(block["type"] == "header" for block in message.get("blocks") or ())
    return payload.get("part") == PLACEHOLDER and not is_root and message["text"] != ASKING


def unanswered(slack: LocalSlack, typed: list[Typed]) -> list[Typed]:
    """Return the acknowledged commands that have no end: of those that look alike, the last ones."""
    missing: list[Typed] = []
    for alike in _alike(typed):
        acked = [one for one in alike if one.acked]
        unshown = [one for one in acked if not results(slack, one)]
        missing += unshown[len(told(slack, alike)) :]
    return missing


def _alike(typed: list[Typed]) -> list[list[Typed]]:
    """Return the commands by who typed them, where, for which run."""
    groups: dict[tuple[str, str, str], list[Typed]] = {}
    for one in typed:
        groups.setdefault((one.user, one.channel, one.run_id), []).append(one)
    return list(groups.values())


def violations(slack: LocalSlack, typed: list[Typed], channels: list[str], *, ended: int) -> list[Violation]:
    """Return everything that is not as it must be, but for what takes a moment (`stale`).

    `ended` is how often a process was killed or stopped.
    """
    found = [*_lost(slack, typed, ended), *_doubled(slack, typed)]
    for channel in channels:
        found += [(channel, what) for what in (*_incidents(slack, channel), *_order(slack, channel, typed))]
    return found


def stale(slack: LocalSlack, incidents: list[Incident]) -> list[Violation]:
    """Return the checklists that say something else than their incident's log."""
    found: list[Violation] = []
    for incident in incidents:
        shown = [m for m in slack.messages(incident.channel) if is_checklist(m) and incident.id in m["text"]]
        if len(shown) != 1:
            found.append((incident.channel, f"{incident.id} has {len(shown)} checklists"))
        elif incident.severity and f"· {incident.severity} ·" not in text_of(shown[0]):
            found.append((incident.channel, f"the checklist of {incident.id} does not show {incident.severity}"))
    return found


def lost(slack: LocalSlack, typed: list[Typed]) -> list[Typed]:
    """Return the commands without an end whose run their channel has to show, and does not."""
    return [one for one in unanswered(slack, typed) if not _may_be_private(slack, typed, one)]


def _may_be_private(slack: LocalSlack, typed: list[Typed], one: Typed) -> bool:
    """Tell whether a command's end may have been for one person alone: its run is shown already, unknown, or of another case."""
    if not one.belongs or any(results(slack, other) for other in same_run(typed, one)):
        return True
    here = (other for other in typed if other.channel == one.channel and not other.belongs)
    return any(results(slack, other) for other in here)  # the incident is of that run's case


def _lost(slack: LocalSlack, typed: list[Typed], ended: int) -> list[Violation]:
    """What one person was shown cannot be looked up: as many may be missing as answers went astray, or processes were ended."""
    missing, surely = unanswered(slack, typed), lost(slack, typed)
    astray = [call for call in slack.calls if call.method in PRIVATE_CALLS and call.error == "dropped"]
    private = len(missing) - len(surely)
    wrong = surely if private <= len(astray) + ended else missing
    return [(one.channel, f"{one} has no result") for one in wrong]


def _doubled(slack: LocalSlack, typed: list[Typed]) -> list[Violation]:
    found: list[Violation] = []
    for channel in {one.channel for one in typed}:
        parts = Counter(
            (payload.get("job"), payload.get("part"))
            for m in slack.messages(channel)
            if (payload := (m.get("metadata") or {}).get("event_payload"))
        )
        found += [
            (channel, f"{part} of {job} is there {count} times") for (job, part), count in parts.items() if count > 1
        ]
    for alike in _alike(typed):
        shown, alone = [len(results(slack, one)) for one in alike], told(slack, alike)
        if max(shown) > 1 or sum(shown) + len(alone) > len(alike):
            said = "; ".join(f"{m['ts']} {m['text'][:120]!r}" for m in alone)
            who = f"{alike[0]} and {len(alike) - 1} like it"
            found.append((alike[0].channel, f"{who} have {sum(shown)} results, and were told {said or 'nothing'}"))
    for one in typed:
        if (one.acked or one.unsure) and results(slack, one):
            names = [name for name in _pictures(slack, one.channel) if one.run_id[:8] in name]
            if len(names) > len([other for other in same_run(typed, one) if results(slack, other)]):
                found.append((one.channel, f"{one} has {len(names)} pictures"))
    return found


def same_run(typed: list[Typed], one: Typed) -> list[Typed]:
    return [other for other in typed if (other.run_id, other.channel) == (one.run_id, one.channel)]


def _pictures(slack: LocalSlack, channel: str) -> list[str]:
    return [str(file["name"]) for m in slack.messages(channel) for file in m.get("files") or ()]


def _incidents(slack: LocalSlack, channel: str) -> list[str]:
    at_top = [one for one in roots(slack, channel) if not _held_place(one)]
    ids = {incident_id(m) for m in at_top if "INC-" in text_of(m)}
    found = [f"{len(ids)} incidents: {', '.join(sorted(ids))}"] if len(ids) > 1 else []
    said = "; ".join(f"{m['ts']} {str(m.get('text'))[:80]!r}" for m in at_top)
    return found + ([f"{len(at_top)} messages at the top level: {said}"] if len(at_top) > 1 else [])


def _order(slack: LocalSlack, channel: str, typed: list[Typed]) -> list[str]:
    # Of the acknowledged ones: a bot that was frozen takes what was sent to it when it goes on, long after Slack gave up.
    theirs = [one for one in typed if one.channel == channel and one.acked]
    places = [(float(found[0]["ts"]), one) for one in theirs if (found := results(slack, one))]
    shown = [one for _, one in sorted(places, key=lambda place: place[0])]
    asked = [one for _, one in places]
    return [f"shown as {[o.number for o in shown]}, typed as {[o.number for o in asked]}"] if shown != asked else []
