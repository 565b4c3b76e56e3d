"""From a request to an answer: token, scopes, limits, faults, the method itself, and the record of it all."""

import math
from collections.abc import Callable
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


# With an organisation's token these do not know which workspace is meant.
_NEED_TEAM = frozenset(
    {"conversations.list", "files.list", "usergroups.users.list", "users.conversations", "users.list"}
)
Extra = Callable[[Json], Json]
_SECRET = ("token", "client_secret", "refresh_token", "code")


class WebApi:
    """Slack's Web API in one workspace. `extra` are methods that are no workspace's: they authenticate their caller."""

    def __init__(self, workspace: Workspace, faults: Faults | None = None) -> None:
        self._workspace = workspace
        self.calls: list[ApiCall] = []
        self.faults = faults or Faults()
        self.extra: dict[str, Extra] = {}

    def answer(self, name: str, args: Json, token: str | None) -> Answer:
        """Carry out one call and record it."""
        call = self.record(name, {key: value for key, value in args.items() if key not in _SECRET})
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
        if extra := self.extra.get(name):
            return extra({**args, "token": token})
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method", req_method=name)
        self._allowed(name, known, args, token)
        if wait := self._workspace.limits.method(name, known.tier):
            raise SlackError("ratelimited", retry_after=wait)
        return known.handler(self._workspace, Args(args))

    def _allowed(self, name: str, known: Method, args: Json, token: str) -> None:
        if self._workspace.installation.kind_of(token) != known.caller:
            raise SlackError("not_allowed_token_type")
        need_scope(self._workspace, *known.scopes)
        if self._workspace.org_wide and name in _NEED_TEAM and not args.get("team_id"):
            raise SlackError(
                "missing_argument", response_metadata={"messages": ["[ERROR] missing required field: team_id"]}
            )

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
