"""From a request to an answer: token, scopes, limits, faults, the method itself, and the record of it all."""

import math
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.faults import Fault, Faults
from bot.playground.slack.web_api import apps, blocks, chat, conversations, files, marks, people, views
from bot.playground.slack.web_api.access import need_scope
from bot.playground.slack.web_api.call import METHODS, ApiCall, Args, Method
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
MODULES = (apps, blocks, chat, conversations, files, marks, people, views)  # importing them registers their methods


@dataclass(slots=True)
class Answer:
    """HTTP answer of the Web API. `body` is JSON, or text where Slack would not answer JSON."""

    body: Json | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


class WebApi:
    """Slack's Web API for one app with one bot token and one app-level token."""

    def __init__(self, workspace: Workspace, bot_token: str, app_token: str) -> None:
        self._workspace = workspace
        self._tokens = {bot_token: "bot", app_token: "app"}
        self.calls: list[ApiCall] = []
        self.faults = Faults()

    def answer(self, name: str, args: Json, token: str | None) -> Answer:
        """Carry out one call and record it."""
        call = self.record(name, {key: value for key, value in args.items() if key != "token"})
        fault = self.faults.take(name, args.get("channel") or args.get("channel_id"))
        if fault and fault.before_effect:
            answer = faulty(fault)
        else:
            answer = self._carried_out(name, args, token or str(args.get("token") or ""))
        self._note(call, answer)
        if fault and fault.lose_response and fault.answers:
            answer = faulty(fault)
        answer.fault = fault
        answer.headers["X-OAuth-Scopes"] = ",".join(self._workspace.scopes)
        return answer

    def record(self, name: str, args: Json) -> ApiCall:
        """Note a call; answers of response URLs are recorded by their handler under `response_url`."""
        call = ApiCall(name, args, self._workspace.clock())
        self.calls.append(call)
        return call

    def _carried_out(self, name: str, args: Json, token: str) -> Answer:
        try:
            return Answer({"ok": True, **self._result(name, args, token)})
        except SlackError as error:
            if error.code == "ratelimited":
                return _limited(error.extra["retry_after"])
            return Answer({"ok": False, "error": error.code, **error.extra})

    def _result(self, name: str, args: Json, token: str) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method", req_method=name)
        self._allowed(known, token)
        if wait := self._workspace.limits.method(name, known.tier):
            raise SlackError("ratelimited", retry_after=wait)
        return known.handler(self._workspace, Args(args))

    def _allowed(self, known: Method, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        kind = self._tokens.get(token)
        if kind is None:
            raise SlackError("invalid_auth")
        if kind != known.caller:
            raise SlackError("not_allowed_token_type")
        need_scope(self._workspace, *known.scopes)

    def _note(self, call: ApiCall, answer: Answer) -> None:
        """Record what the call came to, whether or not the bot gets to know it."""
        if isinstance(answer.body, dict):
            call.answer = answer.body
            call.ok = bool(answer.body["ok"])
            call.error = answer.body.get("error")
        else:
            call.error = f"http_{answer.status}" if answer.status else "dropped"
        self._workspace.changes.happened()


def faulty(fault: Fault) -> Answer:
    """Answer that a fault gives in place of the call's own; status 0 where the connection is closed."""
    if fault.closes:
        return Answer("", 0)
    if fault.retry_after is not None:
        return _limited(fault.retry_after)
    if fault.error:
        return Answer({"ok": False, "error": fault.error}, fault.status or 200)
    return Answer("Server Error", fault.status or 500)


def _limited(seconds: float) -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(max(1, math.ceil(seconds)))})
