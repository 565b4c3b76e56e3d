"""What Slack signed and cannot have meant: 400, and whatever is taken ends without HTTP 500 and without a traceback.

Real payloads are gathered from a conversation with the bot, and then broken in one place after another.
"""

import contextlib
import itertools
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.app import EVENTS_PATH, create_app
from bot.blocks.routing import Action, Modal
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.playground.slack.errors import RefusedError
from bot.slack.payloads import Malformed, ensure_well_formed
from bot.slack.signed_requests import sign
from tests.conftest import SIGNING_SECRET, running_bot, settings_for
from tests.scenarios.incidents import mark_done, opened, text_entered
from tests.scenarios.steps import posted

Json = dict[str, Any]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
GONE = object()
MONITOR = "Follow-up monitor"
ODD: list[Any] = [
    None,
    True,
    7,
    -1.5,
    "",
    "x",
    "é\u202e\x00",
    [],
    {},
    [None],
    {"a": {"b": [1]}},
    10**30,
    "9" * 5_000,
    GONE,
]
# What Bolt reads in whatever it is given, whether Slack sends it there or not.
READ_ANYWHERE = (
    "authorizations", "assistant_thread", "bot_access_token", "channel", "channel_id", "enterprise", "enterprise_id", "event",
    "function_data", "function_execution_id", "is_enterprise_install", "is_ext_shared_channel", "item", "message",
    "previous_message", "response_url", "response_urls", "team", "team_id", "thread_ts", "user", "user_id", "view",
)  # fmt: skip
PLACED: list[Any] = [{"channel": 7}, {"user": 7}, {"id": 7}, [{"channel_id": 7}], {"event": {"team": 7}}]
CASES = int(os.environ.get("FUZZ_SIGNED", "1800"))  # of some twenty thousand; `make fuzz` takes them all


@asynccontextmanager
async def signed_sender(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[Callable[..., Any]]:
    """Serve a bot without worker, and yield what sends it a signed body and returns the status: straight into the app."""
    app = create_app(settings_for(slack, aionis.base_url, redis_url, worker_concurrency=0))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bot") as client,
    ):

        async def send(body: bytes, content_type: str = FORM) -> int:
            timestamp = str(int(time.time())).encode()
            signature = sign(SIGNING_SECRET.encode(), timestamp, body)
            headers = {"content-type": content_type, "x-slack-request-timestamp": timestamp.decode()}
            headers["x-slack-signature"] = signature.decode()
            return (await client.post(EVENTS_PATH, content=body, headers=headers)).status_code

        yield send


