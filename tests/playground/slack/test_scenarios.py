"""One person and a real Bolt app: commands, buttons, modals, shortcuts, mentions."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from bot.playground.slack import (
    BOT,
    INCIDENTS,
    JONAS,
    MAYA,
    RANDOM,
    WAR_ROOM,
    IncompleteError,
    LocalSlack,
    RefusedError,
)

Json = dict[str, Any]


def buttons(*labels: str) -> list[Json]:
    return [
        {
            "type": "actions",
            "block_id": "row",
            "elements": [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": label},
                    "action_id": f"do_{label}",
                    "value": label,
                }
                for label in labels
            ],
        }
    ]


def modal(**extra: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "private_metadata": "abc",
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": {"type": "plain_text", "text": "Why"},
                "element": {"type": "plain_text_input", "action_id": "text", "max_length": 10},
            }
        ],
        **extra,
    }


async def test_a_command_is_signed_and_its_ack_is_seen_by_one_person(slack: LocalSlack, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet(ack: Any, command: Json) -> None:
        await ack(f"Hello {command['text']} from {command['channel_name']}")

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet  @jonas & co at https://a.example/x?y=1.")
    assert (delivery.status, delivery.error) == (200, None)
    assert delivery.headers["X-Slack-Signature"].startswith("v0=")
    assert delivery.payload["text"] == f"<@{JONAS}|jonas> &amp; co at <https://a.example/x?y=1>."
    [message] = slack.messages(INCIDENTS, viewer=MAYA)
    assert message["text"].startswith("Hello <@")
    assert message["is_ephemeral"]
    assert message["ephemeral_user"] == MAYA
    assert slack.messages(INCIDENTS, viewer=JONAS) == []


async def test_a_command_without_should_escape_arrives_as_typed(slack: LocalSlack, listening: AsyncApp) -> None:
    listening.command("/raw")(_ack_in_channel)
    delivery = await slack.command(user=MAYA, channel=WAR_ROOM, text="/raw @jonas <b>")
    assert delivery.payload["text"] == "@jonas <b>"
    assert delivery.payload["channel_name"] == "privategroup"
    assert slack.messages(WAR_ROOM, viewer=JONAS)[0]["text"] == "done"


async def _ack_in_channel(ack: Any) -> None:
    await ack(text="done", response_type="in_channel")


async def test_a_forged_request_is_refused_by_the_bot(slack: LocalSlack, listening: AsyncApp) -> None:
    listening.command("/greet")(_ack_in_channel)
    slack.link._secret = b"another"
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert (delivery.status, delivery.error) == (401, "http_error")
    assert slack.notices[-1].text == '/greet failed with the error "dispatch_failed"'


async def test_a_late_ack_is_an_operation_timeout_and_is_not_retried(slack: LocalSlack, listening: AsyncApp) -> None:
    slack.link.ack_timeout = 0.1
    release = asyncio.Event()

    @listening.command("/greet")
    async def greet(ack: Any) -> None:
        await release.wait()
        await ack()

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    release.set()
    assert delivery.error == "timeout"
    assert slack.notices[-1].text == '/greet failed with the error "operation_timeout"'
    assert slack.notices[-1].user == MAYA
    assert len(slack.deliveries) == 1


async def test_without_a_listening_bot_dispatch_fails(slack: LocalSlack) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert delivery.error == "no_request_url"
    slack.request_url = "http://127.0.0.1:9/slack/events"
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert delivery.error == "connection_failed"
    assert [notice.text for notice in slack.notices] == ['/greet failed with the error "dispatch_failed"'] * 2


async def test_commands_are_refused_where_slack_refuses_them(slack: LocalSlack) -> None:
    message = await slack.say(MAYA, INCIDENTS, "hi")
    with pytest.raises(RefusedError, match="not supported in threads"):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/greet", thread_ts=message["ts"])
    with pytest.raises(RefusedError, match="not a valid command"):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/nope")
    assert slack.deliveries == []


async def test_the_same_command_can_be_delivered_twice(slack: LocalSlack, listening: AsyncApp) -> None:
    seen: list[str] = []

    @listening.command("/greet")
    async def greet(ack: Any, command: Json) -> None:
        seen.append(command["trigger_id"])
        await ack()

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    again = await delivery.redeliver()
    assert again.ok
    assert len(seen) == 2
    assert len(set(seen)) == 1


async def test_a_button_carries_everything_slack_sends(slack: LocalSlack, listening: AsyncApp) -> None:
    bodies: list[Json] = []

    @listening.action("do_Go")
    async def go(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond(text="gone", replace_original=True)

    posted = await listening.client.chat_postMessage(channel=INCIDENTS, text="Go?", blocks=buttons("Go", "Stay"))
    message = slack.messages(INCIDENTS)[0]
    delivery = await slack.click(JONAS, message, text="Go")
    assert delivery.ok
    [body] = bodies
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": INCIDENTS,
        "is_ephemeral": False,
    }
    action = body["actions"][0]
    assert (action["type"], action["value"], action["text"]["text"]) == ("button", "Go", "Go")
    assert body["message"]["ts"] == posted["ts"]
    assert body["user"]["id"] == JONAS
    assert body["channel"] == {"id": INCIDENTS, "name": "incidents"}
    assert slack.messages(INCIDENTS)[0]["text"] == "gone"
    assert "blocks" not in slack.messages(INCIDENTS)[0]
    with pytest.raises(RefusedError, match="no element 'Leave' here, only: 'Go'"):
        await slack.click(JONAS, message, text="Leave")


async def test_an_ephemeral_messages_button_comes_without_the_message(slack: LocalSlack, listening: AsyncApp) -> None:
    bodies: list[Json] = []

    @listening.action("do_Go")
    async def go(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond(delete_original=True)

    await listening.client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="Go?", blocks=buttons("Go"))
    [message] = slack.messages(INCIDENTS, viewer=MAYA)
    with pytest.raises(RefusedError, match="gone"):
        await slack.click(JONAS, message, action_id="do_Go")
    await slack.click(MAYA, message, action_id="do_Go")
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[0]
    assert slack.messages(INCIDENTS) == []


async def test_a_menu_in_a_message_tells_state_and_choice(slack: LocalSlack, listening: AsyncApp) -> None:
    bodies: list[Json] = []

    @listening.action("pick")
    async def pick(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b")]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    block = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "x"}, "accessory": menu}
    await listening.client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[block])
    message = slack.messages(INCIDENTS)[0]
    await slack.click(MAYA, message, action_id="pick", value="b")
    assert bodies[0]["actions"][0]["selected_option"]["value"] == "b"
    assert bodies[0]["state"]["values"]["s"]["pick"]["selected_option"]["value"] == "b"
    with pytest.raises(RefusedError, match="no option"):
        await slack.click(MAYA, message, action_id="pick", value="c")


async def test_a_modal_from_a_command_to_its_submission(slack: LocalSlack, listening: AsyncApp) -> None:
    submitted: list[Json] = []

    @listening.command("/greet")
    async def greet(ack: Any, command: Json, client: Any) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=modal())
        await ack()

    @listening.view("form")
    async def form(ack: Any, view: Json) -> None:
        entered = view["state"]["values"]["why"]["text"]["value"]
        if entered == "bad":
            await ack(response_action="errors", errors={"why": "Say more"})
            return
        submitted.append(view)
        await ack()

    await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    [view] = slack.views(MAYA)
    assert view["private_metadata"] == "abc"
    with pytest.raises(IncompleteError, match="required"):
        await slack.submit(MAYA, view)
    with pytest.raises(IncompleteError, match="between 0 and 10"):
        await slack.submit(MAYA, view, {"why": {"text": {"value": "x" * 11}}})
    refused = await slack.submit(MAYA, view, {"why": {"text": {"value": "bad"}}})
    assert refused.body["errors"] == {"why": "Say more"}
    assert len(slack.views(MAYA)) == 1
    await slack.submit(MAYA, view, {"why": {"text": {"value": "good"}}})
    assert slack.views(MAYA) == []
    assert submitted[0]["state"]["values"] == {"why": {"text": {"type": "plain_text_input", "value": "good"}}}


async def test_a_submission_can_update_push_and_clear(slack: LocalSlack, listening: AsyncApp) -> None:
    acks: Iterator[Json] = iter(
        [
            {"response_action": "update", "view": modal(callback_id="second", clear_on_close=True)},
            {"response_action": "push", "view": modal(callback_id="third")},
            {"response_action": "clear"},
        ]
    )

    async def answer(ack: Any) -> None:
        await ack(**next(acks))

    for callback_id in ("form", "second", "third"):
        listening.view(callback_id)(answer)
    listening.shortcut("greet_all")(_open_modal)
    await slack.shortcut(MAYA, "greet_all")
    values = {"why": {"text": {"value": "x"}}}
    await slack.submit(MAYA, slack.views(MAYA)[-1], values)
    assert [view["callback_id"] for view in slack.views(MAYA)] == ["second"]
    await slack.submit(MAYA, slack.views(MAYA)[-1], values)
    second, third = slack.views(MAYA)
    assert (third["previous_view_id"], third["root_view_id"]) == (second["id"], second["id"])
    with pytest.raises(RefusedError, match="on top"):
        await slack.submit(MAYA, second, values)
    await slack.submit(MAYA, third, values)
    assert slack.views(MAYA) == []


async def _open_modal(ack: Any, shortcut: Json, client: Any) -> None:
    await ack()
    await client.views_open(trigger_id=shortcut["trigger_id"], view=modal())


@pytest.mark.parametrize(
    ("ack", "error"),
    [
        ({"response_action": "errors", "errors": {"elsewhere": "x"}}, "invalid_errors"),
        ({"response_action": "update", "view": {"type": "modal", "blocks": []}}, "invalid_view"),
        ({"response_action": "dance"}, "invalid_response_action"),
    ],
)
async def test_an_ack_that_slack_cannot_show_is_an_error(
    slack: LocalSlack, listening: AsyncApp, ack: Json, error: str
) -> None:
    listening.shortcut("greet_all")(_open_modal)

    @listening.view("form")
    async def form() -> BoltResponse:
        return BoltResponse(status=200, body=json.dumps(ack), headers={"content-type": "application/json"})

    await slack.shortcut(MAYA, "greet_all")
    delivery = await slack.submit(MAYA, slack.views(MAYA)[0], {"why": {"text": {"value": "x"}}})
    assert delivery.error == error
    assert len(slack.views(MAYA)) == 1


async def test_a_closed_modal_is_told_where_asked_for(slack: LocalSlack, listening: AsyncApp) -> None:
    closed: list[Json] = []

    @listening.shortcut("greet_all")
    async def open_it(ack: Any, shortcut: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(notify_on_close=True))

    @listening.view_closed("form")
    async def on_close(ack: Any, body: Json) -> None:
        await ack()
        closed.append(body)

    await slack.shortcut(MAYA, "greet_all")
    delivery = await slack.close_view(MAYA, slack.views(MAYA)[0])
    assert delivery
    assert delivery.ok
    assert closed[0]["is_cleared"] is False
    assert slack.views(MAYA) == []


async def test_elements_in_views_keep_what_was_entered(slack: LocalSlack, listening: AsyncApp) -> None:
    option = {"text": {"type": "plain_text", "text": "one"}, "value": "1"}
    box = {"type": "checkboxes", "action_id": "tick", "options": [option]}
    view = modal()
    view["blocks"].append({"type": "actions", "block_id": "boxes", "elements": [box]})
    bodies: list[Json] = []

    @listening.shortcut("greet_all")
    async def open_it(ack: Any, shortcut: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)

    @listening.action("tick")
    async def tick(ack: Any, body: Json, client: Any) -> None:
        await ack()
        bodies.append(body)
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    await slack.shortcut(MAYA, "greet_all")
    with pytest.raises(RefusedError, match="nothing before it is submitted"):
        await slack.click_view(MAYA, slack.views(MAYA)[0], action_id="text")
    await slack.click_view(MAYA, slack.views(MAYA)[0], action_id="tick", value=["1"])
    assert bodies[0]["container"] == {"type": "view", "view_id": slack.views(MAYA)[0]["id"]}
    assert slack.views(MAYA)[0]["state"]["values"]["boxes"]["tick"]["selected_options"][0]["value"] == "1"


async def test_a_message_shortcut_brings_the_message(slack: LocalSlack, listening: AsyncApp) -> None:
    bodies: list[Json] = []

    @listening.shortcut("greet_author")
    async def greet(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond("hello", thread_ts=body["message"]["ts"], response_type="in_channel")

    message = await slack.say(JONAS, INCIDENTS, "look: https://a.example")
    await slack.shortcut(MAYA, "greet_author", message)
    [body] = bodies
    assert (body["type"], body["message_ts"]) == ("message_action", message["ts"])
    assert body["message"]["text"] == "look: <https://a.example>"
    assert [m["text"] for m in slack.messages(INCIDENTS, thread_ts=message["ts"])][1] == "hello"
    with pytest.raises(RefusedError, match="message shortcut"):
        await slack.shortcut(MAYA, "greet_author")


async def test_a_mention_reaches_the_bot_where_it_is_a_member(slack: LocalSlack, listening: AsyncApp) -> None:
    events: list[Json] = []

    @listening.event("app_mention")
    async def mention(event: Json, say: Any) -> None:
        events.append(event)
        await say("yes?", thread_ts=event["ts"])

    @listening.event("message")
    async def message() -> None: ...

    root = await slack.say(MAYA, INCIDENTS, "@greeter look at https://a.example/run?x=1&y=2, please")
    replies = await slack.wait_for(lambda: slack.messages(INCIDENTS, thread_ts=root["ts"])[1:])
    assert replies[0]["text"] == "yes?"
    [event] = events
    assert event["text"] == f"<@{BOT}> look at <https://a.example/run?x=1&amp;y=2>, please"
    assert event["blocks"][0]["elements"][0]["elements"][0] == {"type": "user", "user_id": BOT}
    assert slack.messages(INCIDENTS)[0]["reply_count"] == 1
    await slack.say(MAYA, RANDOM, "@greeter?")
    await slack.settle()
    assert len(events) == 1
    assert "not in this channel" in slack.notices[-1].text


async def test_an_invited_bot_joins_and_hears(slack: LocalSlack, listening: AsyncApp) -> None:
    joined: list[Json] = []

    @listening.event("member_joined_channel")
    async def on_join(event: Json) -> None:
        joined.append(event)

    await slack.invite(MAYA, RANDOM, "@greeter")
    await slack.wait_for(lambda: joined)
    assert (joined[0]["user"], joined[0]["inviter"], joined[0]["channel"]) == (BOT, MAYA, RANDOM)
    with pytest.raises(RefusedError, match="already"):
        await slack.invite(MAYA, RANDOM, "@greeter")


async def test_app_home_is_published_to_one_person(slack: LocalSlack, listening: AsyncApp) -> None:
    @listening.event("app_home_opened")
    async def opened(event: Json, client: Any) -> None:
        blocks = [{"type": "divider"}, *buttons("Go")]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    bodies: list[Json] = []

    @listening.action("do_Go")
    async def go(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    assert await slack.open_home(MAYA) is None
    home = await slack.wait_for(lambda: slack.home(MAYA))
    assert slack.home(JONAS) is None
    await slack.click_view(MAYA, home, text="Go")
    assert bodies[0]["view"]["type"] == "home"
