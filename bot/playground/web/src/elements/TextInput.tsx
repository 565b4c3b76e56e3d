import type { KeyboardEvent } from "react";
import { plainOf } from "../text/Text";
import { type Placement, useInput } from "./interaction";
import type { TextInputElement } from "./types";

const INPUT_MODES = {
  plain_text_input: "text",
  number_input: "decimal",
  url_text_input: "url",
  email_text_input: "email",
} as const;

export function TextInput(placement: Placement<TextInputElement>) {
  const { element, labelledBy, describedBy } = placement;
  const { value, set, send } = useInput(placement);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];

  const onChange = (text: string) => {
    set({ value: text || null });
    if (triggers.includes("on_character_entered")) void send({ value: text || null });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const entered = event.key === "Enter" && !(element.multiline && event.shiftKey);
    if (!entered || !placement.dispatches || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    void send({ value: value.value ?? null });
  };

  const shared = {
    className: "field",
    "data-action-id": element.action_id,
    "aria-labelledby": labelledBy,
    "aria-describedby": describedBy,
    "aria-label": labelledBy ? undefined : plainOf(element.placeholder) || "Text",
    placeholder: plainOf(element.placeholder),
    value: value.value ?? "",
    maxLength: element.max_length,
    autoFocus: element.focus_on_load,
    onKeyDown,
  };
  return element.multiline ? (
    <textarea {...shared} rows={4} onChange={(event) => onChange(event.target.value)} />
  ) : (
    <input
      {...shared}
      type="text"
      inputMode={INPUT_MODES[element.type]}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