@pytest.fixture
async def send(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[Callable[..., Any]]:
    async with signed_sender(slack, aionis, redis_url) as sender:
        yield sender


@pytest.fixture
async def payloads(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> dict[str, tuple[str, Json]]:
    """Have a conversation of every kind, and return the kind of envelope and the payload by what it is."""
    slack.limits.enabled = False
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        await _converse(slack, aionis)
    found = {described(delivery.payload): (delivery.kind, delivery.payload) for delivery in slack.deliveries}
    submitted = next(payload for _, payload in found.values() if payload.get("type") == "view_submission")
    return {**found, "view_closed": ("interactive", {**submitted, "type": "view_closed", "is_cleared": False})}


async def _converse(slack: LocalSlack, aionis: SampleAionis) -> None:
    checklist = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay bind")
    await slack.close_view(MAYA, slack.views(MAYA)[-1])
    await slack.command(user=MAYA, channel=INCIDENTS, text="/resolve help")
    said = await slack.say(MAYA, INCIDENTS, "<@U0ABOT0001> replay recent", thread_ts=checklist["thread_ts"])
    await slack.react(MAYA, INCIDENTS, said["ts"], "pushpin")
    await slack.react(MAYA, INCIDENTS, said["ts"], "pushpin", remove=True)
    await slack.edit(MAYA, INCIDENTS, said["ts"], "never mind")
    await slack.delete(MAYA, INCIDENTS, said["ts"])
    await slack.open_home(MAYA)
    await mark_done(slack, checklist, MONITOR, {"proof": text_entered("https://example.com/1")})
    for message in (posted(slack)[0], checklist):
        for action in action_ids(message):
            with contextlib.suppress(RefusedError):  # some move the message that they stand on
                await slack.click(MAYA, message, action_id=action)
            await _use_modals(slack)
    root = posted(slack)[0]
    await slack.shortcut(MAYA, "replay_this_run", root)
    await slack.shortcut(MAYA, "summarise_thread", root)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['success'].run_id}")
    await slack.settle()


async def _use_modals(slack: LocalSlack) -> None:
    """Click what is in the open modals, submit them as they are, and close them."""
    for view in slack.views(MAYA):
        for action in action_ids(view):
            with contextlib.suppress(RefusedError):
                await slack.click_view(MAYA, view, action_id=action)
        with contextlib.suppress(RefusedError):
            await slack.submit(MAYA, view)
    for view in reversed(slack.views(MAYA)):
        await slack.close_view(MAYA, view)


def action_ids(message: Json) -> list[str]:
    elements = [e for block in message["blocks"] for e in (*block.get("elements", []), block.get("accessory") or {})]
    return sorted({element["action_id"] for element in elements if element.get("type") == "button"})


def described(payload: Json) -> str:
    event, view, actions = payload.get("event") or {}, payload.get("view") or {}, payload.get("actions") or [{}]
    names = (payload.get("type", payload.get("command")), event.get("type"), event.get("subtype"))
    more = (view.get("callback_id"), actions[0].get("action_id"), payload.get("callback_id"))
    return " ".join(str(name) for name in (*names, *more) if name)


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), FORM


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a JSON value. Of what no listener reads item by item, one item is enough."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for number in range(min(len(value), 1)):
            yield from places(value[number], (*path, number))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a JSON value with another value in one place, or without it."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1 and new is GONE:
        del copy[path[0]]
    else:
        there = copy.get(path[0]) if isinstance(copy, dict) else copy[path[0]]
        copy[path[0]] = changed(there, path[1:], new)
    return copy


def mutants(payloads: dict[str, tuple[str, Json]]) -> list[tuple[str, bytes, str]]:
    """Return every payload with every odd value in every place: what it is, its body and its content type."""
    found = []
    for name, (kind, payload) in sorted(payloads.items()):
        for path, odd in itertools.product(places(payload), ODD):
            if kind == "slash_commands" and not isinstance(odd, str) and odd is not GONE:
                continue  # a form has texts alone
            body, content_type = encoded(kind, changed(payload, path, odd))
            found.append((f"{name} {'.'.join(map(str, path))} = {str(odd)[:30]}", body, content_type))
        if kind != "slash_commands":
            found += added(name, kind, payload)
    return found


def added(name: str, kind: str, payload: Json) -> Iterator[tuple[str, bytes, str]]:
    """Yield a payload with every odd value under names that it does not have, at the top and in its event."""
    tops: list[tuple[Any, ...]] = [(), *([("event",)] if "event" in payload else [])]
    for top, field, odd in itertools.product(tops, READ_ANYWHERE, [*ODD[:-1], *PLACED]):
        inside = payload["event"] if top else payload
        if field not in inside:
            body, content_type = encoded(kind, changed(payload, (*top, field), odd))
            yield f"{name} + {'.'.join((*top, field))} = {str(odd)[:30]}", body, content_type


