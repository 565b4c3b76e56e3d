"""The cards of `/resolve`: one per kind of record, with buttons that walk the chain."""

from collections.abc import Iterator

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.resolve_card import Card, Walk
from bot.blocks.resolve_commit import commit_card
from bot.blocks.resolve_decision import decision_card
from bot.blocks.resolve_node import edge_card, node_card
from bot.blocks.routing import Action, RunTarget, UriTarget, action_id, encode
from bot.blocks.spoken import spoken
from bot.blocks.text import outside
from bot.domain.run.phrases import READ_AS
from bot.domain.run.records import Node
from bot.domain.run.resolution import Resolution
from bot.domain.run.uris import AionisUri

_WALK = 10  # chain buttons on a card


def resolve_message(resolution: Resolution, *, incident: str | None = None, startable: bool = False) -> Message:
    """Return the card of a resolved record, in the incident it was added to; `startable`: one may be opened around it."""
    card = _card(resolution)
    buttons = list(_numbered(card.walk, incident))[:_WALK]
    if startable:
        value = encode(UriTarget(uri=str(resolution.uri)))
        buttons.append(el.button("Start incident", action_id(Action.START_INCIDENT), value))
    return _message(resolution, card, buttons, incident)


def resolve_title(resolution: Resolution) -> str:
    """Return the title of a record's card, masked and bounded."""
    return _card(resolution).title


def _card(resolution: Resolution) -> Card:
    resolved = resolution.resolved
    if resolved.decision:
        return decision_card(resolution, resolved.decision)
    if resolved.commit:
        return commit_card(resolution, resolved.commit)
    if resolved.edge:
        return edge_card(resolution, resolved.edge)
    return node_card(resolution, resolved.node or Node())


def _message(resolution: Resolution, card: Card, buttons: list[ButtonElement], incident: str | None) -> Message:
    provenance = [
        *([f"Incident {incident}"] if incident else []),
        str(resolution.uri),
        f"Aionis request id {outside(resolution.request_id or 'none', 100, one_line=True)}",
        *([READ_AS.format(agent=outside(resolution.reads_as, 60, one_line=True))] if resolution.reads_as else []),
    ]
    problems = [el.context(f"Could not be read: {outside('; '.join(resolution.problems), 400, one_line=True)}")]
    blocks = fit(
        [
            Part("title", [el.header(card.title)]),
            *card.parts,
            Part("problems", problems if resolution.problems else [], rank=1),
            Part("provenance", [el.context(*provenance)]),
            Part("buttons", [el.actions(*buttons)] if buttons else []),
        ]
    )
    return Message(spoken(blocks), blocks)


def _numbered(walk: Walk, incident: str | None) -> Iterator[ButtonElement]:
    """Return a button for every place that can be walked to: a URI is resolved, a run id replayed."""
    for number, (label, goal) in enumerate(walk):
        if isinstance(goal, AionisUri):
            value = encode(UriTarget(uri=str(goal), incident=incident))
            yield el.button(label, action_id(Action.RESOLVE, number), value)
        elif goal:
            value = encode(RunTarget(run_id=goal, incident=incident))
            yield el.button(label, action_id(Action.REPLAY, number), value)
