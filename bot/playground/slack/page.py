"""`/page/…`: what a person does in the browser. Shapes are those of docs/local-slack.md."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from bot.playground.slack import commands, interactions
from bot.playground.slack.delivery import Delivery
from bot.playground.slack.errors import RefusedError
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.workspace import channel_as_seen
from bot.playground.slack.world import User

Json = dict[str, Any]
Action = Callable[[LocalSlack, Json], Awaitable[Json]]
NO_ANSWER = "{app} did not answer in time. Try again in a moment."
BAD_ANSWER = "{app} answered with an error. Try again in a moment."
IDLE = 15.0


def page_state(slack: LocalSlack, user: str) -> Json:
    """Everything that one person sees."""
    world, config, workspace = slack.world, slack.config, slack.workspace
    channels = [channel for channel in world.channels.values() if world.sees(user, channel)]
    return {
        "team": {"id": world.team.id, "name": world.team.name, "domain": world.team.domain},
        "me": _user(world.users[user]),
        "users": [_user(known) for known in world.users.values()],
        "channels": [channel_as_seen(channel) for channel in channels],
        "commands": [
            {"command": known.command, "description": known.description, "usage_hint": known.usage_hint}
            for known in config.commands.values()
        ],
        "shortcuts": [
            {
                "name": known.name,
                "type": known.type,
                "callback_id": known.callback_id,
                "description": known.description,
            }
            for known in config.shortcuts.values()
        ],
        "app": {"id": config.app_id, "name": config.name, "bot_user_id": world.bot_user},
        "messages": {channel.id: slack.messages(channel.id, viewer=user) for channel in channels},
        "pins": {channel.id: list(workspace.pins.get(channel.id, [])) for channel in channels},
        "views": slack.views(user),
        "home": slack.home(user),
    }


async def message(slack: LocalSlack, body: Json) -> Json:
    """Send what was typed: a message, a slash command, or `/invite @name`."""
    user, channel, text, thread = body["user"], body["channel"], body["text"], body.get("thread_ts")
    if text.startswith("/invite "):
        await slack.invite(user, channel, text.removeprefix("/invite "))
        return {"ack": None}
    if text.startswith("/"):
        delivery = await slack.command(user=user, channel=channel, text=text, thread_ts=thread)
        return {"ack": {"status": delivery.status, "error": delivery.error, "body": delivery.body}}
    return {"message": await slack.say(user, channel, text, thread)}


async def edit(slack: LocalSlack, body: Json) -> Json:
    """Change a message."""
    return {"message": await slack.edit(body["user"], body["channel"], body["ts"], body["text"])}


async def delete(slack: LocalSlack, body: Json) -> Json:
    """Delete a message."""
    await slack.delete(body["user"], body["channel"], body["ts"])
    return {}


async def action(slack: LocalSlack, body: Json) -> Json:
    """Use an element of a message or view."""
    user, where, state = body["user"], body["container"], body.get("state")
    if where["type"] == "view":
        view = interactions.view_of(slack.workspace, user, where["view_id"])
        done = interactions.as_action(view.blocks, body["action"])
        delivery = await interactions.act_in_view(slack.workspace, slack.link, view, done, state)
    else:
        seen = interactions.message_seen_by(slack.workspace, user, where["channel"], where["message_ts"])
        done = interactions.as_action(seen.blocks or [], body["action"])
        delivery = await interactions.act_on_message(slack.workspace, slack.link, user, seen, done, state)
    return _acked(slack, delivery)


async def view_submit(slack: LocalSlack, body: Json) -> Json:
    """Submit a modal."""
    view = interactions.view_of(slack.workspace, body["user"], body["view_id"])
    try:
        delivery = await interactions.submit(slack.workspace, slack.link, view, body.get("state"))
    except interactions.IncompleteError as error:
        return {"response_action": "errors", "errors": error.errors}
    _acked(slack, delivery)
    told = delivery.body if isinstance(delivery.body, dict) else {}
    return {key: told[key] for key in ("response_action", "errors") if key in told}


async def view_close(slack: LocalSlack, body: Json) -> Json:
    """Close a modal."""
    await slack.close_view(body["user"], {"id": body["view_id"]})
    return {}


async def shortcut(slack: LocalSlack, body: Json) -> Json:
    """Run a shortcut."""
    target = {"channel": body["channel"], "ts": body["message_ts"]} if body.get("message_ts") else None
    return _acked(slack, await slack.shortcut(body["user"], body["callback_id"], target))


async def reaction(slack: LocalSlack, body: Json) -> Json:
    """Add or remove a reaction."""
    remove = bool(body.get("remove"))
    await slack.react(body["user"], body["channel"], body["message_ts"], body["name"], remove=remove)
    return {}


async def home(slack: LocalSlack, body: Json) -> Json:
    """Open App Home."""
    return {"view": await slack.open_home(commands.person(slack.workspace, body["user"]))}


ACTIONS: tuple[Action, ...] = (
    message,
    edit,
    delete,
    action,
    view_submit,
    view_close,
    shortcut,
    reaction,
    home,
)


def page_routes(slack: LocalSlack) -> list[Route]:
    """Routes of everything below `/page`."""

    async def state(request: Request) -> JSONResponse:
        place = slack.of_team(request.query_params.get("team"))
        return JSONResponse(page_state(place, _viewer(place, request)))

    async def events(request: Request) -> StreamingResponse:
        place = slack.of_team(request.query_params.get("team"))
        pages = place.workspace.pages
        reader = pages.open(_viewer(place, request))

        async def frames() -> AsyncIterator[bytes]:
            try:
                async for frame in reader.frames(IDLE):
                    yield frame
            finally:
                pages.close(reader)

        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(frames(), media_type="text/event-stream", headers=headers)

    return [
        Route("/page/state", state),
        Route("/page/events", events),
        *(Route(f"/page/{act.__name__}", _endpoint(slack, act), methods=["POST"]) for act in ACTIONS),
    ]


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """Answer a RefusedError as docs/local-slack.md says."""
    if not isinstance(error, RefusedError):
        raise error
    return JSONResponse({"ok": False, "error": error.code, "detail": error.detail}, status_code=error.status)


def _endpoint(slack: LocalSlack, act: Action) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            body = await request.json()
        except ValueError as error:
            raise RefusedError("invalid_json", "The body is not JSON.") from error
        if not isinstance(body, dict):
            raise RefusedError("invalid_json", "The body is not an object.")
        try:
            return JSONResponse({"ok": True, **await act(slack.of_team(body.get("team")), body)})
        except KeyError as error:
            raise RefusedError("missing_field", f"{error} is missing.") from error

    return endpoint


def _acked(slack: LocalSlack, delivery: Delivery) -> Json:
    if delivery.ok:
        return {}
    sentence = NO_ANSWER if delivery.error == "timeout" else BAD_ANSWER
    raise RefusedError(delivery.error or "", sentence.format(app=slack.config.name), 504)


def _viewer(slack: LocalSlack, request: Request) -> str:
    user = request.query_params.get("user") or next(slack.world.people()).id
    return commands.person(slack.workspace, user)


def _user(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "tz": user.tz,
        "color": user.color,
    }