async def test_no_broken_payload_is_answered_with_500_or_ends_in_a_traceback(
    payloads: dict[str, tuple[str, Json]],
    send: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    every = mutants(payloads)
    step = max(1, len(every) // CASES)
    statuses: dict[int, int] = {}
    bad = []
    for what, body, content_type in every[::step]:
        caplog.clear()
        with capture_logs() as logs:
            status = await send(body, content_type)
        statuses[status] = statuses.get(status, 0) + 1
        tracebacks: list[Any] = [line for line in logs if line.get("exc_info")]
        tracebacks += [line for line in caplog.records if line.exc_info or line.levelno >= logging.ERROR]
        if status >= 500 or tracebacks:
            bad.append(f"{status} {what} {tracebacks}")
    record_property(
        "table", f"{len(every[::step])} of {len(every)} broken payloads of {len(payloads)} kinds: {statuses}"
    )
    assert not bad, f"{len(bad)} of {len(every[::step])}: " + "\n".join(bad[:20])
    assert statuses[400] > statuses[200] / 10


async def test_an_unbroken_payload_is_taken(payloads: dict[str, tuple[str, Json]], send: Callable[..., Any]) -> None:
    kinds = {name.split()[0] for name in payloads}
    assert {"block_actions", "view_submission", "view_closed", "message_action", "event_callback", "/replay"} <= kinds
    for name, (kind, payload) in payloads.items():
        assert await send(*encoded(kind, payload)) == 200, name


CLICK: Json = {
    "type": "block_actions",
    "trigger_id": "1.2.3",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1.000000"},
    "actions": [{"action_id": "replay_run.0", "block_id": "b", "type": "button", "value": "{}"}],
}
EVENT: Json = {
    "type": "event_callback",
    "event_id": "Ev1",
    "event": {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.000000", "text": "x"},
}
VIEW: Json = {
    "type": "view_submission",
    "trigger_id": "1.2.3",
    "user": {"id": "U1"},
    "view": {"id": "V1", "type": "modal", "callback_id": "item", "private_metadata": "{}", "state": {"values": {}}},
}


def form(payload: object) -> bytes:
    return urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)}).encode()


MALFORMED: dict[str, tuple[bytes, str]] = {
    "bad UTF-8": (b"payload=\xff\xfe", FORM),
    "bad UTF-8 in JSON": (b'{"type": "\xff"}', JSON),
    "bad JSON": (b"{bad json", JSON),
    "bad JSON in a form": (b"{bad json", FORM),
    "bad payload": (form("{bad json"), FORM),
    "null": (b"null", JSON),
    "null payload": (form("null"), FORM),
    "list": (b"[]", JSON),
    "payload list": (b"payload=[]", FORM),
    "payload text": (form('"x"'), FORM),
    "payload number": (form("7"), FORM),
    "payload empty": (b"payload=", FORM),
    "nothing": (b"", FORM),
    "nothing as JSON": (b"", JSON),
    "an empty object": (b"{}", JSON),
    "words": (b"hello", FORM),
    "fields": (b"&".join(b"a%d=1" % number for number in range(5_000)), FORM),
    "a long number": (form('{"type": "block_actions", "x": ' + "9" * 5_000 + "}"), FORM),
    "a long number in an event": (b'{"type": "event_callback", "event_time": ' + b"9" * 5_000 + b"}", JSON),
    "NaN": (form('{"type": "block_actions", "x": NaN}'), FORM),
    "deep": (form("[" * 50_000), FORM),
    "deep object": (b'{"a":' * 50_000, JSON),
    "a lone surrogate": (form('{"type": "block_actions", "x": "\\ud83d"}'), FORM),
    "an accepted invitation to a channel that is none": (
        json.dumps({**EVENT, "event": {"type": "shared_channel_invite_accepted", "channel": "C1"}}).encode(),
        JSON,
    ),
    "no type": (form({"user": {"id": "U1"}}), FORM),
    "a type that is none": (form({**CLICK, "type": ["block_actions"]}), FORM),
    "a command without user": (urlencode({"command": "/replay", "channel_id": "C1", "trigger_id": "1"}).encode(), FORM),
    "a command without channel": (urlencode({"command": "/replay", "user_id": "U1", "trigger_id": "1"}).encode(), FORM),
    **{
        f"click: {'.'.join(map(str, path))} = {odd!r}": (form(changed(CLICK, path, odd)), FORM)
        for path, odd in [
            (("user",), None),
            (("user",), "U1"),
            (("user", "id"), 7),
            (("user", "id"), ""),
            (("team",), "T1"),
            (("team", "id"), []),
            (("channel",), ["C1"]),
            (("channel", "id"), {}),
            (("container",), []),
            (("container", "channel_id"), 5),
            (("container", "message_ts"), 1.0),
            (("container", "message_ts"), "soon"),
            (("container", "is_ephemeral"), "yes"),
            (("actions",), []),
            (("actions",), {}),
            (("actions", 0), "x"),
            (("actions", 0, "action_id"), None),
            (("actions", 0, "value"), {"a": 1}),
            (("actions", 0, "selected_option"), "x"),
            (("actions", 0, "selected_option"), {"value": 7}),
            (("trigger_id",), 7),
            (("trigger_id",), GONE),
            (("response_url",), ["https://hooks.slack.com/"]),
            (("view",), "V1"),
            (("message",), {"ts": 7}),
            (("state",), {"values": []}),
            (("enterprise",), 7),
            (("is_enterprise_install",), []),
        ]
    },
    **{
        f"event: {'.'.join(map(str, path))} = {odd!r}": (json.dumps(changed(EVENT, path, odd)).encode(), JSON)
        for path, odd in [
            (("event",), None),
            (("event",), 5),
            (("event",), []),
            (("event", "type"), None),
            (("event", "type"), {}),
            (("event", "channel"), {"id": "C1"}),
            (("event", "user"), ["U1"]),
            (("event", "ts"), 1.5),
            (("event", "text"), {"a": 1}),
            (("event", "thread_ts"), True),
            (("event", "message"), "x"),
            (("event", "bot_id"), 7),
            (("event_id",), None),
            (("authorizations",), {}),
            (("authorizations",), [5]),
            (("team_id",), 7),
            (("is_ext_shared_channel",), "no"),
        ]
    },
    **{
        f"view: {'.'.join(map(str, path))} = {odd!r}": (form(changed(VIEW, path, odd)), FORM)
        for path, odd in [
            (("view",), GONE),
            (("view",), []),
            (("view", "id"), 7),
            (("view", "callback_id"), 7),
            (("view", "private_metadata"), {}),
            (("view", "private_metadata"), GONE),
            (("view", "state"), None),
            (("view", "state", "values"), []),
            (("view", "state", "values"), {"a": []}),
            (("view", "state", "values"), {"a": {"b": "c"}}),
            (("view", "state", "values"), {"a": {"b": {"value": 7}}}),
            (("view", "state", "values"), {"a": {"b": {"selected_user": []}}}),
            (("user",), GONE),
        ]
    },
}


