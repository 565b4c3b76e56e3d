"""Modals and Home tabs: a stack of at most three modal views for each person."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.blockkit import as_kept
from bot.playground.slack.errors import SlackError
from bot.playground.slack.ids import Ids
from bot.playground.slack.inputs import Values, overlaid, values_of

Json = dict[str, Any]
MOST_VIEWS = 3
_TOLD = ("title", "submit", "close")


@dataclass(slots=True)
class View:
    """One view of one person; `values` is what its inputs hold at the moment."""

    id: str
    user: str
    definition: Json
    hash: str
    owner: Json
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Blocks with all ids filled in."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    def as_json(self) -> Json:
        """View as Slack returns it and puts it into payloads."""
        definition = self.definition
        return {
            "id": self.id,
            "type": definition["type"],
            **{key: definition.get(key) for key in _TOLD},
            "blocks": self.blocks,
            "callback_id": definition.get("callback_id", ""),
            "private_metadata": definition.get("private_metadata", ""),
            "external_id": definition.get("external_id", ""),
            "clear_on_close": definition.get("clear_on_close", False),
            "notify_on_close": definition.get("notify_on_close", False),
            "submit_disabled": definition.get("submit_disabled", False),
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            **self.owner,
        }


class ViewStore:
    """Everybody's open modals (the top one last) and Home tabs. `owner` is what every view tells about its app."""

    def __init__(self, ids: Ids, owner: Json) -> None:
        self._ids = ids
        self._owner = owner
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def has(self, view_id: str) -> bool:
        """Whether a view is one of a person here."""
        shown = [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]
        return any(view.id == view_id for view in shown)

    def open(self, user: str, definition: Json) -> View:
        """Open a modal; a stack that is open already gives way."""
        self._new_external_id(definition, None)
        view = self._made(user, definition)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, definition: Json) -> View:
        """Put a view on top of the person's open modal: SlackError where there is none, or where it is full."""
        stack = self.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_VIEWS:
            raise SlackError("push_limit_reached")
        self._new_external_id(definition, None)
        view = self._made(user, definition)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def publish(self, user: str, definition: Json, wanted_hash: str | None = None) -> View:
        """Show a Home tab."""
        known = self.homes.get(user)
        if known is None:
            known = self.homes[user] = self._made(user, definition)
        else:
            self.update(known, definition, wanted_hash)
        return known

    def update(self, view: View, definition: Json, wanted_hash: str | None = None) -> None:
        """Replace a view's content. Inputs that keep block and action id keep what was entered."""
        if wanted_hash and wanted_hash != view.hash:
            raise SlackError("hash_conflict")
        self._new_external_id(definition, view)
        entered = view.values
        view.definition = _kept(definition)
        view.values = overlaid(values_of(view.blocks), entered)
        view.hash = self._ids.view_hash()

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """Look up an open view by either of its ids."""
        for view in self.all():
            if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
                return view
        return None

    def close(self, view: View) -> None:
        """Take a view, and what lies on top of it, off its stack."""
        stack = self.stacks.get(view.user, [])
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        """Close the person's whole modal."""
        self.stacks.pop(user, None)

    def all(self) -> list[View]:
        """Every open view of everybody."""
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def _made(self, user: str, definition: Json) -> View:
        kept = _kept(definition)
        view_id = self._ids.new("V")
        view = View(view_id, user, kept, self._ids.view_hash(), self._owner, view_id)
        view.values = values_of(view.blocks)
        return view

    def _new_external_id(self, definition: Json, own: View | None) -> None:
        external_id = definition.get("external_id")
        known = self.find(external_id=external_id) if external_id else None
        if known and known is not own:
            raise SlackError("duplicate_external_id")


def _kept(definition: Json) -> Json:
    return {**definition, "blocks": as_kept(definition["blocks"])}
