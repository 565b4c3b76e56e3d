"""Clicking: elements of messages and views, modals, shortcuts."""

from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.blockkit import check_view, every_element
from bot.playground.slack.commands import room
from bot.playground.slack.delivery import BotLink, Delivery
from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.inputs import complaints, holds, interaction, overlaid, values_of
from bot.playground.slack.messages import Message
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]


class IncompleteError(RefusedError):
    """Slack's client does not submit the modal: `errors` says what to enter, by block id."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("incomplete", "; ".join(f"{block}: {error}" for block, error in errors.items()))
        self.errors = errors


def find_element(
    blocks: list[Json], *, action_id: str | None, text: str | None, block_id: str | None
) -> tuple[Json, Json]:
    """Find one element by its action id, label or block, with its block; RefusedError unless exactly one fits."""
    fitting = [
        (block, element)
        for block, element in every_element(blocks)
        if (action_id is None or element["action_id"] == action_id)
        and (block_id is None or block["block_id"] == block_id)
        and (text is None or label(element) == text)
    ]
    if len(fitting) == 1:
        _dispatches(*fitting[0])
        return fitting[0]
    there = ", ".join(f"{label(element)!r} ({element['action_id']})" for _, element in every_element(blocks))
    wanted = text or action_id or block_id
    amount = "no element" if not fitting else f"{len(fitting)} elements"
    raise RefusedError("no_such_element", f"{amount} {wanted!r} here, only: {there or 'none at all'}", 404)


def label(element: Json) -> str:
    """Text that a person sees on a button or in an empty menu."""
    shown: Json = element.get("text") or element.get("placeholder") or {}
    return str(shown.get("text", ""))


def message_seen_by(workspace: Workspace, user: str, channel_id: str, ts: str) -> Message:
    """Find a message that this person can see, ephemeral ones included; RefusedError if it is gone."""
    channel = room(workspace, user, channel_id)
    message = workspace.messages.find(channel.id, ts) or workspace.messages.find_ephemeral(channel.id, ts)
    if message is None or message.ephemeral_user not in ("", user):
        raise RefusedError("message_not_found", "That message is gone.", 404)
    return message


def view_of(workspace: Workspace, user: str, view_id: str) -> View:
    """Find an open view of this person; RefusedError if it is closed."""
    view = workspace.views.find(view_id)
    if view is None or view.user != user:
        raise RefusedError("view_not_found", "That window is closed.", 404)
    return view


async def act_on_message(
    workspace: Workspace, link: BotLink, user: str, message: Message, action: Json, state: Json | None = None
) -> Delivery:
    """Deliver an interaction with a message's element."""
    workspace.need_app()
    values = overlaid(values_of(message.blocks or []), state)
    values = overlaid(values, {action["block_id"]: {action["action_id"]: _held(action)}})
    payload = payloads.block_actions_on_message(workspace, user, message, action, values)
    return await link.send("interactive", payload)


async def act_in_view(
    workspace: Workspace, link: BotLink, view: View, action: Json, state: Json | None = None
) -> Delivery:
    """Deliver an interaction with a view's element; the view remembers what was entered."""
    workspace.need_app()
    view.values = overlaid(view.values, state)
    view.values = overlaid(view.values, {action["block_id"]: {action["action_id"]: _held(action)}})
    payload = payloads.block_actions_in_view(workspace, view.user, view, action)
    return await link.send("interactive", payload)


async def submit(workspace: Workspace, link: BotLink, view: View, state: Json | None) -> Delivery:
    """Submit a modal and do what the ack says: close, clear, update, push, or show errors."""
    workspace.need_app()
    stack = workspace.views.stacks.get(view.user, [])
    if not stack or stack[-1] is not view:
        raise RefusedError("view_not_on_top", "Another window lies on top of this one.")
    if view.definition.get("submit") is None:
        raise RefusedError("no_submit", "This window has nothing to submit.")
    view.values = overlaid(view.values, state)
    if errors := complaints(view.blocks, view.values):
        raise IncompleteError(errors)
    delivery = await link.send("interactive", payloads.view_submission(workspace, view.user, view))
    if delivery.ok:
        _follow(workspace, view, delivery)
    return delivery


async def close(workspace: Workspace, link: BotLink, view: View) -> Delivery | None:
    """Close a modal's view; the bot is told if the view asked for it."""
    cleared = bool(view.definition.get("clear_on_close"))
    if cleared:
        workspace.views.clear(view.user)
    else:
        workspace.views.close(view)
    workspace.show_views(view.user)
    if not view.definition.get("notify_on_close"):
        return None
    payload = payloads.view_closed(workspace, view.user, view, cleared=cleared)
    return await link.send("interactive", payload)


async def shortcut(
    workspace: Workspace, link: BotLink, user: str, callback_id: str, message: Message | None
) -> Delivery:
    """Run a shortcut of the manifest: on a message, or from anywhere."""
    workspace.need_app()
    known = workspace.config.shortcuts.get(callback_id)
    if known is None:
        raise RefusedError("no_such_shortcut", f"The app has no shortcut {callback_id}.", 404)
    if (known.type == "message") != (message is not None):
        raise RefusedError("wrong_shortcut", f"{known.name} is a {known.type} shortcut.")
    payload = (
        payloads.message_action(workspace, user, callback_id, message)
        if message
        else payloads.global_shortcut(workspace, user, callback_id)
    )
    return await link.send("interactive", payload)


def as_action(blocks: list[Json], given: Json) -> Json:
    """Check an interaction that the page describes against the blocks, and complete it."""
    block, element = find_element(blocks, action_id=given.get("action_id"), text=None, block_id=given.get("block_id"))
    key = "value" if element["type"] == "feedback_buttons" else holds(element["type"])
    return interaction(block, element, given.get(key))


def _dispatches(block: Json, element: Json) -> None:
    if element["type"] == "workflow_button":
        raise RefusedError("starts_workflow", "A workflow button starts a workflow; the app hears nothing of it.")
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise RefusedError("no_dispatch", f"{element['action_id']} tells the app nothing before it is submitted.")


def _held(action: Json) -> Json:
    key = holds(action["type"])
    return {key: action.get(key)}


def _follow(workspace: Workspace, view: View, delivery: Delivery) -> None:
    body = delivery.body if isinstance(delivery.body, dict) else {}
    try:
        _respond(workspace, view, body)
    except SlackError as error:
        delivery.error = error.code
    workspace.show_views(view.user)


def _respond(workspace: Workspace, view: View, body: Json) -> None:
    match body.get("response_action"):
        case None:
            workspace.views.close(view)
        case "clear":
            workspace.views.clear(view.user)
        case "errors":
            errors = body.get("errors")
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise SlackError("invalid_errors")
            workspace.pages.tell("view_errors", {"view_id": view.id, "errors": errors}, view.user.__eq__)
        case "update":
            workspace.views.update(view, _checked(body))
        case "push":
            workspace.views.push(view.user, _checked(body))
        case _:
            raise SlackError("invalid_response_action")


def _checked(body: Json) -> Json:
    problems = check_view(body.get("view"))
    if problems:
        raise SlackError("invalid_view", messages=[str(problem) for problem in problems])
    return dict(body["view"])
