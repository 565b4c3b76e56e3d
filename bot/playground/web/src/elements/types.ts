/** Block Kit's elements, their composition objects, and what a bot is told about them. */
import type { RichTextBlock } from "../blocks/types";

export interface TextObject {
  type: "plain_text" | "mrkdwn";
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface Confirm {
  title: TextObject;
  text: TextObject;
  confirm: TextObject;
  deny: TextObject;
  style?: "primary" | "danger";
}

export interface Option {
  text: TextObject;
  value: string;
  description?: TextObject;
  url?: string;
}

interface OptionGroup {
  label: TextObject;
  options: Option[];
}

interface Interactive {
  action_id: string;
  confirm?: Confirm;
  placeholder?: TextObject;
  focus_on_load?: boolean;
}

export interface ButtonElement extends Interactive {
  type: "button";
  text: TextObject;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  accessibility_label?: string;
}

export interface OverflowElement extends Interactive {
  type: "overflow";
  options: Option[];
}

export interface ChoiceElement extends Interactive {
  type: "checkboxes" | "radio_buttons";
  options: Option[];
  initial_option?: Option;
  initial_options?: Option[];
}

export interface SelectElement extends Interactive {
  type:
    | "static_select"
    | "multi_static_select"
    | "users_select"
    | "multi_users_select"
    | "conversations_select"
    | "multi_conversations_select"
    | "channels_select"
    | "multi_channels_select";
  options?: Option[];
  option_groups?: OptionGroup[];
  max_selected_items?: number;
  initial_option?: Option;
  initial_options?: Option[];
  initial_user?: string;
  initial_users?: string[];
  initial_conversation?: string;
  initial_conversations?: string[];
  initial_channel?: string;
  initial_channels?: string[];
}

export interface PickerElement extends Interactive {
  type: "datepicker" | "timepicker" | "datetimepicker";
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
}

export interface TextInputElement extends Interactive {
  type: "plain_text_input" | "number_input" | "url_text_input" | "email_text_input";
  multiline?: boolean;
  initial_value?: string;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  dispatch_action_config?: { trigger_actions_on?: ("on_enter_pressed" | "on_character_entered")[] };
}

export interface RichTextInputElement extends Interactive {
  type: "rich_text_input";
  initial_value?: RichTextBlock;
}

/** Starts a workflow, of which the local Slack has none: a click is refused with that. */
export interface WorkflowButtonElement {
  type: "workflow_button";
  action_id: string;
  text: TextObject;
  style?: "primary" | "danger";
  accessibility_label?: string;
}

export interface FeedbackElement {
  type: "feedback_buttons";
  action_id: string;
  positive_button: { text: TextObject; value: string };
  negative_button: { text: TextObject; value: string };
}

export interface IconButtonElement extends Interactive {
  type: "icon_button";
  icon: string;
  text: TextObject;
  value?: string;
}

export type InputElement = ChoiceElement | SelectElement | PickerElement | TextInputElement | RichTextInputElement;
export type Element = ButtonElement | WorkflowButtonElement | OverflowElement | InputElement;

/** What an element holds, as in `view.state.values`. */
export interface Value {
  type: string;
  value?: string | null;
  rich_text_value?: RichTextBlock | null;
  selected_option?: Option | null;
  selected_options?: Option[];
  selected_date?: string | null;
  selected_time?: string | null;
  selected_date_time?: number | null;
  selected_user?: string | null;
  selected_users?: string[];
  selected_conversation?: string | null;
  selected_conversations?: string[];
  selected_channel?: string | null;
  selected_channels?: string[];
}

/** By block id, then action id. */
export type Values = Record<string, Record<string, Value>>;

/** An element's interaction, as in `block_actions`. */
export type ActionPayload = Value & { block_id: string; action_id: string; text?: TextObject };
