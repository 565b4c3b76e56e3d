"""The checklist: one message per incident, edited in place, with one button per item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import JSON_BUDGET, Message, json_size
from bot.blocks.routing import Action, IncidentTarget, ItemTarget, RunTarget, action_id, encode
from bot.blocks.severity import severity_menu
from bot.blocks.text import cut, duration, escape, mrkdwn_time, outside
from bot.domain.incident.checklist import Check, ItemState, ProofKind
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.kept import Closure
from bot.domain.incident.state import BOT, SEVERITIES, Incident, Item
from bot.domain.incident.verification import merge_since_proof
from bot.domain.run.steps import seconds_between
from bot.ids import as_uuid

OPEN_MARK, DONE_MARK = "☐", "✓"
EDITED_TEXT = 950  # characters of the fallback text of a message that is edited: chat.update takes 4,000 bytes
_TITLE = 120


@dataclass(frozen=True, slots=True)
class _Room:
    """How many characters a title, and a proof or reason, may take before escaping."""

    title: int
    detail: int


# Tried in order until the message fits. The last one always does, with every item and button: twelve of the longest.
_ROOMS = (_Room(_TITLE, 300), _Room(_TITLE, 120), _Room(80, 60), _Room(40, 24))


def checklist_message(incident: Incident, *, now: datetime, reopen_until: datetime | None) -> Message:
    """Return the checklist. It changes with the incident, and once more when `reopen_until` has passed."""
    reopen = reopen_until if reopen_until and now < reopen_until else None
    renderings = (el.to_dicts(_blocks(incident, room, reopen)) for room in _ROOMS)
    return Message(_fallback(incident), next(blocks for blocks in renderings if json_size(blocks) <= JSON_BUDGET))


def item_button(incident: Incident, item: Item, number: int) -> ButtonElement | None:
    """Return the one button that takes an item further, or None; `number` makes its action id unique."""
    if item.state is ItemState.OPEN:
        return _open_button(incident, item, number)
    if item.state is ItemState.ASSERTED:
        return _item_button("Undo…", Action.ITEM_UNDO, incident, item, number)
    if item.spec.check is Check.EVIDENCE:
        return _incident_button("Edit…", Action.ROOT_CAUSE, incident, number)
    return None


def progress(incident: Incident) -> str:
    """Return `2 of 5 done`, and of a complete one how much of it the bot has checked: `5 of 5 done, 3 verified`."""
    done = f"{incident.done} of {len(incident.items)} done"
    verified = sum(item.state is ItemState.VERIFIED for item in incident.items)
    return f"{done}, {verified} verified" if incident.done == len(incident.items) else done


def verified_words(incident: Incident) -> str:
    """Return the same, and of a checklist that the bot has checked as a whole `5 of 5, 5 verified`."""
    verified = sum(item.state is ItemState.VERIFIED for item in incident.items)
    every = len(incident.items)
    return f"{every} of {every}, {every} verified" if verified == every else progress(incident)


def _blocks(incident: Incident, room: _Room, reopen: datetime | None) -> Iterator[Block]:
    yield el.header(_title(incident))
    if incident.closure:
        yield from map(el.mrkdwn, _closure_lines(incident, incident.closure, room))
    for number, item in enumerate(incident.items, start=1):
        yield el.mrkdwn(_row(incident, item, room), item_button(incident, item, number) if incident.is_open else None)
    if incident.is_open:
        yield from _open_actions(incident)
        return
    if reopen:
        yield el.mrkdwn(f"It can be reopened until {mrkdwn_time(reopen)}.", _reopen_button(incident))
    yield el.actions(_incident_button("Export evidence", Action.EXPORT, incident))


def _title(incident: Incident) -> str:
    facts = ["Checklist", incident.id, _severity(incident), "" if incident.is_open else "closed", progress(incident)]
    return " · ".join(fact for fact in facts if fact)


def _row(incident: Incident, item: Item, room: _Room) -> str:
    mark = DONE_MARK if item.done else OPEN_MARK
    return f"{mark} *{el.literal(item.spec.title, room.title)}*\n{_state(incident, item, room)}{_owner(item)}"


def _state(incident: Incident, item: Item, room: _Room) -> str:
    facts = item.facts
    when = f" · {mrkdwn_time(facts.at)}" if facts.at else ""
    if item.done:
        basis = f"asserted by {el.who(facts.by)}" if item.state is ItemState.ASSERTED else "verified by the bot"
        said = item.forge_says or merge_since_proof(incident, item)
        says = f" · {el.literal(said, 200)}" if said else ""
        return f"done, {basis}{when}{_proof(facts.proof, room)}{says}"
    if facts.reason:
        turned = "turned back" if facts.by == BOT else "undone"
        asked = _asked(incident, item)
        return f"open again: {el.code_text(facts.reason, room.detail)}, {turned} by {el.who(facts.by)}{when}{asked}"
    return f"open{_asked(incident, item)}"


def _asked(incident: Incident, item: Item) -> str:
    """Return ` · 1 of 2 in a row fixed` of an open item that several reruns turn, once its reason does not say it."""
    if item.spec.check is not Check.COMPARISON:
        return ""
    asked = next((proof.asked for proof in proofs_of(incident) if not proof.fixed), "")
    return f" · {asked} fixed" if asked and asked not in item.facts.reason else ""


def _proof(proof: str, room: _Room) -> str:
    return f" · {el.web_link(proof, room.detail)}" if proof else ""


def _owner(item: Item) -> str:
    if item.facts.owner:
        return f" · owner {el.who(item.facts.owner)}"
    return " · no owner yet" if item.spec.owner and not item.done else ""


def _open_button(incident: Incident, item: Item, number: int) -> ButtonElement:
    if item.spec.check is Check.EVIDENCE:
        return _incident_button("Fill in root cause…", Action.ROOT_CAUSE, incident, number)
    if item.spec.check is Check.REPLAY:
        return _incident_button("Replay a run…", Action.ASK_RUN, incident, number)
    if item.spec.check is Check.COMPARISON:
        return _compare_button(incident, number)
    at_once = item.spec.proof is ProofKind.NONE and not item.spec.owner
    label = "Mark done" if at_once else "Mark done…"
    return _item_button(label, Action.ITEM, incident, item, number, ask=not at_once)


def _compare_button(incident: Incident, number: int) -> ButtonElement:
    failing = next((run.run_id for run in incident.failing_runs if as_uuid(run.run_id)), None)
    if failing is None:
        return _incident_button("Replay the failing run…", Action.ASK_RUN, incident, number)
    value = encode(RunTarget(run_id=failing, incident=incident.id))
    return el.button("Compare with a rerun…", action_id(Action.COMPARE, number), value)


def _item_button(
    label: str, action: Action, incident: Incident, item: Item, number: int, *, ask: bool = True
) -> ButtonElement:
    target = ItemTarget(incident=incident.id, item=item.spec.id, ask=ask)
    return el.button(label, action_id(action, number), encode(target))


def _incident_button(
    label: str, action: Action, incident: Incident, number: int = 0, style: str | None = None
) -> ButtonElement:
    return el.button(label, action_id(action, number), encode(IncidentTarget(incident=incident.id)), style=style)


def _open_actions(incident: Incident) -> Iterator[Block]:
    if not incident.blockers:
        yield el.context("Nothing blocks the close.")
    yield el.actions(
        _incident_button("Close incident", Action.CLOSE, incident, style=None if incident.blockers else "primary"),
        _incident_button("Root cause…", Action.ROOT_CAUSE, incident),
        _incident_button("Move here", Action.MOVE_HERE, incident),
        _incident_button("Export evidence", Action.EXPORT, incident),
        severity_menu(incident),
        # Slack keeps what a menu shows while its block's id stays the same, whatever an edit says.
        block_id=f"incident.{_severity(incident) or 'none'}",
    )


def _reopen_button(incident: Incident) -> ButtonElement:
    return _incident_button("Reopen…", Action.REOPEN, incident)


def _closure_lines(incident: Incident, closure: Closure, room: _Room) -> Iterator[str]:
    took = duration(seconds_between(incident.head.at, closure.at))
    after = f" · open for {took}" if took else ""
    anyway = " anyway" if closure.overridden else ""
    yield f"Closed{anyway} by {el.who(closure.by)} · {mrkdwn_time(closure.at)}{after}"
    if closure.reason:
        yield f"Reason: {el.code_text(closure.reason, room.detail)}"
    if closure.blockers:
        titles = "; ".join(el.literal(title, min(room.title, 80)) for title in closure.blockers)
        yield f"Open at that time: {cut(titles, 2_000 if room.detail > 60 else 600)}"


def _fallback(incident: Incident) -> str:
    severity = f" ({_severity(incident)})" if _severity(incident) else ""
    words = f"Checklist of {incident.id}{severity}: {progress(incident)}."
    if incident.closure:
        words = f"{incident.id} is closed{' anyway' if incident.closure.overridden else ''}. {words}"
    waiting = "; ".join(outside(item.spec.title, 60, one_line=True) for item in incident.blockers)
    words += f" Open: {waiting}." if waiting else " Nothing blocks the close." if incident.is_open else ""
    return cut(escape(words), EDITED_TEXT)


def _severity(incident: Incident) -> str:
    return incident.severity if incident.severity in SEVERITIES else ""