async def test_what_cannot_be_meant_is_answered_with_400(
    send: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    for name, (body, content_type) in MALFORMED.items():
        with capture_logs() as logs:
            assert await send(body, content_type) == 400, name
        assert [line["event"] for line in logs] == ["request_malformed"], name
    assert not [line for line in caplog.records if line.exc_info]


async def test_what_slack_sends_beside_payloads_is_taken(send: Callable[..., Any]) -> None:
    assert await send(b"ssl_check=1&token=x") == 200
    assert await send(b'{"type": "url_verification", "challenge": "abc", "token": "x"}', JSON) == 200


async def test_nothing_of_a_value_is_logged(send: Callable[..., Any]) -> None:
    with capture_logs() as logs:
        await send(form({**CLICK, "user": {"id": 7, "hunter22": "hunter22"}, "hunter22": 1}))
        await send(form({**VIEW, "view": {**VIEW["view"], "state": {"values": {"hunter22": 7}}}}))
    assert len(logs) == 2
    assert "hunter22" not in str(logs)


# What an upgrade leaves behind


async def test_a_button_from_before_an_upgrade_is_answered_and_the_person_told(
    slack: LocalSlack, send: Callable[..., Any]
) -> None:
    gone = {**CLICK, "user": {"id": MAYA}, "channel": {"id": INCIDENTS}}
    gone["container"] = {**CLICK["container"], "channel_id": INCIDENTS}
    gone["actions"] = [{"action_id": "of_long_ago.0", "block_id": "b", "type": "button", "value": "x"}]
    assert await send(form(gone)) == 200
    (told,) = slack.calls_to("chat.postEphemeral")
    assert "older version" in str(told.args)


RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"


@pytest.mark.parametrize("action", [Action.COMPARISON_PAGE, Action.RERUN_AGAIN, Action.STEP_PAGE, Action.MENU])
async def test_a_click_that_lacks_what_it_is_about_is_of_another_version(
    slack: LocalSlack, send: Callable[..., Any], action: Action
) -> None:
    clicked: Json = {**CLICK, "user": {"id": MAYA}, "channel": {"id": INCIDENTS}}
    clicked["container"] = {**CLICK["container"], "channel_id": INCIDENTS}
    clicked["actions"] = [
        {"action_id": f"{action}.0", "block_id": "b", "type": "button", "value": f'{{"run_id": "{RUN}"}}'}
    ]
    assert await send(form(clicked)) == 200
    (told,) = slack.calls_to("chat.postEphemeral")
    assert "older version" in str(told.args)


@pytest.mark.parametrize("modal", [Modal.RERUN, Modal.CHOOSE, Modal.SEVERITY])
async def test_a_modal_without_its_input_is_of_another_version(
    send: Callable[..., Any], caplog: pytest.LogCaptureFixture, modal: Modal
) -> None:
    here = {"channel": INCIDENTS, "run_id": RUN, "incident": "01JD0000000000000000000000"}
    view = {**VIEW["view"], "callback_id": modal, "private_metadata": json.dumps(here)}
    assert await send(form({**VIEW, "user": {"id": MAYA}, "view": view})) == 200
    assert not [line for line in caplog.records if line.exc_info]


async def test_whatever_else_no_listener_takes_is_answered_with_200(
    slack: LocalSlack, send: Callable[..., Any]
) -> None:
    assert await send(form(changed(VIEW, ("view", "callback_id"), "of_long_ago"))) == 200
    assert await send(form({**VIEW, "type": "view_closed"})) == 200
    assert await send(json.dumps(changed(EVENT, ("event", "type"), "of_tomorrow")).encode(), JSON) == 200
    elsewhere = {name: value for name, value in CLICK.items() if name not in {"channel", "container"}}
    assert await send(form({**elsewhere, "type": "shortcut", "callback_id": "of_long_ago"})) == 200
    assert "older version" in str(slack.calls_to("views.open")[-1].args)
    suggestion = {**CLICK, "type": "block_suggestion", "action_id": "of_long_ago", "block_id": "b", "value": "x"}
    assert await send(form(suggestion)) == 200
    command = {"command": "/of_long_ago", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2", "text": ""}
    assert await send(urlencode(command).encode()) == 200


@pytest.mark.parametrize("text", ["/resolve payload", "/replay bind acme/payload", "/replay payload={}"])
async def test_a_command_with_the_word_payload_in_it_is_a_command(slack: LocalSlack, bot: str, text: str) -> None:
    """Bolt takes any form with these letters in it for an interaction, and finds nothing there."""
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=text)
    assert delivery.ok
    assert delivery.body["text"]


# The check by itself

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "a"]) | st.text(max_size=3), inner)
    ),
    max_leaves=8,
)
FIELDS = sorted({*CLICK, *EVENT, *VIEW, "message", "state", "response_url", "authorizations", "enterprise", "x"})
KINDS = st.sampled_from(
    ["block_actions", "view_submission", "view_closed", "shortcut", "message_action", "event_callback", "x"]
)


@given(KINDS, st.dictionaries(st.sampled_from(FIELDS), VALUES), st.sampled_from([CLICK, EVENT, VIEW]))
def test_any_payload_fits_or_is_refused(kind: str, fields: Json, around: Json) -> None:
    for payload in ({**fields, "type": kind}, {**around, **fields}):
        _ensure_decided(json.dumps(payload).encode(), JSON)
        _ensure_decided(f"payload={quote(json.dumps(payload))}".encode(), FORM)


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, "", "text/plain; charset=x", ";"]))
def test_any_bytes_fit_or_are_refused(body: bytes, content_type: str) -> None:
    _ensure_decided(body, content_type)


def _ensure_decided(body: bytes, content_type: str) -> None:
    with contextlib.suppress(Malformed):
        ensure_well_formed(body, content_type)
