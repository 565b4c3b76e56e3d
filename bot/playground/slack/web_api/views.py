"""`views.*`."""

import json
from typing import Any

from bot.playground.slack.blockkit import check_view
from bot.playground.slack.errors import SlackError, invalid_arguments
from bot.playground.slack.web_api.access import known_user
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.web_api.content import block_errors, file_problems
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
LARGEST = 250_000


@method("views.open", tier=4)
def opened(workspace: Workspace, args: Args) -> Json:
    """Open a modal for the person behind a trigger id."""
    definition = modal(workspace, args)
    view = workspace.views.open(workspace.grants.exchange(args.required("trigger_id")), definition)
    workspace.show_views(view.user)
    return {"view": view.as_json()}


@method("views.push", tier=4)
def pushed(workspace: Workspace, args: Args) -> Json:
    """Put a view on top of the modal that the trigger id came from."""
    definition = modal(workspace, args)
    view = workspace.views.push(workspace.grants.exchange(args.required("trigger_id")), definition)
    workspace.show_views(view.user)
    return {"view": view.as_json()}


@method("views.update", tier=4)
def updated(workspace: Workspace, args: Args) -> Json:
    """Change an open view, if its hash is still the given one."""
    definition = modal(workspace, args)
    view = workspace.views.find(args.text("view_id"), args.text("external_id"))
    if view is None or view.definition["type"] != "modal":
        raise SlackError("not_found")
    workspace.views.update(view, definition, args.text("hash") or None)
    workspace.show_views(view.user)
    return {"view": view.as_json()}


@method("views.publish", tier=4)
def published(workspace: Workspace, args: Args) -> Json:
    """Show a Home tab to one person."""
    definition = read_view(workspace, args)
    if definition["type"] != "home":
        raise invalid_arguments("unsupported type: modal [json-pointer:/view/type]")
    user = known_user(workspace, args.required("user_id"))
    view = workspace.views.publish(user.id, definition, args.text("hash") or None)
    workspace.show_home(view)
    return {"view": view.as_json()}


def modal(workspace: Workspace, args: Args) -> Json:
    """Read and check a modal."""
    definition = read_view(workspace, args)
    if definition["type"] != "modal":
        raise invalid_arguments(f"unsupported type: {definition['type']} [json-pointer:/view/type]")
    return definition


def read_view(workspace: Workspace, args: Args) -> Json:
    """Read and check a view: SlackError `invalid_arguments` with JSON pointers, or `view_too_large`."""
    try:
        definition = args.json("view")
    except ValueError as error:
        raise invalid_arguments("failed to parse JSON [json-pointer:/view]") from error
    if definition is None:
        raise invalid_arguments("missing required field: view")
    if len(json.dumps(definition)) > LARGEST:
        raise SlackError("view_too_large")
    if problems := check_view(definition) or file_problems(workspace, definition["blocks"], ("view", "blocks")):
        raise block_errors("invalid_arguments", problems)
    return dict(definition)
