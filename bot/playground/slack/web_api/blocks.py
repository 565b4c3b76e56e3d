"""`blocks.validate`."""

from typing import Any

from bot.playground.slack.blockkit import Problem, check_blocks, check_view
from bot.playground.slack.errors import SlackError
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
_GIVEN = ("blocks", "view", "message")


@method("blocks.validate", tier=4)
def validate(workspace: Workspace, args: Args) -> Json:
    """Check blocks, a message or a view without sending anything; pointers start inside the argument."""
    given = [name for name in _GIVEN if name in args]
    if len(given) != 1:
        line = "must provide exactly one of `blocks`, `view`, or `message`"
        raise SlackError("invalid_arguments", response_metadata={"messages": [line]})
    try:
        value = args.json(given[0])
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if problems := _problems(given[0], value):
        raise SlackError("invalid_blocks", errors=[_told(problem) for problem in problems])
    return {}


def _problems(kind: str, value: Any) -> list[Problem]:
    if kind == "blocks":
        return check_blocks(value, path=())
    if kind == "view":
        return check_view(value, path=())
    blocks = value.get("blocks") if isinstance(value, dict) else None
    return check_blocks(blocks) if blocks is not None else [Problem((), "missing required field: blocks")]


def _told(problem: Problem) -> Json:
    return {
        "code": "failed_constraint",
        "message": problem.message,
        "pointer": problem.pointer,
        "constraint": dict(problem.constraint),
    }
