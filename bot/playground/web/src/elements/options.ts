/** Pure: every kind of select as one list of options, and back to Slack's values. */

import type { Directory } from "../live/context";
import type { Option, SelectElement, TextObject, Value } from "./types";

export interface Choice {
  value: string;
  label: TextObject;
  detail?: TextObject;
  group?: TextObject;
  option?: Option;
}

type Field = Exclude<keyof Value, "type" | "value" | "rich_text_value">;

/** Where Slack puts the chosen: `selected_user`, `selected_users`… */
const FIELDS: Record<SelectElement["type"], Field> = {
  static_select: "selected_option",
  multi_static_select: "selected_options",
  users_select: "selected_user",
  multi_users_select: "selected_users",
  conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations",
  channels_select: "selected_channel",
  multi_channels_select: "selected_channels",
};

export function isMulti({ type }: SelectElement): boolean {
  return type.startsWith("multi_");
}

export function choicesOf(element: SelectElement, { users, channels }: Directory): Choice[] {
  if (element.type.endsWith("static_select")) return staticChoices(element);
  if (element.type.endsWith("users_select"))
    return [...users.values()].map(({ id, name, real_name }) => ({
      value: id,
      label: plain(`@${name}`),
      ...(real_name && real_name !== name && { detail: plain(real_name) }),
    }));
  const listed = [...channels.values()].filter((channel) => !channel.is_im);
  const shown = element.type.endsWith("channels_select") ? listed.filter((channel) => !channel.is_private) : listed;
  return shown.map(({ id, name }) => ({ value: id, label: plain(`#${name}`) }));
}

export function chosenOf(element: SelectElement, value: Value): string[] {
  const held = value[FIELDS[element.type]];
  const all = held === null || held === undefined ? [] : Array.isArray(held) ? held : [held];
  return all.map((item) => (typeof item === "object" ? item.value : String(item)));
}

export function valueWith(element: SelectElement, chosen: Choice[]): Omit<Value, "type"> {
  const held = chosen.map(({ option, value }) => option ?? value);
  return { [FIELDS[element.type]]: isMulti(element) ? held : (held[0] ?? null) };
}

function staticChoices({ options = [], option_groups: groups = [] }: SelectElement): Choice[] {
  const choice = (option: Option, group?: TextObject): Choice => ({
    value: option.value,
    label: option.text,
    option,
    ...(option.description && { detail: option.description }),
    ...(group && { group }),
  });
  return [
    ...options.map((option) => choice(option)),
    ...groups.flatMap(({ label, options: grouped }) => grouped.map((option) => choice(option, label))),
  ];
}

/** Names of people and channels hold no emoji names. */
function plain(text: string): TextObject {
  return { type: "plain_text", text, emoji: false };
}
