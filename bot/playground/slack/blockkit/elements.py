"""Block elements: buttons, menus, pickers and inputs, with the blocks that may hold them."""

from bot.playground.slack.blockkit.checks import (
    Check,
    Path,
    Report,
    array,
    boolean,
    constant,
    either,
    integer,
    one_of,
    record,
    string,
    typed,
)
from bot.playground.slack.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    IDENTIFIER,
    OPTION,
    OPTION_GROUP,
    PLACEHOLDER,
    SLACK_FILE,
    URL,
    WORKFLOW,
    chosen_from_options,
    option,
    plain_text,
)
from bot.playground.slack.blockkit.rich_text import RICH_TEXT

_STYLE = one_of("primary", "danger")
_DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
_TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")
_DECIMAL = string(pattern=r"-?\d+(\.\d+)?")
_INTERACTIVE: dict[str, Check] = {"action_id": IDENTIFIER, "confirm": CONFIRM}
_INPUT: dict[str, Check] = {"action_id": IDENTIFIER, "focus_on_load": boolean}
_PICKER = {**_INPUT, "confirm": CONFIRM, "placeholder": PLACEHOLDER}
_TYPED_IN = {**_INPUT, "placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH_CONFIG}
_MANY: dict[str, Check] = {"max_selected_items": integer(1)}


def _element(kind: str, optional: dict[str, Check], required: dict[str, Check] | None = None, *rules: Check) -> Check:
    return record({"type": constant(kind), **(required or {})}, optional, *rules)


def _one_choice_list(kind: str, optional: dict[str, Check]) -> Check:
    lists: dict[str, Check] = {"options": array(OPTION, 100, 1), "option_groups": array(OPTION_GROUP, 100, 1)}
    return _element(
        kind, {**_PICKER, **lists, **optional}, None, either("options", "option_groups"), chosen_from_options
    )


def _input_in_modal_only(value: dict[str, object], path: Path, report: Report) -> None:
    if report.surface != "modal" and value.get("response_url_enabled"):
        report.add((*path, "response_url_enabled"), "only allowed in input blocks of modals", type="surface")


def _number_bounds(value: dict[str, object], path: Path, report: Report) -> None:
    low, high = value.get("min_value"), value.get("max_value")
    if isinstance(low, str) and isinstance(high, str):
        try:
            if float(low) > float(high):
                report.add((*path, "min_value"), "must be less than or equal to max_value", type="maximum")
        except ValueError:
            return  # the pattern of each has been reported


def _text_bounds(value: dict[str, object], path: Path, report: Report) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        report.add((*path, "min_length"), "must be less than or equal to max_length", type="maximum")


_FEEDBACK = record({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})

IMAGE = _element(
    "image",
    {"image_url": URL, "slack_file": SLACK_FILE},
    {"alt_text": string(2000)},
    either("image_url", "slack_file"),
)
BUTTON = _element(
    "button",
    {**_INTERACTIVE, "url": URL, "value": string(2000), "style": _STYLE, "accessibility_label": string(75)},
    {"text": plain_text(75)},
)

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": _element(
        "workflow_button",
        {"action_id": IDENTIFIER, "style": _STYLE, "accessibility_label": string(75)},
        {"text": plain_text(75), "workflow": WORKFLOW},
    ),
    "overflow": _element("overflow", _INTERACTIVE, {"options": array(option(url=True), 5, 2)}),
    "checkboxes": _element(
        "checkboxes",
        {**_INPUT, "confirm": CONFIRM, "initial_options": array(option(markup=True), 10, 1)},
        {"options": array(option(markup=True), 10, 1)},
        chosen_from_options,
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {**_INPUT, "confirm": CONFIRM, "initial_option": option(markup=True)},
        {"options": array(option(markup=True), 10, 1)},
        chosen_from_options,
    ),
    "static_select": _one_choice_list("static_select", {"initial_option": OPTION}),
    "multi_static_select": _one_choice_list("multi_static_select", {**_MANY, "initial_options": array(OPTION, 100, 1)}),
    "external_select": _element(
        "external_select", {**_PICKER, "initial_option": OPTION, "min_query_length": integer(0)}
    ),
    "multi_external_select": _element(
        "multi_external_select",
        {**_PICKER, **_MANY, "initial_options": array(OPTION, 100, 1), "min_query_length": integer(0)},
    ),
    "users_select": _element("users_select", {**_PICKER, "initial_user": string()}),
    "multi_users_select": _element("multi_users_select", {**_PICKER, **_MANY, "initial_users": array(string())}),
    "conversations_select": _element(
        "conversations_select",
        {
            **_PICKER,
            "initial_conversation": string(),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": CONVERSATION_FILTER,
        },
        None,
        _input_in_modal_only,
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        {
            **_PICKER,
            **_MANY,
            "initial_conversations": array(string()),
            "default_to_current_conversation": boolean,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "channels_select": _element(
        "channels_select",
        {**_PICKER, "initial_channel": string(), "response_url_enabled": boolean},
        None,
        _input_in_modal_only,
    ),
    "multi_channels_select": _element(
        "multi_channels_select", {**_PICKER, **_MANY, "initial_channels": array(string())}
    ),
    "datepicker": _element("datepicker", {**_PICKER, "initial_date": _DATE}),
    "timepicker": _element("timepicker", {**_PICKER, "initial_time": _TIME, "timezone": string()}),
    "datetimepicker": _element(
        "datetimepicker", {**_INPUT, "confirm": CONFIRM, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    ),
    "plain_text_input": _element(
        "plain_text_input",
        {
            **_TYPED_IN,
            "initial_value": string(3000, shortest=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        None,
        _text_bounds,
    ),
    "email_text_input": _element("email_text_input", {**_TYPED_IN, "initial_value": string()}),
    "url_text_input": _element("url_text_input", {**_TYPED_IN, "initial_value": string()}),
    "number_input": _element(
        "number_input",
        {**_TYPED_IN, "initial_value": _DECIMAL, "min_value": _DECIMAL, "max_value": _DECIMAL},
        {"is_decimal_allowed": boolean},
        _number_bounds,
    ),
    "rich_text_input": _element("rich_text_input", {**_TYPED_IN, "initial_value": RICH_TEXT}),
    "file_input": _element(
        "file_input",
        {"action_id": IDENTIFIER, "filetypes": array(string(), shortest=1), "max_files": integer(1, 10)},
    ),
    "feedback_buttons": _element(
        "feedback_buttons",
        {"action_id": IDENTIFIER},
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
    ),
    "icon_button": _element(
        "icon_button",
        {
            **_INTERACTIVE,
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": array(string()),
        },
        {"icon": one_of("trash"), "text": plain_text(75)},
    ),
    "image": IMAGE,
}
URL_SOURCE = record({"type": constant("url"), "url": URL, "text": string()})

_MENUS = tuple(kind for kind in ELEMENTS if kind.endswith("_select"))
_CHOICES = ("checkboxes", "radio_buttons", "datepicker", "timepicker", *_MENUS)
_TEXT_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")

INPUT_KINDS = frozenset((*_CHOICES, *_TEXT_INPUTS, "datetimepicker", "file_input"))


def allowed(*kinds: str) -> Check:
    """Any of these element types."""
    return typed({kind: ELEMENTS[kind] for kind in kinds})


IN_ACTIONS = allowed("button", "workflow_button", "overflow", "datetimepicker", "rich_text_input", *_CHOICES)
IN_SECTION = allowed("button", "workflow_button", "overflow", "image", *_CHOICES)
IN_INPUT = allowed("datetimepicker", "file_input", *_TEXT_INPUTS, *_CHOICES)
IN_CONTEXT_ACTIONS = allowed("feedback_buttons", "icon_button")
