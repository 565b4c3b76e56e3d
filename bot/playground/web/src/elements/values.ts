/** Pure: what a view's or message's inputs hold, as `state.values` tells a bot. */
import type { Block, ImageElement, RichInline, RichTextBlock } from "../blocks/types";
import type { Element, InputElement, TextInputElement, Value, Values } from "./types";

const REQUIRED = "Please complete this required field.";
const OUTPUT_ONLY = new Set(["button", "workflow_button", "overflow", "image"]);

function isInput(element: Element | ImageElement): element is InputElement {
  return !OUTPUT_ONLY.has(element.type);
}

interface RichSection {
  elements: RichInline[];
}

interface Placed {
  blockId: string;
  element: InputElement;
  /** Absent for a section's accessory and an actions block's elements: they are never required. */
  required?: boolean;
}

export function inputsOf(blocks: Block[]): Placed[] {
  return blocks.flatMap((block): Placed[] => {
    const blockId = block.block_id ?? "";
    if (block.type === "container") return inputsOf(block.child_blocks);
    if (block.type === "input") return [{ blockId, element: block.element, required: !block.optional }];
    const elements =
      block.type === "section" && block.accessory ? [block.accessory] : block.type === "actions" ? block.elements : [];
    return elements.filter(isInput).map((element) => ({ blockId, element }));
  });
}

/** `values` as edited so far; untouched inputs hold their initial value. */
export function collect(blocks: Block[], edits: Values): Values {
  const values: Values = {};
  for (const { blockId, element } of inputsOf(blocks))
    put(values, blockId, element.action_id, edits[blockId]?.[element.action_id] ?? initialOf(element));
  return values;
}

/** Edits of inputs that are still there. An input is the same when its block id and action id are. */
export function keepEdits(edits: Values, blocks: Block[]): Values {
  const kept: Values = {};
  for (const { blockId, element } of inputsOf(blocks)) {
    const edit = edits[blockId]?.[element.action_id];
    if (edit?.type === element.type) put(kept, blockId, element.action_id, edit);
  }
  return kept;
}

/** Edits of inputs that the bot has not set anew: in a message its word is the last one. */
export function keepUnlessReset(edits: Values, before: Block[], after: Block[]): Values {
  const was = collect(before, {});
  const is = collect(after, {});
  const kept: Values = {};
  for (const [blockId, byAction] of Object.entries(keepEdits(edits, after)))
    for (const [actionId, edit] of Object.entries(byAction))
      if (JSON.stringify(was[blockId]?.[actionId]) === JSON.stringify(is[blockId]?.[actionId]))
        put(kept, blockId, actionId, edit);
  return kept;
}

function put(values: Values, blockId: string, actionId: string, value: Value): void {
  values[blockId] = { ...values[blockId], [actionId]: value };
}

export function initialOf(element: InputElement): Value {
  const { type } = element;
  switch (type) {
    case "plain_text_input":
    case "number_input":
    case "url_text_input":
    case "email_text_input":
      return { type, value: element.initial_value ?? null };
    case "rich_text_input":
      return { type, rich_text_value: element.initial_value ?? null };
    case "static_select":
    case "radio_buttons":
      return { type, selected_option: element.initial_option ?? null };
    case "multi_static_select":
    case "checkboxes":
      return { type, selected_options: element.initial_options ?? [] };
    case "users_select":
      return { type, selected_user: element.initial_user ?? null };
    case "multi_users_select":
      return { type, selected_users: element.initial_users ?? [] };
    case "conversations_select":
      return { type, selected_conversation: element.initial_conversation ?? null };
    case "multi_conversations_select":
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case "channels_select":
      return { type, selected_channel: element.initial_channel ?? null };
    case "multi_channels_select":
      return { type, selected_channels: element.initial_channels ?? [] };
    case "datepicker":
      return { type, selected_date: element.initial_date ?? null };
    case "timepicker":
      return { type, selected_time: element.initial_time ?? null };
    case "datetimepicker":
      return { type, selected_date_time: element.initial_date_time ?? null };
    default:
      return { type };
  }
}

/** A rich text of one plain section, as somebody types it here; nothing for an empty one. */
export function asRichText(text: string): RichTextBlock | null {
  return text
    ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] }
    : null;
}

/** The words of a rich text, a line an element. */
export function wordsOf(rich: RichTextBlock | null | undefined): string {
  const inline = ({ elements }: RichSection) =>
    elements.map((part) => ("text" in part ? (part.text ?? "") : "")).join("");
  const lines = rich?.elements.flatMap((part) =>
    part.type === "rich_text_list" ? part.elements.map(inline) : inline(part),
  );
  return lines?.join("\n") ?? "";
}

/** What Slack's own client refuses before it asks the bot: errors by block id. */
export function validate(blocks: Block[], edits: Values): Record<string, string> {
  const values = collect(blocks, edits);
  const errors: Record<string, string> = {};
  for (const { blockId, element, required } of inputsOf(blocks)) {
    const value = values[blockId]?.[element.action_id];
    const error = isEmpty(value)
      ? required && REQUIRED
      : value?.value && textError(element as TextInputElement, value.value);
    if (error) errors[blockId] = error;
  }
  return errors;
}

function isEmpty(value: Value | undefined): boolean {
  const content = Object.entries(value ?? {}).filter(([key]) => key !== "type");
  return content.every(([, held]) => held === null || held === "" || (Array.isArray(held) && held.length === 0));
}

function textError(element: TextInputElement, text: string): string | undefined {
  const { type, min_length: least = 0, max_length: most } = element;
  if (text.length < least) return `This entry must be at least ${least} characters long.`;
  if (most !== undefined && text.length > most) return `This entry must be no longer than ${most} characters.`;
  if (type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(text)) return "Please enter a valid email address.";
  if (type === "url_text_input" && !URL.canParse(text)) return "Please enter a valid URL.";
  return type === "number_input" ? numberError(element, text) : undefined;
}

function numberError(element: TextInputElement, text: string): string | undefined {
  const number = Number(text);
  const { min_value: least, max_value: most } = element;
  if (Number.isNaN(number)) return "Please enter a valid number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (least !== undefined && number < Number(least)) return `Please enter a number of at least ${least}.`;
  if (most !== undefined && number > Number(most)) return `Please enter a number of at most ${most}.`;
  return undefined;
}
