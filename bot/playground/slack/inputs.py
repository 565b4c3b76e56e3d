"""Elements that hold a value: `state.values`, and what an interaction with one of them tells the bot."""

from typing import Any

from bot.playground.slack.blockkit import every_block, every_element
from bot.playground.slack.blockkit.elements import INPUT_KINDS
from bot.playground.slack.errors import RefusedError

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]

_HOLDS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_REQUIRED = "Please complete this required field."
_LISTS = frozenset({"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"})


def holds(kind: str) -> str:
    """Key under which an element of this type keeps its value."""
    return _HOLDS.get(kind, "value")


def values_of(blocks: list[Json]) -> Values:
    """`state.values` before anybody touched anything."""
    values: Values = {}
    for block, element in every_element(blocks):
        if element["type"] in INPUT_KINDS:
            values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def overlaid(values: Values, changes: Any) -> Values:
    """`values` with what a person entered; entries for elements that are not there are dropped."""
    merged = {block: dict(actions) for block, actions in values.items()}
    for block_id, actions in (changes or {}).items():
        for action_id, change in actions.items():
            if action_id in merged.get(block_id, {}):
                known = merged[block_id][action_id]
                merged[block_id][action_id] = {**known, **change, "type": known["type"]}
    return merged


def complaints(blocks: list[Json], values: Values) -> dict[str, str]:
    """Find what Slack's client complains about before it submits anything, by block id."""
    found = {}
    for _, block in every_block(blocks):
        element = block.get("element")
        if block.get("type") == "input" and isinstance(element, dict):
            entered = values.get(block["block_id"], {}).get(element["action_id"], {}).get(holds(element["type"]))
            if complaint := _complaint(block, element, entered):
                found[block["block_id"]] = complaint
    return found


def interaction(block: Json, element: Json, value: Any = None) -> Json:
    """One entry of `actions`: the element's own fields and, for a menu or input, the chosen value."""
    told: Json = {"type": element["type"], "block_id": block["block_id"], "action_id": element["action_id"]}
    for key in ("text", "value", "style", "placeholder", "confirm"):
        if key in element:
            told[key] = element[key]
    if element["type"] == "feedback_buttons":
        return told | _feedback(element, value)
    key = holds(element["type"])
    if element["type"] in _HOLDS or element["type"] in INPUT_KINDS:
        told[key] = _chosen(element, value)
    return told


def _initial(element: Json) -> Json:
    key = holds(element["type"])
    source = "initial_" + key.removeprefix("selected_").removeprefix("rich_text_")
    empty: Any = [] if key in _LISTS else None
    return {"type": element["type"], key: element.get(source, empty)}


def _complaint(block: Json, element: Json, entered: Any) -> str | None:
    if entered in (None, "", []):
        return None if block.get("optional") else _REQUIRED
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if element["type"] == "plain_text_input" and not shortest <= len(entered) <= longest:
        return f"Enter between {shortest} and {longest} characters."
    if element["type"] == "number_input":
        return _number_complaint(element, entered)
    return None


def _number_complaint(element: Json, entered: str) -> str | None:
    try:
        number = float(entered)
    except ValueError:
        return "Enter a valid number."
    low, high = element.get("min_value"), element.get("max_value")
    if (low is not None and number < float(low)) or (high is not None and number > float(high)):
        return f"Enter a number between {low} and {high}."
    return None


def _chosen(element: Json, value: Any) -> Any:
    key = holds(element["type"])
    if value is None or key not in ("selected_option", "selected_options"):
        return ([] if key in _LISTS else None) if value is None else value
    if element["type"] in ("external_select", "multi_external_select"):
        return value
    if key == "selected_options":
        return [_option(element, entry) for entry in value]
    return _option(element, value)


def _option(element: Json, wanted: Any) -> Json:
    groups = element.get("option_groups") or [element]
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    for group in groups:
        for option in group.get("options") or []:
            if option["value"] == value:
                return dict(option)
    raise RefusedError("no_such_option", f"{element['action_id']} offers no option with the value {value!r}")


def _feedback(element: Json, value: Any) -> Json:
    for name in ("positive_button", "negative_button"):
        if element[name]["value"] == value:
            return {"value": value, "text": element[name]["text"]}
    raise RefusedError("no_such_option", f"{element['action_id']} has no button with the value {value!r}")
